"""One rig and one base device for all the faults of a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.central_fixture import Ground, RunningCentral, StillClock
from tests.faults.bases import made
from tests.faults.kills import Walk
from tests.faults.rig import rig


class RunningClock(StillClock):
    """The machine's clock: the command line has no other."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture(scope="session")
def walk(central_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """A device with everything on it, and the rig that makes its disk fail."""
    central = RunningCentral(central_ground, RunningClock())
    place = tmp_path_factory.mktemp("faults")
    with rig() as ready:
        yield Walk(ready, made(place / "base", central), ("edit",), folder_in(place))
    central.close()


def folder_in(place: Path) -> Path:
    """A folder for the copies."""
    (place / "copies").mkdir()
    return place / "copies"
