"""How long one expression may run: a hopeless one is ended by name, so that a form never stands still.

Measured from the outermost predicate; a form's own expressions take microseconds. Each thread has its own.
"""

from __future__ import annotations

import threading
from time import perf_counter

from forms.errors import XPathError

LONGEST = 0.8
"""Seconds."""
EVERY = 63
"""A mask: after so many nodes the clock is looked at."""


class TooManySteps(XPathError):
    """An expression walks more than a form may ask for."""


class _Run(threading.local):
    until = 0.0


_run = _Run()


def begin() -> bool:
    """Whether this is the outermost walk, which ends what it begins; an inner one looks at the clock."""
    if _run.until:
        look()
        return False
    _run.until = perf_counter() + LONGEST
    return True


def look() -> None:
    """Raise TooManySteps when the time is over."""
    if perf_counter() > _run.until:
        raise TooManySteps(
            "An expression takes too many steps.", cure="Name the questions it reads instead of searching."
        )


def end() -> None:
    """The outermost walk is done."""
    _run.until = 0.0
