"""A family is parted in two: what both lived through is shared, and from then on nothing of one reaches the other."""

from __future__ import annotations

from datetime import date

import pytest

from sync.changes import Value
from sync.merge import row_of_device
from sync.merge.attendances import attendance_id, projection_id
from sync.merge.splitting import copy_id
from sync.server import glass, ledger, splits
from sync.server.database import one
from sync.server.errors import NotHeld, NotKnown
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import FAMILY, SCOPE, Laptop

MOTHER, FATHER, CHILD, NOTE, LATER = (f"019000000000700080000000000000{n:02x}" for n in range(0xC1, 0xC6))
BEFORE, AFTER = "2026-11-10T09:00:00+00:00", "2026-11-21T09:00:00+00:00"
DAY = date(2026, 11, 20)
CENTRE, SESSION = f"centre:{'b' * 32}", "d" * 32


class Home:
    """A family of three that Asha holds with a lead, before the mother goes to a refuge with the help of Carla."""

    def __init__(self, central: RunningCentral) -> None:
        self.central = central
        self.asha, self.carla = Laptop(central, "Asha Patel"), Laptop(central, "Carla Diaz")
        self.lena = Laptop(central, "Lena Hart", "lead")
        family = {"name": "Okafor", "address": "1 Mill Lane", "phone": "01632 960001", "summary": "Three live here."}
        self.write(FAMILY, "family", BEFORE, **family)
        for person, given in ((MOTHER, "Ruth"), (FATHER, "Sam"), (CHILD, "Eli")):
            self.write(person, "person", BEFORE, given=given, family=FAMILY)
        self.write(NOTE, "visit", BEFORE, **{"c/facts/arrival": "All three were in.", "about": MOTHER})
        self.write(LATER, "visit", AFTER, **{"c/facts/arrival": "She was gone."})
        self.asha.sync()
        central.grant("Lena Hart", SCOPE)
        self.sync()

    def write(self, record: str, kind: str, at: str, **told: Value) -> None:
        self.asha.replica.write(record, "create", {"@kind": kind, "@scope": SCOPE, **told}, at=at)

    def sync(self) -> None:
        for laptop in (self.asha, self.carla, self.lena) * 2:
            laptop.sync()

    def split(self, *moved: str, by: str = "", **more: tuple[str, ...]) -> splits.Parting:
        order = splits.Order(
            FAMILY, DAY, moved, to=(self.carla.worker,), by=by or self.lena.worker, reason="a refuge", **more
        )
        with one(self.central.owner_dsn) as connection:
            return splits.split(connection, order, self.central.clock())


@pytest.fixture
def home(central: RunningCentral) -> Home:
    return Home(central)


def words(laptop: Laptop, scope: str) -> str:
    return " ".join(str(each.state) for each in laptop.replica.base.values() if each.scope == scope)


def test_who_goes_leaves_the_old_devices_and_history_up_to_the_day_goes_along(home: Home) -> None:
    new = home.split(MOTHER, linked=(CHILD,))
    home.sync()
    assert MOTHER not in home.asha.replica.base
    assert {FATHER, CHILD, NOTE, LATER} <= set(home.asha.replica.base)
    carla = home.carla.replica
    assert carla.view(MOTHER) == {"given": "Ruth", "family": new.family}
    copy = copy_id(NOTE, new.new)
    assert carla.view(copy) == {"c/facts/arrival": "All three were in.", "about": MOTHER, "origin": NOTE}
    assert carla.view(copy_id(CHILD, new.new)) == {"person": CHILD, "given": "Eli"}
    assert {FATHER, CHILD, NOTE, LATER, copy_id(LATER, new.new)}.isdisjoint(carla.base)
    with home.central.rows() as rows:
        assert rows.execute("select actor, device from record where id = %s", (copy,)).fetchone() == (
            home.asha.worker,
            "central",
        )
        assert rows.execute("select 1 from audit where what in ('mend', 'digest')").fetchall() == []
        ledger.verify(rows)


def test_where_the_old_home_is_does_not_go_along_and_where_the_new_one_is_never_comes_back(home: Home) -> None:
    new = home.split(MOTHER)
    home.sync()
    card = home.carla.replica.view(new.family)
    assert (card["name"], card["address_confidential"], card["origin"]) == ("Okafor", "yes", FAMILY)
    assert "Mill Lane" not in words(home.carla, new.new)
    assert "960001" not in words(home.carla, new.new)
    home.carla.replica.write(new.family, "set", {"address": "9 Hidden Road"}, at=AFTER)
    home.carla.replica.write(MOTHER, "set", {"household": "9 Hidden Road"}, at=AFTER)
    home.asha.replica.write(FATHER, "set", {"note": "He is looking for her."}, at=AFTER)
    home.sync()
    home.sync()
    everything = " ".join(str(each) for each in home.asha.replica.base.values())
    assert "Hidden" not in everything
    assert new.new not in everything
    assert new.family not in everything
    assert "looking" not in words(home.carla, new.new)


@pytest.mark.long
def test_what_was_changed_after_the_day_goes_along_as_it_was_on_the_day(home: Home) -> None:
    home.asha.replica.write(NOTE, "set", {"c/facts/arrival": "Only he was in."}, at=AFTER)
    home.asha.replica.write(FAMILY, "set", {"summary": "Two live here."}, at=AFTER)
    home.sync()
    new = home.split(MOTHER)
    home.sync()
    assert home.carla.replica.view(copy_id(NOTE, new.new))["c/facts/arrival"] == "All three were in."
    assert home.carla.replica.view(new.family)["summary"] == "Three live here."
    assert home.asha.replica.view(NOTE)["c/facts/arrival"] == "Only he was in."
    assert new.unproven == []


@pytest.mark.long
def test_what_people_disagree_about_goes_along_with_its_person(home: Home) -> None:
    for laptop, said in ((home.asha, "yes"), (home.lena, "no")):
        laptop.replica.write(MOTHER, "set", {"safe_to_contact": said}, at=BEFORE)
    home.sync()
    (conflict,) = home.asha.conflicts()
    home.split(MOTHER)
    home.sync()
    assert home.asha.conflicts() == {}
    assert list(home.carla.conflicts()) == [conflict]
    home.carla.resolve(conflict, row_of_device(home.lena.identity.device))
    home.sync()
    assert home.carla.parked() == []


@pytest.mark.long
def test_an_unsent_edit_of_who_went_is_kept_for_a_person_and_tells_nothing(home: Home) -> None:
    home.asha.replica.write(MOTHER, "set", {"note": "Her sister rang."}, at=AFTER)
    home.split(MOTHER)
    home.sync()
    assert home.asha.parked() == [("refused", "unknown-record")]
    assert home.carla.replica.view(MOTHER).get("note") is None


@pytest.mark.long
def test_sessions_up_to_the_day_are_shared_and_later_ones_show_nowhere(home: Home) -> None:
    marek = Laptop(home.central, "Marek Nowak", "centre")
    home.central.grant("Marek Nowak", CENTRE)
    early, late = (attendance_id(session, MOTHER) for session in (SESSION, "e" * 32))
    for session, day in ((SESSION, "2026-11-10"), ("e" * 32, "2026-11-22")):
        own = {"@kind": "attendance", "@scope": CENTRE, "session": session, "person": MOTHER, "status": "present"}
        marek.replica.write(attendance_id(session, MOTHER), "create", own | {"date": day, "title": "Play"}, at=AFTER)
    marek.sync()
    new = home.split(MOTHER)
    home.sync()
    ours, theirs = home.asha.replica.base, home.carla.replica.base
    assert projection_id(early, SCOPE) in ours
    assert projection_id(late, SCOPE) not in ours
    assert projection_id(early, new.new) in theirs
    assert projection_id(late, new.new) not in theirs
    for attendance in (early, late):
        marek.replica.write(attendance, "set", {"status": "undone", "title": "At the refuge"}, at=AFTER)
    marek.sync()
    home.sync()
    home.sync()
    assert home.asha.replica.view(projection_id(early, SCOPE))["came"] == "undone"
    assert "refuge" not in str(ours.values())
    assert home.carla.replica.view(projection_id(early, new.new))["came"] == "undone"
    assert {projection_id(late, SCOPE), projection_id(late, new.new)}.isdisjoint({*ours, *theirs})


@pytest.mark.long
def test_only_a_lead_who_holds_the_family_parts_it_and_only_by_who_is_in_it(home: Home) -> None:
    other = Laptop(home.central, "Omar Reid", "lead")
    for by in (other.worker, home.asha.worker):
        with pytest.raises(NotHeld):
            home.split(MOTHER, by=by)
    for moved in ((), ("5" * 32,), (FAMILY,)):
        with pytest.raises(NotKnown):
            home.split(*moved)
    home.split(MOTHER)
    with pytest.raises(NotKnown):
        home.split(MOTHER)


@pytest.mark.long
def test_a_lead_who_was_lent_the_family_by_glass_does_not_part_it(home: Home) -> None:
    other = Laptop(home.central, "Omar Reid", "lead")
    with one(home.central.dsn) as connection:
        glass.shatter(connection, other.worker, SCOPE, "The duty deputy must know.", home.central.clock())
    with pytest.raises(NotHeld):
        home.split(MOTHER, by=other.worker)
