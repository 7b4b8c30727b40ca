"""Whether two sides hold the same: sums over what is held, by scope, rolled up to one root that travels with a pull.

A sum does not care about order, so each side keeps its own up to date by adding and taking away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

MODULUS = 1 << 256
BUCKETS = 256
"""How many parts a scope's records are sorted into to find which of them differ."""


def element(record: str, version_hash: str) -> int:
    """What one record at one version adds to its scope's sum."""
    return int.from_bytes(_blake(f"{record}\n{version_hash}"), "big")


def bucket(record: str) -> int:
    """The part of its scope that a record is sorted into."""
    return _blake(record)[0]


def total(held: Iterable[tuple[str, str]]) -> int:
    """The sum of (record, version hash) pairs."""
    return sum(element(record, known) for record, known in held) % MODULUS


def by_bucket(held: Iterable[tuple[str, str]]) -> dict[int, int]:
    """The sums of the parts of a scope that hold anything."""
    sums: dict[int, int] = {}
    for record, known in held:
        part = bucket(record)
        sums[part] = (sums.get(part, 0) + element(record, known)) % MODULUS
    return sums


def root(sums: Mapping[str, int]) -> str:
    """One value for everything held; a scope without records counts for nothing."""
    lines = (f"{scope} {sums[scope]:064x}" for scope in sorted(sums) if sums[scope])
    return _blake("\n".join(lines)).hex()


def differing(mine: Mapping[int, int], theirs: Mapping[int, int]) -> frozenset[int]:
    """The parts whose sums are not the same."""
    return frozenset(part for part in {*mine, *theirs} if mine.get(part, 0) != theirs.get(part, 0))


def _blake(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).digest()
