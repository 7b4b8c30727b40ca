"""Fixtures every package may use: a real central on a real PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.central_fixture import Ground, RunningCentral, StillClock, ground


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
