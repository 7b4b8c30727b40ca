"""What a device and central say of the device's own audit chain: `POST /sync/anchor`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.changes import canonical
from sync.protocol.limits import MOST_NUMBER

ROUTE = "/sync/anchor"
ANCHORED, UNPROVED = "anchored", "unproved"
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Head:
    """A place in a device's chain, and the hash there; 0 and nothing where none is known."""

    number: int
    hash: str

    @classmethod
    def from_json(cls, raw: Any) -> Head:
        """The head of such a pair; ValueError or TypeError when it is none."""
        number, known = raw
        if type(number) is not int or not isinstance(known, str) or not 0 <= number < MOST_NUMBER:
            raise ValueError("not a place")
        if not (_HASH.fullmatch(known) if number else known == ""):
            raise ValueError("not a hash")
        return cls(number, known)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a device tells: its head, and what stands in its chain where central last knew it."""

    head: Head
    known: Head

    def to_json(self) -> dict[str, Any]:
        """As one object."""
        return {"head": [self.head.number, self.head.hash], "known": [self.known.number, self.known.hash]}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Claimed:
        """The claim of such an object; ValueError, KeyError or TypeError when it is none."""
        made = cls(Head.from_json(raw["head"]), Head.from_json(raw["known"]))
        if not made.head.number:
            raise ValueError("an empty chain has no head")
        return made


@dataclass(frozen=True, slots=True)
class Countersigned:
    """Central's word: this head of the device's chain it has known since then."""

    state: str
    """`anchored`: it is the one that was told. `unproved`: central knows another one, which is to be looked at."""
    head: Head
    at: str
    signature: str
    now: str = ""
    """Central's clock."""

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Countersigned:
        """The word of such an object; ValueError, KeyError or TypeError when it is none."""
        texts = tuple(str(raw[name]) for name in ("at", "signature", "now"))
        return cls(str(raw["state"]), Head.from_json(raw["head"]), *texts)


def message(device: str, head: Head, at: str) -> bytes:
    """What central's receipt key signs."""
    return canonical(["fieldkit-audit-anchor-1", device, head.number, head.hash, at])


def holds(signature: str, signed: bytes, key: bytes) -> bool:
    """Whether central signed this."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True
