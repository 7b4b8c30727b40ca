"""A real encrypted store with a quick key derivation and a clock that stands still until moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.store.store import Store


class StillClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def forward(self, **much: float) -> None:
        self.at += timedelta(**much)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[vault.Vault]:
    made = vault.create(tmp_path / "home", "a long passphrase for tests", QUICK_KDF)
    yield made
    made.close()


@pytest.fixture
def store(opened: vault.Vault, clock: StillClock) -> Iterator[Store]:
    made = Store(opened.store_path, opened.key, clock)
    yield made
    made.close()
