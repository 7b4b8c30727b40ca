"""What people must decide: every open conflict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult

from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import moment
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading

if TYPE_CHECKING:
    from fieldkit.workspace.views import ConflictRow

CLASSES = {"A": "safety", "B": "agreement", "C": "record"}


class ConflictsScreen(SheetScreen):
    """One line a conflict."""

    WHERE = "Conflicts"
    KEYS = "Enter opens  esc back  ^b cover"
    HELP_WORDS = "Two people wrote different things. Nobody is overruled: each conflict waits for a person."
    AUTO_FOCUS: ClassVar[str | None] = "Rows"

    def column(self) -> ComposeResult:
        """The list."""
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask which there are."""
        self.learn(self.kit.desk.conflicts, self.show_conflicts)

    def show_conflicts(self, conflicts: Sequence[ConflictRow]) -> None:
        """Draw them, those about safety first."""
        now = self.kit.clock.now()
        rows = [
            Row(
                columns(
                    (row.family_name, 24),
                    (row.field_label, 30),
                    (CLASSES.get(row.klass, row.klass), 9),
                    (f"by {moment(row.due, now)}" if row.due else "", 0),
                ),
                (row.id,),
            )
            for row in sorted(conflicts, key=lambda row: row.klass)
        ]
        self.query_one(Rows).show(rows or [heading("Nothing waits for a decision.")])

    @on(Rows.Chosen)
    def open(self, event: Rows.Chosen) -> None:
        """Open the card."""
        self.go("conflict", conflict=event.target[0])
