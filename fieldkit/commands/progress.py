"""How far it is, on one line of standard error: written over itself on a terminal, once a step elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from fieldkit.casework.course import Course

WIDTH = 78


@contextmanager
def going_on(*, quiet: bool = False, now: Callable[[], float] = time.monotonic) -> Iterator[Callable[[Any], None]]:
    """What a long verb tells its progress to. Ctrl-C ends it between two words, and what is kept is kept."""
    course, over = Course(now()), sys.stderr.isatty() and not quiet

    def report(progress: Any) -> None:
        before = course.at
        course.heard(progress, now())
        if over and (line := course.line(now())):
            click.echo(f"\r{line[:WIDTH]:<{WIDTH}}", nl=False, err=True)
        elif not over and not quiet and course.at != before:
            click.echo(course.at, err=True)

    try:
        yield report
    except KeyboardInterrupt:
        _end(over)
        click.echo("Stopped. Everything up to here is kept; it goes on where it was with the next one.", err=True)
        raise
    _end(over)


def _end(over: bool) -> None:
    if over:
        click.echo(f"\r{'':<{WIDTH}}\r", nl=False, err=True)
