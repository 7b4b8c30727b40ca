"""The wait after wrong passphrases. It stops hands at the keyboard only; against a copied disk stands Argon2id.

The count lies beside the key file, under an HMAC of what can be had before a passphrase is known: the key file's id
and, where there is one, the device's secret. Who can write in the folder can still delete it, or put an older one back.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from fieldkit.config import Clock
from fieldkit.errors import TooSoon, WrongPassphrase
from fieldkit.vault.files import TRIES_FILE, write_whole
from fieldkit.vault.slots import canonical

FREE_TRIES = 3
LONGEST_WAIT = 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Count:
    """Wrong passphrases in a row, and when the last was, by both clocks."""

    wrong: int = 0
    at: int = 0
    ticks: int = 0
    """Seconds of the clock that nobody can set; it begins anew when the machine starts."""

    def left(self, now: Count) -> int:
        """Seconds still to wait: neither clock, set forwards or back, shortens that; nor does it ever grow longer."""
        whole, by_wall = wait(self.wrong), now.at - self.at
        passed = min(by_wall, now.ticks - self.ticks) if now.ticks >= self.ticks else by_wall
        return min(whole - passed, whole)


def wait(wrong: int) -> int:
    """Seconds to wait after so many wrong passphrases in a row: 0, 0, 0, 1, 2, 4 … 60."""
    return 0 if wrong <= FREE_TRIES else min(LONGEST_WAIT, 1 << min(wrong - FREE_TRIES - 1, 10))


def tried(home: Path, clock: Clock, seal: bytes, opening: Callable[[], T]) -> T:
    """What `opening` gives, or one more wrong try on the count, which outlives the process; TooSoon before time."""
    file, before = home / TRIES_FILE, _kept(home / TRIES_FILE, seal)
    now = Count(before.wrong, int(clock.now().timestamp()), int(clock.monotonic()))
    left = before.left(now)
    if left > 0:
        if now.at < before.at:
            # The clock was set back: counted from what it says now, or the wait would last until it is there again.
            with suppress(OSError):
                _keep(file, seal, now)
        raise TooSoon(left)
    try:
        opened = opening()
    except WrongPassphrase:
        with suppress(OSError):  # a full disk must not hide that the passphrase was wrong
            _keep(file, seal, Count(before.wrong + 1, now.at, now.ticks))
        raise
    with suppress(OSError):  # a disk that cannot be written must not keep anybody from reading
        file.unlink(missing_ok=True)
    return opened


def _keep(file: Path, seal: bytes, count: Count) -> None:
    told = asdict(count)
    write_whole(file, told | {"seal": _mac(seal, told)})


def _kept(file: Path, seal: bytes) -> Count:
    """The count; none when the file is not there, or is not ours: that locks nobody out."""
    try:
        raw = json.loads(file.read_text("ascii"))
        told = {name: int(raw[name]) for name in ("wrong", "at", "ticks")}
        if not hmac.compare_digest(_mac(seal, told), str(raw["seal"])):
            return Count()
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Count()
    return Count(**told)


def _mac(seal: bytes, told: dict[str, int]) -> str:
    return hmac.new(seal, b"fieldkit tries" + canonical(told), "sha256").hexdigest()
