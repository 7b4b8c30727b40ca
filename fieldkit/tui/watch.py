"""When the app locks by itself: nobody there, the machine slept, the clock jumped, a cover ended. Pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SLEPT = 2.0
"""Seconds by which the clock that counts sleep may run ahead of the one that does not, between two looks."""
STOPPED = 30.0
"""Seconds between two looks after which this process, or the machine under it, was stopped."""
JUMP = 600.0
"""Seconds by which the wall clock may leave the one that only goes forward, between two looks."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the clocks showed at one look."""

    awake: float
    """Seconds that do not count while the machine sleeps, where the system tells."""
    since_boot: float
    """Seconds that count while it sleeps."""
    wall: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on the screen, as far as locking goes."""

    idle_minutes: int
    covered_until: datetime | None = None
    """The agreed end of a cover that is on the screen."""


def why_lock(before: Look, now: Look, touched: float, standing: Standing) -> str:
    """The reason to lock now; empty when there is none. `touched`: `awake` at the last key or click."""
    passed = now.awake - before.awake
    slept = (now.since_boot - before.since_boot) - passed
    if slept > SLEPT or passed > STOPPED:
        return "sleep"
    if abs((now.wall - before.wall).total_seconds() - passed) > JUMP:
        return "clock"
    if standing.covered_until is not None:
        return "cover" if now.wall >= standing.covered_until else ""
    return "idle" if now.awake - touched >= standing.idle_minutes * 60 else ""
