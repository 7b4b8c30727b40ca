"""Functions of dates and times. The zone is the form's, never the device's."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

from forms.xpath.context import Context, XPathValue
from forms.xpath.dates import (
    Moment,
    date_time_text,
    dated,
    day_fraction,
    days_of,
    loose_moment,
    moment_of_days,
    today_moment,
)
from forms.xpath.registry import Function, moving, seeing
from forms.xpath.values import NAN, to_text

INVALID = "Invalid Date"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FORMATS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda at: f"{at.year:04}",
    "y": lambda at: f"{at.year % 100:02}",
    "m": lambda at: f"{at.month:02}",
    "n": lambda at: str(at.month),
    "b": lambda at: MONTHS[at.month - 1],
    "d": lambda at: f"{at.day:02}",
    "e": lambda at: str(at.day),
    "a": lambda at: DAYS[at.weekday()],
    "H": lambda at: f"{at.hour:02}",
    "h": lambda at: str(at.hour),
    "M": lambda at: f"{at.minute:02}",
    "S": lambda at: f"{at.second:02}",
    "3": lambda at: f"{at.microsecond // 1000:03}",
}
_CLOCK_CHANGE = timedelta(hours=1)
_FIRST_YEAR, _LAST_YEAR = 1, 9999
_MARK = re.compile(r"%(.)", re.DOTALL)


def _moment(ctx: Context, value: XPathValue) -> datetime | None:
    """A number of days or a text as an instant in the form's zone."""
    zone = ctx.world.zone
    if isinstance(value, float) and not isinstance(value, Moment):
        return moment_of_days(value, zone) if math.isfinite(value) else None
    text = to_text(value).strip()
    return loose_moment(text, zone) or _as_number_text(ctx, text)


def _day(ctx: Context, value: XPathValue) -> datetime | None:
    """As `_moment`, and a number beside a midnight means that midnight.

    A date plus 182 days lands an hour off when the clocks change in between; its author meant the day.
    """
    moment = _moment(ctx, value)
    if moment is None or not isinstance(value, float) or isinstance(value, Moment):
        return moment
    if not _FIRST_YEAR < moment.year < _LAST_YEAR:
        return moment
    near = moment.replace(tzinfo=None) + _CLOCK_CHANGE
    midnight = datetime.combine(near.date(), time())
    return midnight.replace(tzinfo=moment.tzinfo) if near - midnight <= 2 * _CLOCK_CHANGE else moment


def _as_number_text(ctx: Context, text: str) -> datetime | None:
    """A node that holds a number of days."""
    return _moment(ctx, float(text)) if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) else None


def _blank(value: XPathValue) -> bool:
    return isinstance(value, bool) or (isinstance(value, (str, list)) and to_text(value) == "")


def _date(ctx: Context, value: XPathValue) -> XPathValue:
    if _blank(value):
        return ""
    moment = _day(ctx, value)
    return Moment(NAN, INVALID) if moment is None else dated(moment)


def _date_time(ctx: Context, value: XPathValue) -> XPathValue:
    if _blank(value):
        return ""
    moment = _moment(ctx, value)
    return Moment(NAN, INVALID) if moment is None else dated(moment)


def _decimal(ctx: Context, value: XPathValue) -> float:
    moment = None if _blank(value) else _moment(ctx, value)
    return NAN if moment is None else days_of(moment)


def _fraction(ctx: Context, text: str) -> float:
    fraction = day_fraction(text, ctx.world.zone)
    return NAN if fraction is None else fraction


Read = Callable[[Context, XPathValue], datetime | None]


def _formatted(read: Read) -> Function:
    """A function that writes an instant by a pattern; a mark it does not know stands as it is."""

    def formatted(ctx: Context, value: XPathValue, pattern: XPathValue) -> str:
        at = None if _blank(value) else read(ctx, value)
        if at is None:
            return ""
        return _MARK.sub(lambda found: FORMATS[found[1]](at) if found[1] in FORMATS else found[0], to_text(pattern))

    return seeing("text", "vv", formatted)


def _now(ctx: Context) -> Moment:
    moment = ctx.world.now.astimezone(ctx.world.zone)
    return Moment(days_of(moment), date_time_text(moment))


DATES: dict[str, Function] = {
    "today": moving(seeing("number", "", lambda ctx: today_moment(ctx.world.today, ctx.world.zone))),
    "now": moving(seeing("number", "", _now)),
    "date": seeing("any", "v", _date),
    "date-time": seeing("any", "v", _date_time),
    "decimal-date-time": seeing("number", "v", _decimal),
    "decimal-time": seeing("number", "t", _fraction),
    "format-date": _formatted(_day),
    "format-date-time": _formatted(_moment),
}
