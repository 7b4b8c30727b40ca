"""Walk-ins whose registration waits: who they are of those known, or the rest of what a new family needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import one_line
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import day
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading
from fieldkit.tui.widgets.words import Words
from fieldkit.workspace.centre_day import Completed

if TYPE_CHECKING:
    from fieldkit.workspace.centre_day import WalkIn

ASKED = (
    ("surname", "Surname (may be left empty)"),
    ("dob", "Date of birth, yyyy-mm-dd"),
    ("relation", "Relation: mother, grandmother, son …"),
)


def age_words(band: str) -> str:
    """The age they gave at the door."""
    return band if band in ("adult", "") else f"from {band}"


class WalkInsScreen(SheetScreen):
    """Who walked in and is still to be registered, the latest first."""

    WHERE = "Walked in, not registered yet"
    KEYS = "Enter complete  esc back  ^b cover"
    HELP_WORDS = "A name and an age were enough at the door. Enter completes it, or says who it is of those you know."
    AUTO_FOCUS: ClassVar[str | None] = "Rows"

    def __init__(self, kit: Kit, centre: str) -> None:
        super().__init__(kit)
        self.centre = centre

    def column(self) -> ComposeResult:
        """The list."""
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask who waits."""
        self.learn(lambda: self.kit.desk.to_complete(self.centre), self.show_waiting)

    def show_waiting(self, waiting: Sequence[WalkIn]) -> None:
        """Draw them."""
        rows = [
            Row(columns((day(each.on), 11), (each.name, 40), (age_words(each.band), 0)), (each.person,))
            for each in waiting
        ]
        self.query_one(Rows).show(rows or [heading("Everybody who walked in is registered.")])

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        """Complete this one."""
        self.go("walk-in", person=event.target[0])


class WalkInScreen(SheetScreen):
    """One walk-in: the same as somebody known, or somebody new with a family of their own."""

    WHERE = "Complete a walk-in"
    KEYS = "tab next  Enter in the list: the same person  ^s somebody new: keep  esc back"
    HELP_WORDS = (
        "Nothing is joined by a machine: look at who it may be, and decide. Whatever they came to is then counted for "
        "that person, once. The centre's registration form can be begun on the family's page."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#surname"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "keep", "Somebody new", show=False, priority=True)]

    def __init__(self, kit: Kit, person: str) -> None:
        super().__init__(kit)
        self.person = person

    def column(self) -> ComposeResult:
        """Who it is, who it may be, and what else is asked."""
        yield Words("", id="who", classes="title")
        for name, words in ASKED:
            yield Words(words)
            yield LineEntry(id=name)
        yield Words("Or is it somebody known already? Enter says so.", id="perhaps")
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask who it may be."""
        self.learn(lambda: self.kit.desk.perhaps_known(self.person), self.show_one)

    def show_one(self, row: WalkIn) -> None:
        """Draw it."""
        self.query_one("#who", Words).say(f"{one_line(row.name)}   {age_words(row.band)}   came {day(row.on)}")
        rows = [Row(columns((name, 0)), (person,)) for person, name in row.perhaps]
        self.query_one(Rows).show(rows or [heading("Nobody known sounds like it.")])

    @on(Rows.Chosen)
    def the_same(self, event: Rows.Chosen) -> None:
        """It is this person."""
        self._finish(Completed(known=event.target[0]))

    def action_keep(self) -> None:
        """Somebody new."""
        told = {name: self.query_one(f"#{name}", LineEntry).value.strip() for name, _ in ASKED}
        self._finish(Completed(**told))

    def _finish(self, told: Completed) -> None:
        self.learn(lambda: self.kit.desk.finish_walk_in(self.person, told), self.finished)

    def finished(self, _: object) -> None:
        """Back to who waits."""
        self.dismiss()
