"""The wait after wrong passphrases. It stops hands at the keyboard only; against a copied disk stands Argon2id."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from fieldkit.config import Clock
from fieldkit.errors import TooSoon, WrongPassphrase
from fieldkit.vault.files import TRIES_FILE, write_whole

FREE_TRIES = 3
LONGEST_WAIT = 60
T = TypeVar("T")


def wait(wrong: int) -> int:
    """Seconds to wait after so many wrong passphrases in a row: 0, 0, 0, 1, 2, 4 … 60."""
    return 0 if wrong <= FREE_TRIES else min(LONGEST_WAIT, 1 << min(wrong - FREE_TRIES - 1, 10))


def tried(home: Path, clock: Clock, opening: Callable[[], T]) -> T:
    """What `opening` gives, or one more wrong try on the count, which outlives the process; TooSoon before time."""
    file, now = home / TRIES_FILE, int(clock.now().timestamp())
    wrong, at = _kept(file)
    left = min(at + wait(wrong) - now, wait(wrong))  # a clock set back neither shortens nor lengthens the wait
    if left > 0:
        if now < at:
            write_whole(file, {"wrong": wrong, "at": now})
        raise TooSoon(left)
    try:
        opened = opening()
    except WrongPassphrase:
        with suppress(OSError):  # a full disk must not hide that the passphrase was wrong
            write_whole(file, {"wrong": wrong + 1, "at": now})
        raise
    file.unlink(missing_ok=True)
    return opened


def _kept(file: Path) -> tuple[int, int]:
    try:
        raw = json.loads(file.read_text("ascii"))
        return min(max(int(raw["wrong"]), 0), 1_000), int(raw["at"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return 0, 0
