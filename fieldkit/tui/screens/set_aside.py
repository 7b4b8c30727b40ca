"""What central did not take: why, and the words that were written. Nothing here is lost, and nothing goes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.content import Content

from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import moment
from fieldkit.tui.widgets.rows import Row, Rows, heading

if TYPE_CHECKING:
    from datetime import datetime

    from fieldkit.workspace.set_aside import AsideRow


class SetAsideScreen(SheetScreen):
    """The changes that stand apart, the earliest first."""

    WHERE = "Set aside"
    KEYS = "↑ ↓ move  esc back  ^b cover  F1 help"
    HELP_WORDS = (
        "What central did not take is kept here with the reason and with every word of it. Speak to your lead, who "
        "can take it at central; or write it again where it belongs now."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"

    def column(self) -> ComposeResult:
        """The list."""
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask what stands apart."""
        self.learn(self.kit.desk.set_aside, self.show_rows)

    def show_rows(self, rows: Sequence[AsideRow]) -> None:
        """Draw it."""
        now = self.kit.clock.now()
        lines = [Row(aside_line(row, now), (str(place),)) for place, row in enumerate(rows)]
        self.query_one(Rows).show(lines or [heading("Central took everything that was written here.")])


def aside_line(row: AsideRow, now: datetime) -> Content:
    """When and what; below it why, and each answer."""
    lines = [f"    {one_line(row.why)}", *(f"    {one_line(label)}: {one_line(words)}" for label, words in row.answers)]
    head = plain(f"{moment(row.at, now)}  {one_line(row.about)}", "bold")
    return Content("\n").join([head, *map(plain, lines)])
