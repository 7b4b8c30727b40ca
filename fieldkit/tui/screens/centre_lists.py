"""What a register is read for: who is in the building now, reach by month; and either as a file, by a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.exports.reach import KEY, bars
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading
from fieldkit.tui.widgets.words import Words
from fieldkit.workspace.centre_day import in_line

if TYPE_CHECKING:
    from fieldkit.casework.registers import Reach
    from fieldkit.workspace.centre_day import InGroup, InNow

MONTHS = 6
BAR = 44
"""Cells of the longest bar: with the month before and the numbers behind it fits eighty."""


class InNowScreen(SheetScreen):
    """Who is in the building now, for an evacuation: this session first, then the others of the day."""

    WHERE = "Who is in now"
    KEYS = "Enter allergies, who may collect  p as a file to print  esc to the door  ^b"
    HELP_WORDS = "The whole building: every session of this centre and day. Children first, protected people by alias."
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("p", "file", "As a file to print", show=False)]

    def __init__(self, kit: Kit, session: str) -> None:
        super().__init__(kit)
        self.session = session
        self.care: dict[str, str] = {}

    def column(self) -> ComposeResult:
        """The number and the list."""
        yield Words("", id="number", classes="title")
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask who is in."""
        self.learn(lambda: self.kit.desk.in_building(self.session), self.show_groups)

    def show_groups(self, groups: Sequence[InGroup]) -> None:
        """Draw them."""
        people = [each for group in groups for each in group.people]
        unnamed = sum(group.unnamed for group in groups)
        children = sum(not each.adult for each in people)
        words = f"{len(people) + unnamed} people in now: {children} children by name"
        self.query_one("#number", Words).say(words + (f", {unnamed} without a name" if unnamed else ""))
        self.care = {each.person: in_line(each) for each in people}
        self.query_one(Rows).show([row for group in groups for row in _group(group)])

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        """What matters of one who is in: asked for, and shown for this one."""
        self.say(one_line(self.care[event.target[0]]))

    def action_file(self) -> None:
        """The list as a file, by a reason."""
        self.go("centre-file", session=self.session)


def _group(group: InGroup) -> list[Row]:
    unnamed = f", and {group.unnamed} without a name" if group.unnamed else ""
    title = heading(f"{group.name} {group.begins}: {len(group.people)} by name{unnamed}")
    return [title, *(Row(columns((each.name, 40), (_age(each), 0)), (each.person,)) for each in group.people)]


def _age(row: InNow) -> str:
    return "adult" if row.adult else f"child, {row.age}" if row.age is not None else "child"


class ReachScreen(SheetScreen):
    """Under-fives who came to a centre, by month, as bars."""

    WHERE = "Reach of under-fives"
    KEYS = "← earlier  → later  p as a file (svg, csv)  esc back  ^b cover"
    HELP_WORDS = (
        "Each child once a month. New: their very first contact with this centre fell into it. Three times or more: "
        "so many sessions in that month. People counted without a name are in none of it."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-3)", "Three months earlier", show=False),
        Binding("right", "move(3)", "Three months later", show=False),
        Binding("p", "file", "As a file", show=False),
    ]

    def __init__(self, kit: Kit, centre: str) -> None:
        super().__init__(kit)
        self.centre = centre
        self.last = _first_of(kit.clock.now().date())

    @property
    def period(self) -> tuple[date, date]:
        """Six whole months."""
        return _moved(self.last, 1 - MONTHS), _moved(self.last, 1) - timedelta(days=1)

    def column(self) -> ComposeResult:
        """The period, the key, the bars."""
        for name in ("period", "key", "bars", "all"):
            yield Words("", id=name)

    def refresh_facts(self) -> None:
        """Ask how many came."""
        self.learn(lambda: self.kit.desk.reach(self.centre, *self.period), self.show_reach)

    def show_reach(self, rows: Sequence[Reach]) -> None:
        """Draw the bars, and the whole period in words."""
        since, until = self.period
        *_, whole = rows
        self.query_one("#period", Words).say(plain(f"{since:%d %b %Y} to {until:%d %b %Y}", "bold"))
        self.query_one("#key", Words).say(KEY)
        drawn = bars(rows, BAR) or ["Nobody under five came."]
        self.query_one("#bars", Words).say(plain("\n".join(drawn)))
        ageless = f"; {whole.ageless} of unknown age" if whole.ageless else ""
        told = f"In all {whole.children} under five: {whole.new} new, {whole.sustained} three times or more{ageless}."
        self.query_one("#all", Words).say(told)

    def action_move(self, months: int) -> None:
        """Another six months."""
        self.last = _moved(self.last, months)
        self.refresh_facts()

    def action_file(self) -> None:
        """These months as a file."""
        self.go("centre-file", centre=self.centre, period=self.period)


def _first_of(day: date) -> date:
    return day.replace(day=1)


def _moved(month: date, by: int) -> date:
    place = month.year * 12 + month.month - 1 + by
    return date(place // 12, place % 12 + 1, 1)


class CentreFileScreen(SheetScreen):
    """Into which new file, and why: either who is in now, or reach."""

    WHERE = "As a file"
    KEYS = "tab next  ^s write it  esc back  ^b cover"
    HELP_WORDS = (
        "The reason is kept in the audit. Who is in now: delete the file when it has served, Today reminds you."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#why"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "keep", "Write it", show=False, priority=True)]

    def __init__(self, kit: Kit, session: str = "", centre: str = "", period: tuple[date, date] | None = None) -> None:
        super().__init__(kit)
        self.session, self.centre, self.dates = session, centre, period

    def column(self) -> ComposeResult:
        """The reason and the file."""
        yield Words("Why is it made?")
        yield LineEntry(id="why")
        yield Words("Into which new file?" + ("" if self.session else "  It ends in .svg or .csv."))
        yield LineEntry(str(Path.home() / ("in-now.txt" if self.session else "reach.svg")), id="file")

    def action_keep(self) -> None:
        """Write it."""
        out = Path(self.query_one("#file", LineEntry).value.strip())
        self.learn(self._writing(out, self.query_one("#why", LineEntry).value), self.written)

    def _writing(self, out: Path, why: str) -> Callable[[], Any]:
        desk = self.kit.desk
        if self.dates is not None:
            period = self.dates
            return lambda: desk.write_reach(self.centre, period, out, why)
        return lambda: desk.write_in_now(self.session, out, why)

    def written(self, _: object) -> None:
        """It is there."""
        self.say("It is written. esc goes back.")
