"""Who knows what about us, and why: to be read together with the family, large if they like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.casework.knowing import Knows, lines
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.words import Words


class KnowsScreen(SheetScreen):
    """One page in plain words."""

    WHERE = "Who knows what about us"
    KEYS = "↑ ↓ read  l large print  esc back  ^b cover  F1 help"
    HELP_WORDS = (
        "Who may be told what, who said so, and what they were given. With somebody in the room it tells what that "
        "person said, and nothing that could put anybody in danger. `fieldkit who-knows --large-print` prints it."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "large", "Large print, and back", show=False),
        Binding("down", "scroll(1)", "Read on", show=False),
        Binding("up", "scroll(-1)", "Back", show=False),
        Binding("pagedown,space", "scroll(16)", "A page on", show=False),
        Binding("pageup", "scroll(-16)", "A page back", show=False),
    ]

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family
        self.large = False
        self.rows: Sequence[Knows] = ()

    def column(self) -> ComposeResult:
        """The page."""
        yield Words("", id="knows")

    def refresh_facts(self) -> None:
        """Ask for it; what was on it goes before anybody else may see it."""
        self.query_one("#knows", Words).say("")
        self.learn(lambda: self.kit.desk.who_knows(self.family), self.show_rows)

    def show_rows(self, rows: Sequence[Knows]) -> None:
        """Draw it."""
        self.rows = rows
        told = lines(rows, self.large)
        self.query_one("#knows", Words).say(Content("\n").join(_line(each) for each in told))

    def action_large(self) -> None:
        """Large print, and back."""
        self.large = not self.large
        self.show_rows(self.rows)

    def action_scroll(self, lines: int) -> None:
        """Read on, or back."""
        self.query_one(".body").scroll_relative(y=lines, animate=False)


def _line(told: str) -> Content:
    return plain(told) if told.startswith("  ") else plain(told, "bold")
