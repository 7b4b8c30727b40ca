"""Where a device's folder is, what the time is, and how costly a passphrase is to guess. Nothing secret."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from platformdirs import user_data_path

VERSION = "0.1.0"
HOME_VARIABLE = "FIELDKIT_HOME"
ZONE = "Europe/London"
IDLE_MINUTES = 5
SHORTEST_IDLE, LONGEST_IDLE = 1, 15
"""Minutes without a key after which the app locks: what it is when nobody chose, and between which one may choose."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """The time, handed in so that tests and stories choose it."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        ...


class SystemClock:
    """This machine's clocks."""

    def now(self) -> datetime:
        """The wall clock in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some start."""
        return time.monotonic()

    def since_boot(self) -> float:
        """Seconds that also count while the machine sleeps, where the system has such a clock."""
        # Linux calls it BOOTTIME; on macOS CLOCK_MONOTONIC counts sleep while time.monotonic() does not.
        which = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
        return time.monotonic() if which is None else time.clock_gettime(which)


def since_boot(clock: Clock) -> float:
    """Seconds since the machine was started; of a clock that does not count sleep, the monotonic ones."""
    asleep_too: Callable[[], float] = getattr(clock, "since_boot", clock.monotonic)
    return asleep_too()


def boot() -> str:
    """Which start of this machine it is, by the kernel's word; empty where there is none."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def build() -> str:
    """The program and its version, as evidence names it."""
    return f"fieldkit {VERSION}"


@dataclass(frozen=True, slots=True)
class KdfPolicy:
    """What Argon2id costs, and the least that a key file may ask for.

    When the policy rises, `wanted_*` rises first and brings slots up at their next unlock; `least_*` follows later.
    """

    memory_kib: int = 256 * 1024
    time_cost: int = 3
    lanes: int = 4
    wanted_memory_kib: int = 64 * 1024
    wanted_time_cost: int = 3
    least_memory_kib: int = 64 * 1024
    least_time_cost: int = 3
    most_memory_kib: int = 1024 * 1024
    most_time_cost: int = 16
    aim: tuple[float, float] | None = (0.5, 1.0)
    """Between how many seconds a derivation is to take on this machine; None: as given, nothing is measured."""

    def accepts(self, memory_kib: int, time_cost: int, lanes: int) -> bool:
        """Whether a key file with these parameters is neither weakened nor a memory bomb."""
        enough = memory_kib >= self.least_memory_kib and time_cost >= self.least_time_cost
        bearable = memory_kib <= self.most_memory_kib and time_cost <= self.most_time_cost
        return enough and bearable and 1 <= lanes <= min(16, memory_kib // 8)

    def is_content_with(self, memory_kib: int, time_cost: int) -> bool:
        """Whether a slot with these parameters may stay as it is."""
        return memory_kib >= self.wanted_memory_kib and time_cost >= self.wanted_time_cost


REAL_KDF = KdfPolicy()
"""For every real device (SECURITY 1.3). Not reachable from configuration or environment."""
QUICK_KDF = KdfPolicy(
    memory_kib=64,
    time_cost=1,
    lanes=1,
    wanted_memory_kib=64,
    wanted_time_cost=1,
    least_memory_kib=64,
    least_time_cost=1,
    aim=None,
)
"""For quick tests: handed in by code, never by a setting."""


def home_folder(given: Path | None = None) -> Path:
    """The device's folder: what was given, else FIELDKIT_HOME, else the platform's place for user data."""
    if given is not None:
        return given
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else user_data_path("fieldkit", appauthor=False)
