"""A text in large print for a terminal, whose letters have one size: one idea a page, few words a line, room between.

Pure. Only blanks and line ends are others than in the text that is signed.
"""

from __future__ import annotations

from textwrap import wrap

LONGEST_LINE = 34
BETWEEN_WORDS = "  "


def ideas(text: str) -> tuple[str, ...]:
    """Every line of a text that says something."""
    return tuple(line for line in text.split("\n") if line.strip())


def in_large(idea: str, width: int) -> str:
    """One idea with room between words and lines."""
    letters = max(min(width, LONGEST_LINE), 8)
    lines = wrap(idea, letters, break_on_hyphens=False, drop_whitespace=True)
    return "\n\n".join(BETWEEN_WORDS.join(line.split(" ")) for line in lines)


def part_read(at: int, of: int) -> int:
    """How much has been on the screen when idea number `at` (from 0) has, in hundredths."""
    return round(100 * (at + 1) / of) if of else 100
