"""The plan of a family: move an action on in a key or two; and how the help came to where it stands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.casework.plan import WANTS_WORDS
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.family_words import action_line
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, heading
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import ActionRow, FamilyPage

ASK = {
    "done": "What came of it? Then Enter.",
    "partly": "What is done of it? Then Enter.",
    "stopped": "Why? choice, unavailable, unneeded, passed (of a review: family, missing, needless, passed).",
}
"""By status: what is asked before it is kept."""


class PlanScreen(SheetScreen):
    """Every action, what is late first."""

    WHERE = "Plan"
    KEYS = "Enter one step on  d done  t partly  s stopped  o open again  esc back  F1"
    HELP_WORDS = (
        "Enter moves the action under the highlight one step on: agreed, being done, done. d, t and s say done, partly "
        "done and stopped, and ask for a few words. o opens it again. Each is an ordinary edit, with its history in "
        "the record it stands in."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "move('done')", "Done", show=False),
        Binding("t", "move('partly')", "Partly done", show=False),
        Binding("s", "move('stopped')", "Stopped", show=False),
        Binding("o", "move('started')", "Open again: being done", show=False),
    ]

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family
        self.rows: dict[str, ActionRow] = {}
        self.asked = ("", "")
        """(row, status) that waits for words."""

    def column(self) -> ComposeResult:
        """The list and the line for what came of it."""
        yield Rows()
        yield Words("", id="ask")
        yield LineEntry(id="words", classes="tucked", disabled=True)

    def refresh_facts(self) -> None:
        """Ask for the plan."""
        self.learn(lambda: self.kit.desk.plan(self.family), self.show_plan)

    def show_plan(self, rows: tuple[ActionRow, ...]) -> None:
        """Draw it."""
        self.rows = {row.row: row for row in rows}
        room = max(self.size.width - 6, 70)
        lines = [Row(action_line(row, room), (row.row,)) for row in rows]
        self.query_one(Rows).show(lines or [heading("No action is written yet: an assessment or a plan makes them.")])

    @on(Rows.Chosen)
    def step(self, event: Rows.Chosen) -> None:
        """One step on."""
        row = self.rows[event.target[0]]
        nearly = row.status in ("started", "partly")
        self._move(row.row, "done" if nearly else "")

    def action_move(self, status: str) -> None:
        """To a status that was named."""
        target = self.query_one(Rows).target
        if target is None:
            self.say("! Choose an action first.")
        else:
            self._move(target[0], status)

    def _move(self, row: str, status: str) -> None:
        if status in WANTS_WORDS or status == "stopped":
            self.asked = (row, status)
            self.query_one("#ask", Words).say(ASK[status])
            line = self.query_one("#words", LineEntry)
            line.disabled = False
            line.remove_class("tucked")
            line.focus()
        else:
            self.learn(partial(self.kit.desk.move_action, self.family, row, status), self.moved)

    @on(LineEntry.Submitted, "#words")
    def keep(self, event: LineEntry.Submitted) -> None:
        """Keep the status with the words."""
        row, status = self.asked
        self.learn(partial(self.kit.desk.move_action, self.family, row, status, event.value), self.moved)

    def moved(self, _: object) -> None:
        """It is kept, and goes with the next sync."""
        self._close_line()
        self.say("Kept. It goes with the next sync.")
        self.refresh_facts()

    def _close_line(self) -> None:
        line = self.query_one("#words", LineEntry)
        line.value, line.disabled = "", True
        line.add_class("tucked")
        self.query_one("#ask", Words).say("")
        self.query_one(Rows).focus()

    def action_back(self) -> None:
        """From the words back to the list."""
        if self.query_one("#words", LineEntry).disabled:
            super().action_back()
        else:
            self._close_line()


class StandsScreen(SheetScreen):
    """How the help came to where it stands, and every score with its voice."""

    WHERE = "How it stands"
    KEYS = "↑ ↓ read  esc back  ^b cover  F1 help"
    HELP_WORDS = "Every step of the help in the order in which it happened, with why; what arrived late says so."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "scroll(1)", "Read on", show=False),
        Binding("up", "scroll(-1)", "Back", show=False),
        Binding("pagedown,space", "scroll(16)", "A page on", show=False),
        Binding("pageup", "scroll(-16)", "A page back", show=False),
    ]

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family

    def column(self) -> ComposeResult:
        """The words."""
        yield Words("", id="stands")

    def refresh_facts(self) -> None:
        """Ask for the family."""
        self.learn(lambda: self.kit.desk.family(self.family), self.show_family)

    def show_family(self, page: FamilyPage) -> None:
        """Draw it."""
        self.query_one("#stands", Words).say(stands_words(page))

    def action_scroll(self, lines: int) -> None:
        """Read on, or back."""
        self.query_one(".body").scroll_relative(y=lines, animate=False)


def stands_words(page: FamilyPage) -> Content:
    """Where it stands, what is advised, how it came there, every score, what to talk about."""
    whole = page.whole
    if not whole.stands:
        return plain("Nothing is told of this while somebody else is in the room, or before something happened.")
    lines = [plain(whole.stands, "bold"), *(plain(f"! {words}", "bold") for words in whole.advice), Content("")]
    lines += [plain("How it came there", "bold"), *(plain(f" {words}") for words in whole.life)]
    if whole.scores:
        lines += [Content(""), plain("Scores over time (0 must act now … 10 no worries)", "bold")]
        lines += [plain(f" {row.about} · {row.voice}: {row.first} {row.picture} {row.last}") for row in whole.scores]
        lines += [plain(f" ← {words}", "bold") for words in whole.talk]
    return Content("\n").join(lines)
