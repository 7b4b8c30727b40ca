"""A centre's sessions: the nearest first; the door of one, a new one, who is in now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import day
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading
from fieldkit.tui.widgets.words import Words
from fieldkit.workspace.registers import Plan

if TYPE_CHECKING:
    from fieldkit.workspace.centre_day import WalkIn
    from fieldkit.workspace.registers import SessionRow


class SessionsScreen(SheetScreen):
    """Choose a session; Enter opens its door."""

    WHERE = "Sessions"
    KEYS = "Enter the door  n new session or course  w walk-ins  p reach  r sheet  esc  F1"
    HELP_WORDS = (
        "Enter opens the register of a session. w shows who walked in and is still to be registered, p how many "
        "under-fives came by month, r is the sheet to fill in afterwards. What concerns one family belongs in a note "
        "of its own."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "A new session or course", show=False),
        Binding("w", "walk_ins", "Walk-ins who are still to be registered", show=False),
        Binding("p", "reach", "Reach of under-fives, by month", show=False),
        Binding("r", "sheet", "The sheet of a session, afterwards", show=False),
    ]

    def __init__(self, kit: Kit, centre: str) -> None:
        super().__init__(kit)
        self.centre = centre

    def column(self) -> ComposeResult:
        """The list, and how many walk-ins wait."""
        yield Words("", id="waits", classes="title")
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask which there are."""
        self.learn(lambda: self.kit.desk.sessions(self.centre), self.show_sessions)
        self.learn(lambda: self.kit.desk.to_complete(self.centre), self.show_waiting)

    def show_waiting(self, waiting: Sequence[WalkIn]) -> None:
        """Say how many walked in and are still to be registered."""
        many = len(waiting)
        self.query_one("#waits", Words).say(f"! Walked in and not registered yet: {many}   w" if many else "")

    def show_sessions(self, sessions: Sequence[SessionRow]) -> None:
        """Draw them."""
        today = self.kit.clock.now().date()
        rows = [
            Row(
                columns(
                    ("today" if row.on == today else day(row.on), 11),
                    (row.begins, 5),
                    (row.name, 34),
                    (f"{row.here} of {row.of}" + (f" · {row.places} places" if row.places else ""), 0),
                ),
                (row.id,),
            )
            for row in sessions
        ]
        self.query_one(Rows).show(rows or [heading("No session is planned: n plans one, or a course of them.")])

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        """The door of this session."""
        self.go("door", session=event.target[0])

    def action_new(self) -> None:
        """A new session or course."""
        self.go("new-session", centre=self.centre)

    def action_walk_ins(self) -> None:
        """Who walked in and is still to be registered."""
        self.go("walk-ins", centre=self.centre)

    def action_reach(self) -> None:
        """Reach, as bars."""
        self.go("reach", centre=self.centre)

    def action_sheet(self) -> None:
        """The sheet of a session, with what happened: a form of the centre."""
        self.go("begin", family=self.centre, home="centre")


class NewSessionScreen(SheetScreen):
    """What is known of a session beforehand: a name and a day are enough."""

    WHERE = "New session"
    KEYS = "tab next  ^s keep  esc back  ^b cover"
    HELP_WORDS = "A name and a day are enough. Weeks more than one make a course: the same session again each week."
    AUTO_FOCUS: ClassVar[str | None] = "#name"
    ASKED: ClassVar[tuple[tuple[str, str], ...]] = (
        ("name", "Name of the group or course"),
        ("on", "First day, as 2026-12-04; blank: today"),
        ("begins", "Begins, as 13:30"),
        ("venue", "Place; blank: the centre"),
        ("leader", "Led by; blank: you"),
        ("places", "Places; blank: no limit"),
        ("weeks", "How many weeks; blank: once"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "keep", "Keep it", show=False, priority=True)]

    def __init__(self, kit: Kit, centre: str) -> None:
        super().__init__(kit)
        self.centre = centre

    def column(self) -> ComposeResult:
        """A line for each."""
        for name, words in self.ASKED:
            yield Words(words, classes="dim")
            yield LineEntry(id=name)

    def action_keep(self) -> None:
        """Plan it."""
        told = {name: self.query_one(f"#{name}", LineEntry).value.strip() for name, _ in self.ASKED}
        try:
            on = date.fromisoformat(told["on"]) if told["on"] else self.kit.clock.now().date()
            places, weeks = int(told["places"] or 0), int(told["weeks"] or 1)
        except ValueError:
            self.say("! A day is written as 2026-12-04, places and weeks as numbers.")
            return
        own = (told["begins"], "", told["venue"], told["leader"])
        plan = Plan(told["name"], on, *own, places=places, weeks=weeks)
        self.learn(lambda: self.kit.desk.plan_session(self.centre, plan), self.kept)

    def kept(self, _: object) -> None:
        """Back to the list."""
        self.dismiss()
