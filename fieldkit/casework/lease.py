"""How long a device shows what it carries after it last heard central. Pure: times in, a decision out.

It keeps honest hands honest. Who holds an unlocked laptop can stop its clock for good, or take the store's key out of
the process; there is no expiry by cipher without a counter in hardware, and none is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DAYS = 7
FEWEST, MOST = 1, 60


@dataclass(frozen=True, slots=True)
class Lease:
    """What the last sync granted."""

    heard: datetime
    """Central's time at the last sync."""
    days: int = DAYS

    @property
    def until(self) -> datetime:
        """When reading ends without another sync."""
        return self.heard + timedelta(days=self.days)

    def is_over(self, seen: datetime) -> bool:
        """Whether it has ended, by the latest time that was ever seen here."""
        return seen > self.until


def days(told: object) -> int:
    """The council's number of days; seven when it has set none that makes sense."""
    text = str(told or "")
    return min(max(int(text), FEWEST), MOST) if text.isascii() and text.isdecimal() and len(text) < 4 else DAYS
