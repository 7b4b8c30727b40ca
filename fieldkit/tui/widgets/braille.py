"""Strokes as braille dots: two across and four down in every cell. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

Point = tuple[float, float, float]
"""x and y in cells, t in seconds since the first touch."""
Stroke = Sequence[Point]

_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BLANK = 0x2800


def dots(stroke: Stroke) -> Iterator[tuple[int, int]]:
    """Every dot of a stroke; between two points the line is filled in."""
    places = [(int(x * 2), int(y * 4)) for x, y, _ in stroke]
    if len(places) == 1:
        yield places[0]
    for (x0, y0), (x1, y1) in pairwise(places):
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            yield x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps)


def draw(strokes: Sequence[Stroke], width: int, height: int) -> list[str]:
    """The strokes as lines of text, ``width`` by ``height`` cells."""
    cells = [[0] * width for _ in range(height)]
    for stroke in strokes:
        for x, y in dots(stroke):
            column, row = x // 2, y // 4
            if 0 <= column < width and 0 <= row < height:
                cells[row][column] |= _BITS[x % 2][y % 4]
    return ["".join(chr(_BLANK + bits) if bits else " " for bits in line) for line in cells]
