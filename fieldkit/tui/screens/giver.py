"""Who agrees, for whom, and with whose help: then the laptop is handed over."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.casework.evidence import Support
from fieldkit.casework.translations import LANGUAGES
from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.choices import Choices
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words

_LINES = (
    ("name", "Who agrees? Their name"),
    ("role", "Who are they? mother, carer, Aoife (13) …"),
    ("interpreter", "Interpreter or reader, if there is one: their name"),
    ("interpreter_language", "Which language is it put across in?"),
    ("supporter", "Who stands by them, if somebody does?"),
)
_READERS = (("", "They read it themselves"), *((who, f"The {who}") for who in ("worker", "interpreter", "supporter")))
_AS_TOLD = ("", "As the form tells, else English")


class GiverScreen(SheetScreen):
    """One giver at a time."""

    WHERE = "Who agrees?"
    KEYS = "tab next  ^s hand the laptop over  esc back  ^b cover"
    HELP_WORDS = "Each person agrees for themselves. From the handover on, only your PIN leads back."
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "hand_over", "Hand over", show=False, priority=True)]

    def __init__(self, kit: Kit, record: str) -> None:
        super().__init__(kit)
        self.record = record

    def column(self) -> ComposeResult:
        """Who, with whose help, and in which language."""
        for name, words in _LINES:
            yield Words(words)
            yield LineEntry(id=name)
        yield Words("Who reads it out?")
        yield Choices(_READERS, ("",))
        yield Words("Which language is the text to be in?")
        yield Choices((_AS_TOLD, *LANGUAGES.items()), ("",))

    def on_mount(self) -> None:
        """Begin at the first line, with what is asked above it."""
        self.query_one("#name").focus(scroll_visible=False)

    def _chosen(self) -> list[str]:
        """Who reads it out, and the language."""
        return [(each.chosen or ("",))[0] for each in self.query(Choices)]

    def action_hand_over(self) -> None:
        """Freeze the text and the answers, then hand over."""
        values = {line.id: line.value.strip() for line in self.query(LineEntry) if line.id}
        if not values["name"]:
            self.say("! Their name is needed.")
        elif not self.kit.desk.pin_set():
            self.go("pin")
        else:
            language = self._chosen()[1]
            self.learn(lambda: self._freeze(values, language), self.frozen)

    def _freeze(self, values: dict[str, str], language: str) -> Any:
        from fieldkit.workspace.views import Giver

        return self.kit.desk.freeze(self.record, Giver(values["name"], values["role"], language=language))

    def frozen(self, frozen: Any) -> None:
        """Read first, then sign."""
        said = {line.id: line.value.strip() for line in self.query(LineEntry) if line.id}
        support = Support(said["interpreter_language"], supporter=said["supporter"], read_out=self._chosen()[0])
        self.go("handover", instead=True, frozen=frozen, interpreter=said["interpreter"], support=support)
