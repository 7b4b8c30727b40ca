"""A concern that was raised: has anybody read it? Until then: ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import moment
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import ConcernRow, Today


class ConcernStateScreen(SheetScreen):
    """Sent or confirmed is not read."""

    WHERE = "Concern"
    KEYS = "s sync now  ^s I have read it  f2 duty numbers  esc back  ^b cover"
    HELP_WORDS = "A receipt from central is not a reader. ^s writes that you yourself have read it and what you do."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sync", "Sync now", show=False),
        Binding("ctrl+s", "read", "I have read it", show=False, priority=True),
    ]

    def __init__(self, kit: Kit, concern: str) -> None:
        super().__init__(kit)
        self.concern = concern

    def column(self) -> ComposeResult:
        """The state, the number, the line to acknowledge in."""
        yield Words("", id="state", classes="title")
        yield Words("", id="ring", classes="title")
        yield Words("To write that you have read it: what do you do about it?", classes="dim")
        yield LineEntry(id="words")

    def refresh_facts(self) -> None:
        """Ask for the state."""
        self.learn(self.kit.desk.today, self.show_state)

    def show_state(self, today: Today) -> None:
        """Draw it."""
        if self.kit.desk.room.present:
            self.query_one("#state", Words).say(
                "It is kept, to go first with the next sync. What became of it is told when you are alone."
            )
            self.query_one("#ring", Words).say("A message is not a call: f2 has the numbers to ring.")
            return
        row = next((row for row in today.concerns if row.id == self.concern), None)
        duty = self.kit.desk.duty
        if row is None or row.state == "read":
            self.query_one("#state", Words).say(
                f"Read by {row.read_by}." if row and row.read_by else "It has been read."
            )
            self.query_one("#ring", Words).say("")
            return
        self.query_one("#state", Words).say(self._unread(row))
        self.query_one("#ring", Words).say(
            f"No one has read this: ring {duty.day}   at night {duty.night}   danger 999"
        )

    def _unread(self, row: ConcernRow) -> str:
        states = {"waiting": "on this laptop only", "sent": "sent", "confirmed": "central has it"}
        raised = moment(row.raised_at, self.kit.clock.now())
        return f"About {row.about}, raised {raised}: {states.get(row.state, row.state)}."

    def action_sync(self) -> None:
        """Send it now."""
        self.go("sync")

    def action_read(self) -> None:
        """A named person has read it and says what they do."""
        words = self.query_one("#words", LineEntry).value.strip()
        if words:
            self.learn(lambda: self.kit.desk.acknowledge(self.concern, words), self.acknowledged)
        else:
            self.say("! Write what you do about it.")

    def acknowledged(self, _: object) -> None:
        """Look again."""
        self.refresh_facts()
