"""What stands where in a form: its outline as rows, pages on and back. Pure, over the engine's views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from fieldkit.tui.plain import one_line
from fieldkit.tui.widgets.rows import Row
from forms.answers import path_of
from forms.nodes import Node

MARKS = {"done": "✓", "part": "…", "todo": "·", "error": "!", "hidden": " "}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is, before anybody asks what stands there."""

    path: str


def place_of(node: Node) -> Any:
    """The place of a node."""
    return Place(path_of(node))


def page_at(pages: Sequence[Any], path: str) -> Any:
    """The page of a path: itself, the one that holds it, or the first under it; else the first of all."""
    if not pages:
        return None
    exact = next((page for page in pages if page.path == path), None)
    holding = exact or next((page for page in pages if any(view.path == path for view in page.questions)), None)
    under = holding or next((page for page in pages if path and page.path.startswith(path + "/")), None)
    over = under or next((page for page in reversed(pages) if path and path.startswith(page.path + "/")), None)
    return over or pages[0]


def page_again(pages: Sequence[Any], path: str, shown: Sequence[str]) -> Any:
    """The page we are on, after an answer changed which pages there are: it holds what we were looking at."""
    exact = next((page for page in pages if page.path == path), None)
    held = {view.path: page for page in pages for view in page.questions}
    return exact or next((held[one] for one in shown if one in held), None) or page_at(pages, path)


def step(pages: Sequence[Any], path: str, by: int) -> Any:
    """The page on or back; None at the end."""
    paths = [page.path for page in pages]
    at = paths.index(path) + by if path in paths else 0
    return pages[at] if 0 <= at < len(pages) else None


def part_after(outline: Sequence[Any], path: str) -> str:
    """The path of the part after the one we are in."""
    parts = [row for row in outline if row.depth == 0 and row.state != "hidden"]
    at = next((i for i, row in enumerate(parts) if _within(path, row.path)), -1)
    return str(parts[(at + 1) % len(parts)].path) if parts else path


def first_open(outline: Sequence[Any]) -> str:
    """The path of the first thing that is not done: where a draft is gone on with."""
    opened = [row for row in outline if row.state in ("todo", "part", "error")]
    part = next((str(row.path) for row in opened if row.depth == 0), "")
    return next((str(row.path) for row in opened if row.depth and _within(row.path, part)), part)


def title_of(page: Any) -> str:
    """A page's title; where something repeats, how one more is added."""
    more = "   f3 adds one more" + (", f4 takes this one out" if page.row else "") if page.repeat else ""
    return f"{page.title}{more}"


def after(items: Sequence[str], one: str) -> str:
    """The item after one, round and round."""
    return items[(list(items).index(one) + 1) % len(items)] if one in items else items[0]


WIDE = 110
"""Columns from which on the outline has room for whole titles."""


def outline_rows(outline: Sequence[Any], path: str, columns: int) -> list[Row]:
    """The outline: where we are is marked, and so is what is done, begun, wrong."""
    width = 40 if columns >= WIDE else 25
    shown = [row for row in outline if row.state != "hidden"]
    here = max((row.path for row in shown if _within(path, row.path)), key=len, default="")
    return [Row(_line(row, row.path == here, width), (row.path,)) for row in shown]


def _line(row: Any, here: bool, width: int) -> Content:
    count = f"{row.answered}/{row.total} " if row.total and row.state != "done" and not row.depth else ""
    mark = f"{count}{MARKS.get(row.state, '·')}"
    letter = f"{row.letter} " if row.letter else "  "
    room = width - len(mark) - 2
    title = Content(one_line(letter + row.title)).truncate(room, ellipsis=True, pad=True)
    return Content.assemble("▸" if here else " ", title, " ", mark).stylize("bold" if here else "")


def _within(path: str, part: str) -> bool:
    return path == part or path.startswith(part + "/")
