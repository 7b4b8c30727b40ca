"""A record to read: what was written, by whom, in which state. What was changed after signing says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.when import STATES
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import RecordView

_SIGNED_KINDS = ("eha", "agreement")


class RecordScreen(SheetScreen):
    """One record, from top to bottom."""

    KEYS = "↑ ↓ read  g sign  k copy for them  y what was before  esc back  ^b cover"
    HELP_WORDS = "g hands the laptop over to be signed: an assessment or an agreement. k makes a copy for who signed."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "sign", "Sign it", show=False),
        Binding("k", "copy", "A copy for them", show=False),
        Binding("y", "history", "What was there before", show=False),
        Binding("down", "scroll(1)", "Read on", show=False),
        Binding("up", "scroll(-1)", "Back", show=False),
        Binding("pagedown,space", "scroll(16)", "A page on", show=False),
        Binding("pageup", "scroll(-16)", "A page back", show=False),
    ]

    def __init__(self, kit: Kit, record: str) -> None:
        super().__init__(kit)
        self.record = record
        self.view: RecordView | None = None

    def where(self) -> str:
        """Its title."""
        return self.view.title if self.view else "Record"

    def column(self) -> ComposeResult:
        """The words of the record."""
        yield Words("", id="record")

    def refresh_facts(self) -> None:
        """Ask for it."""
        self.learn(lambda: self.kit.desk.show(self.record), self.show_record)

    def show_record(self, view: RecordView) -> None:
        """Draw it."""
        self.view = view
        self.query_one("#record", Words).say(record_words(view))
        self.paint_heading()

    def action_scroll(self, lines: int) -> None:
        """Read on, or back."""
        self.query_one(".body").scroll_relative(y=lines, animate=False)

    def action_sign(self) -> None:
        """Hand over for signing."""
        if self.view and self.view.kind in _SIGNED_KINDS:
            self.go("givers", record=self.record)
        else:
            self.say("Only an assessment or an agreement is signed.")

    def action_history(self) -> None:
        """Who changed what, and putting an answer back."""
        self.go("history", record=self.record)

    def action_copy(self) -> None:
        """A copy for somebody who signed."""
        self.go("copy", record=self.record)


def state_words(state: str) -> str:
    """Where a record is on its way: draft, ready to go, sent, confirmed; the one it has reached in brackets."""
    return " → ".join(f"[{words}]" if name == state else words for name, words in STATES.items())


def record_words(view: RecordView) -> Content:
    """The record as lines: label over value."""
    lines = [plain(state_words(view.state), "dim")]
    for field in view.fields:
        changed = plain("   changed after signing", "bold") if field.changed_after_signing else Content("")
        lines += [plain(field.label, "bold") + changed, plain("  " + (field.value_text or "–").replace("\n", "\n  "))]
    return Content("\n").join(lines)
