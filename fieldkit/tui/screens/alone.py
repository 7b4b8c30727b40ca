"""The lone worker's timer: until when somebody said they would be out, and the two answers to it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.lone import EXTEND_MINUTES, UNSEEN
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.words import Words

NONE = "No timer runs. A visit starts one: who is in the room, and for how many minutes."


class AloneScreen(SheetScreen):
    """Extend, or out."""

    WHERE = "Out alone"
    KEYS = f"o I am out and safe  x {EXTEND_MINUTES} minutes more  f2 who to ring  esc back  ^b cover"
    HELP_WORDS = "The timer holds no name and no place. It rings through a lock, until you say that you are out."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "out", "I am out and safe", show=False),
        Binding("x", "extend", "Out later than agreed", show=False),
    ]

    def column(self) -> ComposeResult:
        """How it stands, and who can see it."""
        duty = self.kit.desk.duty
        yield Words("", id="timer", classes="title")
        yield Words(UNSEEN)
        yield Words(f"In danger: 999.   Duty: {duty.day}   at night {duty.night}", classes="title")

    def refresh_facts(self) -> None:
        """How it stands now."""
        self.query_one("#timer", Words).say(self.kit.desk.timer() or NONE)

    def action_out(self) -> None:
        """It rings no more."""
        self.attempt(self.kit.desk.safe_out)
        self.refresh_facts()
        if not self.kit.desk.timer():
            self.say("Noted: you are out. Ring base, if you said that you would.")

    def action_extend(self) -> None:
        """Some minutes more, from now."""
        if self.kit.desk.timer():
            self.attempt(self.kit.desk.extend_visit)
        self.refresh_facts()
