"""The keys of the screen somebody was on, and those that work everywhere; letters narrow the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input

from fieldkit.tui.desk import Kit
from fieldkit.tui.keys import SHORT
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words

FIXED = (
    ("tab", "The next thing to fill in or choose"),
    ("esc", "One step back; nothing typed is lost"),
    ("ctrl+z, ctrl+y", "Undo in a field, and do it again"),
)
Lines = Sequence[tuple[str, str]]


class HelpScreen(WorkspaceScreen):
    """What can be done here."""

    CSS_PATH = "help.tcss"
    WHERE = "Help"
    KEYS = "type to search  ↑ ↓ read  esc back  ^b cover"
    AUTO_FOCUS: ClassVar[str | None] = "#search"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "read(1)", "Read on", show=False),
        Binding("up", "read(-1)", "Back", show=False),
        Binding("pagedown", "read(12)", "A page on", show=False),
        Binding("pageup", "read(-12)", "A page back", show=False),
    ]

    def __init__(self, kit: Kit, about: Any = None) -> None:
        super().__init__(kit)
        self.about = about

    def body(self) -> ComposeResult:
        """A line to search with, and what was found."""
        yield LineEntry(placeholder="a key, or what you want to do", id="search")
        with VerticalScroll(id="found", can_focus=False):
            yield Words("", id="lines")

    def on_mount(self) -> None:
        """Everything, before a letter is typed."""
        self.show("")

    @on(Input.Changed, "#search")
    def search(self, event: Input.Changed) -> None:
        """Only what has these letters."""
        self.show(event.value)

    def show(self, letters: str) -> None:
        """Draw what was found."""
        chosen = getattr(self.app, "chosen_keys", {})
        here = keys_of(self.about, chosen)
        everywhere = [*FIXED, *_lines(type(self.app).__dict__.get("BINDINGS", ()), chosen)]
        parts = (("Here", here), ("In what is on it", keys_within(self.about)), ("Everywhere", everywhere))
        words = getattr(self.about, "HELP_WORDS", "") if not letters else ""
        self.query_one("#lines", Words).say(help_words(words, parts, letters))
        self.query_one("#found", VerticalScroll).scroll_home(animate=False)

    def action_read(self, by: int) -> None:
        """Read on or back."""
        self.query_one("#found", VerticalScroll).scroll_relative(y=by, animate=False)


def help_words(words: str, parts: Sequence[tuple[str, Lines]], letters: str) -> Content:
    """What the screen is for, then its keys; only those in which the letters stand."""
    wanted = letters.strip().casefold()
    lines = [plain(words), plain("")] if words else []
    for title, keys in parts:
        found = [(key, what) for key, what in keys if wanted in f"{key} {what}".casefold()]
        if found:
            lines.append(plain(title, "bold"))
            lines += [plain(f"  {key:<15} {what}") for key, what in found]
    return Content("\n").join(lines or [plain("No key does that here. ctrl+p finds what fieldkit can do by name.")])


def keys_of(screen: Any, chosen: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """The keys a screen declares, in its order, as they were chosen."""
    return _lines(type(screen).__dict__.get("BINDINGS", ()) if screen is not None else (), chosen or {})


def keys_within(screen: Any) -> list[tuple[str, str]]:
    """The keys of the fields and lists that stand on a screen, each once."""
    kinds = {type(each): None for each in screen.query("*")} if screen is not None else {}
    found: dict[tuple[str, str], None] = {}
    for kind in kinds:
        for each in kind.__mro__:
            if each.__module__.startswith("fieldkit.tui.widgets"):
                found |= dict.fromkeys(_lines(each.__dict__.get("BINDINGS", ()), {}))
    return [*found]


def _lines(declared: Any, chosen: dict[str, str]) -> list[tuple[str, str]]:
    bindings = [each for each in declared if isinstance(each, Binding) and each.description]
    return [(_key(chosen.get(each.id or "", each.key)), each.description) for each in bindings]


def _key(keys: str) -> str:
    return ", ".join(SHORT.get(key, key) for key in keys.split(","))
