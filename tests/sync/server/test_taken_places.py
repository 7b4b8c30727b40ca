"""Nobody takes beforehand the place of a record that central reckons, and so stops those who write there."""

from __future__ import annotations

from uuid import uuid5

import pytest

from sync.merge.attendances import attendance_id, projection_id
from sync.merge.conflicts import NAMESPACE
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

OWN = "7" * 32


@pytest.fixture
def ben(central: RunningCentral) -> Laptop:
    """Somebody who never held the family, and knows what it is called in the tables."""
    laptop = Laptop(central, "Ben Carter")
    laptop.family_of_ones_own()
    return laptop


def test_a_place_where_a_conflict_will_stand_is_taken_by_nobody(central: RunningCentral, ben: Laptop) -> None:
    asha, second = Laptop(central, "Asha Patel"), Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    second.sync()
    for version in range(1, 5):
        for known in (f"{FAMILY}|name|{version}", f"{FAMILY}|name|{version}|"):
            own = {"@kind": "visit", "@scope": f"family:{OWN}", "summary": "Mine."}
            ben.replica.write(uuid5(NAMESPACE, known).hex, "create", own, at=AT)
    ben.sync()
    for laptop, name in ((asha, "One"), (second, "Two")):
        laptop.say(name=name)
        laptop.sync()
    assert list(second.conflicts().values()) == ["open"]


def test_an_attendance_takes_no_place_of_what_shows_another_one(central: RunningCentral) -> None:
    nora, centre = Laptop(central, "Nora Ellis", "centre"), "b" * 32
    nora.replica.write(centre, "create", {"@kind": "centre", "@scope": f"centre:{centre}"}, at=AT)
    shown = attendance_id("d" * 32, "e" * 32)
    own = {"@kind": "attendance", "@scope": f"centre:{centre}", "session": shown, "person": SCOPE, "status": "present"}
    nora.replica.write(projection_id(shown, SCOPE), "create", own, at=AT)
    nora.sync()
    assert nora.parked() == [("refused", "malformed")]
