"""Central's clock: handed in, so that a test can hold it still."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def real_clock() -> datetime:
    """The time now, with its zone."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """A time as it travels: UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


FIRST, LAST = date(1, 1, 3), date(9998, 12, 31)
"""Beyond these a day has no end that every zone and the database can say."""


def end_of(day: date, zone: str) -> datetime:
    """The instant a day is over where the council is; of the first and last days there are, of one near them."""
    return datetime.combine(min(max(day, FIRST), LAST) + timedelta(days=1), time(), ZoneInfo(zone))
