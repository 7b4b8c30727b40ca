"""Editors to choose in: one, several, many, side by side, in an order. Each can be bound to another question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from fieldkit.tui.plain import one_line
from fieldkit.tui.widgets.across import Across
from fieldkit.tui.widgets.answered import Answered, Now
from fieldkit.tui.widgets.choices import Choice, Choices
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.values import list_of
from fieldkit.tui.widgets.words import Words

SHOWN = 50
"""Of more matches than this the first are drawn, and the rest are counted."""


class PickOne(Choices):
    """One of a few."""

    SEVERAL: ClassVar[bool] = False

    def __init__(self, view: Any, now: Now) -> None:  # noqa: ARG002
        super().__init__(tuple(view.choices), list_of(view.value), several=self.SEVERAL)
        self.path: str = view.path
        self._fit(view)

    def rebind(self, view: Any) -> None:
        """Show the choices and the answer of a question, this one or another."""
        other = view.path != self.path
        self.path = view.path
        self.show(tuple(view.choices), list_of(view.value), anew=other)
        self._fit(view)

    def _fit(self, view: Any) -> None:
        self.disabled = view.readonly
        self.quick = "quick" in view.appearance.split()

    @on(Choices.Picked)
    def _answer(self, event: Choices.Picked) -> None:
        event.stop()
        done = self.quick and bool(event.values) and not self.SEVERAL
        self.post_message(Answered(self.path, raw_of(event.values, self.SEVERAL), done))


class PickSeveral(PickOne):
    """Several of a few."""

    SEVERAL = True


class PickAcross(Across):
    """One of a few, side by side."""

    SEVERAL: ClassVar[bool] = False

    def __init__(self, view: Any, now: Now) -> None:  # noqa: ARG002
        super().__init__(several=self.SEVERAL)
        self.path: str = view.path
        self.rebind(view)

    def rebind(self, view: Any) -> None:
        """Show the choices and the answer of a question, this one or another."""
        self.path = view.path
        self.disabled = view.readonly
        self.quick = "quick" in view.appearance.split()
        self.show(tuple(view.choices), list_of(view.value))

    @on(Across.Picked)
    def _answer(self, event: Across.Picked) -> None:
        event.stop()
        done = self.quick and bool(event.values) and not self.SEVERAL
        self.post_message(Answered(self.path, raw_of(event.values, self.SEVERAL), done))


class PickSeveralAcross(PickAcross):
    """Several of a few, side by side."""

    SEVERAL = True


class PickFromMany(Vertical):
    """A line to search in, and the choices that match."""

    DEFAULT_CSS = """
    PickFromMany { height: auto; }
    PickFromMany Choices { max-height: 7; }
    PickFromMany .chosen { height: auto; }
    """
    SEVERAL: ClassVar[bool] = False

    def __init__(self, view: Any, now: Now) -> None:  # noqa: ARG002
        super().__init__()
        self.path: str = view.path
        self.all: tuple[Choice, ...] = tuple(view.choices)
        self.values = list_of(view.value)
        self.disabled = view.readonly
        self.quick = "quick" in view.appearance.split()

    def compose(self) -> ComposeResult:
        """What is chosen, where to search, what matches."""
        yield Words(self._chosen(), classes="chosen")
        yield LineEntry(placeholder="type to search, Enter takes the first")
        yield Choices(self.all[:SHOWN], self.values, several=self.SEVERAL)

    def rebind(self, view: Any) -> None:
        """Show the choices and the answer of a question, this one or another."""
        other = view.path != self.path
        self.path, self.disabled = view.path, view.readonly
        self.quick = "quick" in view.appearance.split()
        self.all, self.values = tuple(view.choices), list_of(view.value)
        line = self.query_one(LineEntry)
        if other and line.value:
            with line.prevent(Input.Changed):
                line.value = ""
        self._paint()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._paint()

    @on(Input.Submitted)
    def _first(self, event: Input.Submitted) -> None:
        event.stop()
        if self.matching():
            self.query_one(Choices).pick(0)

    @on(Choices.Picked)
    def _answer(self, event: Choices.Picked) -> None:
        event.stop()
        shown = {value for value, _ in self.matching()[:SHOWN]}
        picked = set(event.values) | (set(self.values) - shown if self.SEVERAL else set())
        known = tuple(value for value, _ in self.all if value in picked)
        self.values = known + tuple(value for value in self.values if value in picked and value not in known)
        self._say()
        done = self.quick and bool(self.values) and not self.SEVERAL
        self.post_message(Answered(self.path, raw_of(self.values, self.SEVERAL), done))

    def matching(self) -> tuple[Choice, ...]:
        """The choices whose label holds what was typed."""
        wanted = self.query_one(LineEntry).value.casefold().split()
        return tuple(choice for choice in self.all if all(word in choice[1].casefold() for word in wanted))

    def _paint(self) -> None:
        self._say()
        self.query_one(Choices).show(self.matching()[:SHOWN], self.values)

    def _say(self) -> None:
        more = len(self.matching()) - SHOWN
        self.query_one(".chosen", Words).say(self._chosen() + (f"   ({more} more: type some letters)" * (more > 0)))

    def _chosen(self) -> str:
        labels = dict(self.all)
        return "; ".join(labels.get(value, value) for value in self.values) or "nothing chosen yet"


class PickSeveralFromMany(PickFromMany):
    """Several of many."""

    SEVERAL = True


class Tick(Choices):
    """Said and acknowledged: one box."""

    def __init__(self, view: Any, now: Now) -> None:  # noqa: ARG002
        super().__init__((("OK", "Yes, this was done"),), list_of(view.value), several=True)
        self.path: str = view.path
        self.disabled = view.readonly

    def rebind(self, view: Any) -> None:
        """Show what a question holds now."""
        self.path, self.disabled = view.path, view.readonly
        self.show(self.choices, list_of(view.value))

    @on(Choices.Picked)
    def _answer(self, event: Choices.Picked) -> None:
        event.stop()
        self.post_message(Answered(self.path, "OK" if event.values else None))


class Ranking(Choices):
    """Words put in order: + or alt-up moves up, - or alt-down moves down; no answer before the first move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign,alt+up", "move(-1)", "Up", show=False),
        Binding("minus,alt+down", "move(1)", "Down", show=False),
    ]

    def __init__(self, view: Any, now: Now) -> None:  # noqa: ARG002
        self.ordered = bool(view.value)
        super().__init__(ranked(view))
        self.path: str = view.path
        self.disabled = view.readonly

    def rebind(self, view: Any) -> None:
        """Show the order there is now."""
        other = view.path != self.path
        self.path, self.disabled = view.path, view.readonly
        anew = other or self.ordered != bool(view.value)
        self.ordered = bool(view.value)
        at = self.highlighted
        self.show(ranked(view), (), anew=anew)
        if not other:
            self.highlighted = at

    def line(self, index: int) -> Content:
        """Its place, once there is an order, and its words."""
        place = f"{index + 1}." if self.ordered else " ·"
        return Content(one_line(f"{place:<3}{self.choices[index][1]}"))

    def on_key(self, event: events.Key) -> None:
        """Digits choose nothing here."""

    def pick(self, index: int) -> None:
        """Choosing alone changes nothing: words are moved."""

    def action_move(self, by: int) -> None:
        """Move the word under the highlight."""
        at = self.highlighted
        if at is None or not 0 <= at + by < len(self.choices):
            return
        order = list(self.choices)
        order.insert(at + by, order.pop(at))
        self.ordered = True
        self.show(tuple(order), (), anew=True)
        self.highlighted = at + by
        self.post_message(Answered(self.path, [value for value, _ in order]))

    def action_clear(self) -> None:
        """Take the order away."""
        if self.ordered:
            self.post_message(Answered(self.path, None))


def raw_of(values: Sequence[str], several: bool) -> Any:
    """The answer in the shape its kind wants: a list, or one value, or None."""
    return list(values) or None if several else (values[0] if values else None)


def ranked(view: Any) -> tuple[Choice, ...]:
    """The words in the order they were put in; the rest behind."""
    order = {value: place for place, value in enumerate(list_of(view.value))}
    return tuple(sorted(view.choices, key=lambda choice: order.get(choice[0], len(order))))
