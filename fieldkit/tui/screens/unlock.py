"""The door: a passphrase opens the vault. First thing painted, so nothing heavy is imported here.

Its style is loaded by the app: a screen that was never pushed brings none of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from fieldkit.errors import FieldkitError, WhoIsIt
from fieldkit.tui.messages import Told, Unlocked, WhoAsked
from fieldkit.tui.widgets.rows import Row, Rows
from fieldkit.tui.widgets.words import Words

Opener = Callable[..., Any]
"""Passphrase, and a handle where several people work here, to desk; raises a FieldkitError that says what is wrong."""


class UnlockScreen(Screen[None]):
    """Asks for the passphrase and nothing else."""

    AUTO_FOCUS: ClassVar[str | None] = "#passphrase"

    def __init__(self, opener: Opener) -> None:
        super().__init__()
        self.opener = opener
        self.busy = False
        self.person = ""
        """Who it is, once that was asked."""

    def compose(self) -> ComposeResult:
        """A few words and one line to type in."""
        with Vertical(id="door"):
            yield Words("fieldkit", classes="title")
            yield Words("Practice only: no real family yet.", classes="dim")
            yield Words("Passphrase")
            yield Input(password=True, id="passphrase")
            yield Rows(id="people")
            yield Words("Enter opens   ctrl+q leaves", id="answer")

    def on_mount(self) -> None:
        """Nobody is asked who they are before there is a choice."""
        self.query_one("#people").display = False

    @on(Input.Submitted)
    def open(self, event: Input.Submitted) -> None:
        """Try the passphrase in a worker; the key takes a moment on purpose."""
        self._begin(event.value)

    def _begin(self, passphrase: str) -> None:
        if self.busy or not passphrase:
            return
        self.busy = True
        self.answer("Opening …")
        self.run_worker(lambda: self._try(passphrase), thread=True, name="unlock")

    def _try(self, passphrase: str) -> None:
        try:
            desk = self.opener(passphrase, self.person) if self.person else self.opener(passphrase)
        except WhoIsIt as several:
            self.post_message(WhoAsked(several.handles))
            return
        except FieldkitError as error:
            self.post_message(Told(error.said, error.cure))
            return
        self.post_message(Unlocked(desk))

    @on(WhoAsked)
    def ask_who(self, event: WhoAsked) -> None:
        """Several people have a slot here: which of them is this?"""
        event.stop()
        self.busy = False
        people = self.query_one(Rows)
        people.show([Row(Content(handle), (handle,)) for handle in event.handles])
        people.display = True
        people.focus()
        self.answer("Who are you? Arrows, then Enter.")

    @on(Rows.Chosen)
    def take_who(self, event: Rows.Chosen) -> None:
        """It is this one: try what was typed."""
        event.stop()
        self.person = event.target[0]
        self.query_one(Rows).display = False
        entry = self.query_one(Input)
        entry.focus()
        self._begin(entry.value)

    @on(Told)
    def tell(self, event: Told) -> None:
        """It did not open: why, and what to do."""
        event.stop()
        self.busy = False
        self.query_one(Input).clear()
        self.answer(f"{event.said}\n{event.cure}")

    def answer(self, words: str) -> None:
        """What the door says."""
        self.query_one("#answer", Words).say(words)
