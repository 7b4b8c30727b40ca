"""Why there is no answer: five different things, never a blank."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from fieldkit.casework.asking import NOT_RECORDED
from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.choices import Choices
from fieldkit.tui.widgets.words import Words


class NotRecordedScreen(SheetScreen):
    """Answers with the code; '' asks the question again."""

    WHERE = "No answer, because …"
    KEYS = "1–5 choose  6 ask again  esc back"
    AUTO_FOCUS: ClassVar[str | None] = "Choices"

    def __init__(self, kit: Kit, label: str = "", code: str = "") -> None:
        super().__init__(kit)
        self.label = label
        self.code = code

    def column(self) -> ComposeResult:
        """The question and the five."""
        yield Words(self.label, classes="title")
        yield Choices((*NOT_RECORDED.items(), ("", "it is asked again")), (self.code,) if self.code else ())

    @on(Choices.Picked)
    def picked(self, event: Choices.Picked) -> None:
        """That is why."""
        self.dismiss(event.values[0] if event.values else "")
