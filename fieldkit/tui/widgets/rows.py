"""A list to walk and choose from: rows with a target, headings without."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from fieldkit.tui.plain import one_line, plain


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list; without a target it is a heading."""

    line: Content
    target: tuple[str, ...] | None = None


def heading(text: str) -> Row:
    """A line that cannot be chosen."""
    return Row(plain(text, "bold"))


def columns(*cells: tuple[str, int], gap: str = "  ") -> Content:
    """Cells of fixed widths, cut with an ellipsis: (text, width). A width of 0 is the rest of the line."""
    parts = [
        Content(one_line(text)).truncate(width, ellipsis=True, pad=True) if width else Content(one_line(text))
        for text, width in cells
    ]
    return Content(gap).join(parts)


class Rows(OptionList):
    """Rows; Enter or a click posts what was chosen."""

    class Chosen(Message):
        """A person chose a row."""

        def __init__(self, rows: Rows, target: tuple[str, ...]) -> None:
            super().__init__()
            self.rows = rows
            self.target = target

        @property
        def control(self) -> Rows:
            """The list it was chosen from."""
            return self.rows

    def __init__(self, rows: Iterable[Row] = (), *, id: str | None = None, classes: str | None = None) -> None:
        self.targets: list[tuple[str, ...] | None] = []
        super().__init__(id=id, classes=classes, markup=False)
        self._first = tuple(rows)
        self._shown: tuple[Row, ...] = ()

    def on_mount(self) -> None:
        """Show the rows given at the start."""
        if self._first:
            self.show(self._first)

    def show(self, rows: Iterable[Row]) -> None:
        """Show other rows; the highlight stays on the same target. The same rows again cost nothing."""
        kept, rows = self.target, tuple(rows)
        if _same(rows, self._shown):
            return
        self._shown = rows
        self.targets = [row.target for row in rows]
        self.clear_options()
        self.add_options([Option(row.line, disabled=row.target is None) for row in rows])
        self.highlight_target(kept)

    @property
    def target(self) -> tuple[str, ...] | None:
        """The target under the highlight."""
        index = self.highlighted
        return self.targets[index] if index is not None and index < len(self.targets) else None

    def highlight_target(self, target: tuple[str, ...] | None) -> None:
        """Put the highlight on a target, or on the first row that can be chosen."""
        index = next((i for i, t in enumerate(self.targets) if t is not None and t == target), None)
        if index is None:
            index = next((i for i, t in enumerate(self.targets) if t is not None), None)
        self.highlighted = index

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        target = self.targets[event.option_index]
        if target is not None:
            self.post_message(self.Chosen(self, target))


def _same(rows: Sequence[Row], shown: Sequence[Row]) -> bool:
    return len(rows) == len(shown) and all(
        row.target == other.target and row.line.is_same(other.line) for row, other in zip(rows, shown, strict=True)
    )


def first_target(rows: Sequence[Row]) -> Any:
    """The first thing that can be chosen."""
    return next((row.target for row in rows if row.target is not None), None)
