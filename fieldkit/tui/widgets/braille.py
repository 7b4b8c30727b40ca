"""Strokes as braille dots: two across and four down in every cell. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

Point = tuple[float, float, float]
"""x and y in cells, t in seconds since the first touch."""
Stroke = Sequence[Point]

_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BLANK = 0x2800
_BETWEEN = (0.25, 0.5, 0.75)


def dots(stroke: Stroke) -> Iterator[tuple[int, int]]:
    """Every dot of a stroke; between two points the line is filled in."""
    places = [(int(x * 2 // 1), int(y * 4 // 1)) for x, y, _ in stroke]
    if len(places) == 1:
        yield places[0]
    for (x0, y0), (x1, y1) in pairwise(places):
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            yield x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps)


def rounded(stroke: Stroke) -> list[Point]:
    """The same stroke for drawing, where the terminal told only whole cells: corners become curves.

    From the middle of one piece to the middle of the next, with the point between them as what the curve leans to.
    What was told is kept; this is only how it looks.
    """
    if len(stroke) < 3:
        return list(stroke)
    made = [stroke[0]]
    for before, here, after in zip(stroke, stroke[1:], stroke[2:], strict=False):
        start, end = _middle(before, here), _middle(here, after)
        made += [start, *(_curve(start, here, end, part) for part in _BETWEEN), end]
    return [*made, stroke[-1]]


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2


def _curve(start: Point, lean: Point, end: Point, part: float) -> Point:
    a, b, c = (1 - part) ** 2, 2 * (1 - part) * part, part**2
    return (
        a * start[0] + b * lean[0] + c * end[0],
        a * start[1] + b * lean[1] + c * end[1],
        a * start[2] + b * lean[2] + c * end[2],
    )


def smaller(strokes: Sequence[Stroke], width: int, height: int) -> float:
    """By how much strokes are drawn smaller, so that a pad of this size shows all of them: 1.0 where they fit."""
    across = max((x for stroke in strokes for x, _, _ in stroke), default=0.0)
    down = max((y for stroke in strokes for _, y, _ in stroke), default=0.0)
    return min(1.0, (width - 0.5) / max(across, 0.5), (height - 0.25) / max(down, 0.25))


def draw(strokes: Sequence[Stroke], width: int, height: int) -> list[str]:
    """The strokes as lines of text, ``width`` by ``height`` cells."""
    cells = [[0] * width for _ in range(height)]
    for stroke in strokes:
        for x, y in dots(stroke):
            column, row = x // 2, y // 4
            if 0 <= column < width and 0 <= row < height:
                cells[row][column] |= _BITS[x % 2][y % 4]
    return ["".join(chr(_BLANK + bits) if bits else " " for bits in line) for line in cells]
