"""Editors that are typed into: words, numbers, dates, times, places. Each can be bound to another question."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea

from fieldkit.casework.days import iso, months_on, named_day, named_moment, named_month, named_time, named_year
from fieldkit.tui.widgets.answered import Answered, Finished, Now
from fieldkit.tui.widgets.entry import AreaEntry, LineEntry
from fieldkit.tui.widgets.values import acts, text_of, words_of


class TextLine(LineEntry):
    """A line of text or a number."""

    HINT: ClassVar[str] = ""

    def __init__(self, view: Any, now: Now) -> None:
        self._now = now
        self.path: str = view.path
        super().__init__(self.shown(view), select_on_focus=False, placeholder=self.HINT)
        self._fit(view)

    def rebind(self, view: Any) -> None:
        """Show what a question holds now, this one or another."""
        if view.path == self.path and self.raw() == view.value:
            self._fit(view)
            return
        other, self.path = view.path != self.path, view.path
        words = self.shown(view)
        if words != self.value:
            with self.prevent(Input.Changed):
                self.value = words
        if other:
            self.steps.forget(words)
        self.cursor_position = len(words)
        self._fit(view)

    @property
    def now(self) -> datetime:
        """The wall clock's time, in the council's zone."""
        return self._now()

    @property
    def today(self) -> date:
        """The wall calendar's day."""
        return self._now().date()

    def _fit(self, view: Any) -> None:
        self.disabled = view.readonly or acts(view.value)

    def shown(self, view: Any) -> str:
        """What is kept, as it is typed."""
        return words_of(view.value)

    @on(Input.Changed)
    def _answer(self, event: Input.Changed) -> None:
        event.stop()
        if not self.disabled:
            self.post_message(Answered(self.path, self.raw()))

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.leave()
        self.post_message(Finished())

    @on(Input.Blurred)
    def _left(self) -> None:
        self.leave()

    def leave(self) -> None:
        """The keyboard goes elsewhere."""

    def raw(self) -> str | None:
        """What stands here, None when nothing does."""
        return self.value or None


class MaskedLine(TextLine):
    """Text that is never echoed."""

    def __init__(self, view: Any, now: Now) -> None:
        super().__init__(view, now)
        self.password = True


class DigitsLine(TextLine):
    """Text made of digits: a telephone number, a reference."""

    HINT = "digits"

    def __init__(self, view: Any, now: Now) -> None:
        super().__init__(view, now)
        self.restrict = r"[-+0-9 .,()/]*"


class PointLine(TextLine):
    """A place on the earth."""

    HINT = "latitude longitude [height accuracy]"

    def raw(self) -> str | None:
        """The numbers with a space between."""
        return " ".join(self.value.replace(",", " ").split()) or None


class DateLine(TextLine):
    """A date: 2026-11-23, or in words; the arrows walk by days."""

    HINT = "yyyy-mm-dd, today, -3d, last friday, 3 may"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(1)", "A day later", show=False),
        Binding("down", "walk(-1)", "A day earlier", show=False),
    ]

    def action_walk(self, by: int) -> None:
        """One step on or back; from nothing, today."""
        at = self.day()
        with suppress(ValueError, OverflowError):
            self.value = self.written(self.moved(at, by) if at else self.today)
            self.cursor_position = len(self.value)

    def leave(self) -> None:
        """Words become the day that they mean."""
        if not self.disabled and (said := self.day()) and self.value != self.written(said):
            self.value = self.written(said)

    def raw(self) -> str | None:
        """The day that is meant; what was typed when it is none."""
        said = self.day()
        return said.isoformat() if said else self.value or None

    def shown(self, view: Any) -> str:
        """The day as it is typed."""
        at = iso(text_of(view.value))
        return self.written(at) if at else words_of(view.value)

    def day(self) -> date | None:
        """The day that is meant."""
        return iso(self.value) or named_day(self.value, self.today)

    def moved(self, day: date, by: int) -> date:
        """One step on or back."""
        return day + timedelta(days=by)

    def written(self, day: date) -> str:
        """A day as it is typed."""
        return day.isoformat()


class MonthLine(DateLine):
    """A month of a year; the arrows walk by months."""

    HINT = "yyyy-mm, may 2026"

    def day(self) -> date | None:
        """The first of the month."""
        return named_month(self.value, self.today)

    def moved(self, day: date, by: int) -> date:
        """A month on or back."""
        return months_on(day, by)

    def written(self, day: date) -> str:
        """Year and month."""
        return f"{day:%Y-%m}"


class YearLine(DateLine):
    """A year; the arrows walk by years."""

    HINT = "yyyy"

    def day(self) -> date | None:
        """The first of the year."""
        return named_year(self.value)

    def moved(self, day: date, by: int) -> date:
        """A year on or back."""
        return months_on(day, 12 * by)

    def written(self, day: date) -> str:
        """The year."""
        return str(day.year)


class TimeLine(TextLine):
    """A time of day: 14:05, 1405, now."""

    HINT = "hh:mm, now"

    def raw(self) -> str | None:
        """The time that is meant; what was typed when it is none."""
        at = named_time(self.value, self.now)
        return f"{at:%H:%M}" if at else self.value or None

    def leave(self) -> None:
        """Words become the time that they mean."""
        if not self.disabled and named_time(self.value, self.now) and self.value != self.raw():
            self.value = self.raw() or ""


class MomentLine(TimeLine):
    """A day and a time in the council's zone, which is drawn with it."""

    HINT = "yyyy-mm-dd hh:mm, today 14:05, now"

    def raw(self) -> str | None:
        """The instant that is meant, with its zone; what was typed when it is none."""
        at = named_moment(self.value, self.now)
        return at.isoformat() if at else self.value or None

    def shown(self, view: Any) -> str:
        """Day and time on the council's wall."""
        told = text_of(view.value)
        with suppress(ValueError):
            if "T" in told:
                at = datetime.fromisoformat(told)
                return f"{at.astimezone(self.now.tzinfo) if at.tzinfo else at:%Y-%m-%d %H:%M}"
        return words_of(view.value)

    def leave(self) -> None:
        """Words become the moment that they mean."""
        at = named_moment(self.value, self.now)
        if not self.disabled and at and self.value != f"{at:%Y-%m-%d %H:%M}":
            self.value = f"{at:%Y-%m-%d %H:%M}"


class Paragraphs(AreaEntry):
    """Several lines of text."""

    def __init__(self, view: Any, now: Now) -> None:  # noqa: ARG002
        super().__init__(words_of(view.value), read_only=view.readonly or acts(view.value))
        self.path: str = view.path

    def rebind(self, view: Any) -> None:
        """Show what a question holds now, this one or another."""
        other = view.path != self.path
        self.path = view.path
        self.read_only = view.readonly or acts(view.value)
        if other or words_of(view.value) != self.text:
            with self.prevent(TextArea.Changed):
                self.load_text(words_of(view.value))

    @on(TextArea.Changed)
    def _answer(self, event: TextArea.Changed) -> None:
        event.stop()
        if not self.read_only:
            self.post_message(Answered(self.path, self.text or None))
