"""The wait after wrong passphrases: no clock that is set shortens it, and no count that somebody wrote is believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import TooSoon, WrongPassphrase
from fieldkit.vault.tries import Count
from tests.fieldkit.vault.words import PASSPHRASE


class Hands:
    """Somebody at the keyboard: they may turn the wall clock; the other counts by itself."""

    def __init__(self) -> None:
        self.at, self.ticks = datetime(2026, 11, 23, 9, tzinfo=UTC), 1_000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ticks

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.ticks += seconds


def guess(home: Path, hands: Hands, times: int) -> None:
    for _ in range(times):
        hands.wait(60)
        with pytest.raises(WrongPassphrase):
            vault.unlock(home, "a guess", QUICK_KDF, hands)


def test_a_clock_set_forwards_does_not_end_the_wait(home: Path) -> None:
    hands = Hands()
    guess(home, hands, 12)
    hands.at += timedelta(days=4_000)
    with pytest.raises(TooSoon) as told:
        vault.unlock(home, PASSPHRASE, QUICK_KDF, hands)
    assert told.value.seconds == 60
    hands.wait(60)
    vault.unlock(home, PASSPHRASE, QUICK_KDF, hands).close()


def test_a_restart_of_the_machine_does_not_end_the_wait(home: Path) -> None:
    hands = Hands()
    guess(home, hands, 12)
    hands.ticks = 5.0
    with pytest.raises(TooSoon):
        vault.unlock(home, PASSPHRASE, QUICK_KDF, hands)
    hands.wait(60)
    vault.unlock(home, PASSPHRASE, QUICK_KDF, hands).close()


def test_a_count_that_somebody_wrote_is_not_believed_and_locks_nobody_out(home: Path) -> None:
    hands = Hands()
    guess(home, hands, 9)
    file = home / vault.TRIES_FILE
    told = json.loads(file.read_text("ascii"))
    file.write_text(json.dumps(told | {"wrong": 1_000, "at": told["at"] + 10**9}))
    vault.unlock(home, PASSPHRASE, QUICK_KDF, hands).close()


def test_it_never_grows_longer_than_it_was() -> None:
    assert Count(9, at=1_000, ticks=50).left(Count(9, at=-(10**9), ticks=50)) == 32
    assert Count(9, at=1_000, ticks=50).left(Count(9, at=10**12, ticks=60)) == 22
    assert Count(3, at=1_000, ticks=50).left(Count(3, at=1_000, ticks=50)) == 0
