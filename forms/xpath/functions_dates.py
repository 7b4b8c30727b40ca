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
DATE_FORMATS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda at: f"{at.year:04}",
    "y": lambda at: f"{at.year % 100:02}",
    "m": lambda at: f"{at.month:02}",
    "n": lambda at: str(at.month),
    "b": lambda at: MONTHS[at.month - 1],
    "d": lambda at: f"{at.day:02}",
    "e": lambda at: str(at.day),
    "a": lambda at: DAYS[at.weekday()],
}
DATE_TIME_FORMATS: dict[str, Callable[[datetime], str]] = {
    **DATE_FORMATS,
    "H": lambda at: f"{at.hour:02}",
    "h": lambda at: str(at.hour),
    "M": lambda at: f"{at.minute:02}",
    "S": lambda at: f"{at.second:02}",
    "3": lambda at: f"{at.microsecond // 1000:03}",
}
_MARK = re.compile(r"%(.)", re.DOTALL)


def _moment(ctx: Context, value: XPathValue) -> datetime | None:
    """A number of days or a text as an instant; a whole number is that calendar day in the form's zone."""
    zone = ctx.world.zone
    if isinstance(value, float) and not isinstance(value, Moment):
        if not math.isfinite(value):
            return None
        if value == int(value) and abs(value) < 700_000:
            return datetime.combine(datetime(1970, 1, 1, tzinfo=zone).date() + timedelta(days=value), time(), zone)
        return moment_of_days(value, zone)
    text = to_text(value).strip()
    return loose_moment(text, zone) or _as_number_text(ctx, text)


def _as_number_text(ctx: Context, text: str) -> datetime | None:
    """A node that holds a number of days."""
    return _moment(ctx, float(text)) if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) else None


def _blank(value: XPathValue) -> bool:
    return isinstance(value, bool) or (isinstance(value, (str, list)) and to_text(value) == "")


def _date(ctx: Context, value: XPathValue) -> XPathValue:
    if _blank(value):
        return ""
    moment = _moment(ctx, value)
    if moment is None:
        return Moment(NAN, INVALID)
    return today_moment(moment.date(), ctx.world.zone)


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


def _formatted(formats: dict[str, Callable[[datetime], str]]) -> Callable[[Context, XPathValue, str], str]:
    def formatted(ctx: Context, value: XPathValue, pattern: str) -> str:
        moment = None if _blank(value) else _moment(ctx, value)
        if moment is None:
            return ""
        at = moment
        return _MARK.sub(lambda found: formats[found[1]](at) if found[1] in formats else found[0], pattern)

    return formatted


def _now(ctx: Context) -> Moment:
    moment = ctx.world.now.astimezone(ctx.world.zone)
    return Moment(days_of(moment), date_time_text(moment))


def _format_arguments(formats: dict[str, Callable[[datetime], str]]) -> Function:
    run = _formatted(formats)
    return seeing("text", "vv", lambda ctx, value, pattern: run(ctx, value, to_text(pattern)))


DATES: dict[str, Function] = {
    "today": moving(seeing("number", "", lambda ctx: today_moment(ctx.world.today, ctx.world.zone))),
    "now": moving(seeing("number", "", _now)),
    "date": seeing("any", "v", _date),
    "date-time": seeing("any", "v", _date_time),
    "decimal-date-time": seeing("number", "v", _decimal),
    "decimal-time": seeing("number", "t", _fraction),
    "format-date": _format_arguments(DATE_FORMATS),
    "format-date-time": _format_arguments(DATE_TIME_FORMATS),
}
