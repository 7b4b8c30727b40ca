"""Where a passphrase is typed: bytes that can be written over, not a growing text of which Python keeps every copy."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

LONGEST = 1_024
"""Bytes; a passphrase of 64 letters and more is welcome."""


class SecretLine(Widget, can_focus=True):
    """A line of dots. What stands behind them is handed over once, and wiped."""

    DEFAULT_CSS = """
    SecretLine { height: 3; border: tall $border-blurred; padding: 0 1; }
    SecretLine:focus { border: tall $border; }
    """

    class Given(Message):
        """Enter was pressed: whoever takes it wipes it."""

        def __init__(self, secret: bytearray) -> None:
            super().__init__()
            self.secret = secret

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._typed = bytearray()

    def render(self) -> Content:
        """A dot for every letter."""
        letters = sum(byte & 0xC0 != 0x80 for byte in self._typed)
        return Content("•" * min(letters, max(self.size.width - 1, 0)) + ("▏" if self.has_focus else ""))

    def on_key(self, event: events.Key) -> None:
        """A letter more, a letter less, or done."""
        if event.key == "enter":
            self._give()
        elif event.key in ("backspace", "ctrl+h"):
            self._take_back()
        elif event.key in ("ctrl+u", "ctrl+w"):
            self.clear()
        elif event.is_printable and event.character is not None:
            self._add(event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Pasting works; the first line counts."""
        event.stop()
        self._add(event.text.split("\n")[0].rstrip("\r"))

    def _add(self, letters: str) -> None:
        self._typed += letters.encode("utf-8", "surrogatepass")[: LONGEST - len(self._typed)]
        self.refresh()

    def _take_back(self) -> None:
        while self._typed and self._typed.pop() & 0xC0 == 0x80:
            continue
        self.refresh()

    def clear(self) -> None:
        """Wipe what was typed."""
        wipe(self._typed)
        self._typed = bytearray()
        self.refresh()

    def _give(self) -> None:
        if self._typed:
            given, self._typed = self._typed, bytearray()
            self.refresh()
            self.post_message(self.Given(given))


def wipe(secret: bytearray) -> None:
    """Write over every byte."""
    secret[:] = bytes(len(secret))
