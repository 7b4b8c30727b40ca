"""The draft key: copies of drafts are sealed to its public half; the private half opens with the worker's passphrase.

Each device has a pair of its own, kept in its encrypted store. For central the private half is wrapped by
passphrase → Argon2id (own salt) → HKDF → AES-256-GCM, at the cost of the key file and never below its floor: who has
the wrap may try passphrases, and each try costs what one at the laptop itself costs. The wrap follows the key file:
opened with another one than it was made for (the passphrase or its cost was changed, on whatever way), it is made anew
with the passphrase that has just opened the device, and goes to central with the next sync.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import unicodedata
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldkit.config import KdfPolicy
from fieldkit.errors import NoMemory, StoreDamaged, WeakKeyFile, WrongPassphrase
from fieldkit.sealing import Pair, new_pair
from fieldkit.store.store import Store

VERSION = 1
INFO = b"fieldkit draft key 1"
SALT_BYTES = 16
PAIR, WRAPPED, WRAPPED_FOR = "draft_key", "draft_key_wrapped", "draft_key_wrapped_for"


def settle(store: Store, key_file: bytes, passphrase: str, kdf: KdfPolicy) -> None:
    """Have a draft key, wrapped under the passphrase that opened this key file; one derivation when it is not so."""
    opened_with = hashlib.sha256(key_file).hexdigest()
    if store.meta(WRAPPED_FOR) == opened_with:
        return
    pair = kept(store) or new_pair()
    wrapped = wrap(pair, passphrase, kdf)
    with store.transaction():
        store.set_meta(PAIR, json.dumps([pair.public.hex(), pair.private.hex()]))
        store.set_meta(WRAPPED, wrapped)
        store.set_meta(WRAPPED_FOR, opened_with)


def kept(store: Store) -> Pair | None:
    """This device's pair; None before it was settled."""
    found = store.meta(PAIR)
    return Pair(*(bytes.fromhex(half) for half in json.loads(found))) if found else None


def wrap(pair: Pair, passphrase: str, kdf: KdfPolicy) -> str:
    """The private half as only the passphrase opens it."""
    header = {
        "version": VERSION,
        "public": pair.public.hex(),
        "kdf": "argon2id",
        "memory_kib": kdf.memory_kib,
        "time_cost": kdf.time_cost,
        "lanes": kdf.lanes,
        "salt": base64.b64encode(secrets.token_bytes(SALT_BYTES)).decode("ascii"),
    }
    nonce = secrets.token_bytes(12)
    sealed = nonce + AESGCM(_key(header, passphrase)).encrypt(nonce, pair.private, _bound(header))
    return json.dumps(header | {"wrapped": base64.b64encode(sealed).decode("ascii")})


def unwrap(wrapped: str, public: str, passphrase: str, kdf: KdfPolicy) -> Pair:
    """The pair; WrongPassphrase, WeakKeyFile when it asks for less or far more work than we accept, StoreDamaged."""
    try:
        header = dict(json.loads(wrapped))
        sealed = base64.b64decode(header.pop("wrapped"), validate=True)
        if header["version"] != VERSION or header["kdf"] != "argon2id" or header["public"] != public:
            raise StoreDamaged
        if not kdf.accepts(int(header["memory_kib"]), int(header["time_cost"]), int(header["lanes"])):
            raise WeakKeyFile
        opener = AESGCM(_key(header, passphrase))
        private = opener.decrypt(sealed[:12], sealed[12:], _bound(header))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise StoreDamaged from None
    except InvalidTag as wrong:
        raise WrongPassphrase from wrong
    return Pair(bytes.fromhex(public), private)


def _key(header: dict[str, Any], passphrase: str) -> bytes:
    try:
        stretched = hash_secret_raw(
            secret=unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass"),
            salt=base64.b64decode(header["salt"], validate=True),
            time_cost=int(header["time_cost"]),
            memory_cost=int(header["memory_kib"]),
            parallelism=int(header["lanes"]),
            hash_len=32,
            type=Type.ID,
        )
    except HashingError:
        raise NoMemory from None
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=INFO).derive(stretched)


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii")
