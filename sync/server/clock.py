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


def end_of(day: date, zone: str) -> datetime:
    """The instant a day is over where the council is."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
