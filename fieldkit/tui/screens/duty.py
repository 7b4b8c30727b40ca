"""The numbers to ring: by day, at night, and 999. No network is needed."""

from __future__ import annotations

from textual.app import ComposeResult

from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.words import Words


class DutyScreen(SheetScreen):
    """One key away on every screen."""

    WHERE = "Who to ring"
    KEYS = "! raise a concern  esc back  ^b cover"
    HELP_WORDS = "These numbers come with the council's settings and work without a network."

    def column(self) -> ComposeResult:
        """The three numbers."""
        duty = self.kit.desk.duty
        yield Words("Somebody is in danger now:   999", classes="title")
        yield Words(
            f"Duty by day:     {duty.day or 'no number came with the settings: ask your lead'}", classes="title"
        )
        yield Words(
            f"Duty at night:   {duty.night or 'no number came with the settings: ask your lead'}", classes="title"
        )
        yield Words("A message in fieldkit is not a call: nobody has read it until fieldkit says who has.")
