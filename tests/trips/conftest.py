"""Laptops on a real central, with a quick key derivation and one clock that a test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fieldkit.config import QUICK_KDF
from fieldkit.workspace import Workspace, create_workspace, open_workspace
from tests.central_fixture import RunningCentral, StillClock

PASSPHRASE = "a long passphrase for tests"


class DeviceClock:
    """The test's clock as a device sees it."""

    def __init__(self, clock: StillClock) -> None:
        self.clock = clock

    def now(self) -> datetime:
        self.clock.at += timedelta(milliseconds=1)
        return self.clock.at

    def monotonic(self) -> float:
        return self.clock.at.timestamp()


class Laptops:
    """Makes enrolled laptops, and opens them again."""

    def __init__(self, central: RunningCentral, clock: StillClock, folder: Path) -> None:
        self.central, self.clock, self.folder = central, DeviceClock(clock), folder
        self.open: list[Workspace] = []

    def of(self, name: str, role: str = "worker") -> Workspace:
        """A laptop enrolled for somebody."""
        made = create_workspace(self.folder / name.split()[0], PASSPHRASE, clock=self.clock, kdf=QUICK_KDF)
        made.enrol(self.central.url, self.central.code(name, role), f"{name.split()[0]}'s laptop")
        self.open.append(made)
        return made

    def again(self, laptop: Workspace) -> Workspace:
        """The same laptop after it was closed."""
        home = laptop.vault.home
        laptop.close()
        made = open_workspace(home, PASSPHRASE, clock=self.clock, kdf=QUICK_KDF)
        self.open.append(made)
        return made


@pytest.fixture
def laptops(central: RunningCentral, still_clock: StillClock, tmp_path: Path) -> Iterator[Laptops]:
    """Laptops for this test; all are closed at its end."""
    made = Laptops(central, still_clock, tmp_path)
    yield made
    for each in made.open:
        each.close()


@pytest.fixture
def unreachable() -> Callable[[Workspace], None]:
    """Points a laptop at an address where nobody answers."""

    def unplug(laptop: Workspace) -> None:
        laptop.store.set_meta("central_url", "http://127.0.0.1:9")

    return unplug
