"""Which editor serves which question, by kind and appearance: one table. The editors are in `texts` and `picks`.

An editor posts ``Answered`` at every change and can be bound to another question of its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import on
from textual.widget import Widget

from fieldkit.tui.widgets.across import cell_width
from fieldkit.tui.widgets.answered import Answered, Now
from fieldkit.tui.widgets.attaching import FileLine
from fieldkit.tui.widgets.picks import (
    PickAcross,
    PickFromMany,
    PickOne,
    PickSeveral,
    PickSeveralAcross,
    PickSeveralFromMany,
    Ranking,
    Tick,
)
from fieldkit.tui.widgets.scale import Scale, mark_at, marks_of
from fieldkit.tui.widgets.texts import (
    DateLine,
    DigitsLine,
    MaskedLine,
    MomentLine,
    MonthLine,
    Paragraphs,
    PointLine,
    TextLine,
    TimeLine,
    YearLine,
)
from fieldkit.tui.widgets.values import text_of

FEW = 9
"""Up to this many choices stand open, with digits; above it a line to search stands over them."""


class ScaleLine(Scale):
    """A number between two ends, both told."""

    def __init__(self, view: Any, now: Now) -> None:  # noqa: ARG002
        super().__init__()
        self.path: str = view.path
        self.rebind(view)

    def rebind(self, view: Any) -> None:
        """Show what a question holds now, this one or another."""
        self.path, self.disabled = view.path, view.readonly
        marks = marks_of(view.ranges)
        self.bind_to(marks, ends_of(view), frozenset(view.appearance.split()), mark_at(marks, text_of(view.value)))

    @on(Scale.Picked)
    def _answer(self, event: Scale.Picked) -> None:
        event.stop()
        self.post_message(Answered(self.path, event.number))


def ends_of(view: Any) -> tuple[str, str]:
    """What the two ends mean."""
    anchors = tuple(view.anchors)
    return (anchors[0], anchors[1]) if len(anchors) == 2 else ("lowest", "highest")


Editor = Callable[[Any, Now], Widget]

EDITORS: dict[str, Editor | None] = {
    "text": TextLine,
    "integer": TextLine,
    "decimal": TextLine,
    "time": TimeLine,
    "dateTime": MomentLine,
    "geopoint": PointLine,
    "barcode": TextLine,
    "date": DateLine,
    "select_one": PickOne,
    "select_multiple": PickSeveral,
    "range": ScaleLine,
    "rank": Ranking,
    "acknowledge": Tick,
    "trigger": Tick,
    "image": FileLine,
    "audio": FileLine,
    "video": FileLine,
    "file": FileLine,
    "note": None,
    "calculate": None,
    "hidden": None,
    "signature": None,
}
"""Kind of question to its editor; None draws words only."""

LOOKS: tuple[tuple[str, str, Editor], ...] = (
    ("text", "multiline", Paragraphs),
    ("text", "masked", MaskedLine),
    ("text", "numbers", DigitsLine),
    ("date", "month-year", MonthLine),
    ("date", "year", YearLine),
    ("select_one", "minimal", PickFromMany),
    ("select_one", "autocomplete", PickFromMany),
    ("select_one", "search", PickFromMany),
    ("select_multiple", "minimal", PickSeveralFromMany),
    ("select_multiple", "autocomplete", PickSeveralFromMany),
    ("select_multiple", "search", PickSeveralFromMany),
)
"""Kind and a word of its appearance to another editor; the first that fits."""

_LONGER: dict[str, Editor] = {"select_one": PickFromMany, "select_multiple": PickSeveralFromMany}
_ACROSS: dict[str, Editor] = {"select_one": PickAcross, "select_multiple": PickSeveralAcross}
_ROW = frozenset({"likert", "list-nolabel", "list"})


def editor_for(view: Any, width: int = 48) -> Editor | None:
    """The editor for a question as it is now, on a page so wide."""
    look = view.appearance.split()
    if view.kind in _ACROSS and "label" in look:
        return None
    named = next((editor for kind, word, editor in LOOKS if kind == view.kind and word in look), None)
    if named is not None:
        return named
    if view.kind in _ACROSS and _stands_across(view, look, width):
        return _ACROSS[view.kind]
    if view.kind in _LONGER and len(view.choices) > FEW:
        return _LONGER[view.kind]
    return EDITORS.get(view.kind, TextLine)


def _stands_across(view: Any, look: list[str], width: int) -> bool:
    """Columns, or a row that fits; else the choices are stacked."""
    if any(word.startswith(("columns", "compact")) for word in look):
        return len(view.choices) <= FEW
    return bool(_ROW.intersection(look)) and cell_width(view.choices) * len(view.choices) <= width
