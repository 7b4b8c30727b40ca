"""How well what is painted can be read: contrasts as WCAG 2.2 reckons them, of every piece of text on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot

DRAWN = re.compile("[\\s─-╿▀-▟⠀-⣿]+")
"""Lines, blocks and braille: nothing to be read."""


def luminance(red: int, green: int, blue: int) -> float:
    """Relative luminance of a colour."""

    def part(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)


def contrast(one: Any, other: Any) -> float:
    """Between two colours of rich, from 1 to 21."""
    lights = sorted((luminance(*one.triplet), luminance(*other.triplet)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def painted(pilot: Pilot[Any]) -> list[list[Segment]]:
    """What stands on the screen, with its colours."""
    return [list(strip) for strip in pilot.app.screen._compositor.render_strips()]


def pair(style: Style | None) -> tuple[Any, Any] | None:
    """Ink and paper of a piece; None where the terminal's own are taken."""
    if style is None or style.color is None or style.bgcolor is None:
        return None
    if ColorType.DEFAULT in (style.color.type, style.bgcolor.type):
        return None
    return (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)


def pieces(pilot: Pilot[Any]) -> Iterator[tuple[str, float]]:
    """Every piece of text with its contrast; without colours of its own it counts as none."""
    for line in painted(pilot):
        for text, style, _ in line:
            if not DRAWN.fullmatch(text):
                told = pair(style)
                yield text, contrast(*told) if told else 0.0


def cells(pilot: Pilot[Any]) -> list[list[tuple[str, Any]]]:
    """Every cell with the colours in it."""
    return [[(letter, style) for text, style, _ in line for letter in text] for line in painted(pilot)]


def change(before: list[list[tuple[str, Any]]], after: list[list[tuple[str, Any]]]) -> float:
    """How much two paintings differ, at the cell that differs most: of ink where something is drawn, of paper else."""
    most = 1.0
    for old, new in zip(before, after, strict=True):
        for (was, old_style), (now, new_style) in zip(old, new, strict=False):
            one, other = pair(old_style), pair(new_style)
            if one and other and (was, one) != (now, other):
                most = max(most, contrast(one[1], other[1]), contrast(one[0], other[0]) if was == now else 1.0)
    return most
