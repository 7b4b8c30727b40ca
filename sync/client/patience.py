"""How long a device goes on trying by itself: central may change its leader, and is back within half a minute.

One pure function says how long the next wait is; a thin one waits and tries. Only Unreachable is tried again: what
central refuses, and what is not central, stays so. Each wait is longer than the one before and drawn by lot, so that
two hundred laptops do not come back in the same second.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sync.errors import Unreachable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, and how often."""

    first: float = 1.0
    """Seconds of the first wait."""
    growth: float = 2.0
    most: float = 3.0
    """Seconds of the longest wait, before the lot."""
    whole: float = 60.0
    """Seconds of all waits together while there is a way to central."""
    no_way: float = 2.0
    """The same while there is none: in a village hall nobody should look at a bar for a minute to learn that."""


STANDARD = Patience()


def next_wait(patience: Patience, tries: int, waited: float, trouble: Unreachable, lot: float) -> float | None:
    """Seconds until the next try, or None: enough. `lot` (0 to 1) adds up to half; central's own wish is the least."""
    grown = min(patience.most, patience.first * patience.growth ** (tries - 1))
    wait = max(grown, trouble.after) * (1 + lot / 2)
    bound = patience.whole if trouble.answered else patience.no_way
    return wait if waited + wait <= bound else None


@dataclass(slots=True)
class Retrying:
    """Tries something until it succeeds, fails for good, or patience ends."""

    wait: Callable[[float], bool]
    """Waits so many seconds; False: do not go on (somebody wants to leave)."""
    patience: Patience = STANDARD
    lot: Callable[[], float] = field(default=random.random)

    def run(self, once: Callable[[], T], tell: Callable[[float], None] = lambda _seconds: None) -> T:
        """The outcome of the first try that succeeds; else the last try's Unreachable. Told before each wait."""
        tries, waited = 1, 0.0
        while True:
            try:
                return once()
            except Unreachable as trouble:
                wait = next_wait(self.patience, tries, waited, trouble, self.lot())
                if wait is None:
                    raise
                tell(wait)
                if not self.wait(wait):
                    raise
                tries, waited = tries + 1, waited + wait
