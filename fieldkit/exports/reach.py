"""Reach as pictures: bars of letters for a terminal, SVG and CSV for a report. Numbers only; nobody is named. Pure."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO
from xml.sax.saxutils import escape

from fieldkit.casework.registers import SUSTAINED, Reach

OLD, NEW, KEPT = "█", "░", "▒"
"""Who had come before, who was new, who came three times or more: told apart without colour."""
KEY = f"{OLD} had come before   {NEW} new to the centre   {KEPT} three times or more"
WAYS = ("csv", "svg")
_LEFT, _BAR, _LINE = 90, 420, 18


def bars(rows: Sequence[Reach], width: int) -> list[str]:
    """Two bars a month: who came, the new ones at its end; and who came three times or more. Longest: `width` cells."""
    months = [row for row in rows if row.month != "all"]
    most = max((row.children for row in months), default=0)
    lines = []
    for row in months:
        new = _cells(row.new, most, width)
        came = OLD * (_cells(row.children, most, width) - new) + NEW * new
        lines.append(f"{month_words(row.month):<9}{came} {row.children}" + (f", new {row.new}" if row.new else ""))
        lines.append(f"{'':9}{KEPT * _cells(row.sustained, most, width)} {row.sustained}")
    return lines


def _cells(value: int, most: int, width: int) -> int:
    """Cells of a bar; whoever came is at least one cell long."""
    return max(round(value * width / most), 1) if value else 0


def month_words(month: str) -> str:
    """A month as people say it."""
    return "in all" if month == "all" else f"{date.fromisoformat(month + '-01'):%b %Y}"


def as_csv(rows: Sequence[Reach]) -> bytes:
    """A line a month, the whole period last; a heading that says what each number is."""
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(
        ["month", "under-fives who came", "new to the centre", f"came {SUSTAINED} times or more", "age not known"]
    )
    writer.writerows([row.month, row.children, row.new, row.sustained, row.ageless] for row in rows)
    return sheet.getvalue().encode()


def as_svg(rows: Sequence[Reach], title: str) -> bytes:
    """The bars as a picture that stands alone: a title, a key, a number at each bar's end; patterns, not colours."""
    months = [row for row in rows if row.month != "all"]
    most = max((row.children for row in months), default=1) or 1
    drawn = [part for place, row in enumerate(months) for part in _month(row, 70 + place * 3 * _LINE, most)]
    height = 90 + len(months) * 3 * _LINE
    size = f'width="640" height="{height}" font-family="sans-serif" font-size="13"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    named = f"<title>{escape(title)}</title>" + _text(10, 24, title)
    return "\n".join([head, named, *_key(), *drawn, "</svg>", ""]).encode()


_SHADES = {"old": "#1f4e79", "new": "#9dc3e6", "kept": "#7f6000"}


def _key() -> list[str]:
    words = (("old", "had come before"), ("new", "new to the centre"), ("kept", f"{SUSTAINED} times or more"))
    return [
        part
        for place, (shade, said) in enumerate(words)
        for part in (_bar(10 + place * 170, 38, 12, shade), _text(28 + place * 170, 49, said))
    ]


def _month(row: Reach, top: int, most: int) -> list[str]:
    came, new, kept = (round(value * _BAR / most) for value in (row.children, row.new, row.sustained))
    return [
        _text(10, top + 12, month_words(row.month)),
        _bar(_LEFT, top, came - new, "old"),
        _bar(_LEFT + came - new, top, new, "new"),
        _text(_LEFT + came + 6, top + 12, f"{row.children}, new {row.new}"),
        _bar(_LEFT, top + _LINE, kept, "kept"),
        _text(_LEFT + kept + 6, top + _LINE + 12, str(row.sustained)),
    ]


def _bar(left: int, top: int, width: int, shade: str) -> str:
    return f'<rect x="{left}" y="{top}" width="{width}" height="14" fill="{_SHADES[shade]}" stroke="#000"/>'


def _text(left: int, base: int, words: str) -> str:
    return f'<text x="{left}" y="{base}">{escape(words)}</text>'
