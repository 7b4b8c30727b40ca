"""How long one expression may run: a hopeless one is ended by name, so that a form never stands still.

Measured over a whole expression that searches (with predicates, `//`, `*` or an axis); one of plain paths cannot take
long. By the clock and not by steps, because a step may cost a thousand times another. Each thread has its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar, cast

from forms.errors import XPathError

LONGEST = 0.8
"""Seconds."""
TOGETHER = 3.0
"""Seconds that all expressions of one opening or one change may search: a slow machine opens a good form in less."""
LARGEST = 10_000_000
"""Characters in a text that an expression makes."""
EVERY = 63
"""A mask: after so many nodes the clock is looked at."""
OFTEN = 7
"""The same, where a node may be the beginning of a walk over everything."""


class TooManySteps(XPathError):
    """An expression walks more than a form may ask for."""


class TooMuchText(XPathError):
    """An expression makes a text that no form may ask for."""


class _Run(threading.local):
    until = 0.0
    together = 0.0


_run = _Run()


def begin() -> bool:
    """Whether this is the outermost walk, which ends what it begins; an inner one looks at the clock."""
    if _run.until:
        look()
        return False
    now = perf_counter()
    _run.until = min(now + LONGEST, _run.together) if _run.together else now + LONGEST
    if now > _run.until:
        end()
        raise _too_many()
    return True


def look() -> None:
    """Raise TooManySteps when the time is over."""
    until = _run.until
    if until and perf_counter() > until:
        raise _too_many()


def _too_many() -> TooManySteps:
    return TooManySteps("An expression takes too many steps.", cure="Name the questions it reads instead of searching.")


@contextmanager
def together() -> Iterator[None]:
    """What is run inside has one time for all of it."""
    outermost = not _run.together
    if outermost:
        _run.together = perf_counter() + TOGETHER
    try:
        yield
    finally:
        if outermost:
            _run.together = 0.0


def end() -> None:
    """The outermost walk is done."""
    _run.until = 0.0


Running = TypeVar("Running", bound=Callable[..., object])


def bounded(run: Running) -> Running:
    """The same, ended by name when it runs too long; what is run inside of it has no time of its own."""

    def timed(ctx: object) -> object:
        outermost = begin()
        try:
            return run(ctx)
        finally:
            if outermost:
                end()

    return cast(Running, timed)


def joined(mark: str, texts: list[str]) -> str:
    """Texts in a row. Raises TooMuchText."""
    if sum(map(len, texts)) + len(mark) * len(texts) > LARGEST:
        raise TooMuchText("An expression makes too long a text.", cure="Join fewer answers.")
    return mark.join(texts)
