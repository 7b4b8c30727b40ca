"""A scale on one line, with what both its ends mean always drawn."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from fieldkit.tui.plain import one_line


class Scale(Widget, can_focus=True):
    """Arrows move, digits jump; nothing is chosen until a person chooses."""

    DEFAULT_CSS = """
    Scale { height: 3; padding: 0 1; border-left: outer $border-blurred; }
    Scale:focus { border-left: outer $border; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Less", show=False),
        Binding("right", "move(1)", "More", show=False),
        Binding("backspace,delete", "clear", "Clear", show=False),
    ]

    class Picked(Message):
        """A person set the scale; None takes the answer away."""

        def __init__(self, scale: Scale, number: int | None) -> None:
            super().__init__()
            self.scale = scale
            self.number = number

        @property
        def control(self) -> Scale:
            """The scale it was set on."""
            return self.scale

    def __init__(self, low: int, high: int, ends: tuple[str, str], number: int | None = None, step: int = 1) -> None:
        super().__init__()
        self.low, self.high, self.step = low, high, step
        self.ends = ends
        self.number = number

    def render(self) -> Content:
        """Numbers with the chosen one in brackets; under it what the ends mean."""
        numbers = Content("").join(
            Content.styled(f"[{n}]", "reverse bold") if n == self.number else Content(f" {n} ")
            for n in range(self.low, self.high + 1, self.step)
        )
        low, high = (one_line(end) for end in self.ends)
        return Content("\n").join([numbers, Content(f"{self.low} = {low}"), Content(f"{self.high} = {high}")])

    def show(self, number: int | None) -> None:
        """Show another number."""
        if number != self.number:
            self.number = number
            self.refresh()

    def action_move(self, by: int) -> None:
        """One step less or more."""
        start = self.number if self.number is not None else (self.low - self.step if by > 0 else self.high + self.step)
        self._pick(min(max(start + by * self.step, self.low), self.high))

    def action_clear(self) -> None:
        """Take the answer away."""
        self._pick(None)

    def on_key(self, event: events.Key) -> None:
        """A digit jumps; a 0 after a 1 makes ten."""
        if not (event.character and event.character.isascii() and event.character.isdigit()):
            return
        event.stop()
        digit = int(event.character)
        tens = (self.number or 0) * 10 + digit
        number = tens if self.number and self.number < 10 and tens <= self.high else digit
        if self.low <= number <= self.high:
            self._pick(number)

    def on_click(self, event: events.Click) -> None:
        """A click on a number chooses it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y != 0:
            return
        at = 0
        for n in range(self.low, self.high + 1, self.step):
            at += len(str(n)) + 2
            if offset.x < at:
                self._pick(n)
                return

    def _pick(self, number: int | None) -> None:
        self.show(number)
        self.post_message(self.Picked(self, number))
