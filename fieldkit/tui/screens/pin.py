"""Choosing the short PIN that uncovers the screen and ends a handover."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words

SHORTEST, LONGEST = 4, 12


class NewPinScreen(SheetScreen):
    """Twice the same digits."""

    WHERE = "Choose a PIN"
    KEYS = "Enter keeps it  esc later"
    HELP_WORDS = "The PIN is not your passphrase. Five wrong tries lock fieldkit."
    AUTO_FOCUS: ClassVar[str | None] = "#pin"

    def column(self) -> ComposeResult:
        """Why, and two lines."""
        yield Words(
            "ctrl+b covers the screen wherever you are. A PIN of 4 to 12 digits uncovers it,\n"
            "and takes the laptop back from a family after signing. Without a PIN, covering locks."
        )
        yield Words("PIN")
        yield LineEntry(password=True, restrict=r"\d*", id="pin")
        yield Words("Once more")
        yield LineEntry(password=True, restrict=r"\d*", id="again")

    @on(Input.Submitted, "#pin")
    def next_line(self) -> None:
        """Once more."""
        self.query_one("#again", LineEntry).focus()

    @on(Input.Submitted, "#again")
    def keep(self) -> None:
        """Keep the PIN when both are the same."""
        pin, again = (self.query_one(f"#{name}", LineEntry).value for name in ("pin", "again"))
        if not SHORTEST <= len(pin) <= LONGEST:
            self.say(f"! A PIN has {SHORTEST} to {LONGEST} digits.")
        elif pin != again:
            self.say("! The two are not the same. Type both again.")
        else:
            self.learn(lambda: self.kit.desk.set_pin(pin), self.kept)

    def kept(self, _: object) -> None:
        """Done."""
        self.dismiss()
