"""A visit starts with who is present; from then on the screen shows what they may see."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.casework.room import VISIT_MINUTES
from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.choices import Choices
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words


class VisitScreen(SheetScreen):
    """Tick who is in the room."""

    WHERE = "Who is in the room?"
    KEYS = "digits or space tick  tab to others  ^s start the visit  esc back  ^b cover"
    HELP_WORDS = (
        "While anybody is present, what they must not see is not on the screen, not in search, not in a notice."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Choices"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "start", "Start the visit", show=False, priority=True)]

    def __init__(self, kit: Kit, family: str, people: tuple[str, ...] = ()) -> None:
        super().__init__(kit)
        self.family = family
        self.people = people

    def column(self) -> ComposeResult:
        """The family's people and a line for others."""
        yield Words("Present now, children too:")
        yield Choices(tuple((str(i), name) for i, name in enumerate(self.people)), several=True)
        yield Words("Anybody else? Names with commas between: a neighbour, an interpreter, a colleague.")
        yield LineEntry(id="others")
        yield Words("Nobody ticked means that you are alone with the screen.", classes="dim")
        yield Words("For how many minutes? Until then ^b covers the screen and your PIN uncovers it; after, ^b locks.")
        yield LineEntry(str(VISIT_MINUTES), restrict=r"\d*", id="minutes")

    def action_start(self) -> None:
        """The visit starts with these."""
        ticked = [self.people[int(value)] for value in self.query_one(Choices).chosen]
        others = [name.strip() for name in self.query_one("#others", LineEntry).value.split(",") if name.strip()]
        present = (*ticked, *others)
        minutes = int(self.query_one("#minutes", LineEntry).value[:4] or VISIT_MINUTES)
        self.learn(lambda: self.kit.desk.start_visit(self.family, present, minutes), self.started)

    def started(self, _: object) -> None:
        """The family's page, with the room on the top line; what else lay open is closed, for it may not be theirs."""
        self.go("family", alone=True, family=self.family)
