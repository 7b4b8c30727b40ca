"""The laptop's own process is killed in the middle of a sync or of a courier's verb: the next sync ends it, whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.central_fixture import Ground, RunningCentral, StillClock
from tests.faults.rig import NONE, Fault, Rig, killed, points, rig
from tests.sync.faults import full_day
from tests.sync.faults.full_day import Day, differing, opened, picture, synced
from tests.sync.faults.proxy import failing_line

SYNCS = 4


@dataclass(frozen=True)
class Field:
    """A day, the rig that kills, and how the day ends when nobody is killed."""

    day: Day
    rig: Rig
    asked: int
    """Requests of one sync."""
    calls: int
    """Calls to the disk of the same."""
    end: dict[str, Any] = field(repr=False)


@pytest.fixture(scope="module")
def ground_of_kills(central_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    day = full_day.made(central_ground, StillClock(), tmp_path_factory.mktemp("killed"))
    with rig() as ready, day.copied() as (central, home):
        with failing_line(central.url, lambda _path: "clean") as line:
            aim(day, home, line.url)
            ran = ready.run(home, ["sync"])
            asked = len(line.done)
        yield Field(day, ready, asked, ran.calls, ended(day, central, home))
    day.ended()


def aim(day: Day, home: Path, url: str) -> None:
    """Point the laptop at a line, and tell it how far central's clock, which stands still, is from the machine's."""
    with opened(home, day.clock, url) as laptop:
        laptop.store.set_meta("clock_offset", str(int((day.clock.at - datetime.now(UTC)).total_seconds())))


def ended(day: Day, central: RunningCentral, home: Path) -> dict[str, Any]:
    """How it is after some syncs that nobody disturbs."""
    with opened(home, day.clock, central.url) as laptop:
        laptop.store.set_meta("clock_offset", "0")
        for _ in range(SYNCS):
            synced(laptop)
        return picture(central, laptop)


def at_request(server: Rig, number: int, deed: str) -> Callable[[str], str]:
    """A plan that kills the laptop's process when its n-th request is on the line; whether central gets it, `deed`."""
    asked = iter(range(1, 10_000))

    def plan(_path: str) -> str:
        if next(asked) != number:
            return "clean"
        for each in psutil.Process(server.server.pid).children():
            each.kill()
        return deed

    return plan


def killed_on_the_line(field: Field, number: int, deed: str) -> list[str]:
    """What is not as it should be after a kill at a request."""
    with field.day.copied() as (central, home):
        with failing_line(central.url, at_request(field.rig, number, deed)) as line:
            aim(field.day, home, line.url)
            ran = field.rig.run(home, ["sync"])
        assert ran.code == -9, (number, ran.code, ran.err)
        wrong = differing(field.end, ended(field.day, central, home))
        return [f"killed at request {number}, {deed}: {each} differs" for each in wrong]


def killed_at_the_disk(field: Field, fault: Fault) -> list[str]:
    """What is not as it should be after a kill at a call to the disk."""
    with field.day.copied() as (central, home):
        aim(field.day, home, central.url)
        field.rig.run(home, ["sync"], fault)
        wrong = differing(field.end, ended(field.day, central, home))
        return [f"killed at {fault}: {each} differs" for each in wrong]


def by_courier(field: Field, verb: str, fault: Fault) -> tuple[int, list[str]]:
    """Work goes by hand, one verb of it killed and done again: how many calls that verb made, and what is wrong."""
    with field.day.copied() as (central, home):
        hub = Path(shutil.copytree(field.day.home.with_name("ben"), home.with_name("ben")))
        for place in (home, hub):
            aim(field.day, place, central.url)
        out, back = str(home.parent / "out"), str(home.parent / "back")
        trip = {"pack": (home, [out]), "carry": (hub, [out, "--out", back]), "take": (home, [back])}
        calls = 0
        for name, (place, words) in trip.items():
            ran = field.rig.run(place, ["courier", name, *words], fault if name == verb else NONE)
            calls = ran.calls if name == verb else calls
            if ran.code:
                again = field.rig.run(place, ["courier", name, *words])
                assert again.code == 0 or "of that name already" in again.err, (name, again.err)
        wrong = differing(field.end, ended(field.day, central, home))
        return calls, [f"killed in {verb} at {fault}: {each} differs" for each in wrong]


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_killed_at_any_request_the_next_sync_ends_it(ground_of_kills: Field) -> None:
    every = [
        (number, deed) for number in range(1, ground_of_kills.asked + 1) for deed in ("lost answer", "lost request")
    ]
    assert [each for number, deed in every for each in killed_on_the_line(ground_of_kills, number, deed)] == []


@pytest.mark.long
@pytest.mark.timeout(3_000)
def test_killed_at_any_write_of_its_store_the_next_sync_ends_it(ground_of_kills: Field) -> None:
    faults = [killed(at) for at in points(ground_of_kills.calls, 120)]
    assert [each for fault in faults for each in killed_at_the_disk(ground_of_kills, fault)] == []


@pytest.mark.long
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("verb", ["pack", "carry", "take"])
def test_a_courier_verb_that_is_killed_is_done_again_and_nothing_is_there_twice(
    ground_of_kills: Field, verb: str
) -> None:
    calls, wrong = by_courier(ground_of_kills, verb, NONE)
    assert wrong == []
    faults = [killed(at) for at in points(calls, 25)]
    assert [each for fault in faults for each in by_courier(ground_of_kills, verb, fault)[1]] == []
