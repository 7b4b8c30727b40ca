"""Text as people type or paste it: cleaned once, at entry, visibly; never rewritten by being shown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

LONGEST = 1_000_000
"""Characters of one answer; what is longer is cut, and said so."""
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Text that is safe to keep, and what was done to it in plain words."""

    text: str = field(repr=False)
    changed: tuple[str, ...] = ()


def clean(text: str) -> Cleaned:
    """Take out what a terminal could obey: controls, direction marks, lone surrogates; keep tabs and line ends."""
    said: list[str] = []
    if len(text) > LONGEST:
        text = text[:LONGEST]
        said.append(f"cut after {LONGEST:,} characters")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\r" in text.replace("\r\n", ""):
        said.append("old line ends were made new ones")
    kept = "".join(character for character in lines if not _obeyed(character))
    if len(kept) != len(lines):
        said.append(f"{len(lines) - len(kept)} hidden control characters were taken out")
    return Cleaned(kept, tuple(said))


def _obeyed(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in BIDI or unicodedata.category(character) in ("Cc", "Cs")
