"""What is missing or not right in a form, each a step away."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading

WHY = {"required": "not answered", "constraint": "not right"}


class MissingScreen(SheetScreen):
    """Answers with the path that was chosen."""

    WHERE = "What is missing"
    KEYS = "Enter goes there  esc back  ^b cover"
    HELP_WORDS = (
        "Every line is a question without an answer or with one that does not fit. ^r writes why there is none."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"

    def __init__(self, kit: Kit, violations: tuple[Any, ...] = ()) -> None:
        super().__init__(kit)
        self.violations = violations

    def column(self) -> ComposeResult:
        """The list."""
        yield Rows(missing_rows(self.violations))

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        """Go there."""
        self.dismiss(event.target[0])


def missing_rows(violations: tuple[Any, ...]) -> list[Row]:
    """One row a violation, in form order."""
    rows = [
        Row(
            columns(
                (WHY.get(one.why, one.why), 13), (one.label, 40), (one.message if one.why != "required" else "", 0)
            ),
            (one.path,),
        )
        for one in violations
    ]
    return rows or [heading("Nothing is missing. ^s files it.")]
