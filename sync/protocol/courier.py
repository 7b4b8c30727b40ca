"""A file that carries a device's unsent work to central over anybody's stick or laptop, and central's word back.

Out: sealed to central's seal key (X25519, HKDF-SHA-256, AES-256-GCM), so that who carries it reads nothing but which
device it is from; inside are pushes as they go over the line, each signed by the device. Back: receipts, which hold no
words, signed by central's receipt key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.changes import canonical
from sync.errors import Malformed, TooLarge

OUT, BACK = b"fieldkit-courier-1\n", b"fieldkit-courier-answer-1\n"
"""What the two kinds of file begin with."""
LARGEST = 64 << 20
"""Bytes of a file."""
LARGEST_BY_LINE = 16 << 20
"""Bytes of a file that a colleague's laptop hands on over its own line; a larger one goes to central's desk."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a courier brought: whose it is, and its pushes."""

    device: str
    bodies: list[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """Central's word on one carried push: its answer, or why it was refused as a whole."""

    body: bytes = field(default=b"", repr=False)
    reason: str = ""


def pack_out(device: str, bodies: Sequence[bytes], seal_key: bytes) -> bytes:
    """The file a device gives away. `seal_key`: central's public X25519 key, 32 bytes."""
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    head = canonical({"device": device, "key": public.hex()}) + b"\n"
    plain = canonical([base64.b64encode(body).decode("ascii") for body in bodies])
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(seal_key))
    nonce = secrets.token_bytes(12)
    return OUT + head + nonce + AESGCM(_key(shared, public)).encrypt(nonce, plain, OUT + head)


def read_out(file: bytes, seal_key: X25519PrivateKey) -> Carried:
    """What such a file holds. Malformed when it is none, was altered, or is sealed to another central."""
    head, rest = _parted(file, OUT)
    try:
        told = json.loads(head)
        device, public = str(told["device"]), bytes.fromhex(told["key"])
        shared = seal_key.exchange(X25519PublicKey.from_public_bytes(public))
        plain = AESGCM(_key(shared, public)).decrypt(rest[:12], rest[12:], OUT + head + b"\n")
        return Carried(device, [base64.b64decode(body) for body in json.loads(plain)])
    except (InvalidTag, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Malformed from wrong


def pack_back(device: str, answers: Sequence[Answered], receipt_key: Ed25519PrivateKey) -> bytes:
    """The file central gives back: receipts and reasons, no words."""
    told = [{"body": base64.b64encode(each.body).decode("ascii"), "reason": each.reason} for each in answers]
    body = canonical({"device": device, "answers": told})
    head = canonical({"signature": receipt_key.sign(_message(device, body)).hex()}) + b"\n"
    return BACK + head + body


def read_back(file: bytes, device: str, receipt_key: bytes) -> list[Answered]:
    """Central's word to this device. Malformed when another device was meant, or another key signed."""
    head, body = _parted(file, BACK)
    try:
        signature = bytes.fromhex(json.loads(head)["signature"])
        Ed25519PublicKey.from_public_bytes(receipt_key).verify(signature, _message(device, body))
        told: dict[str, Any] = json.loads(body)
        return [Answered(base64.b64decode(each["body"]), str(each["reason"])) for each in told["answers"]]
    except (InvalidSignature, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Malformed from wrong


def _message(device: str, body: bytes) -> bytes:
    return canonical(["fieldkit-courier-answer-1", device, hashlib.sha256(body).hexdigest()])


def _parted(file: bytes, magic: bytes) -> tuple[bytes, bytes]:
    if len(file) > LARGEST:
        raise TooLarge
    head, found, rest = file.removeprefix(magic).partition(b"\n")
    if not file.startswith(magic) or not found:
        raise Malformed
    return head, rest


def _key(shared: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, public, b"fieldkit courier").derive(shared)
