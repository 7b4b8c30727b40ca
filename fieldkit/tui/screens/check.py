"""Two lists of a lead: what central told because it waits for a person, and the checklist of an assessment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.casework.quality import TITLES
from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import moment
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.leading import NoticeRow

SAYS = {"": "–", "yes": "yes", "partly": "partly", "no": "no"}


class NoticesScreen(SheetScreen):
    """What waits for a person, as central told it."""

    WHERE = "Notices"
    KEYS = "Enter opens what it is about  r I have read it  esc back  ^b cover  F1 help"
    HELP_WORDS = "Saying that you have read a notice keeps the next person from being told before it is due."
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "read", "I have read it", show=False)]

    def column(self) -> ComposeResult:
        """The list."""
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask which there are."""
        self.learn(self.kit.desk.notices, self.show_notices)

    def show_notices(self, notices: Sequence[NoticeRow]) -> None:
        """Draw them, the latest first."""
        now = self.kit.clock.now()
        rows = [
            Row(
                columns(
                    (f"{' ' if row.acknowledged else '!'} {row.what}", 44),
                    (row.family_name, 16),
                    (f"by {moment(row.due, now)}" if row.due else moment(row.since, now), 0),
                ),
                (row.id, row.place, row.about),
            )
            for row in notices
        ]
        self.query_one(Rows).show(rows or [heading("Nothing waits for you.")])

    def action_read(self) -> None:
        """Say by name that it has been read."""
        target = self.query_one(Rows).target
        if target is not None:
            self.learn(lambda: self.kit.desk.note_notice(target[0]), self.noted)

    def noted(self, _: object) -> None:
        """Look again."""
        self.say("Noted by your name.")
        self.refresh_facts()

    @on(Rows.Chosen)
    def open(self, event: Rows.Chosen) -> None:
        """Go to what it is about."""
        _, place, about = event.target
        if place:
            self.go(place, **{"concern" if place == "concern-state" else place: about})


class CheckScreen(SheetScreen):
    """The checklist of one assessment: yes, partly or no to each line, and words for its author."""

    WHERE = "Quality check"
    KEYS = "y yes  p partly  n no  o open the assessment  tab words  ^s keep  esc back"
    HELP_WORDS = (
        "The same lines as the meter beside the form. What you keep lies beside the assessment, for its author to "
        "read. Which assessments are looked at is chosen by a hash: nobody picks."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "mark('yes')", "Yes", show=False),
        Binding("p", "mark('partly')", "Partly", show=False),
        Binding("n", "mark('no')", "No", show=False),
        Binding("o", "open_record", "Open the assessment", show=False),
        Binding("ctrl+s", "keep", "Keep it", show=False, priority=True),
    ]

    def __init__(self, kit: Kit, record: str) -> None:
        super().__init__(kit)
        self.record = record
        self.said: dict[str, str] = {}

    def column(self) -> ComposeResult:
        """The lines and the words."""
        yield Rows()
        yield Words("What should its author read?", classes="dim")
        yield LineEntry(id="words")

    def refresh_facts(self) -> None:
        """Nothing to ask: draw the lines."""
        self._draw()

    def _draw(self) -> None:
        rows = [
            Row(columns((SAYS[self.said.get(name, "")], 6), (title, 28), (why, 0)), (name,))
            for name, (title, why) in TITLES.items()
        ]
        self.query_one(Rows).show(rows)

    def action_mark(self, word: str) -> None:
        """Say it of the line under the highlight, and go on to the next."""
        lines = self.query_one(Rows)
        if lines.target is not None:
            self.said[lines.target[0]] = word
            self._draw()
            lines.action_cursor_down()

    def action_open_record(self) -> None:
        """Look at the assessment itself."""
        self.go("record", record=self.record)

    def action_keep(self) -> None:
        """Keep the checklist."""
        words, said = self.query_one("#words", LineEntry).value, dict(self.said)
        self.learn(lambda: self.kit.desk.check_quality(self.record, said, words), self.kept)

    def kept(self, _: object) -> None:
        """Done."""
        self.dismiss()
