"""Text as people type or paste it: cleaned once, at entry, visibly; never rewritten by being shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST = 1_000_000
"""Characters of one answer; what is longer is cut, and said so."""
LONGEST_NAME = 120
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
BIDI_NAMES = {
    code: f"<{name}>"
    for code, name in zip(
        (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
        ["ALM", "LRM", "RLM", "LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"],
        strict=True,
    )
}
"""Marks that turn the direction of text, and how they are shown where they must not act."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]+")
_DIRECTIONS = re.compile(f"[{BIDI}]+")
_HALVES = re.compile("[\ud800-\udfff]+")
_TAKEN_OUT = (
    (_CONTROLS, "hidden control characters"),
    (_DIRECTIONS, "marks that turn the direction of text"),
    (_HALVES, "halves of characters"),
)


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
    kept = text.replace("\r\n", "\n")
    if "\r" in kept:
        kept = kept.replace("\r", "\n")
        said.append("old line ends were made new ones")
    for pattern, name in _TAKEN_OUT:
        shorter = pattern.sub("", kept)
        many, kept = len(kept) - len(shorter), shorter
        if many:
            said.append(f"{name} taken out: {many:,}")
    return Cleaned(kept, tuple(said))


def file_name(told: str) -> str:
    """What a file is called, and nothing that leads anywhere: the last part of a path, cleaned, on one line."""
    last = re.split(r"[/\\]", clean(told).text)[-1]
    name = " ".join(last.split()).lstrip(". ")
    stem, dot, kind = name.rpartition(".")
    if len(name) > LONGEST_NAME:
        name = f"{stem[: LONGEST_NAME - len(kind) - 1]}{dot}{kind}"[:LONGEST_NAME]
    return name or "file"
