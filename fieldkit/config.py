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

    def running(self) -> float:
        """Seconds since the machine was started, also while it sleeps, where the machine counts those."""
        asleep_too = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if asleep_too is None else time.clock_gettime(asleep_too)


def running(clock: Clock) -> float:
    """Seconds since the machine was started; of a clock that does not count sleep, the monotonic ones."""
    asleep_too: Callable[[], float] = getattr(clock, "running", clock.monotonic)
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
    """What Argon2id costs, and the least that a key file may ask for."""

    memory_kib: int = 256 * 1024
    time_cost: int = 3
    lanes: int = 4
    least_memory_kib: int = 64 * 1024
    least_time_cost: int = 3
    most_memory_kib: int = 1024 * 1024
    most_time_cost: int = 16

    def accepts(self, memory_kib: int, time_cost: int, lanes: int) -> bool:
        """Whether a key file with these parameters is neither weakened nor a memory bomb."""
        enough = memory_kib >= self.least_memory_kib and time_cost >= self.least_time_cost
        bearable = memory_kib <= self.most_memory_kib and time_cost <= self.most_time_cost
        return enough and bearable and 1 <= lanes <= min(16, memory_kib // 8)


REAL_KDF = KdfPolicy()
"""For every real device (SECURITY 1.3). Not reachable from configuration or environment."""
QUICK_KDF = KdfPolicy(memory_kib=64, time_cost=1, lanes=1, least_memory_kib=64, least_time_cost=1)
"""For quick tests: handed in by code, never by a setting."""


def home_folder(given: Path | None = None) -> Path:
    """The device's folder: what was given, else FIELDKIT_HOME, else the platform's place for user data."""
    if given is not None:
        return given
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else user_data_path("fieldkit", appauthor=False)
