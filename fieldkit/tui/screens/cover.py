"""The cover: nothing on the screen but a line for the PIN, until an agreed end; then fieldkit locks."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from fieldkit.tui.desk import Kit
from fieldkit.tui.messages import LockAsked
from fieldkit.tui.screens.pin_ask import PinScreen
from fieldkit.tui.widgets.words import Words


class CoverScreen(PinScreen):
    """Covers whatever was there, also while typing and signing."""

    WORDS = "Covered"
    KEYS = "type the PIN, Enter"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "nothing", "", show=False)]

    covers: ClassVar[bool] = True

    def __init__(self, kit: Kit, until: datetime | None = None) -> None:
        super().__init__(kit)
        self.until = until
        """When it locks by itself."""

    def body(self) -> ComposeResult:
        """The line for the PIN, or the way out when there is none."""
        if self.kit.desk.pin_set():
            yield from super().body()
            if self.until is not None:
                yield Words(f"At {self.until:%H:%M} fieldkit locks.", id="until")
        else:
            yield Words("Covered. No PIN was chosen: Enter locks fieldkit, and your passphrase opens it again.")

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Try the PIN."""
        event.stop()
        super().submitted(event)

    def key_enter(self) -> None:
        """Without a PIN, lock."""
        if not self.query("#pin"):
            self.app.post_message(LockAsked())

    def action_nothing(self) -> None:
        """Esc does not uncover."""
