"""A scale with what both its ends mean always drawn: numbers, stars, a bar, or one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from fieldkit.tui.plain import one_line

MOST = 2_000
"""Marks on a scale; finer ones are cut off at the far end and the number can still be typed."""


def marks_of(parts: Sequence[str]) -> tuple[str, ...]:
    """Every number of a scale from its start, end and step, as it is kept."""
    try:
        told = [Decimal(part) for part in parts]
    except InvalidOperation:
        told = []
    start, end, step = (*told, *(Decimal(0), Decimal(10), Decimal(1))[len(told) :])
    low, high = sorted((start, end))
    step = abs(step) or Decimal(1)
    count = min(int((high - low) / step) + 1, MOST)
    return tuple(format((low + step * at).normalize(), "f") for at in range(count))


def mark_at(marks: Sequence[str], number: str) -> int | None:
    """The place of a number on a scale; None when it is not on it."""
    try:
        wanted = Decimal(number)
    except InvalidOperation:
        return None
    return next((at for at, mark in enumerate(marks) if Decimal(mark) == wanted), None)


class Scale(Widget, can_focus=True):
    """Arrows move, digits jump; nothing is chosen until a person chooses."""

    DEFAULT_CSS = """
    Scale { height: auto; padding: 0 1; border-left: outer $border-blurred; }
    Scale:focus { border-left: outer $border; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,down", "move(-1)", "Less", show=False),
        Binding("right,up", "move(1)", "More", show=False),
        Binding("home", "jump(0)", "The lowest", show=False),
        Binding("end", "jump(-1)", "The highest", show=False),
        Binding("backspace,delete", "clear", "Clear", show=False),
    ]

    class Picked(Message):
        """A person set the scale; None takes the answer away."""

        def __init__(self, scale: Scale, number: str | None) -> None:
            super().__init__()
            self.scale = scale
            self.number = number

        @property
        def control(self) -> Scale:
            """The scale it was set on."""
            return self.scale

    def __init__(self) -> None:
        super().__init__()
        self.marks: tuple[str, ...] = ("0",)
        self.ends = ("lowest", "highest")
        self.look: frozenset[str] = frozenset()
        self.at: int | None = None
        self.typed = ""

    def bind_to(self, marks: tuple[str, ...], ends: tuple[str, str], look: frozenset[str], at: int | None) -> None:
        """Another scale, or another number on it."""
        if (marks, ends, look) != (self.marks, self.ends, self.look):
            self.marks, self.ends, self.look, self.typed = marks, ends, look, ""
            self.refresh(layout=True)
        self.at = at
        self.refresh()

    # -- drawn

    def render(self) -> Content:
        """The scale; under it what the ends mean."""
        low, high = (one_line(end) for end in self.ends)
        first, last = (one_line(self.marks[at]) for at in (0, -1))
        told = [Content(f"{first} = {low}"), Content(f"{last} = {high}")]
        if "vertical" in self.look and len(self.marks) <= 12:
            return Content("\n").join([told[1], *map(self._mark, reversed(range(len(self.marks)))), told[0]])
        return Content("\n").join([self._line(), *told])

    def _line(self) -> Content:
        if "picker" in self.look:
            return Content(f"◂ {self._number()} ▸   of {one_line(self.marks[0])} to {one_line(self.marks[-1])}")
        if "rating" in self.look and len(self.marks) <= 12:
            stars = "" if self.at is None else "★" * (self.at + 1)
            return Content(f"{stars:☆<{len(self.marks)}}  {self._number()}")
        if "no-ticks" in self.look or self._wide() > (self.size.width or 40):
            return Content(f"{self._bar()}  {self._number()}")
        return Content("").join(map(self._mark, range(len(self.marks))))

    def _wide(self) -> int:
        return sum(len(mark) + 2 for mark in self.marks)

    def _bar(self, cells: int = 24) -> str:
        if self.at is None:
            return "─" * cells
        knob = round(self.at * (cells - 1) / max(len(self.marks) - 1, 1))
        return "━" * knob + "●" + "─" * (cells - 1 - knob)

    def _number(self) -> str:
        return "not answered yet" if self.at is None else one_line(self.marks[self.at])

    def _mark(self, at: int) -> Content:
        mark, chosen = one_line(self.marks[at]), at == self.at
        return Content(f"[{mark}]").stylize("reverse bold") if chosen else Content(f" {mark} ")

    # -- set

    def action_move(self, by: int) -> None:
        """One step less or more."""
        start = self.at if self.at is not None else (-1 if by > 0 else len(self.marks))
        self._pick(min(max(start + by, 0), len(self.marks) - 1))

    def action_jump(self, to: int) -> None:
        """To an end."""
        self._pick(to % len(self.marks))

    def action_clear(self) -> None:
        """Take the answer away."""
        self._pick(None)

    def on_key(self, event: events.Key) -> None:
        """Digits say the number; those of one number go on while they make one."""
        letter = event.character or ""
        if not letter or letter not in "-.0123456789":
            return
        event.stop()
        for words in (self.typed + letter, letter):
            at = mark_at(self.marks, words)
            if at is not None or any(mark.startswith(words) for mark in self.marks):
                if at is not None:
                    self._pick(at)
                self.typed = words
                return

    def on_blur(self) -> None:
        """A number begun is no longer gone on with."""
        self.typed = ""

    def on_click(self, event: events.Click) -> None:
        """A click on a number chooses it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y != 0 or self.look & {"vertical", "picker", "rating", "no-ticks"}:
            return
        edge = 0
        for at, mark in enumerate(self.marks):
            edge += len(mark) + 2
            if offset.x < edge:
                self._pick(at)
                return

    def _pick(self, at: int | None) -> None:
        self.at, self.typed = at, ""
        self.refresh()
        self.post_message(self.Picked(self, None if at is None else self.marks[at]))
