"""Passphrases into keys: NFKC once and never cut, Argon2id within the policy's bounds, HKDF at the end."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldkit.config import KdfPolicy
from fieldkit.errors import NoMemory, StoreDamaged, WeakKeyFile
from fieldkit.vault.files import as_bytes, as_text

SALT_BYTES = 16


def parameters(kdf: KdfPolicy) -> dict[str, Any]:
    """What a wrap made now costs, and its own salt, as a key file says it."""
    return {
        "kdf": "argon2id",
        "memory_kib": kdf.memory_kib,
        "time_cost": kdf.time_cost,
        "lanes": kdf.lanes,
        "salt": as_text(secrets.token_bytes(SALT_BYTES)),
    }


def check(said: Mapping[str, Any], kdf: KdfPolicy) -> None:
    """Refuse, before any work, what is no Argon2id, what was weakened, and what would take all memory."""
    try:
        if said["kdf"] != "argon2id":
            raise StoreDamaged
        if not kdf.accepts(int(said["memory_kib"]), int(said["time_cost"]), int(said["lanes"])):
            raise WeakKeyFile
        if len(as_bytes(said["salt"])) != SALT_BYTES:
            raise StoreDamaged
    except (KeyError, TypeError, ValueError, OverflowError):
        raise StoreDamaged from None


def stretched(said: Mapping[str, Any], passphrase: str) -> bytes:
    """32 bytes that cost what was said; only after `check`. NoMemory when the machine has not so much."""
    try:
        return hash_secret_raw(
            secret=unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass"),
            salt=as_bytes(said["salt"]),
            time_cost=int(said["time_cost"]),
            memory_cost=int(said["memory_kib"]),
            parallelism=int(said["lanes"]),
            hash_len=32,
            type=Type.ID,
        )
    except HashingError:
        raise NoMemory from None


def derived(material: bytes, info: bytes) -> bytes:
    """A key for one purpose."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(material)
