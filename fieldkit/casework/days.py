"""Days and times as people say and as forms keep them."""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date, datetime, time, timedelta

_RELATIVE = re.compile(r"([+-]\d{1,4})\s*([dwmy]?)")
_WEEKDAY = re.compile(r"(?:(last|next|this)\s+)?([a-z]{3,9})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?(?:\s+(\d{4}))?")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})")
_MONTH = re.compile(r"([a-z]{3,9})\s+(\d{4})|(\d{1,2})/(\d{4})|(\d{4})-(\d{1,2})")
_FIXED = {"today": 0, "yesterday": -1, "tomorrow": 1}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_AHEAD = timedelta(days=183)


def named_day(words: str, today: date) -> date | None:
    """A day said as "today", "-3d", "last friday", "3 may", "3/5/2026"; None when it is something else."""
    words = " ".join(words.lower().split())
    if words in _FIXED:
        return today + timedelta(days=_FIXED[words])
    try:
        return _relative(words, today) or _weekday(words, today) or _day_month(words, today) or _slashed(words, today)
    except (ValueError, OverflowError):
        return None


def named_month(words: str, today: date) -> date | None:
    """The first of a month said as "may 2026", "5/2026", "2026-05" or as any day in it."""
    words = " ".join(words.lower().split())
    found = _MONTH.fullmatch(words)
    if found is None:
        day = named_day(words, today) or iso(words)
        return day.replace(day=1) if day else None
    month = _place(found[1], _MONTHS) + 1 if found[1] else int(found[3] or found[6])
    year = int(found[2] or found[4] or found[5])
    return date(year, month, 1) if 1 <= month <= 12 and year else None


def months_on(day: date, by: int) -> date:
    """The same day so many months on; the last of the month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _relative(words: str, today: date) -> date | None:
    found = _RELATIVE.fullmatch(words)
    if not found:
        return None
    by, unit = int(found[1]), found[2]
    if unit in ("m", "y"):
        return months_on(today, by * (12 if unit == "y" else 1))
    return today + timedelta(days=by * (7 if unit == "w" else 1))


def _weekday(words: str, today: date) -> date | None:
    """A bare name is the last one gone by, today's own among them."""
    found = _WEEKDAY.fullmatch(words)
    wanted = _place(found[2], _WEEK) if found else -1
    if not found or wanted < 0:
        return None
    back = (today.weekday() - wanted) % 7
    if found[1] == "next":
        return today + timedelta(days=7 - back)
    if found[1] == "this":
        return today + timedelta(days=wanted - today.weekday())
    return today - timedelta(days=back or (7 if found[1] else 0))


def _day_month(words: str, today: date) -> date | None:
    """Without a year the one near today: never more than half a year ahead."""
    found = _DAY_MONTH.fullmatch(words)
    month = _place(found[2], _MONTHS) + 1 if found else 0
    if not found or not month:
        return None
    if found[3]:
        return date(int(found[3]), month, int(found[1]))
    day = date(today.year, month, int(found[1]))
    return day.replace(year=today.year - 1) if day - today > _AHEAD else day


def _slashed(words: str, today: date) -> date | None:
    found = _SLASHED.fullmatch(words)
    if not found:
        return None
    year = int(found[3])
    if len(found[3]) == 2:
        year += 2000 if year <= today.year % 100 + 10 else 1900
    return date(year, int(found[2]), int(found[1]))


def _place(word: str, names: tuple[str, ...] | list[str]) -> int:
    return next((place for place, name in enumerate(names) if name.startswith(word)), -1)


def iso(text: str) -> date | None:
    """The day of a text like 2026-11-23, None for any other text."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def named_time(words: str, now: datetime) -> time | None:
    """A time of day said as "14:05", "1405", "now"; None when it is something else."""
    if words.strip().lower() == "now":
        return now.time().replace(second=0, microsecond=0)
    found = re.fullmatch(r"\s*(\d{1,2})[:.]?(\d{2})\s*", words, re.ASCII)
    with suppress(ValueError):
        return time(int(found[1]), int(found[2])) if found else None
    return None


def named_moment(words: str, now: datetime) -> datetime | None:
    """A day and a time in the council's zone: "2026-11-23 14:05", "today 14:05", "now"; None for anything else."""
    if words.strip().lower() == "now":
        return now.replace(second=0, microsecond=0)
    said, _, clock = words.strip().replace("T", " ").rpartition(" ")
    day, at = iso(said) or named_day(said, now.date()), named_time(clock, now)
    return datetime.combine(day, at, now.tzinfo) if day and at else None


def named_year(words: str) -> date | None:
    """The first day of a year of four digits."""
    return date(int(words), 1, 1) if re.fullmatch(r"[1-9]\d{3}", words.strip(), re.ASCII) else None


def day_in_words(value: object) -> str:
    """Monday 23 November 2026, or nothing."""
    at = iso(value) if isinstance(value, str) else None
    return f"{at:%A} {at.day} {at:%B %Y}" if at else ""
