"""Where text is typed: what is pasted is cleaned visibly at entry, and cut to a length that a field can bear."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, TextArea

from fieldkit.casework.text import clean
from fieldkit.tui.widgets.undoing import Steps

LINE_LIMIT = 2_000
AREA_LIMIT = 50_000


class TextCleaned(Message):
    """What was pasted held something that may not stand in a record, or was too long."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


def fit(text: str, limit: int) -> tuple[str, str]:
    """The text as it may be entered, and what to tell the person ('' when nothing was changed)."""
    kept = text[:limit]
    cleaned = clean(kept)
    told = []
    if cleaned.changed:
        told.append("taken out of the paste: " + ", ".join(cleaned.changed))
    if len(text) > limit:
        told.append(f"only the first {limit:,} characters were taken")
    return cleaned.text, "; ".join(told)


class LineEntry(Input):
    """One line to type in."""

    DEFAULT_CSS = """
    LineEntry, LineEntry:focus { height: 1; padding: 0 1; border: none; border-left: outer $border-blurred; }
    LineEntry:focus { border-left: outer $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "undo", "Undo what was typed", show=False),
        Binding("ctrl+y", "redo", "Do it again", show=False),
    ]

    def __init__(self, value: str = "", **options: Any) -> None:
        self.steps = Steps(value)
        super().__init__(value, max_length=LINE_LIMIT, **options)
        self.cursor_blink = False

    def watch_value(self, value: str) -> None:
        """What stands here is a step that can be gone back to; never a text that is not echoed."""
        if self.password:
            self.steps.forget(value)
        else:
            self.steps.typed(value)

    def action_undo(self) -> None:
        """What stood here a word ago."""
        self.value = self.steps.back()
        self.cursor_position = len(self.value)

    def action_redo(self) -> None:
        """What was undone."""
        self.value = self.steps.forward()
        self.cursor_position = len(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        text, told = fit(event.text, LINE_LIMIT)
        line = " ".join(text.split("\n"))[: max(LINE_LIMIT - len(self.value), 0)]
        if told:
            self.post_message(TextCleaned(told))
        self.replace(line, *self.selection) if not self.selection.is_empty else self.insert_text_at_cursor(line)


class AreaEntry(TextArea):
    """Several lines to type in."""

    DEFAULT_CSS = """
    AreaEntry, AreaEntry:focus { height: auto; min-height: 3; max-height: 9; padding: 0; border: none; }
    AreaEntry { border-left: outer $border-blurred; }
    AreaEntry:focus { border-left: outer $border; }
    """

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, soft_wrap=True, tab_behavior="focus", show_line_numbers=False, **options)
        self.cursor_blink = False

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        if self.read_only:
            return
        text, told = fit(event.text, max(AREA_LIMIT - len(self.text), 0))
        if told:
            self.post_message(TextCleaned(told))
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)
