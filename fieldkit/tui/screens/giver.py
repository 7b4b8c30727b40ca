"""Who agrees, for whom, and with whose help: then the laptop is handed over."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words

_LINES = (
    ("name", "Who agrees? Their name"),
    ("role", "Who are they? mother, carer, Aoife (13) …"),
    ("interpreter", "Interpreter or reader, if there is one: their name"),
)


class GiverScreen(SheetScreen):
    """One giver at a time."""

    WHERE = "Who agrees?"
    KEYS = "tab next  ^s hand the laptop over  esc back  ^b cover"
    HELP_WORDS = "Each person agrees for themselves. From the handover on, only your PIN leads back."
    AUTO_FOCUS: ClassVar[str | None] = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "hand_over", "Hand over", show=False, priority=True)]

    def __init__(self, kit: Kit, record: str) -> None:
        super().__init__(kit)
        self.record = record

    def column(self) -> ComposeResult:
        """Three lines."""
        for name, words in _LINES:
            yield Words(words)
            yield LineEntry(id=name)

    def action_hand_over(self) -> None:
        """Freeze the text and the answers, then hand over."""
        values = {line.id: line.value.strip() for line in self.query(LineEntry) if line.id}
        if not values["name"]:
            self.say("! Their name is needed.")
        elif not self.kit.desk.pin_set():
            self.go("pin")
        else:
            self.learn(lambda: self._freeze(values), self.frozen)

    def _freeze(self, values: dict[str, str]) -> Any:
        from fieldkit.workspace.views import Giver

        return self.kit.desk.freeze(self.record, Giver(name=values["name"], role=values["role"]))

    def frozen(self, frozen: Any) -> None:
        """Read first, then sign."""
        interpreter = self.query_one("#interpreter", LineEntry).value.strip()
        self.go("handover", instead=True, frozen=frozen, interpreter=interpreter)
