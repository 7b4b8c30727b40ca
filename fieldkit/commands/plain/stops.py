"""In which order a form is gone through, one stop at a time. Pure, over the engine's pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from forms.answers import path_of
from forms.nodes import Node


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is, before anybody asks what stands there."""

    path: str


def place_of(node: Node) -> Any:
    """The place of a node."""
    return Place(path_of(node))


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing to be asked: a question, or whether there is one more of what repeats."""

    path: str
    title: str
    """Of the part it stands in."""
    more: bool = False
    """It asks for one more row of the repeat at `path`."""
    row: str = ""
    """The row it is about."""

    @property
    def key(self) -> tuple[str, bool]:
        """By which it is known again after an answer moved others."""
        return (self.path, self.more)


def stops(pages: Iterable[Any]) -> list[Stop]:
    """Every stop, in form order; "one more?" is asked behind the rows that there are."""
    found: list[Stop] = []
    waiting: list[Stop] = []
    for page in pages:
        while waiting and not page.path.startswith(waiting[-1].path + "/"):
            found.append(waiting.pop())
        if page.repeat and not page.questions:
            waiting.append(Stop(page.path, page.title, more=True))
        found += [Stop(each.path, page.title, row=page.row) for each in page.questions]
    return [*found, *reversed(waiting)]


def beside(before: Sequence[Stop], now: Sequence[Stop], at: Stop, by: int) -> Stop | None:
    """The stop after one (`by` 1) or before it (-1), though an answer may have changed which there are; else None."""
    keys = {each.key: place for place, each in enumerate(now)}
    if at.key in keys:
        wanted = keys[at.key] + by
        return now[wanted] if 0 <= wanted < len(now) else None
    old = [each.key for each in before]
    here = old.index(at.key) if at.key in old else len(old)
    known = [keys[key] for key in old[:here] if key in keys]
    wanted = (known[-1] if known else -1) + (1 if by > 0 else 0)
    return now[wanted] if 0 <= wanted < len(now) else None


def stop_at(now: Sequence[Stop], path: str) -> Stop | None:
    """The stop of a path: itself, or the first under it."""
    exact = next((each for each in now if each.path == path), None)
    return exact or next((each for each in now if path and each.path.startswith(path + "/")), None)
