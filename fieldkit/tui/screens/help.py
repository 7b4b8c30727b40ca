"""The keys of the screen somebody was on, and those that work everywhere."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.words import Words

EVERYWHERE = (
    ("tab", "The next thing to fill in or choose"),
    ("esc", "One step back; nothing typed is lost"),
    ("ctrl+b", "Cover the screen; the PIN uncovers it"),
    ("f2", "The numbers to ring"),
    ("!", "Raise a concern; while typing: f2, then !"),
    ("f9", "The lone worker's timer: extend it, or say that you are out"),
    ("ctrl+p", "Everything fieldkit can do, by name"),
    ("ctrl+q", "Leave; what is typed is kept"),
)


class HelpScreen(SheetScreen):
    """What can be done here."""

    WHERE = "Help"
    KEYS = "esc back  ^b cover"

    def __init__(self, kit: Kit, about: Any = None) -> None:
        super().__init__(kit)
        self.about = about

    def column(self) -> ComposeResult:
        """What the screen is for, its keys, the keys of everywhere."""
        if self.about is not None and (words := getattr(self.about, "HELP_WORDS", "")):
            yield Words(words)
        if keys := keys_of(self.about):
            yield Words("Here", classes="title")
            yield Words("\n".join(f"  {key:<12} {what}" for key, what in keys))
        yield Words("Everywhere", classes="title")
        yield Words("\n".join(f"  {key:<12} {what}" for key, what in EVERYWHERE))


def keys_of(screen: Any) -> list[tuple[str, str]]:
    """The keys a screen declares, in its order."""
    declared = type(screen).__dict__.get("BINDINGS", ()) if screen is not None else ()
    bindings = [binding for binding in declared if isinstance(binding, Binding)]
    names = {"exclamation_mark": "!", "slash": "/", "question_mark": "?", "colon": ":"}
    return [
        (", ".join(names.get(key, key) for key in binding.key.split(",")), binding.description) for binding in bindings
    ]
