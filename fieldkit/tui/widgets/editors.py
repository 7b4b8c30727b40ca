"""One editor for every kind of question, in one table.

An editor posts ``Answered`` at every change and can be shown another value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from fieldkit.tui.widgets.choices import Choice, Choices
from fieldkit.tui.widgets.days import iso, named_day
from fieldkit.tui.widgets.entry import AreaEntry, LineEntry
from fieldkit.tui.widgets.scale import Scale
from fieldkit.tui.widgets.values import acts, list_of, text_of, words_of
from fieldkit.tui.widgets.words import Words

FEW = 9
"""Up to this many choices stand open, with digits; above it a line to search stands over them."""


class Answered(Message):
    """A person changed an answer; raw is what stands in the editor."""

    def __init__(self, path: str, raw: Any) -> None:
        super().__init__()
        self.path = path
        self.raw = raw


class TextLine(LineEntry):
    """A line of text, a number, a time."""

    def __init__(self, view: Any, today: date) -> None:  # noqa: ARG002
        super().__init__(words_of(view.value), select_on_focus=False, disabled=view.readonly or acts(view.value))
        self.path: str = view.path

    def rebind(self, view: Any) -> None:
        """Show what the question holds now."""
        if words_of(view.value) != self.value:
            with self.prevent(Input.Changed):
                self.value = words_of(view.value)

    @on(Input.Changed)
    def _answer(self, event: Input.Changed) -> None:
        event.stop()
        if not self.disabled:
            self.post_message(Answered(self.path, self.raw()))

    def raw(self) -> str | None:
        """What stands here, None when nothing does."""
        return self.value or None


class DateLine(TextLine):
    """A date: 2026-11-23, or in words; the arrows walk by days."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(1)", "A day later", show=False),
        Binding("down", "walk(-1)", "A day earlier", show=False),
    ]

    def __init__(self, view: Any, today: date) -> None:
        super().__init__(view, today)
        self.today = today
        self.placeholder = "yyyy-mm-dd, today, -3d"

    def action_walk(self, days: int) -> None:
        """One day on or back; from nothing, today."""
        at = iso(self.value)
        self.value = ((at + timedelta(days=days)) if at else self.today).isoformat()

    @on(Input.Submitted)
    @on(Input.Blurred)
    def _settle(self) -> None:
        if said := named_day(self.value, self.today):
            self.value = said.isoformat()


class Paragraphs(AreaEntry):
    """Several lines of text."""

    def __init__(self, view: Any, today: date) -> None:  # noqa: ARG002
        super().__init__(words_of(view.value), read_only=view.readonly or acts(view.value))
        self.path: str = view.path

    def rebind(self, view: Any) -> None:
        """Show what the question holds now."""
        if words_of(view.value) != self.text:
            with self.prevent(TextArea.Changed):
                self.text = words_of(view.value)

    @on(TextArea.Changed)
    def _answer(self, event: TextArea.Changed) -> None:
        event.stop()
        if not self.read_only:
            self.post_message(Answered(self.path, self.text or None))


class PickOne(Choices):
    """One of a few."""

    SEVERAL: ClassVar[bool] = False

    def __init__(self, view: Any, today: date) -> None:  # noqa: ARG002
        super().__init__(tuple(view.choices), list_of(view.value), several=self.SEVERAL)
        self.path: str = view.path
        self.disabled = view.readonly

    def rebind(self, view: Any) -> None:
        """Show the choices and the answer there are now."""
        self.show(tuple(view.choices), list_of(view.value))

    @on(Choices.Picked)
    def _answer(self, event: Choices.Picked) -> None:
        event.stop()
        self.post_message(Answered(self.path, raw_of(event.values, self.SEVERAL)))


class PickSeveral(PickOne):
    """Several of a few."""

    SEVERAL = True


class PickFromMany(Vertical):
    """A line to search in, and the choices that match."""

    DEFAULT_CSS = """
    PickFromMany { height: auto; }
    PickFromMany Choices { max-height: 7; }
    PickFromMany .chosen { height: auto; }
    """
    SEVERAL: ClassVar[bool] = False

    def __init__(self, view: Any, today: date) -> None:  # noqa: ARG002
        super().__init__()
        self.path: str = view.path
        self.all: tuple[Choice, ...] = tuple(view.choices)
        self.values = list_of(view.value)

    def compose(self) -> ComposeResult:
        """What is chosen, where to search, what matches."""
        yield Words(self._chosen(), classes="chosen")
        yield LineEntry(placeholder="type to search")
        yield Choices(self.all, self.values, several=self.SEVERAL)

    def rebind(self, view: Any) -> None:
        """Show the choices and the answer there are now."""
        self.all, self.values = tuple(view.choices), list_of(view.value)
        self._paint()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._paint()

    @on(Choices.Picked)
    def _answer(self, event: Choices.Picked) -> None:
        event.stop()
        shown = {value for value, _ in self.matching()}
        picked = set(event.values) | (set(self.values) - shown if self.SEVERAL else set())
        self.values = tuple(value for value, _ in self.all if value in picked)
        self.query_one(".chosen", Words).say(self._chosen())
        self.post_message(Answered(self.path, raw_of(self.values, self.SEVERAL)))

    def matching(self) -> tuple[Choice, ...]:
        """The choices whose label holds what was typed."""
        wanted = self.query_one(LineEntry).value.casefold().split()
        return tuple(choice for choice in self.all if all(word in choice[1].casefold() for word in wanted))

    def _paint(self) -> None:
        self.query_one(".chosen", Words).say(self._chosen())
        self.query_one(Choices).show(self.matching(), self.values)

    def _chosen(self) -> str:
        labels = dict(self.all)
        return "; ".join(labels.get(value, value) for value in self.values) or "nothing chosen yet"


class PickSeveralFromMany(PickFromMany):
    """Several of many."""

    SEVERAL = True


class ScaleLine(Scale):
    """A number between two ends, both told."""

    def __init__(self, view: Any, today: date) -> None:  # noqa: ARG002
        low, high, step = scale_of(view)
        super().__init__(low, high, ends_of(view), _whole(view.value), step)
        self.path: str = view.path
        self.disabled = view.readonly

    def rebind(self, view: Any) -> None:
        """Show what the question holds now."""
        self.show(_whole(view.value))

    @on(Scale.Picked)
    def _answer(self, event: Scale.Picked) -> None:
        event.stop()
        self.post_message(Answered(self.path, None if event.number is None else str(event.number)))


class Tick(Choices):
    """Said and acknowledged: one box."""

    def __init__(self, view: Any, today: date) -> None:  # noqa: ARG002
        super().__init__((("OK", "Yes, this was done"),), list_of(view.value), several=True)
        self.path: str = view.path

    def rebind(self, view: Any) -> None:
        """Show what the question holds now."""
        self.show(self.choices, list_of(view.value))

    @on(Choices.Picked)
    def _answer(self, event: Choices.Picked) -> None:
        event.stop()
        self.post_message(Answered(self.path, "OK" if event.values else None))


class Ranking(Choices):
    """Words put in order: + moves up, - moves down; no answer before the first move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "move(-1)", "Up", show=False),
        Binding("minus", "move(1)", "Down", show=False),
    ]

    def __init__(self, view: Any, today: date) -> None:  # noqa: ARG002
        super().__init__(_ranked(view), list_of(view.value))
        self.path: str = view.path

    def rebind(self, view: Any) -> None:
        """Show the order there is now."""
        self.show(_ranked(view), ())

    def pick(self, index: int) -> None:
        """Choosing alone changes nothing: words are moved."""

    def action_move(self, by: int) -> None:
        """Move the word under the highlight."""
        at = self.highlighted
        if at is None or not 0 <= at + by < len(self.choices):
            return
        order = list(self.choices)
        order.insert(at + by, order.pop(at))
        self.show(tuple(order), ())
        self.highlighted = at + by
        self.post_message(Answered(self.path, [value for value, _ in order]))


def raw_of(values: Sequence[str], several: bool) -> Any:
    """The answer in the shape its kind wants: a list, or one value, or None."""
    return list(values) or None if several else (values[0] if values else None)


def scale_of(view: Any) -> tuple[int, int, int]:
    """Lowest, highest and step of a range question."""
    low, high, step = (int(float(part)) for part in (tuple(view.ranges or ()) + (0, 10, 1)[len(view.ranges or ()) :]))
    return low, high, step or 1


def ends_of(view: Any) -> tuple[str, str]:
    """What the two ends mean."""
    anchors = tuple(getattr(view, "anchors", None) or ())
    return (anchors[0], anchors[1]) if len(anchors) == 2 else ("lowest", "highest")


def _ranked(view: Any) -> tuple[Choice, ...]:
    order = {value: place for place, value in enumerate(list_of(view.value))}
    return tuple(sorted(view.choices, key=lambda choice: order.get(choice[0], len(order))))


def _whole(value: Any) -> int | None:
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None


Editor = Callable[[Any, date], Widget]

EDITORS: dict[str, Editor | None] = {
    "text": TextLine,
    "integer": TextLine,
    "decimal": TextLine,
    "time": TextLine,
    "dateTime": TextLine,
    "geopoint": TextLine,
    "barcode": TextLine,
    "date": DateLine,
    "select_one": PickOne,
    "select_multiple": PickSeveral,
    "range": ScaleLine,
    "rank": Ranking,
    "acknowledge": Tick,
    "trigger": Tick,
    "note": None,
    "calculate": None,
    "signature": None,
}
"""Kind of question to its editor; None draws words only."""

_LONGER: dict[str, Editor] = {"select_one": PickFromMany, "select_multiple": PickSeveralFromMany}


def day_in_words(value: Any) -> str:
    """Monday 23 November 2026, or nothing."""
    at = iso(text_of(value))
    return f"{at:%A} {at.day} {at:%B %Y}" if at else ""


def editor_for(view: Any) -> Editor | None:
    """The editor for a question as it is now."""
    if view.kind == "text" and "multiline" in (view.appearance or ""):
        return Paragraphs
    if view.kind in _LONGER and len(view.choices) > FEW:
        return _LONGER[view.kind]
    return EDITORS.get(view.kind, TextLine)
