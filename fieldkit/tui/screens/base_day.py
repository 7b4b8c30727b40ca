"""A team lead's day at base: who has not synced, what waits, who covers. Every line that can be acted on opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import day as day_of
from fieldkit.tui.when import moment
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading

if TYPE_CHECKING:
    from fieldkit.casework.base_day import MemberRow
    from fieldkit.workspace.leading import BaseDay, CheckRow, NoticeRow

CLASSES = {"A": "safety", "B": "agreement", "C": "record"}
HEAD = (("  Who", 22), ("last sync", 16), ("waits", 5), ("conflicts", 9), ("unsigned", 8), ("late", 4), ("families", 0))


class BaseDayScreen(SheetScreen):
    """One screen for the team."""

    WHERE = "Base"
    KEYS = "Enter opens; on a name: cover  o offers  c conflicts  s sync  esc back  F1"
    HELP_WORDS = (
        "Who has not synced for two days stands on top: what is on that laptop is nowhere else. Enter on a name "
        "offers all their families to a colleague for a time. Nothing here counts how much anybody works."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "go_to('offers')", "Families offered", show=False),
        Binding("c", "go_to('conflicts')", "Conflicts", show=False),
        Binding("s", "go_to('sync')", "Sync with central", show=False),
    ]

    def column(self) -> ComposeResult:
        """The rows."""
        yield Rows()

    def where(self) -> str:
        """Which team, and how many people."""
        return " · ".join(part for part in ("Base", self.kit.desk.me.team) if part)

    def refresh_facts(self) -> None:
        """Ask how the team stands."""
        self.learn(self.kit.desk.base_day, self.show_day)

    def show_day(self, day: BaseDay) -> None:
        """Draw it."""
        self.query_one(Rows).show(day_rows(day, self.kit.desk.duty.day, self.kit.clock.now()))

    def action_go_to(self, place: str) -> None:
        """Another place."""
        self.go(place)

    @on(Rows.Chosen)
    def open(self, event: Rows.Chosen) -> None:
        """Go where the row leads."""
        place, name, id = event.target
        self.go(place, **{name: id} if name else {})


def day_rows(day: BaseDay, ring: str, now: datetime) -> list[Row]:
    """The base day as rows, what cannot wait first."""
    on_duty = ", ".join(day.duty) or "nobody is named"
    deputies = f"   deputy: {', '.join(day.deputies)}" if day.deputies else ""
    rows = [
        Row(
            columns((f"! No one has read: concern about {each.about}, raised {moment(each.raised_at, now)}", 0)),
            ("concern-state", "concern", each.id),
        )
        for each in day.unread
    ]
    rows += [_notice(each, now) for each in day.notices]
    rows += [heading(f"Duty now: {on_duty}{deputies}   ring {ring}"), heading("")]
    told = f"as of {moment(day.told_at, now)}" if day.told_at else "sync: central has not told of the team yet"
    rows += [heading(f"Team, {told}"), Row(columns(*HEAD))]
    rows += [_member(each, now) for each in day.team]
    rows += [heading("")] if day.conflicts else []
    rows += [_ages(klass, ages) for klass, ages in day.conflicts.items()]
    offered = sum(not each.mine for each in day.offers)
    if day.offers:
        words = f"  Families offered: {len(day.offers)} open, {len(day.offers) - offered} of them to you"
        rows.append(Row(columns((words, 0)), ("offers", "", "")))
    if day.checks:
        done = sum(bool(each.checked_by) for each in day.checks)
        rows += [heading(""), heading(f"Assessments to look at this month: {done} of {len(day.checks)} done")]
        rows += [_check(each) for each in day.checks]
    return rows


def _member(row: MemberRow, now: datetime) -> Row:
    last = "never" if row.last_sync is None else moment(row.last_sync, now)
    silent = f"{row.silent_days} days ago" if row.alarm and row.silent_days > 0 else last
    numbers = (row.waiting, row.conflicts, row.unsigned, row.overdue, row.families)
    cells = [str(number or "–") for number in numbers]
    widths = (5, 9, 8, 4, 0)
    mark = "!" if row.alarm else " "
    told = columns((f"{mark} {row.name}", 22), (silent, 16), *zip(cells, widths, strict=True))
    return Row(told, ("away", "worker", row.worker))


def _ages(klass: str, ages: Mapping[str, int]) -> Row:
    words = "   ".join(f"{age}: {count}" for age, count in ages.items())
    return Row(columns((f"  Conflicts, {CLASSES.get(klass, klass)}", 24), (words, 0)), ("conflicts", "", ""))


def _notice(row: NoticeRow, now: datetime) -> Row:
    of = f": {row.family_name}" if row.family_name else ""
    due = f", by {moment(row.due, now)}" if row.due else ""
    return Row(columns((f"! {row.what}{of}, since {moment(row.since, now)}{due}", 0)), ("notices", "", ""))


def _check(row: CheckRow) -> Row:
    state = f"looked at by {row.checked_by}" if row.checked_by else f"by {row.author}, {day_of(row.on)}"
    thin = f"thin: {', '.join(row.thin)}" if row.thin and not row.checked_by else ""
    return Row(
        columns(("✓" if row.checked_by else "●", 1), (row.family_name, 22), (state, 26), (thin, 0)),
        ("check", "record", row.record),
    )
