"""Nobody takes beforehand the place of a record that central reckons, and so stops those who write there."""

from __future__ import annotations

from uuid import uuid5

import pytest

from sync.merge.attendances import attendance_id, projection_id
from sync.merge.conflicts import NAMESPACE
from sync.merge.consent import record_of
from sync.server import countersign
from sync.server.own import Hand
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


def test_a_permission_stands_beside_who_took_its_place_and_theirs_stays(central: RunningCentral, ben: Laptop) -> None:
    asha, taken = Laptop(central, "Asha Patel"), record_of(SCOPE, "ruth okafor", "mill school")
    asha.family(name="Okafor")
    asha.sync()
    ben.replica.write(taken, "create", {"@kind": "visit", "@scope": f"family:{OWN}", "summary": "Mine."}, at=AT)
    ben.sync()
    for record in ("b" * 32, "c" * 32):
        told = {"@kind": "withdrawal", "@scope": SCOPE, "giver": "Ruth Okafor", "agency": "Mill School"}
        asha.replica.write(record, "create", told, at=AT)
        asha.sync()
    ben.sync()
    (stands,) = [each for each in asha.replica.base.values() if each.kind == "permission"]
    assert (stands.record != taken, stands.state["decision"]) == (True, "withdrawn")
    assert dict(ben.replica.base[taken].state) == {"summary": "Mine."}


def test_a_receipt_that_finds_its_place_taken_is_written_all_the_same(central: RunningCentral) -> None:
    asha, signature = Laptop(central, "Asha Patel"), "e" * 32
    asha.family(name="Okafor")
    own = {"@kind": "visit", "@scope": SCOPE, "summary": "Mine."}
    asha.replica.write(countersign.receipt_id(signature), "create", own, at=AT)
    asha.replica.write(signature, "create", {"@kind": "signature", "@scope": SCOPE, "bundle": "{}"}, at=AT)
    asha.sync()
    asha.sync()
    (receipt,) = [each for each in asha.replica.base.values() if each.kind == countersign.KIND]
    assert receipt.state["record"] == signature


@pytest.mark.parametrize("kind", ["notice", "due", "permission"])
def test_nobody_begins_what_central_begins(central: RunningCentral, ben: Laptop, kind: str) -> None:
    ben.replica.write("c" * 32, "create", {"@kind": kind, "@scope": f"family:{OWN}", "to": "somebody"}, at=AT)
    ben.sync()
    assert [outcome for outcome, _ in ben.parked()] == ["refused"]


def test_a_place_is_looked_for_past_everyone_who_took_one_and_is_the_same_each_time(
    central: RunningCentral, ben: Laptop
) -> None:
    place, taken = "f" * 32, []
    for _ in range(3):
        with central.rows() as rows:
            place, standing = Hand.take(rows, central.clock()).place("f" * 32, "due")
        assert (standing, place in taken) == (None, False)
        taken.append(place)
        ben.replica.write(place, "create", {"@kind": "visit", "@scope": f"family:{OWN}", "summary": "Mine."}, at=AT)
        ben.sync()
    with central.rows() as rows:
        told = [Hand.take(rows, central.clock()).place("f" * 32, "due")[0] for _ in range(2)]
    assert told[0] == told[1] not in taken
