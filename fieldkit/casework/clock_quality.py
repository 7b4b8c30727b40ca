"""How far a laptop's clock can be believed, from what central's clock last said. Nothing is refused for a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

FAR = 120.0
"""Seconds between the two clocks at the last sync from which on a signature says so."""
SLIP = 60.0
"""Seconds by which wall and running clock may part since then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The laptop's clocks at one moment."""

    wall: datetime
    running: float
    """Seconds since the machine was started, asleep or not; nobody sets it."""
    boot: str
    """Which start of the machine that was; empty where it does not tell."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Central's clock as it was last heard, and the laptop's clocks then."""

    central: datetime
    then: Reading

    @property
    def offset(self) -> int:
        """Whole seconds that central's clock was ahead."""
        return round((self.central - self.then.wall).total_seconds())


def doubts(now: Reading, heard: Heard | None) -> tuple[str, ...]:
    """Why the time of a signature is not vouched for, in words that are kept with it; none when it is."""
    if heard is None:
        return ("central was never heard",)
    found = []
    if abs(heard.offset) > FAR:
        found.append("the clock differed from central's")
    if now.wall < heard.then.wall:
        found.append("the clock is behind the last sync")
    elif not now.boot or now.boot != heard.then.boot:
        found.append("started anew since the last sync")
    if now.boot and now.boot == heard.then.boot:
        slip = (now.wall - heard.then.wall).total_seconds() - (now.running - heard.then.running)
        if abs(slip) > SLIP:
            found.append("the clock was set since the last sync")
    return tuple(found)
