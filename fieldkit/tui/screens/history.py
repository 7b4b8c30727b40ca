"""What a record said before: who changed which answer, and when; one answer put back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import moment
from fieldkit.tui.widgets.rows import Row, Rows, heading

if TYPE_CHECKING:
    from datetime import datetime

    from fieldkit.workspace.history import ChangeRow


class HistoryScreen(SheetScreen):
    """The changes, the latest first."""

    WHERE = "What was there before"
    KEYS = "↑ ↓ choose  u put this answer back  esc back  ^b cover  F1 help"
    HELP_WORDS = (
        "Each change of an answer: when, by whom, what was there before and what after. u puts back what was there "
        "before: an ordinary edit with your name, which can be put back too. Words that another laptop replaced are at "
        "central, and told here by who and when."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("u", "restore", "Put this answer back", show=False)]

    def __init__(self, kit: Kit, record: str) -> None:
        super().__init__(kit)
        self.record = record
        self.can: dict[str, bool] = {}

    def column(self) -> ComposeResult:
        """The list."""
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask what changed."""
        self.learn(lambda: self.kit.desk.history(self.record), self.show_history)

    def show_history(self, rows: Sequence[ChangeRow]) -> None:
        """Draw it."""
        self.can = {row.id: row.can_restore for row in rows}
        now = self.kit.clock.now()
        lines = [Row(change_line(row, now), (row.id,)) for row in rows]
        self.query_one(Rows).show(lines or [heading("Nothing was changed on this laptop.")])

    def action_restore(self) -> None:
        """Put back what was there before the change under the highlight."""
        target = self.query_one(Rows).target
        if target is None or not self.can.get(target[0]):
            self.say("! What was there before is what stands there now, or is not on this laptop.")
        else:
            self.learn(partial(self.kit.desk.restore_answer, self.record, target[0]), self.restored)

    def restored(self, _: object) -> None:
        """It is put back."""
        self.say("Put back. It goes with the next sync.")
        self.refresh_facts()


def change_line(row: ChangeRow, now: datetime) -> Content:
    """When, who, which answer; below it before and after."""
    head = plain(f"{moment(row.at, now)}  {one_line(row.who)}: {one_line(row.label)}", "bold")
    if not (row.before or row.after):
        return head
    told = (
        plain(f"    was: {one_line(row.before) or '–'}")
        + Content("\n")
        + plain(f"    now: {one_line(row.after) or '–'}")
    )
    return head + Content("\n") + told
