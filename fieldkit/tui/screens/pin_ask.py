"""Asking for the PIN: uncovering, and taking the laptop back."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from fieldkit.errors import FieldkitError
from fieldkit.tui.messages import LockAsked
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words


class PinScreen(WorkspaceScreen):
    """Answers True when the PIN was right; too many wrong ones lock."""

    CSS_PATH = "cover.tcss"
    KEPT: ClassVar[bool] = True
    """While it is on top, no chord leads elsewhere."""
    WORDS: ClassVar[str] = "The worker's PIN"
    KEYS = "Enter"
    AUTO_FOCUS: ClassVar[str | None] = "#pin"

    def where(self) -> str:
        """Nothing about anybody."""
        return ""

    def paint_heading(self) -> None:
        """The top line stays bare."""

    def body(self) -> ComposeResult:
        """One line to type in."""
        yield Words(self.WORDS, id="cover-words")
        yield LineEntry(password=True, id="pin")
        yield Words("", id="answer")

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Try it."""
        event.input.clear()
        if event.value:
            self.learn(lambda: self._try(event.value), self.tried)

    def _try(self, pin: str) -> bool | None:
        try:
            return self.kit.desk.try_pin(pin)
        except FieldkitError:
            return None  # spent: the next thing is the lock

    def tried(self, right: bool | None) -> None:
        """Right: go on. Wrong: say so. Spent: lock."""
        if right is None:
            self.app.post_message(LockAsked())
        elif right:
            self.dismiss(True)
        else:
            self.query_one("#answer", Words).say("That is not the PIN. After five wrong ones fieldkit locks.")
