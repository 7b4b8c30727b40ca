"""Passphrases into keys: NFKC once and never cut, Argon2id within the policy's bounds, HKDF at the end."""

from __future__ import annotations

import math
import secrets
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldkit.config import KdfPolicy
from fieldkit.errors import NoMemory, StoreDamaged, WeakKeyFile
from fieldkit.vault.files import as_bytes, as_text

SALT_BYTES = 16
FLOOR_KIB, FLOOR_PASSES = 64 * 1024, 3
_MEMORIES = (256, 192, 128, 96, 64)
"""MiB, from the most that is taken: a laptop with an office suite open must bear it."""


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


def chosen(kdf: KdfPolicy, seconds: float) -> KdfPolicy:
    """The policy with the parameters for a machine on which the floor takes so many seconds.

    As much memory as fits the aim, then more passes where that is still too quick; never below the floor.
    """
    if kdf.aim is None:
        return kdf
    shortest, longest = kdf.aim
    a_pass = seconds / FLOOR_PASSES / (FLOOR_KIB // 1024)
    memory = next((mib for mib in _MEMORIES if a_pass * mib * FLOOR_PASSES <= longest), _MEMORIES[-1])
    passes = max(FLOOR_PASSES, math.ceil((shortest + longest) / 2 / (a_pass * memory)))
    if a_pass * memory * FLOOR_PASSES >= shortest:
        passes = FLOOR_PASSES
    most = min(memory * 1024, kdf.most_memory_kib)
    return replace(
        kdf,
        memory_kib=max(most, kdf.least_memory_kib, kdf.wanted_memory_kib),
        time_cost=min(max(passes, kdf.least_time_cost, kdf.wanted_time_cost), kdf.most_time_cost),
    )


def calibrated(kdf: KdfPolicy) -> KdfPolicy:
    """The policy with the parameters for this machine, measured now; the better of two tries, for others work too."""
    if kdf.aim is None:
        return kdf
    floor = replace(kdf, memory_kib=FLOOR_KIB, time_cost=FLOOR_PASSES)
    return chosen(kdf, min(_seconds(floor) for _ in range(2)))


def _seconds(kdf: KdfPolicy) -> float:
    said, before = parameters(kdf), time.perf_counter()
    stretched(said, "a passphrase of some length")
    return time.perf_counter() - before
