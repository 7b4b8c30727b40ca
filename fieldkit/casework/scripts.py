"""Which writing a terminal cannot show as it is read. Pure: from the letters of a text to a reason in words.

A terminal puts one letter into one cell, from left to right. Writing that joins its letters, piles them up or runs from
right to left comes out broken or in another order, and what is signed must be what was read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

RIGHT_TO_LEFT = "runs from right to left"
JOINED = "joins its letters and runs from right to left"
PILED = "sets its letters above, below and around each other"


@dataclass(frozen=True, slots=True)
class Script:
    """One writing: its name, what is the matter with it here, and where its letters are."""

    name: str
    why: str
    ranges: Sequence[tuple[int, int]]


SCRIPTS = (
    Script("Hebrew", RIGHT_TO_LEFT, ((0x0590, 0x05FF), (0xFB1D, 0xFB4F))),
    Script(
        "Arabic",
        JOINED,
        ((0x0600, 0x06FF), (0x0750, 0x077F), (0x0870, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE)),
    ),
    Script("Syriac", JOINED, ((0x0700, 0x074F), (0x0860, 0x086F))),
    Script("Thaana", RIGHT_TO_LEFT, ((0x0780, 0x07BF),)),
    Script("N'Ko", JOINED, ((0x07C0, 0x07FF),)),
    Script("Devanagari", PILED, ((0x0900, 0x097F), (0xA8E0, 0xA8FF))),
    Script("Bengali", PILED, ((0x0980, 0x09FF),)),
    Script("Gurmukhi", PILED, ((0x0A00, 0x0A7F),)),
    Script("Gujarati", PILED, ((0x0A80, 0x0AFF),)),
    Script("Odia", PILED, ((0x0B00, 0x0B7F),)),
    Script("Tamil", PILED, ((0x0B80, 0x0BFF),)),
    Script("Telugu", PILED, ((0x0C00, 0x0C7F),)),
    Script("Kannada", PILED, ((0x0C80, 0x0CFF),)),
    Script("Malayalam", PILED, ((0x0D00, 0x0D7F),)),
    Script("Sinhala", PILED, ((0x0D80, 0x0DFF),)),
    Script("Thai", PILED, ((0x0E00, 0x0E7F),)),
    Script("Lao", PILED, ((0x0E80, 0x0EFF),)),
    Script("Tibetan", PILED, ((0x0F00, 0x0FFF),)),
    Script("Burmese", PILED, ((0x1000, 0x109F),)),
    Script("Khmer", PILED, ((0x1780, 0x17FF), (0x19E0, 0x19FF))),
)
"""Arabic letters serve Urdu, Farsi, Pashto and Sorani too; Gurmukhi is Punjabi, Devanagari Hindi and Nepali."""


def unshaped(text: str) -> str:
    """Why a text is not signed in a terminal, in one sentence; empty where a terminal shows it as it is read."""
    found = _scripts_in(text)
    if not found:
        return ""
    names = " and ".join(script.name for script in found)
    return f"There is {names} writing in it, which {found[0].why}: this window cannot show it as it is read."


def _scripts_in(text: str) -> list[Script]:
    """The scripts that a terminal cannot shape, and of others what else runs from right to left."""
    letters = {ord(letter) for letter in text} if not text.isascii() else set()
    found = [each for each in SCRIPTS if any(low <= code <= high for code in letters for low, high in each.ranges)]
    known = {code for code in letters for each in SCRIPTS for low, high in each.ranges if low <= code <= high}
    others = (unicodedata.bidirectional(chr(code)) in ("R", "AL") for code in letters - known if code not in _MARKS)
    return found or ([Script("right-to-left", RIGHT_TO_LEFT, ())] if any(others) else [])


_MARKS = frozenset({0x200F, 0x061C, 0x202B, 0x202E, 0x2067})
"""Marks that turn text and are no writing: they are shown by name (`text.BIDI_NAMES`)."""
