"""Attendance is the centre's; a family's chronology shows it, and the centre does not learn whether anybody looks."""

from __future__ import annotations

import pytest

from sync.merge.attendances import attendance_id, projection_id
from sync.server import ledger
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

CENTRE = "centre:0190000000007000800000000000000b"
PERSON, SESSION = "0190000000007000800000000000000c", "0190000000007000800000000000000d"
CAME = attendance_id(SESSION, PERSON)
SHOWN = projection_id(CAME, SCOPE)


class House:
    """A family worker, and a centre where the family's mother comes to a session."""

    def __init__(self, central: RunningCentral) -> None:
        self.central = central
        self.asha, self.marek = Laptop(central, "Asha Patel"), Laptop(central, "Marek Nowak", "centre")
        central.grant("Marek Nowak", CENTRE)
        self.asha.family(name="Okafor")
        self.asha.replica.write(PERSON, "create", {"@kind": "person", "@scope": SCOPE, "given": "Ruth"}, at=AT)
        self.sync()

    def sync(self) -> None:
        for laptop in (self.asha, self.marek) * 2:
            laptop.sync()

    def comes(self, laptop: Laptop | None = None, person: str = PERSON, **more: str) -> None:
        own = {"@kind": "attendance", "@scope": CENTRE, "session": SESSION, "person": person, "status": "present"}
        told = own | {"date": "2026-11-23", "title": "Stay and play"} | more
        (laptop or self.marek).replica.write(attendance_id(SESSION, person), "create", told, at=AT)

    def marks(self, status: str) -> None:
        self.marek.replica.write(CAME, "set", {"status": status}, at=AT)


@pytest.fixture
def house(central: RunningCentral) -> House:
    return House(central)


def test_who_came_shows_in_the_familys_chronology_and_undoing_it_too(house: House) -> None:
    house.comes()
    house.sync()
    shown = {"person": PERSON, "date": "2026-11-23", "title": "Stay and play"}
    assert house.asha.replica.view(SHOWN) == shown | {"came": "present"}
    assert house.asha.replica.base[SHOWN].kind == "attended"
    assert CAME not in house.asha.replica.base
    assert SHOWN not in house.marek.replica.base
    house.marks("undone")
    house.sync()
    assert house.asha.replica.view(SHOWN) == shown | {"came": "undone"}
    with house.central.rows() as rows:
        assert rows.execute("select device, actor from record where id = %s", (SHOWN,)).fetchone() == (
            "central",
            "central",
        )
        ledger.verify(rows)


@pytest.mark.long
def test_ticked_and_undone_in_one_go_it_is_right_and_who_never_came_is_not_shown(house: House) -> None:
    house.comes()
    house.marks("undone")
    house.marks("late")
    house.comes(person="5" * 32, status="absent")
    house.sync()
    assert house.asha.replica.view(SHOWN)["came"] == "present"
    with house.central.rows() as rows:
        assert rows.execute("select count(*) from record where kind = 'attended'").fetchone() == (1,)


@pytest.mark.long
def test_two_laptops_that_tick_the_same_person_show_one_line(house: House, central: RunningCentral) -> None:
    nadia = Laptop(central, "Nadia Rahman", "centre")
    central.grant("Nadia Rahman", CENTRE)
    house.comes()
    house.comes(nadia)
    nadia.sync()
    house.sync()
    assert [each.kind for each in house.asha.replica.base.values()].count("attended") == 1
    assert nadia.parked() == house.marek.parked() == []


@pytest.mark.long
def test_the_centre_is_answered_the_same_whether_a_family_worker_has_the_person_or_not(house: House) -> None:
    with house.marek.line() as line:
        house.comes()
        known = line.push(house.marek.waiting()).receipts[0]
        house.marek.sync()
        house.comes(person="5" * 32)
        unknown = line.push(house.marek.waiting()).receipts[0]
    assert len(known.line()) == len(unknown.line())
    assert (known.outcome, known.reason, known.echo) == (unknown.outcome, unknown.reason, unknown.echo)


@pytest.mark.parametrize("whose", [FAMILY, PERSON])
def test_where_an_address_is_confidential_nothing_is_shown_and_what_was_shown_goes(house: House, whose: str) -> None:
    house.comes()
    house.sync()
    house.asha.replica.write(whose, "set", {"address_confidential": "yes"}, at=AT)
    house.sync()
    assert SHOWN not in house.asha.replica.base
    house.marks("late")
    house.sync()
    house.sync()
    assert SHOWN not in house.asha.replica.base


@pytest.mark.long
def test_nobody_writes_a_projection_and_an_attendance_has_its_natural_key_at_a_centre(house: House) -> None:
    house.comes()
    house.sync()
    house.asha.replica.write(SHOWN, "set", {"came": "undone"}, at=AT)
    house.asha.replica.write("4" * 32, "create", {"@kind": "attended", "@scope": SCOPE, "came": "present"}, at=AT)
    house.asha.replica.write(attendance_id(SESSION, "3" * 32), "create", _attendance(SCOPE, "3" * 32), at=AT)
    house.asha.sync()
    assert [reason for _, reason in house.asha.parked()] == ["not-your-role", "not-your-role", "malformed"]
    house.marek.replica.write("2" * 32, "create", _attendance(CENTRE, "3" * 32), at=AT)
    house.marek.replica.write(CAME, "set", {"person": "3" * 32}, at=AT)
    house.marek.sync()
    assert [reason for _, reason in house.marek.parked()] == ["malformed", "immutable"]


def _attendance(scope: str, person: str) -> dict[str, str]:
    return {"@kind": "attendance", "@scope": scope, "session": SESSION, "person": person, "status": "present"}
