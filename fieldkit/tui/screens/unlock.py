"""The door: a passphrase opens the vault. First thing painted, so nothing heavy is imported here.

Its style is loaded by the app: a screen that was never pushed brings none of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from fieldkit.errors import FieldkitError
from fieldkit.tui.messages import Told, Unlocked
from fieldkit.tui.widgets.secret import SecretLine, wipe
from fieldkit.tui.widgets.words import Words

Opener = Callable[[str], Any]
"""Passphrase to desk; raises a FieldkitError that says what is wrong."""


class UnlockScreen(Screen[None]):
    """Asks for the passphrase and nothing else."""

    AUTO_FOCUS: ClassVar[str | None] = "#passphrase"

    def __init__(self, opener: Opener, warnings: Sequence[str] = ()) -> None:
        super().__init__()
        self.opener = opener
        self.warnings = warnings
        self.busy = False

    def compose(self) -> ComposeResult:
        """A few words and one line to type in."""
        with Vertical(id="door"):
            yield Words("fieldkit", classes="title")
            yield Words("Practice only: no real family yet.", classes="dim")
            yield Words("Passphrase")
            yield SecretLine(id="passphrase")
            yield Words("Enter opens   ctrl+q leaves", id="answer")
            yield from (Words(f"! {warning}", classes="warn") for warning in self.warnings)

    @on(SecretLine.Given)
    def open(self, event: SecretLine.Given) -> None:
        """Try the passphrase in a worker; the key takes a moment on purpose."""
        event.stop()
        secret = event.secret
        if self.busy:
            wipe(secret)
            return
        self.busy = True
        self.answer("Opening …")
        self.run_worker(lambda: self._try(secret), thread=True, name="unlock")

    def _try(self, secret: bytearray) -> None:
        try:
            desk = self.opener(secret.decode("utf-8", "surrogatepass"))
        except FieldkitError as error:
            self.post_message(Told(error.said, error.cure))
            return
        finally:
            wipe(secret)
        self.post_message(Unlocked(desk))

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
