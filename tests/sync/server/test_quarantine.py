"""What was set aside is settled by a lead who holds the family, with its author kept; nobody else learns of it."""

from __future__ import annotations

import pytest

from sync.server import ledger, quarantine
from sync.server.database import one
from sync.server.errors import CannotSettle, NotHeld, NotKnown
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import FAMILY, SCOPE, Laptop

WHY = "The old worker saw it before the family moved."


@pytest.fixture
def moved(central: RunningCentral) -> tuple[Laptop, Laptop]:
    """A worker whose edit came after the family had moved to a lead."""
    asha, lena = Laptop(central, "Asha Patel"), Laptop(central, "Lena Hart", "lead")
    asha.family(name="Okafor", phone="01632 960001")
    asha.sync()
    central.grant("Lena Hart", SCOPE)
    lena.sync()
    asha.say(phone="01632 960002")
    central.withdraw("Asha Patel", SCOPE)
    asha.sync()
    assert asha.parked() == [("quarantined", "moved")]
    return asha, lena


def test_a_change_that_is_taken_becomes_a_version_of_its_authors(
    central: RunningCentral, moved: tuple[Laptop, Laptop]
) -> None:
    asha, lena = moved
    with one(central.dsn) as connection:
        (aside,) = quarantine.waiting(connection, lena.worker)
        assert (aside.reason, aside.scope, "960002" in repr(aside)) == ("moved", SCOPE, False)
        told = quarantine.look(connection, asha.identity.device, 2, lena.worker, central.clock())
        assert told.change.patch == {"phone": "01632 960002"}
        version = quarantine.settle(connection, told, lena.worker, take=True, why=WHY, now=central.clock())
        assert (version, quarantine.counted(connection)) == (2, {})
        with pytest.raises(NotKnown):
            quarantine.look(connection, asha.identity.device, 2, lena.worker, central.clock())
    lena.sync()
    assert lena.replica.view(FAMILY)["phone"] == "01632 960002"
    with central.rows() as rows:
        assert rows.execute("select actor from record where id = %s", (FAMILY,)).fetchone() == (asha.worker,)
        trail = rows.execute("select what from audit where who = %s order by number", (lena.worker,)).fetchall()
        assert [what for (what,) in trail][-3:-1] == ["quarantine-read", "quarantine-take"]
        ledger.verify(rows)


def test_a_taken_change_that_others_contradict_about_safeguarding_is_told_in_time(central: RunningCentral) -> None:
    asha, lena = Laptop(central, "Asha Patel"), Laptop(central, "Lena Hart", "lead")
    asha.family(name="Okafor", risk_level="medium")
    asha.sync()
    central.grant("Lena Hart", SCOPE)
    lena.sync()
    asha.say(risk_level="high")
    central.withdraw("Asha Patel", SCOPE)
    asha.sync()
    lena.say(risk_level="low")
    lena.sync()
    with one(central.dsn) as connection:
        (aside,) = quarantine.waiting(connection, lena.worker)
        quarantine.settle(connection, aside, lena.worker, take=True, why=WHY, now=central.clock())
    with central.rows() as rows:
        assert rows.execute("select kind, scope from clock").fetchall() == [("conflict", SCOPE)]


@pytest.mark.long
def test_what_the_new_team_said_meanwhile_stays_beside_it(
    central: RunningCentral, moved: tuple[Laptop, Laptop]
) -> None:
    lena = moved[1]
    lena.say(phone="01632 960003")
    lena.sync()
    with one(central.dsn) as connection:
        (aside,) = quarantine.waiting(connection, lena.worker)
        quarantine.settle(connection, aside, lena.worker, take=True, why=WHY, now=central.clock())
    lena.sync()
    (conflict,) = lena.conflicts()
    assert {"01632 960002", "01632 960003"} <= set(map(str, lena.replica.view(conflict).values()))


@pytest.mark.long
def test_only_a_lead_who_holds_the_family_sees_and_settles_it(
    central: RunningCentral, moved: tuple[Laptop, Laptop]
) -> None:
    asha = moved[0]
    other = Laptop(central, "Omar Reid", "lead")
    central.grant("Asha Patel", SCOPE)
    with one(central.dsn) as connection:
        assert quarantine.waiting(connection, other.worker) == []
        assert quarantine.counted(connection) == {"moved": 1}
        for somebody in (asha, other):
            with pytest.raises(NotHeld):
                quarantine.look(connection, asha.identity.device, 2, somebody.worker, central.clock())


@pytest.mark.long
def test_what_is_left_is_settled_too_and_what_was_wrong_in_itself_is_never_taken(
    central: RunningCentral, moved: tuple[Laptop, Laptop]
) -> None:
    lena = moved[1]
    central.clock.pass_time(minutes=1)
    lena.replica.write(FAMILY, "set", {"no spaces": "x"})
    lena.sync()
    with one(central.dsn) as connection:
        first, second = quarantine.waiting(connection, lena.worker)
        assert quarantine.settle(connection, first, lena.worker, take=False, why=WHY, now=central.clock()) == 0
        with pytest.raises(CannotSettle, match="malformed"):
            quarantine.settle(connection, second, lena.worker, take=True, why=WHY, now=central.clock())
    lena.sync()
    assert lena.replica.view(FAMILY)["phone"] == "01632 960001"
