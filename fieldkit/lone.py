"""The lone worker's timer: until when somebody said they would be out. No name, no place, no key is needed to read it.

It is a file beside the store, so that it outlives a lock and a crash; the launcher rings. It rings on this laptop
only: base cannot see it, and every place that shows it says so. The end is kept by the wall clock and by the one that
counts since the machine started, and whichever comes first rings: a clock that is set back silences nothing.
"""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fieldkit.errors import Refused

FILE = "out.json"
EXTEND_MINUTES = 15
LONGEST_MINUTES = 240
RING_EVERY = 30.0
"""Seconds between two rings, until somebody says that they are out."""
OVER = "THE AGREED END IS OVER"
UNSEEN = "Base cannot see this timer: it rings on this laptop only. Ring base when you are out."


@dataclass(frozen=True, slots=True)
class Moment:
    """What this machine's clocks show: the wall, seconds since it started, which start it was."""

    wall: datetime
    running: float
    boot: str


@dataclass(frozen=True, slots=True)
class Timer:
    """The agreed end, by both clocks."""

    until: datetime
    running: float
    boot: str

    def left(self, now: Moment) -> timedelta:
        """How long there is, negative when it is over: by the clock that says less."""
        by_wall = self.until - now.wall
        if self.boot != now.boot:  # the machine was started anew: only the wall clock is left
            return by_wall
        return min(by_wall, timedelta(seconds=self.running - now.running))


def agreed(minutes: int, now: Moment) -> Timer:
    """A timer that ends in so many minutes. Refused when that is no time to come, or too long."""
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise Refused(f"The agreed end is 1 to {LONGEST_MINUTES} minutes from now.", "Nothing has been changed.")
    return Timer(now.wall + timedelta(minutes=minutes), now.running + minutes * 60, now.boot)


def words(timer: Timer, now: Moment) -> str:
    """How it stands, in a line."""
    left = timer.left(now)
    if left > timedelta():
        return f"Agreed end in {_minutes(left)}."
    return f"{OVER} by {_minutes(-left)}. Are you safe? Say so, or ring base."


def _minutes(long: timedelta) -> str:
    many = math.ceil(long.total_seconds() / 60)
    return f"{many} minute{'' if many == 1 else 's'}" if many < 120 else f"{many // 60} hours"


def rings(timer: Timer | None, now: Moment, rung: float) -> bool:
    """Whether it rings now. `rung`: the running second of the last ring."""
    return timer is not None and timer.left(now) <= timedelta() and now.running - rung >= RING_EVERY


# -- kept beside the store


def keep(home: Path, timer: Timer) -> None:
    """Start it, or extend it, durably."""
    told = {"until": timer.until.astimezone(UTC).isoformat(), "running": timer.running, "boot": timer.boot}
    fresh = home / f"{FILE}.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(json.dumps(told).encode("ascii"))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(home / FILE)


def kept(home: Path) -> Timer | None:
    """The timer that runs; None when none does. One that cannot be read counts as over: it rings."""
    try:
        raw = (home / FILE).read_bytes()
    except OSError:
        return None
    try:
        told = json.loads(raw)
        return Timer(datetime.fromisoformat(told["until"]).astimezone(UTC), float(told["running"]), str(told["boot"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Timer(datetime(1970, 1, 1, tzinfo=UTC), 0.0, "")


def out(home: Path) -> None:
    """Somebody is out and safe: it rings no more."""
    with suppress(FileNotFoundError):
        (home / FILE).unlink()
