"""A terminal too small to show a form honestly: what it needs is said, and what lies below stays as it is."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen

from fieldkit.tui.widgets.words import Words

LEAST = Size(60, 15)
"""Columns and lines from which on every screen can be worked with."""


def fits(size: Size) -> bool:
    """Whether a terminal is large enough."""
    return size.width >= LEAST.width and size.height >= LEAST.height


class TooSmallScreen(Screen[None]):
    """Goes by itself when there is room again."""

    def compose(self) -> ComposeResult:
        """A few words."""
        yield Words("", id="needs")

    def on_mount(self) -> None:
        """Say it for the size there is."""
        self._say(self.app.size)

    def on_resize(self, event: events.Resize) -> None:
        """Say it again, or go."""
        if fits(event.size):
            self.go()
        else:
            self._say(event.size)

    def on_screen_resume(self) -> None:
        """What lay over this has gone: perhaps there is room by now."""
        if fits(self.app.size):
            self.go()

    def go(self) -> None:
        """Back to what lies below."""
        if self.is_current:
            self.dismiss()

    def _say(self, size: Size) -> None:
        self.query_one("#needs", Words).say(needs(size))


def needs(size: Size) -> str:
    """What is needed, in few words."""
    return (
        f"fieldkit needs {LEAST.width} columns and {LEAST.height} lines.\n"
        f"This window has {size.width} and {size.height}.\n"
        "Make it larger, or the letters smaller.\n"
        "Everything typed is kept.\n"
        "^b cover  ^q leave"
    )


def screen_for(size: Size, stack: list[Screen[Any]]) -> TooSmallScreen | None:
    """The screen to lay over the others; None when there is room, or it lies there already."""
    lies_there = any(isinstance(each, TooSmallScreen) for each in stack)
    return None if fits(size) or lies_there else TooSmallScreen()
