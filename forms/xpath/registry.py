"""How a function is told: what it takes, what it gives, and how a call becomes a closure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from forms.errors import XPathError
from forms.xpath.code import Code, Kind, Run, as_boolean, as_nodes, as_number, as_text
from forms.xpath.syntax import Call

Build: TypeAlias = Callable[[tuple[Code, ...], Call], Code]


@dataclass(frozen=True, slots=True)
class Function:
    """A function an expression may call."""

    least: int
    most: int | None
    """None: any number of arguments."""
    build: Build
    changing: bool = False
    """May give something else although no answer has changed."""

    def takes(self, count: int) -> bool:
        """Whether it may be called with so many arguments."""
        return self.least <= count and (self.most is None or count <= self.most)


TURNS: dict[str, Callable[[Code, int], Run]] = {
    "t": lambda code, _: as_text(code),
    "n": lambda code, _: as_number(code),
    "b": lambda code, _: as_boolean(code),
    "v": lambda code, _: code.run,
    "s": as_nodes,
}
"""Text, number, boolean, any value, node-set."""


def plain(kind: Kind, takes: str, run: Callable[..., Any]) -> Function:
    """A function of its arguments alone. `takes` has a letter for each; `?` may be left out, `*` may be repeated."""
    return _told(kind, takes, lambda runs: _bare(runs, run))


def seeing(kind: Kind, takes: str, run: Callable[..., Any]) -> Function:
    """A function that is handed the context before its arguments."""
    return _told(kind, takes, lambda runs: _with_context(runs, run))


def _told(kind: Kind, takes: str, close: Callable[[list[Run]], Run]) -> Function:
    letters = takes.replace("?", "").replace("*", "")
    least = len(letters) - takes.count("?") - takes.count("*")

    def build(arguments: tuple[Code, ...], call: Call) -> Code:
        turned = [
            TURNS[letters[min(index, len(letters) - 1)]](code, call.place) for index, code in enumerate(arguments)
        ]
        return Code(kind, close(turned))

    return Function(least, None if takes.endswith("*") else len(letters), build)


def _bare(runs: list[Run], run: Callable[..., Any]) -> Run:
    if not runs:
        return lambda _: run()
    if len(runs) == 1:
        (one,) = runs
        return lambda ctx: run(one(ctx))
    if len(runs) == 2:
        one, two = runs
        return lambda ctx: run(one(ctx), two(ctx))
    return lambda ctx: run(*[each(ctx) for each in runs])


def _with_context(runs: list[Run], run: Callable[..., Any]) -> Run:
    if not runs:
        return run
    if len(runs) == 1:
        (one,) = runs
        return lambda ctx: run(ctx, one(ctx))
    return lambda ctx: run(ctx, *[each(ctx) for each in runs])


def refused(call: Call, said: str) -> XPathError:
    """An error at the place of a call."""
    return XPathError(said, place=call.place)


def moving(function: Function) -> Function:
    """The same function, told to change by itself."""
    return Function(function.least, function.most, function.build, changing=True)
