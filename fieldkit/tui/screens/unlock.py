"""The door: a passphrase opens the vault. First thing painted, so nothing heavy is imported here.

Its style is loaded by the app: a screen that was never pushed brings none of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from fieldkit.errors import FieldkitError, WhoIsIt, WrongPassphrase
from fieldkit.tui.messages import Told, Unlocked, WhoAsked
from fieldkit.tui.plain import plain
from fieldkit.tui.widgets.rows import Row, Rows
from fieldkit.tui.widgets.secret import SecretLine, wipe
from fieldkit.tui.widgets.words import Words

Opener = Callable[..., Any]
"""Passphrase, and a handle where several people work here, to desk; raises a FieldkitError that says what is wrong."""


CAPS_LOCK = "Is caps lock on? Nothing has been changed."
LETTERS = 4
"""From so many on they say something about a key that is held down."""


def as_if_locked(typed: str) -> bool:
    """Whether what was typed looks as if caps lock were on: capitals only, or all but the first letter."""
    letters = [letter for letter in typed if letter.isalpha() and letter.lower() != letter.upper()]
    return len(letters) >= LETTERS and all(letter.isupper() for letter in letters[1:])


class UnlockScreen(Screen[None]):
    """Asks for the passphrase and nothing else."""

    AUTO_FOCUS: ClassVar[str | None] = "#passphrase"

    def __init__(self, opener: Opener, warnings: Sequence[str] = ()) -> None:
        super().__init__()
        self.opener = opener
        self.warnings = warnings
        self.busy = False
        self.person = ""
        """Who it is, once that was asked."""
        self._waiting = bytearray()
        """What was typed, while it is asked who it is."""

    def compose(self) -> ComposeResult:
        """A few words and one line to type in."""
        with Vertical(id="door"):
            yield Words("fieldkit", classes="title")
            yield Words("Practice only: no real family yet.", classes="dim")
            yield Words("Passphrase")
            yield SecretLine(id="passphrase")
            yield Rows(id="people")
            yield Words("Enter opens   ctrl+q leaves", id="answer")
            yield from (Words(f"! {warning}", classes="warn") for warning in self.warnings)

    def on_mount(self) -> None:
        """Nobody is asked who they are before there is a choice."""
        self.query_one("#people").display = False

    @on(SecretLine.Given)
    def open(self, event: SecretLine.Given) -> None:
        """Try the passphrase in a worker; the key takes a moment on purpose."""
        event.stop()
        self._begin(event.secret)

    def _begin(self, secret: bytearray) -> None:
        if self.busy:
            wipe(secret)
            return
        self.busy = True
        self.answer("Opening …")
        self.run_worker(lambda: self._try(secret), thread=True, name="unlock")

    def _try(self, secret: bytearray) -> None:
        passphrase = secret.decode("utf-8", "surrogatepass")
        try:
            desk = self.opener(passphrase, self.person) if self.person else self.opener(passphrase)
        except WhoIsIt as several:
            self._waiting, secret = secret, bytearray()
            self.post_message(WhoAsked(several.handles))
            return
        except FieldkitError as error:
            caps = isinstance(error, WrongPassphrase) and as_if_locked(passphrase)
            self.post_message(Told(error.said, CAPS_LOCK if caps else error.cure))
            return
        finally:
            wipe(secret)
        self.post_message(Unlocked(desk))

    @on(WhoAsked)
    def ask_who(self, event: WhoAsked) -> None:
        """Several people have a slot here: which of them is this?"""
        event.stop()
        self.busy = False
        people = self.query_one(Rows)
        people.show([Row(plain(handle), (handle,)) for handle in event.handles])
        people.display = True
        people.focus()
        self.answer("Who are you? Arrows, then Enter.")

    @on(Rows.Chosen)
    def take_who(self, event: Rows.Chosen) -> None:
        """It is this one: try what was typed."""
        event.stop()
        self.person = event.target[0]
        self.query_one(Rows).display = False
        self.query_one(SecretLine).focus()
        secret, self._waiting = self._waiting, bytearray()
        self._begin(secret)

    @on(Told)
    def tell(self, event: Told) -> None:
        """It did not open: why, and what to do."""
        event.stop()
        self.busy = False
        self.answer(f"{event.said}\n{event.cure}")

    def answer(self, words: str) -> None:
        """What the door says."""
        self.query_one("#answer", Words).say(words)


class LeavingScreen(Screen[None]):
    """Stands for the moment in which what was typed is saved and the app ends."""

    covers: ClassVar[bool] = True
    KEPT: ClassVar[bool] = True

    def compose(self) -> ComposeResult:
        """Nothing about anybody."""
        yield Words("Saved. fieldkit closes …")
