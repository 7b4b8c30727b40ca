"""Nobody takes beforehand the place of a record that central reckons, and so stops those who write there."""

from __future__ import annotations

import hashlib
import json
from uuid import uuid5

import pytest

from sync.merge.attendances import attendance_id, projection_id
from sync.merge.conflicts import NAMESPACE
from sync.merge.consent import record_of
from sync.server import council_key, countersign, publish, workers
from sync.server.database import one
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


@pytest.mark.parametrize("kind", ["settings", "worker", "form", "council-key"])
def test_what_central_alone_tells_everybody_is_told_by_no_laptop(
    central: RunningCentral, ben: Laptop, kind: str
) -> None:
    ben.replica.write(
        "9" * 32, "create", {"@kind": kind, "@scope": f"family:{OWN}", "duty/day": "0900 000 0000"}, at=AT
    )
    ben.sync()
    assert ben.parked() == [("refused", "unknown-kind")]


def test_a_colleague_who_comes_later_is_known_though_their_place_was_taken(
    central: RunningCentral, ben: Laptop
) -> None:
    taken = workers.worker_id("Dilys Rhys")
    ben.replica.write(taken, "create", {"@kind": "visit", "@scope": f"family:{OWN}", "summary": "Mine."}, at=AT)
    ben.sync()
    dilys = Laptop(central, "Dilys Rhys", "lead")
    dilys.sync()
    ben.sync()
    assert dilys.worker != taken
    assert dilys.replica.view(dilys.worker) == {"name": "Dilys Rhys", "role": "lead"}
    assert taken not in dilys.replica.base
    assert ben.replica.view(taken) == {"summary": "Mine."}
    assert Laptop(central, "Dilys Rhys", "lead").worker == dilys.worker


def test_a_form_and_the_councils_key_reach_everybody_though_their_places_were_taken(
    central: RunningCentral, ben: Laptop
) -> None:
    rest = {"id": "tea", "version": "1", "title": "Tea", "xml": "<a/>", "policies": {}}
    plain = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    form = {**rest, "hash": hashlib.sha256(plain.encode()).hexdigest()}
    taken = (publish.form_record(form), council_key.RECORD)
    for place in taken:
        ben.replica.write(place, "create", {"@kind": "visit", "@scope": f"family:{OWN}", "summary": "Mine."}, at=AT)
    ben.sync()
    leads = tuple(Laptop(central, name, "lead").worker for name in ("Lena Marsh", "Carys Vaughan"))
    with one(central.owner_dsn) as connection:
        for _ in range(2):
            assert publish.add_form(connection, central.keys, json.dumps(form), central.clock()) == "tea@1"
        told = council_key.put(connection, central.keys, "3b" * 32, (leads[0], leads[1]), central.clock())
    assert (told["public"], told["number"]) == ("3b" * 32, "1")
    with central.rows() as rows:
        kinds = (
            "select kind, count(*) from record where scope = 'ref' and (state like %s or kind = 'council-key')"
            " group by kind"
        )
        assert sorted(rows.execute(kinds, ('%"id":"tea"%',)).fetchall()) == [("council-key", 1), ("form", 1)]
        theirs = rows.execute("select distinct scope, state from record where id = any(%s)", (list(taken),)).fetchall()
    assert theirs == [(f"family:{OWN}", '{"summary":"Mine."}')]
