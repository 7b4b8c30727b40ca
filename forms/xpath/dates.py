"""Dates as XPath sees them: numbers of days since 1970-01-01 UTC, a date being its midnight in the form's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_SECONDS = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?", re.ASCII
)
_LOOSE_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(T.*)?", re.ASCII)
_CLOCK = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)


class Moment(float):
    """A number of days that also knows its text: what today(), now() and date() give."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, days: float, text: str) -> Moment:
        """Keep the text beside the number; arithmetic gives a plain number again."""
        moment = super().__new__(cls, days)
        moment.text = text
        return moment


def looks_like_date(text: str) -> bool:
    """Whether a text may be a date, cheaply; most answers are not."""
    return len(text) >= 10 and text[4] == "-" and text[7] == "-"


@lru_cache(maxsize=4096)
def moment_of_text(text: str, zone: ZoneInfo) -> datetime | None:
    """A date or date-time text as an instant in the zone, or nothing when it is neither."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        plain = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
        )
        plain += timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
        return plain if offset is None else _at_offset(plain, offset).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _at_offset(plain: datetime, offset: str) -> datetime:
    if offset == "Z":
        return plain.replace(tzinfo=UTC)
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise ValueError
    return plain.replace(tzinfo=UTC) - sign * timedelta(hours=hours, minutes=minutes)


@lru_cache(maxsize=4096)
def days_of_text(text: str, zone: ZoneInfo) -> float | None:
    """A date text as a number of days, or nothing when it is no date."""
    moment = moment_of_text(text, zone)
    return None if moment is None else days_of(moment)


def days_of(moment: datetime) -> float:
    """An instant as days since 1970-01-01 UTC."""
    return (moment - _EPOCH) / timedelta(days=1)


def moment_of_days(days: float, zone: ZoneInfo) -> datetime | None:
    """A number of days as an instant in the zone, to the millisecond."""
    try:
        return (_EPOCH + timedelta(milliseconds=round(days * DAY_SECONDS * 1000))).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def loose_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """As `moment_of_text`, and months and days may be written with one digit."""
    found = _LOOSE_DATE.fullmatch(text)
    if not found:
        return None
    year, month, day, rest = found.groups()
    return moment_of_text(f"{year}-{month:0>2}-{day:0>2}{rest or ''}", zone)


def today_moment(today: date, zone: ZoneInfo) -> Moment:
    """A calendar day as its midnight in the zone."""
    return Moment(days_of(datetime.combine(today, time(), zone)), today.isoformat())


def dated(moment: datetime) -> Moment:
    """An instant whose text is a date at midnight and a date-time otherwise."""
    text = date_time_text(moment) if moment.time() != time() else moment.date().isoformat()
    return Moment(days_of(moment), text)


def date_time_text(moment: datetime) -> str:
    """An instant as text with milliseconds and its offset."""
    return moment.isoformat(timespec="milliseconds")


def day_fraction(text: str, zone: ZoneInfo) -> float | None:
    """A time of day as a part of the day: noon is 0.5."""
    if not _CLOCK.fullmatch(text):
        return None
    moment = moment_of_text(f"1970-01-01T{text}", zone)
    if moment is None:
        return None
    clock = moment.time()
    return (clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6) / DAY_SECONDS
