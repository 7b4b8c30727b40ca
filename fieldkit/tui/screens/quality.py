"""The quality meter laid out: what is still thin in a form, why it matters, and where to write it. It never blocks."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from fieldkit.casework.quality import MET, MISSING, PARTLY, Item, Label, Quality
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import one_line
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.rows import Row, Rows, heading

STATES = {MET: "✓ written", PARTLY: "◐ in part", MISSING: "· not yet"}
"""Every state has its word beside its sign: colour says nothing here."""
NOTHING = Quality(())


class QualityScreen(SheetScreen):
    """Answers with the path that was chosen."""

    WHERE = "What is still thin"
    KEYS = "Enter goes there  esc back  ^b cover"
    HELP_WORDS = (
        "What a good assessment holds. It speaks of the writing, never of the family; nothing here stops you filing."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"

    def __init__(self, kit: Kit, quality: Quality = NOTHING) -> None:
        super().__init__(kit)
        self.quality = quality

    def column(self) -> ComposeResult:
        """The list."""
        yield Rows(quality_rows(self.quality))

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        """Go there."""
        self.dismiss(event.target[0])


def quality_rows(quality: Quality) -> list[Row]:
    """One row a line of the meter, then the words that judge where a fact would tell."""
    rows = [Row(_item(item), (item.go,)) for item in quality.items]
    words = [Row(_label(label), (label.path,)) for label in quality.labels]
    told = [*rows, *([heading("Words to look at again"), *words] if words else [])]
    return told or [heading("This form has no meter.")]


def _item(item: Item) -> Content:
    return Content(f"{STATES[item.state]:<10} {one_line(item.title)}\n           {one_line(item.why)}")


def _label(label: Label) -> Content:
    return Content(f"“{one_line(label.word)}”\n           {one_line(label.ask)}")


def thin_rows(quality: Quality) -> list[Row]:
    """The meter as the last lines of an outline; none for a form without marks."""
    thin = sum(item.state != MET for item in quality.items) + bool(quality.labels)
    words = f"f5 still thin: {thin}" if thin else "f5 nothing is thin"
    return [heading(" "), heading(f" {words}")] if quality.items else []


def for_eyes(quality: Quality, draft: Any) -> Quality:
    """Only those words that stand in questions which may be on the screen now."""
    seen = tuple(each for each in quality.labels if draft.visible(draft.interview.question(each.path)))
    return Quality(quality.items, seen)
