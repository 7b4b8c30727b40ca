"""Fixtures every package may use: a real central on a real PostgreSQL."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.central_fixture import Ground, RunningCentral, StillClock, ground

MEMORY, ROOM = Path("/dev/shm"), 4 << 30
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and os.statvfs(MEMORY).f_bavail * os.statvfs(MEMORY).f_frsize > ROOM:
    # Every commit of every test waits for a disk, which is most of what they wait for. Where Linux offers a file system
    # in memory they write there: the same calls in the same order. What a disk does is tested by bench and long runs.
    tempfile.tempdir = str(MEMORY)


@pytest.fixture(scope="session")
def central_ground() -> Iterator[Ground]:
    """The session's PostgreSQL."""
    with ground() as soil:
        yield soil


@pytest.fixture
def still_clock() -> StillClock:
    """A clock that stands still until told otherwise."""
    return StillClock()


@pytest.fixture
def central(central_ground: Ground, still_clock: StillClock) -> Iterator[RunningCentral]:
    """A central of this test's own, answering on loopback."""
    running = RunningCentral(central_ground, still_clock)
    yield running
    running.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole trips first: they take longest, and the other worker fills the time with the small ones."""
    items.sort(key=lambda item: "/trips/" not in item.nodeid)
