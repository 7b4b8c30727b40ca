"""Choices side by side: a likert row, or columns. Arrows walk, space or Enter chooses, digits choose at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from fieldkit.tui.plain import one_line
from fieldkit.tui.widgets.choices import Choice

MARK = 7
"""Cells beside a label: digit, box, gap."""


def cell_width(choices: Sequence[Choice]) -> int:
    """The width that every choice gets."""
    return MARK + max((Content(one_line(label)).cell_length for _, label in choices), default=0)


class Across(Widget, can_focus=True):
    """As many choices on a line as fit."""

    DEFAULT_CSS = """
    Across { height: auto; padding: 0 1; border-left: outer $border-blurred; }
    Across:focus { border-left: outer $border; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "walk(-1)", "The one before", show=False),
        Binding("right", "walk(1)", "The next one", show=False),
        Binding("up", "walk_line(-1)", "A line up", show=False),
        Binding("down", "walk_line(1)", "A line down", show=False),
        Binding("space,enter", "choose", "Choose", show=False),
        Binding("backspace,delete", "clear", "Clear", show=False),
    ]

    class Picked(Message):
        """A person chose; the values in the order of the list."""

        def __init__(self, values: tuple[str, ...]) -> None:
            super().__init__()
            self.values = values

    def __init__(self, *, several: bool = False) -> None:
        super().__init__()
        self.several = several
        self.choices: tuple[Choice, ...] = ()
        self.chosen: tuple[str, ...] = ()
        self.lit = 0

    def show(self, choices: Sequence[Choice], chosen: Sequence[str]) -> None:
        """Show other choices, or other ones chosen."""
        choices, chosen = tuple(choices), tuple(chosen)
        if choices != self.choices:
            values = [value for value, _ in choices]
            self.lit = values.index(chosen[0]) if chosen and chosen[0] in values else 0
            self.choices = choices
            self.refresh(layout=True)
        self.chosen = chosen
        self.refresh()

    def a_line(self) -> int:
        """How many stand on one line."""
        room = self.size.width or 40
        return max(1, min(room // cell_width(self.choices), len(self.choices) or 1))

    def render(self) -> Content:
        """The choices, line by line."""
        many, width = self.a_line(), cell_width(self.choices)
        cells = [self._cell(at, width) for at in range(len(self.choices))]
        lines = [Content("").join(cells[at : at + many]) for at in range(0, len(cells), many)]
        return Content("\n").join(lines or [Content("there is nothing to choose")])

    def _cell(self, at: int, width: int) -> Content:
        value, label = self.choices[at]
        on_, off = ("[x]", "[ ]") if self.several else ("(●)", "( )")
        digit = str(at + 1) if at < 9 else " "
        words = one_line(f"{digit} {on_ if value in self.chosen else off} {label}")
        cell = Content(words).truncate(width, pad=True)
        return cell.stylize("reverse", 0, len(words)) if at == self.lit and self.has_focus else cell

    def action_walk(self, by: int) -> None:
        """The highlight to another choice."""
        if self.choices:
            self.lit = min(max(self.lit + by, 0), len(self.choices) - 1)
            self.refresh()

    def action_walk_line(self, by: int) -> None:
        """The highlight a line up or down."""
        if 0 <= self.lit + by * self.a_line() < len(self.choices):
            self.action_walk(by * self.a_line())

    def action_choose(self) -> None:
        """Choose what is highlighted."""
        if not self.choices:
            return
        value = self.choices[self.lit][0]
        if self.several:
            chosen = set(self.chosen) ^ {value}
            self._pick(tuple(one for one, _ in self.choices if one in chosen))
        else:
            self._pick((value,))

    def action_clear(self) -> None:
        """Take the answer away."""
        if self.chosen:
            self._pick(())

    def on_key(self, event: events.Key) -> None:
        """A digit chooses."""
        if event.character and event.character in "123456789" and int(event.character) <= len(self.choices):
            event.stop()
            self.lit = int(event.character) - 1
            self.action_choose()

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        offset = event.get_content_offset(self)
        at = -1 if offset is None else offset.y * self.a_line() + offset.x // cell_width(self.choices)
        if 0 <= at < len(self.choices):
            self.lit = at
            self.action_choose()

    def _pick(self, values: tuple[str, ...]) -> None:
        self.show(self.choices, values)
        self.post_message(self.Picked(values))
