"""The order of versions: 2026.1 before 2026.2 before 2026.10, as people count."""

from __future__ import annotations

import re

_PIECE = re.compile(r"\d+|[^\d.]+")


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """What versions are sorted by: numbers as numbers, words as words and after numbers."""
    pieces = _PIECE.findall(version)
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces)
