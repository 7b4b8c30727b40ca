"""Choices as one light widget: one of a few, several of many, or words put in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from fieldkit.tui.plain import one_line

Choice = tuple[str, str]
"""Value and label."""


class Choices(OptionList):
    """One or several of the choices; digits choose the first nine."""

    DEFAULT_CSS = """
    Choices { max-height: 12; padding: 0 1; border-left: outer $border-blurred; }
    Choices:focus { border-left: outer $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Choose", show=False),
        Binding("backspace,delete", "clear", "Clear", show=False),
    ]

    class Picked(Message):
        """A person chose; the values in the order of the list."""

        def __init__(self, choices: Choices, values: tuple[str, ...]) -> None:
            super().__init__()
            self.choices = choices
            self.values = values

        @property
        def control(self) -> Choices:
            """The list it was chosen from."""
            return self.choices

    def __init__(self, choices: Sequence[Choice], chosen: Sequence[str] = (), *, several: bool = False) -> None:
        super().__init__(markup=False)
        self.several = several
        self.choices: tuple[Choice, ...] = ()
        self.chosen: tuple[str, ...] = ()
        self._given = (tuple(choices), tuple(chosen))

    def on_mount(self) -> None:
        """Draw what was given."""
        self.show(*self._given)

    def show(self, choices: Sequence[Choice], chosen: Sequence[str], *, anew: bool = False) -> None:
        """Show other choices, or other ones chosen; `anew`: of another question, with the highlight put back."""
        choices, chosen = tuple(choices), tuple(chosen)
        if anew or choices != self.choices:
            self.choices, self.chosen = choices, chosen
            self.clear_options()
            self.add_options([Option(self.line(i)) for i in range(len(choices))])
            values = [value for value, _ in choices]
            self.highlighted = values.index(chosen[0]) if chosen and chosen[0] in values else (0 if choices else None)
        elif chosen != self.chosen:
            changed = set(chosen) ^ set(self.chosen)
            self.chosen = chosen
            for index, (value, _) in enumerate(choices):
                if value in changed:
                    self.replace_option_prompt_at_index(index, self.line(index))

    def line(self, index: int) -> Content:
        """One choice as it is drawn."""
        value, label = self.choices[index]
        on_, off = ("[x]", "[ ]") if self.several else ("(●)", "( )")
        number = f"{index + 1} " if index < 9 else "  "
        mark = f"{number if len(self.choices) <= 9 else ''}{on_ if value in self.chosen else off} "
        return Content(one_line(f"{mark}{label}"))

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.pick(event.option_index)

    def on_key(self, event: events.Key) -> None:
        """A digit chooses."""
        if event.character and event.character in "123456789" and int(event.character) <= len(self.choices) <= 9:
            event.stop()
            self.highlighted = int(event.character) - 1
            self.pick(self.highlighted)

    def pick(self, index: int) -> None:
        """Choose one, or turn it on or off."""
        value = self.choices[index][0]
        if not self.several:
            values: tuple[str, ...] = (value,)
        else:
            chosen = set(self.chosen) ^ {value}
            values = tuple(v for v, _ in self.choices if v in chosen)
        self.show(self.choices, values)
        self.post_message(self.Picked(self, values))

    def action_clear(self) -> None:
        """Take the answer away."""
        if self.chosen:
            self.show(self.choices, ())
            self.post_message(self.Picked(self, ()))
