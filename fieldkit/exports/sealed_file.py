"""A document in a file that only a secret opens. The format is written down in fieldkit/README.md.

One line of ASCII (`fieldkit-sealed-1 ` and a JSON object), then AES-256-GCM over the document; the line is its
associated data. The key is Argon2id of the secret, which travels another way than the file. Neither zip's AES (1,000
rounds of PBKDF2 on whatever word somebody chose) nor age has a library among ours.
"""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit.config import REAL_KDF, KdfPolicy
from fieldkit.errors import NoMemory, NotSealedForThis

MARK = b"fieldkit-sealed-1 "
LONGEST_HEADER = 1_000
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody mistakes for another on the telephone."""
GROUPS, LETTERS_A_GROUP = 6, 4


def new_secret() -> str:
    """A secret of 120 bits, in groups that can be read aloud."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(LETTERS_A_GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def sealed(content: bytes, secret: str, kdf: KdfPolicy = REAL_KDF) -> bytes:
    """The document as a sealed file."""
    nonce = secrets.token_bytes(12)
    told = {
        "kdf": "argon2id",
        "memory_kib": kdf.memory_kib,
        "time_cost": kdf.time_cost,
        "lanes": kdf.lanes,
        "salt": base64.b64encode(secrets.token_bytes(16)).decode("ascii"),
        "nonce": base64.b64encode(nonce).decode("ascii"),
    }
    head = MARK + json.dumps(told, separators=(",", ":")).encode("ascii") + b"\n"
    return head + AESGCM(_key(told, secret)).encrypt(nonce, content, head)


def opened(file: bytes, secret: str, kdf: KdfPolicy = REAL_KDF) -> bytes:
    """The document; NotSealedForThis for another secret, another kind of file or altered bytes."""
    head, end, body = file.partition(b"\n")
    if not head.startswith(MARK) or not end or len(head) > LONGEST_HEADER:
        raise NotSealedForThis
    try:
        told = json.loads(head[len(MARK) :])
        if not kdf.accepts(int(told["memory_kib"]), int(told["time_cost"]), int(told["lanes"])):
            raise NotSealedForThis
        nonce = base64.b64decode(told["nonce"], validate=True)
        return AESGCM(_key(told, secret)).decrypt(nonce, body, head + end)
    except HashingError:
        raise NoMemory from None
    except (InvalidTag, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise NotSealedForThis from None


def _key(told: dict[str, Any], secret: str) -> bytes:
    # Told over the telephone: small letters, blanks and dashes make no other secret.
    plain = "".join(secret.split()).replace("-", "").upper()
    return hash_secret_raw(
        secret=plain.encode("utf-8", "surrogatepass"),
        salt=base64.b64decode(told["salt"], validate=True),
        time_cost=int(told["time_cost"]),
        memory_cost=int(told["memory_kib"]),
        parallelism=int(told["lanes"]),
        hash_len=32,
        type=Type.ID,
    )
