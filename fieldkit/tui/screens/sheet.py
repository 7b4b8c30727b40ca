"""A sheet: a screen of a few lines to fill in or to read, laid over the one that asked."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from fieldkit.tui.screens.base import WorkspaceScreen


class SheetScreen(WorkspaceScreen):
    """A scrolling column between the two lines."""

    CSS_PATH = "sheet.tcss"

    def body(self) -> ComposeResult:
        """The column and what stands in it."""
        with VerticalScroll(classes="body", can_focus=False):
            yield from self.column()

    def column(self) -> ComposeResult:
        """What stands in the column."""
        yield from ()
