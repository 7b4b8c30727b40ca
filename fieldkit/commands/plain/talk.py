"""A line out, a line in. Nothing moves the cursor, nothing is coloured, and text from people is only text.

Nobody sits before an open device for ever: after so many minutes without a line it is left, as the screens are locked.
"""

from __future__ import annotations

import getpass
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import click

from fieldkit.commands.edge import shown

ANSWER = "> "


class Left(Exception):
    """Somebody left: the input ended, or no line came for too long."""

    def __init__(self, why: str = "") -> None:
        super().__init__()
        self.why = why


class Talk:
    """One conversation over standard input and output."""

    def __init__(self, idle_minutes: float = 5) -> None:
        self.idle_minutes = idle_minutes
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")

    def say(self, *texts: str) -> None:
        """Say something; each text on lines of its own."""
        for text in texts:
            for line in text.split("\n"):
                click.echo(shown(line))

    def ask(self, *, hidden: bool = False) -> str:
        """The next line, without its end; Left when there is none, or none comes."""
        with _for_at_most(self.idle_minutes * 60):
            if hidden and sys.stdin.isatty():
                return getpass.getpass(ANSWER)
            click.echo(ANSWER, nl=False)
            line = sys.stdin.readline()
        if not sys.stdin.isatty():
            click.echo()  # what is not typed is not echoed, and the next words begin a line
        if not line:
            raise Left
        return line.rstrip("\r\n")

    def paragraphs(self, first: str) -> str:
        """Several lines, the first of them read already; a line with only a full stop ends them."""
        lines = [first]
        while (line := self.ask()) != ".":
            lines.append(line)
        return "\n".join(lines)

    def choose(self, words: Sequence[str]) -> int | None:
        """One of several, by its number; None for a blank line."""
        self.say(*numbered(words))
        while line := self.ask().strip():
            if (at := number_in(line, len(words))) is not None:
                return at
            self.say(f"Give a number from 1 to {len(words)}, or a blank line.")
        return None

    def agrees(self, question: str) -> bool:
        """Yes or no; a blank line is no."""
        self.say(f"{question} y or n")
        return self.ask().strip().lower() in ("y", "yes")


def numbered(words: Sequence[str]) -> list[str]:
    """Each with its number before it."""
    return [f"{place} {each}" for place, each in enumerate(words, 1)]


def number_in(line: str, most: int) -> int | None:
    """The place, from 0, that a line names; None when it names none."""
    line = line.strip()
    return int(line) - 1 if line.isascii() and line.isdigit() and len(line) < 6 and 0 < int(line) <= most else None


@contextmanager
def _for_at_most(seconds: float) -> Iterator[None]:
    """Left, when it takes longer. Where the system has no alarm clock (Windows) nobody is sent away."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _leave)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise Left("Nobody was there for a while, so fieldkit was locked.")
