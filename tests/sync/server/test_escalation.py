"""Clocks at the real central: concerns and safeguarding conflicts are told until a named person says so."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.changes import Value
from sync.server import escalation, workers
from sync.server.database import one
from sync.server.own import Saying, say
from sync.server.publish import SETTINGS
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

CONCERN = "c" * 32


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    return Laptop(central, "Asha Patel")


@pytest.fixture
def lena(central: RunningCentral, asha: Laptop) -> Laptop:
    """The lead of the family that Asha works with."""
    asha.family(name="Okafor", risk_level="medium")
    asha.sync()
    lead = Laptop(central, "Lena Marsh", "lead")
    central.grant("Lena Marsh", SCOPE)
    lead.sync()
    return lead


@pytest.fixture
def dora(central: RunningCentral, lena: Laptop) -> Laptop:
    """On duty, day and night; no family is hers."""
    deputy = Laptop(central, "Dora Quill", "lead")
    turns = {
        f"rota/0{part}/{name}": value
        for part in ("day", "night")
        for name, value in {
            "worker": deputy.worker,
            "part": part,
            "from": "2026-01-01T00:00:00Z",
            "until": "2027-01-01T00:00:00Z",
        }.items()
    }
    with one(central.owner_dsn) as connection:
        say(connection, [Saying(SETTINGS, "settings", turns)], central.clock())
    deputy.sync()
    return deputy


def raise_concern(laptop: Laptop, urgent: str = "yes", **more: Value) -> None:
    own: dict[str, Value] = {"@kind": "concern", "@scope": SCOPE, "words": "seen at the door", "urgent": urgent}
    laptop.replica.write(CONCERN, "create", own | more, at=AT)


def notices(laptop: Laptop) -> list[tuple[Value, Value, Value]]:
    held = [each.state for each in laptop.replica.base.values() if each.kind == "notice"]
    return sorted((str(told["step"]), told["to"], told["about"]) for told in held)


def test_a_concern_climbs_until_a_named_person_other_than_its_author_has_read_it(
    central: RunningCentral, asha: Laptop, lena: Laptop, dora: Laptop
) -> None:
    raise_concern(asha)
    asha.sync()
    lena.sync()
    assert notices(lena) == [("lead", lena.worker, CONCERN)]
    central.clock.pass_time(minutes=31)
    dora.sync()
    assert notices(dora) == [("duty", dora.worker, CONCERN), ("lead", lena.worker, CONCERN)]
    assert dora.replica.view(CONCERN)["words"] == "seen at the door"
    dora.replica.write(CONCERN, "set", {"acknowledged_by": "Dora Quill", "acknowledged_at": AT})
    dora.sync()
    central.clock.pass_time(hours=9)
    lena.sync()
    assert len(notices(lena)) == 2
    with central.rows() as rows:
        assert rows.execute("select count(*) from clock").fetchone() == (0,)
        lent = rows.execute("select expires from entitlement where worker = %s and held", (dora.worker,)).fetchone()
        assert lent is not None
        assert lent[0] is not None


def test_nobody_says_of_the_own_concern_that_it_was_read_on_any_laptop(
    central: RunningCentral, asha: Laptop, lena: Laptop
) -> None:
    raise_concern(asha)
    asha.sync()
    second = Laptop(central, "Asha Patel")
    second.sync()
    second.replica.write(CONCERN, "set", {"acknowledged_by": "Asha Patel"})
    second.sync()
    assert second.parked() == [("refused", "own-concern")]
    asha.replica.write("d" * 32, "create", {"@kind": "concern", "@scope": SCOPE, "acknowledged_by": "Asha Patel"})
    asha.sync()
    assert asha.parked() == [("refused", "own-concern")]


def test_the_first_who_read_it_stands_with_who_and_when(central: RunningCentral, asha: Laptop, lena: Laptop) -> None:
    ben = Laptop(central, "Ben Carter")
    central.grant("Ben Carter", SCOPE)
    raise_concern(asha)
    asha.sync()
    for laptop in (ben, lena):
        laptop.sync()
    ben.replica.write(CONCERN, "set", {"acknowledged_by": "Ben Carter", "acknowledged_at": "10:00"})
    lena.replica.write(CONCERN, "set", {"acknowledged_by": "Lena Marsh", "acknowledged_at": "09:00"})
    for laptop in (ben, lena, ben):
        laptop.sync()
    told = ben.replica.view(CONCERN)
    assert (told["acknowledged_by"], told["acknowledged_at"]) == ("Ben Carter", "10:00")
    (conflict,) = ben.conflicts()
    assert "Lena Marsh" in str(ben.replica.view(conflict))


def test_a_safeguarding_conflict_ticks_until_people_have_decided(
    central: RunningCentral, asha: Laptop, lena: Laptop
) -> None:
    asha.say(risk_level="high")
    lena.say(risk_level="low")
    for laptop in (asha, lena, asha):
        laptop.sync()
    (conflict,) = asha.conflicts()
    assert notices(asha) == [("holder", asha.worker, conflict)]
    central.clock.pass_time(hours=6)
    asha.sync()
    assert notices(asha) == [("holder", asha.worker, conflict), ("lead", lena.worker, conflict)]
    asha.resolve(conflict, "mine")
    asha.sync()
    central.clock.pass_time(hours=40)
    asha.sync()
    assert len(notices(asha)) == 2


def test_an_acknowledged_notice_keeps_who_and_when_and_stops_the_climb(
    central: RunningCentral, asha: Laptop, lena: Laptop, dora: Laptop
) -> None:
    raise_concern(asha, "no")
    asha.sync()
    lena.sync()
    (notice,) = [record for record, each in lena.replica.base.items() if each.kind == "notice"]
    lena.replica.write(notice, "set", {"acknowledged_by": "Lena Marsh", "acknowledged_at": AT})
    lena.sync()
    central.clock.pass_time(hours=3)
    dora.sync()
    assert notices(dora) == []
    central.clock.pass_time(hours=2)
    dora.sync()
    dora.sync()
    assert ("duty", dora.worker, CONCERN) in notices(dora)
    asha.sync()
    assert asha.replica.view(notice)["acknowledged_by"] == "Lena Marsh"


def test_several_centrals_that_look_at_once_tell_once(central: RunningCentral, asha: Laptop, lena: Laptop) -> None:
    raise_concern(asha)
    asha.sync()

    def look(_: int) -> int:
        with one(central.dsn) as connection:
            return escalation.run_due(connection, central.clock())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(8)))
    lena.sync()
    assert notices(lena) == [("lead", lena.worker, CONCERN)]
    with central.rows() as rows:
        assert escalation.gauges(rows)["concerns_unread"] == 1


def test_no_machine_opens_material_for_named_people(central: RunningCentral, asha: Laptop, dora: Laptop) -> None:
    central.grant("Asha Patel", "restricted:9")
    asha.sync()
    own: dict[str, Value] = {"@kind": "concern", "@scope": "restricted:9", "words": "for few", "urgent": "yes"}
    asha.replica.write(CONCERN, "create", own, at=AT)
    asha.sync()
    central.clock.pass_time(hours=5)
    dora.sync()
    assert (notices(dora), CONCERN in dora.replica.base) == ([], False)
    with central.rows() as rows:
        person = workers.find(rows, "Dora Quill")
        held = rows.execute("select scope from entitlement where worker = %s and held", (person,)).fetchall()
        assert held == []


def test_a_closure_waits_while_a_safeguarding_question_is_open(
    central: RunningCentral, asha: Laptop, lena: Laptop
) -> None:
    asha.say(risk_level="high")
    lena.say(risk_level="low")
    for laptop in (asha, lena, asha):
        laptop.sync()
    asha.say(status="closed")
    asha.replica.write("e" * 32, "create", {"@kind": "closure", "@scope": SCOPE, "@form": "closure@2026.1"}, at=AT)
    asha.sync()
    assert asha.parked() == [("refused", "open-safeguarding")] * 2
    (conflict,) = asha.conflicts()
    asha.resolve(conflict, "mine")
    asha.say(status="closed")
    asha.sync()
    assert asha.replica.view(FAMILY)["status"] == "closed"


def test_whose_proposal_another_value_took_back_is_told(central: RunningCentral, asha: Laptop, lena: Laptop) -> None:
    ben = Laptop(central, "Ben Carter")
    central.grant("Ben Carter", SCOPE)
    for laptop in (ben, asha):
        laptop.sync()
    asha.say(risk_level="high")
    ben.say(risk_level="low")
    for laptop in (asha, ben, asha, lena):
        laptop.sync()
    (conflict,) = ben.conflicts()
    ben.resolve(conflict, "mine")
    ben.sync()
    lena.say(risk_level="immediate")
    lena.sync()
    ben.sync()
    assert ben.conflicts() == {conflict: "open"}
    assert [told for told in notices(ben) if told[0] == "withdrawn"] == [("withdrawn", ben.worker, conflict)]
    notice = next(record for record, each in ben.replica.base.items() if each.state.get("step") == "withdrawn")
    ben.replica.write(notice, "set", {"acknowledged_by": "Ben Carter"})
    ben.sync()
    with central.rows() as found:
        assert found.execute("select acknowledged from clock where about = %s", (conflict,)).fetchone() == (None,)
