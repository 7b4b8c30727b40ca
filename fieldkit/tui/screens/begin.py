"""Any published form, to begin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.rows import Row, Rows, columns

if TYPE_CHECKING:
    from fieldkit.workspace.views import FormRow


class BeginScreen(SheetScreen):
    """Choose a form."""

    WHERE = "Begin a form"
    KEYS = "Enter begins  esc back  ^b cover"
    HELP_WORDS = "The forms that your council has published to this device."
    AUTO_FOCUS: ClassVar[str | None] = "Rows"

    def __init__(self, kit: Kit, family: str, home: str = "family") -> None:
        super().__init__(kit)
        self.family = family
        self.home = home

    def column(self) -> ComposeResult:
        """The forms."""
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask which forms there are."""
        self.learn(self.kit.desk.forms, self.show_forms)

    def show_forms(self, forms: Sequence[FormRow]) -> None:
        """Draw those that are about it: a family, or a centre."""
        ours = [form for form in forms if form.home == self.home]
        self.query_one(Rows).show([Row(columns((form.title, 44), (form.version, 0)), (form.id,)) for form in ours])

    @on(Rows.Chosen)
    def begin(self, event: Rows.Chosen) -> None:
        """Begin the form."""
        self.learn(partial(self.kit.desk.begin, event.target[0], self.family), self.begun)

    def begun(self, draft: str) -> None:
        """Fill it in."""
        self.go("form", instead=True, draft=draft)
