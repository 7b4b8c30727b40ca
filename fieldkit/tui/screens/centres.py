"""The centres of this device: begin a session's register for one, or name a new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, columns
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import CentreRow


class CentresScreen(SheetScreen):
    """Choose a centre; what is written there belongs to the centre's day, not to a family."""

    WHERE = "Centres"
    KEYS = "Enter shows its sessions  tab to the name of a new one  esc back  ^b cover"
    HELP_WORDS = "A session's register is kept with its centre. What concerns one family belongs in a note of its own."
    AUTO_FOCUS: ClassVar[str | None] = "Rows"

    def column(self) -> ComposeResult:
        """The centres, and a line for a new one."""
        yield Rows()
        yield Words("A new centre: its name, then Enter")
        yield LineEntry(id="name")

    def refresh_facts(self) -> None:
        """Ask which centres there are."""
        desk = self.kit.desk
        self.learn(lambda: (desk.centres(), Counter(each.centre for each in desk.to_complete())), self.show_centres)

    def show_centres(self, told: tuple[Sequence[CentreRow], Mapping[str, int]]) -> None:
        """Draw them, with how many walk-ins are still to be registered."""
        centres, waiting = told
        rows = [Row(columns((each.name, 40), (_words(each, waiting), 0)), (each.id,)) for each in centres]
        self.query_one(Rows).show(rows)
        if not rows:
            self.query_one(LineEntry).focus()

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        """Its sessions."""
        self.go("sessions", centre=event.target[0])

    @on(Input.Submitted, "#name")
    def add(self) -> None:
        """Keep a new centre."""
        name = self.query_one(LineEntry).value.strip()
        if name:
            self.learn(lambda: self.kit.desk.add_centre(name), self.added)
        else:
            self.say("! A centre needs a name.")

    def added(self, _centre: str) -> None:
        """Show it in the list."""
        self.query_one(LineEntry).value = ""
        self.refresh_facts()


def _words(row: CentreRow, waiting: Mapping[str, int]) -> str:
    many = waiting.get(row.id, 0)
    return f"registers: {row.sessions}" + (f"   ! to be registered: {many}" if many else "")
