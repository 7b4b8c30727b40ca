"""Raising a concern. The form never blocks it; the number to ring stands on top."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.choices import Choices
from fieldkit.tui.widgets.entry import AreaEntry, LineEntry
from fieldkit.tui.widgets.words import Words


class ConcernScreen(SheetScreen):
    """Who, what, and whether it is urgent."""

    WHERE = "Raise a concern"
    KEYS = "tab next  ^s raise it  f2 duty numbers  esc back  ^b cover"
    HELP_WORDS = "A concern goes first at the next sync. Until a named person has read it, ring."
    AUTO_FOCUS: ClassVar[str | None] = "#about"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "raise_it", "Raise it", show=False, priority=True)]

    def __init__(self, kit: Kit, family: str = "", about: str = "") -> None:
        super().__init__(kit)
        self.family = family
        self.about = about

    def column(self) -> ComposeResult:
        """The number first, then three things."""
        duty = self.kit.desk.duty
        yield Words(f"In danger now: 999.   Duty: {duty.day}   at night {duty.night}", classes="title")
        yield Words("About whom?")
        yield LineEntry(self.about, id="about")
        yield Words("What did you see or hear? Their words in quotation marks.")
        yield AreaEntry(id="words")
        yield Choices((("urgent", "Urgent: somebody may be hurt today"),), several=True)

    def action_raise_it(self) -> None:
        """Keep it, to go first."""
        about = self.query_one("#about", LineEntry).value.strip()
        words = self.query_one("#words", AreaEntry).text.strip()
        urgent = bool(self.query_one(Choices).chosen)
        if not about or not words:
            self.say("! Say about whom, and what you saw or heard. To ring needs neither: f2.")
            return
        self.learn(lambda: self.kit.desk.concern(self.family, about, words, urgent), self.raised)

    def raised(self, concern: str) -> None:
        """It is kept; nobody has read it."""
        self.go("concern-state", instead=True, concern=concern)
