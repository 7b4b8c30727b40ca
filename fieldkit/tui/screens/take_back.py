"""Taking the laptop back from a family: only the worker's PIN does it."""

from __future__ import annotations

from fieldkit.tui.screens.pin_ask import PinScreen


class TakeBackScreen(PinScreen):
    """Asks the worker for the PIN; esc goes back to the family's page."""

    WORDS = "The worker's PIN takes the laptop back"
    KEYS = "Enter  esc back to the page"

    def action_back(self) -> None:
        """Back to the family's page."""
        self.dismiss(False)
