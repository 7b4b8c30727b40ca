"""Today: what the day needs, in the order it needs it."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.when import day, long_day, moment
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.store.exports_made import ExportMade
    from fieldkit.workspace.views import ConcernRow, DraftRow, DueRow, NewerRow, Today, ToRecord
from fieldkit.workspace.device_views import Duty, Room

UNREAD = ("waiting", "sent", "confirmed")


class TodayScreen(WorkspaceScreen):
    """The first screen after the door."""

    CSS_PATH = "today.tcss"
    KEYS = "/ find  n new  s sync  c conflicts  ! concern  f2 duty  ^b cover  F1 help  ^p"
    HELP_WORDS = "Every line can be opened with Enter. What needs somebody soonest stands on top."
    AUTO_FOCUS: ClassVar[str | None] = "#rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,f", "go_to('families')", "Find a family", show=False),
        Binding("n", "go_to('new-family')", "New family", show=False),
        Binding("r", "go_to('centres')", "A session's register, at a centre", show=False),
        Binding("s", "go_to('sync')", "Sync with central", show=False),
        Binding("c", "go_to('conflicts')", "Conflicts", show=False),
        Binding("e", "end_visit", "End the visit", show=False),
        Binding("q", "app.quit", "Leave", show=False),
    ]

    def body(self) -> ComposeResult:
        """The day and its rows."""
        yield Words(f"Today, {long_day(self.kit.clock.now().date())}", id="day")
        yield Rows(id="rows")

    def where(self) -> str:
        """Who is at work."""
        me = self.kit.desk.me
        return " · ".join(part for part in (me.worker, me.team) if part)

    def refresh_facts(self) -> None:
        """Ask what the day needs."""
        self.learn(self.kit.desk.today, self.show_today)

    def show_today(self, today: Today) -> None:
        """Draw the day."""
        now, room = self.kit.clock.now(), self.kit.desk.room
        self.query_one(Rows).show([*_visit(room, now), *today_rows(today, self.kit.desk.duty, now)])

    def action_go_to(self, place: str) -> None:
        """Another place."""
        self.go(place)

    def action_end_visit(self) -> None:
        """Nobody else is in the room any more."""
        self.kit.desk.end_visit()
        self.say("The visit is ended: you are alone with the screen.")
        self.on_screen_resume()

    @on(Rows.Chosen)
    def open(self, event: Rows.Chosen) -> None:
        """Go where the row leads."""
        place, name, id = event.target
        self.go(place, **{name: id} if name else {})


def today_rows(today: Today, duty: Duty, now: datetime) -> list[Row]:
    """The day as rows: what is urgent, what is unfinished, what is due."""
    rows = [Row(plain(f"! {line}", "bold"), ("sync", "", "")) for line in wrap(today.closed, 74)]
    rows += [_concern(concern, duty, now) for concern in today.concerns if concern.state in UNREAD]
    rows += [heading(notice) for notice in today.notices]
    rows += _conflicts(today, now)
    rows += [_unsigned(row) for row in today.unsigned]
    rows += [_export(row) for row in today.exports]
    rows += [_to_record(row, now) for row in today.to_record]
    if today.drafts:
        rows += [heading(""), heading("Unfinished")] if rows else [heading("Unfinished")]
        rows += [_unfinished(draft, now) for draft in today.drafts]
    rows += [_newer(row) for row in today.newer]
    if today.copies:
        rows += [Row(plain(f"! {today.copies}"), ("sync", "", ""))]
    if today.due:
        rows += [heading(""), heading("Due"), *map(_due, today.due)]
    if today.waiting:
        rows += [heading(""), Row(plain(f"  {_changes(today.waiting)} waiting to go to central"), ("sync", "", ""))]
    if not rows:
        rows = [Row(plain("  Nothing is unfinished and nothing is due.  Enter finds a family."), ("families", "", ""))]
    return rows


def _unfinished(draft: DraftRow, now: datetime) -> Row:
    """A draft to go on with: how far it has come, and when it was saved."""
    far = f"{draft.answered} of {draft.total}{_missing(draft.missing)}"
    saved = f"{moment(draft.saved_at, now)}{_restored(draft.restored)}"
    cells = (("  " + draft.form_title, 24), (draft.family_name, 16), (far, 22), (saved, 0))
    return Row(columns(*cells), ("form", "draft", draft.id))


def _due(due: DueRow) -> Row:
    """What is due: a visit opens its brief, anything else the family."""
    mark = "! overdue" if due.overdue else "  due"
    place = "brief" if due.what == "Visit" else "family"
    return Row(
        columns((mark, 9), (due.what, 26), (due.family_name, 20), (day(due.on), 0)), (place, "family", due.family)
    )


def _visit(room: Room, now: datetime) -> list[Row]:
    """A visit that goes on, also one that somebody forgot to end."""
    if room.started is None:
        return []
    late = room.until is not None and now >= room.until
    words = "! The agreed end of your visit is over" if late else "  You are on a visit"
    begun = f"begun {moment(room.started, now)}"
    return [Row(plain(f"{words}, {begun}: e ends it, Enter for the timer"), ("alone", "", ""))]


def _concern(concern: ConcernRow, duty: Duty, now: datetime) -> Row:
    sent = "not sent yet" if concern.state == "waiting" else f"sent, raised {moment(concern.raised_at, now)}"
    words = f"! No one has read your concern about {concern.about} ({sent}).  Ring: {duty.day}"
    return Row(plain(words, "bold"), ("concern-state", "concern", concern.id))


def _to_record(row: ToRecord, now: datetime) -> Row:
    """The note of a visit that has ended: how long there is, or that it is late."""
    hours = (row.due - now).total_seconds() / 3600
    late = f"late since {moment(row.due, now)}"
    left = f"due in {hours:.0f} h" if hours >= 1 else "due within the hour" if hours > 0 else late
    target = ("form", "draft", row.draft) if row.draft else ("family", "family", row.family)
    words = f"{'!' if hours <= 0 else ' '} Visit note to write"
    return Row(columns((words, 27), (row.family_name, 18), (left, 0)), target)


def _conflicts(today: Today, now: datetime) -> list[Row]:
    return [
        Row(
            columns(
                ("! conflict needs a person", 25),
                (f"{row.family_name} · {row.field_label}", 34),
                (f"by {moment(row.due, now)}" if row.due else "", 0),
            ),
            ("conflict", "conflict", row.id),
        )
        for row in today.conflicts
    ]


def _unsigned(row: object) -> Row:
    since = getattr(row, "since", None)
    words = f"! Unsigned agreement   {getattr(row, 'family_name', '')}"
    return Row(
        plain(words + (f"   since {day(since)}" if since else "")), ("record", "record", getattr(row, "record", ""))
    )


def _export(row: ExportMade) -> Row:
    name, since = PurePath(row.file).name, day(datetime.fromisoformat(row.made_at).date())
    words = f"! Not encrypted since {since}: the file {name}. Delete it when it has served."
    return Row(plain(one_line(words)), ("record", "record", row.record))


def _newer(row: NewerRow) -> Row:
    """One line for a form; Enter shows what would change in the draft that was saved last."""
    can = "1 draft" if len(row.drafts) == 1 else f"{len(row.drafts)} drafts"
    words = f"  A newer version of {one_line(row.form_title)} is here: {can} can move"
    return Row(plain(words), ("upgrade", "draft", row.drafts[0]))


def _restored(words: str) -> str:
    return f"  {words}" if words else ""


def _missing(missing: int) -> str:
    return f" · {missing} missing" if missing else ""


def _changes(count: int) -> str:
    return "1 change is" if count == 1 else f"{count} changes are"
