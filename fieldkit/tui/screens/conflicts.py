"""What people must decide: every open conflict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import moment
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import ConflictCard, ConflictRow

CLASSES = {"A": "safety", "B": "agreement", "C": "record"}


class ConflictsScreen(SheetScreen):
    """One line a conflict."""

    WHERE = "Conflicts"
    KEYS = "Enter opens  b all harmless ones at once  esc back  ^b cover  F1 help"
    HELP_WORDS = "Two people wrote different things. Nobody is overruled: each conflict waits for a person."
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("b", "harmless", "All harmless ones at once", show=False)]

    def column(self) -> ComposeResult:
        """The list."""
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask which there are."""
        self.learn(self.kit.desk.conflicts, self.show_conflicts)

    def show_conflicts(self, conflicts: Sequence[ConflictRow]) -> None:
        """Draw them, those about safety first, those of one record in the form's order."""
        now = self.kit.clock.now()
        rows = [
            Row(
                columns(
                    (row.family_name, 24),
                    (row.field_label, 30),
                    (CLASSES.get(row.klass, row.klass), 9),
                    (f"by {moment(row.due, now)}" if row.due else "", 0),
                ),
                (row.id,),
            )
            for row in conflicts
        ]
        self.query_one(Rows).show(rows or [heading("Nothing waits for a decision.")])

    @on(Rows.Chosen)
    def open(self, event: Rows.Chosen) -> None:
        """Open the card."""
        self.go("conflict", conflict=event.target[0])

    def action_harmless(self) -> None:
        """Every harmless one at once."""
        self.go("harmless")


class HarmlessScreen(SheetScreen):
    """Every conflict that is nobody's safety, decided at once for what is shown now."""

    WHERE = "Harmless conflicts"
    KEYS = "write why, then Enter decides all of them  esc leaves them  ^b cover"
    HELP_WORDS = (
        "Only facts of the record, never safety or agreement. Each takes the value that is shown now; the other one "
        "stays in the record's history, and your reason with it."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#reason"

    def column(self) -> ComposeResult:
        """What would be decided, and the reason."""
        yield Words("", id="count", classes="title")
        yield LineEntry(placeholder="Why (kept with each decision)", id="reason")
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask which there are, each with its card."""
        desk = self.kit.desk
        self.learn(lambda: [desk.conflict(row.id) for row in desk.conflicts() if row.klass == "C"], self.show_cards)

    def show_cards(self, cards: Sequence[ConflictCard]) -> None:
        """Draw them: field, what will stand, what will not."""
        few = "Nothing harmless waits." if not cards else f"{len(cards)} to decide at once"
        self.query_one("#count", Words).say(few)
        self.query_one("#reason", LineEntry).disabled = not cards
        rows = [
            Row(columns((card.family_name, 20), (card.field_label, 22), (f"stays: {card.shown}", 0))) for card in cards
        ]
        self.query_one(Rows).show(rows)

    @on(LineEntry.Submitted, "#reason")
    def decide(self) -> None:
        """Decide all of them."""
        reason = self.query_one("#reason", LineEntry).value.strip()
        if reason:
            self.learn(lambda: self.kit.desk.resolve_harmless(reason), self.decided)
        else:
            self.say("! Write why: the reason is kept with each decision.")

    def decided(self, _: int) -> None:
        """Back to the list."""
        self.dismiss()
