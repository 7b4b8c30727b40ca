"""A family goes from hand to hand by offer and answer, over the ordinary line, and by nobody's say alone."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from sync.changes import Value
from sync.server import entitlement, glass, handovers, workers
from sync.server.database import one
from sync.server.errors import NotHeld, NotKnown
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

OFFER = "0190000000007000800000000000000f"


class Team:
    """A holder, two who may receive, and a lead who holds the family too."""

    def __init__(self, central: RunningCentral) -> None:
        self.central = central
        self.asha = Laptop(central, "Asha Patel")
        self.ben = Laptop(central, "Ben Carter")
        self.carla = Laptop(central, "Carla Diaz")
        self.lena = Laptop(central, "Lena Hart", "lead")
        self.asha.family(name="Okafor")
        self.asha.sync()
        central.grant("Lena Hart", SCOPE)
        self.sync()

    def sync(self) -> None:
        for laptop in (self.asha, self.ben, self.carla, self.lena) * 2:
            laptop.sync()

    def holders(self) -> list[str]:
        laptops = (self.asha, self.ben, self.carla, self.lena)
        return [laptop.worker for laptop in laptops if FAMILY in laptop.replica.base]

    def trail(self, what: str) -> list[tuple[str, str]]:
        with self.central.rows() as rows:
            return rows.execute("select who, about from audit where what = %s order by number", (what,)).fetchall()


@pytest.fixture
def team(central: RunningCentral) -> Team:
    return Team(central)


def offer(by: Laptop, giver: Laptop, *to: Laptop, **more: Value) -> None:
    own = {"@kind": "handover", "@scope": f"handover:{OFFER}", "status": "offered", "way": "transfer"}
    told: dict[str, Value] = {
        "family": SCOPE,
        "from": giver.worker,
        "by": by.worker,
        "to": [each.worker for each in to],
    }
    by.replica.write(OFFER, "create", own | told | more, at=AT)


def answer(by: Laptop, status: str, **more: str) -> None:
    by.replica.write(OFFER, "set", {"status": status, **more}, at=AT)


def test_the_holder_keeps_a_family_until_it_is_accepted_and_then_it_is_the_receivers(team: Team) -> None:
    offer(team.asha, team.asha, team.ben)
    team.sync()
    assert team.holders() == [team.asha.worker, team.lena.worker]
    seen = team.ben.replica.view(OFFER)
    assert (seen["by"], seen["family"], "Okafor" in json.dumps(seen)) == (team.asha.worker, SCOPE, False)
    assert OFFER not in team.carla.replica.base
    answer(team.ben, "accepted")
    team.sync()
    assert team.holders() == [team.ben.worker, team.lena.worker]
    assert team.asha.replica.view(OFFER)["status"] == "accepted"
    assert team.trail("transfer") == [(team.asha.worker, f"{team.asha.worker} {team.ben.worker} {SCOPE} ")]
    assert team.asha.parked() == team.ben.parked() == []


@pytest.mark.long
def test_with_an_overlap_both_hold_it_until_the_day_is_over(team: Team) -> None:
    offer(team.asha, team.asha, team.ben, until="2026-11-25")
    team.sync()
    answer(team.ben, "accepted")
    team.sync()
    assert team.holders() == [team.asha.worker, team.ben.worker, team.lena.worker]
    team.central.clock.pass_time(days=3)
    team.sync()
    assert team.holders() == [team.ben.worker, team.lena.worker]


@pytest.mark.long
def test_who_covers_gives_it_back_by_the_clock_and_the_absent_worker_keeps_it(team: Team) -> None:
    offer(team.lena, team.asha, team.carla, team.ben, way="cover", until="2026-12-01")
    team.sync()
    answer(team.carla, "accepted")
    team.sync()
    assert team.holders() == [team.asha.worker, team.carla.worker, team.lena.worker]
    assert team.trail("cover") == [(team.lena.worker, f"{team.carla.worker} {SCOPE} {team.asha.worker} 2026-12-01")]
    team.central.clock.pass_time(days=9)
    team.sync()
    assert team.holders() == [team.asha.worker, team.lena.worker]


@pytest.mark.long
def test_a_declined_offer_says_why_and_changes_nothing(team: Team) -> None:
    offer(team.asha, team.asha, team.ben)
    team.sync()
    answer(team.ben, "declined")
    answer(team.ben, "declined", reason="I know the father.")
    team.sync()
    assert team.ben.parked() == [("refused", "malformed")]
    assert team.asha.replica.view(OFFER)["reason"] == "I know the father."
    assert team.holders() == [team.asha.worker, team.lena.worker]


def test_of_two_answers_the_first_to_reach_central_counts_whoever_gave_them(team: Team) -> None:
    offer(team.asha, team.asha, team.ben, team.carla)
    team.sync()
    answer(team.asha, "withdrawn")
    answer(team.ben, "accepted")
    answer(team.carla, "accepted")
    team.ben.sync()
    team.sync()
    assert (team.carla.parked(), team.asha.parked()) == ([("refused", "settled")], [("refused", "settled")])
    assert team.holders() == [team.ben.worker, team.lena.worker]


@pytest.mark.long
def test_an_offer_that_was_overtaken_gives_nothing(team: Team) -> None:
    offer(team.asha, team.asha, team.ben)
    team.sync()
    team.central.withdraw("Asha Patel", SCOPE)
    answer(team.ben, "accepted")
    team.sync()
    assert (team.ben.parked(), team.holders()) == ([("refused", "settled")], [team.lena.worker])


def test_nobody_offers_what_is_not_theirs_or_in_anothers_place_or_to_somebody_who_holds_nothing(team: Team) -> None:
    admin = Laptop(team.central, "Tom Frost", "admin")
    offer(team.carla, team.asha, team.carla)
    offer(team.asha, team.lena, team.ben)
    offer(team.asha, team.asha, admin)
    offer(team.asha, team.asha, team.ben, name="Okafor")
    offer(team.lena, team.lena, team.ben, family=f"restricted:{FAMILY}")
    team.sync()
    assert [reason for _, reason in team.carla.parked()] == ["not-entitled"]
    assert [reason for _, reason in team.asha.parked()] == ["not-your-role", "unknown-worker", "malformed"]
    assert [reason for _, reason in team.lena.parked()] == ["malformed"]
    with team.central.rows() as rows:
        assert rows.execute("select 1 from scope where id like 'handover:%'").fetchall() == []


@pytest.mark.long
def test_only_who_it_is_offered_to_accepts(team: Team) -> None:
    offer(team.asha, team.asha, team.ben)
    team.sync()
    answer(team.asha, "accepted")
    answer(team.carla, "accepted")
    team.asha.replica.write(OFFER, "set", {"to": [team.asha.worker]}, at=AT)
    team.sync()
    assert [reason for _, reason in team.asha.parked()] == ["not-your-role", "immutable"]
    assert [reason for _, reason in team.carla.parked()] == ["unknown-record"]
    assert team.holders() == [team.asha.worker, team.lena.worker]


@pytest.mark.long
def test_what_the_old_holder_saw_before_is_a_late_entry_and_what_was_edited_is_set_aside(team: Team) -> None:
    offer(team.asha, team.asha, team.ben)
    team.sync()
    answer(team.ben, "accepted")
    team.ben.sync()
    note = "0190000000007000800000000000001a"
    own = {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": "He opened the door himself."}
    team.asha.replica.write(note, "create", own, at="2026-11-23T08:00:00+00:00")
    team.asha.say(name="Okafor-Obi")
    team.sync()
    assert team.ben.replica.view(note)["c/facts/arrival"] == "He opened the door himself."
    assert ("quarantined", "moved") in team.asha.parked()
    assert team.ben.replica.view(FAMILY)["name"] == "Okafor"


@pytest.mark.long
def test_a_lead_lets_somebody_cover_all_an_absent_worker_holds_but_never_what_is_for_named_people(
    team: Team,
) -> None:
    restricted, address = f"restricted:{'e' * 32}", f"address:{'e' * 32}"
    team.central.grant("Asha Patel", restricted, address)
    with one(team.central.dsn) as connection:
        asha, ben, lena = (workers.find(connection, name) for name in ("Asha Patel", "Ben Carter", "Lena Hart"))
        until, now = date(2026, 11, 30), team.central.clock()
        assert handovers.cover(connection, asha, ben, until, lena, now) == [SCOPE]
        with pytest.raises(NotHeld):
            handovers.cover(connection, asha, ben, until, lena, now)
        with pytest.raises(NotKnown):
            handovers.cover(connection, asha, team.carla.worker, until, asha, now)
    team.sync()
    assert team.holders() == [team.asha.worker, team.ben.worker, team.lena.worker]
    team.central.clock.pass_time(days=8)
    team.sync()
    assert team.holders() == [team.asha.worker, team.lena.worker]


def test_a_lead_who_broke_the_glass_cannot_keep_the_family_by_an_offer_to_themselves(team: Team) -> None:
    mara = Laptop(team.central, "Mara Quinn", "lead")
    with one(team.central.dsn) as connection:
        glass.shatter(connection, mara.worker, SCOPE, "The duty deputy must know.", team.central.clock())
    mara.sync()
    offer(mara, team.asha, mara)
    answer(mara, "accepted")
    mara.sync()
    assert [reason for _, reason in mara.parked()] == ["not-entitled", "unknown-record"]
    team.central.clock.pass_time(hours=30)
    mara.sync()
    team.sync()
    assert FAMILY not in mara.replica.base
    assert team.holders() == [team.asha.worker, team.lena.worker]


def test_what_is_held_for_a_time_is_given_to_nobody_for_longer(team: Team) -> None:
    now = team.central.clock()
    with one(team.central.dsn) as connection:
        entitlement.grant(connection, team.ben.worker, [SCOPE], team.lena.worker, now, now + timedelta(days=2))
    team.sync()
    offer(team.ben, team.ben, team.carla)
    team.sync()
    assert (team.ben.parked(), OFFER in team.carla.replica.base) == ([("refused", "not-entitled")], False)
    with one(team.central.dsn) as connection:
        until = now.date() + timedelta(days=30)
        handovers.cover(connection, team.ben.worker, team.carla.worker, until, team.lena.worker, now)
    team.sync()
    assert FAMILY in team.carla.replica.base
    team.central.clock.pass_time(days=3)
    team.sync()
    assert team.holders() == [team.asha.worker, team.lena.worker]


@pytest.mark.parametrize("until", ["9999-12-31", pytest.param("0001-01-01", marks=pytest.mark.long)])
def test_an_offer_to_the_end_of_time_can_be_answered(team: Team, until: str) -> None:
    offer(team.asha, team.asha, team.ben, way="cover", until=until)
    team.sync()
    answer(team.ben, "accepted")
    team.sync()
    assert (team.asha.replica.view(OFFER)["status"], team.ben.parked()) == ("accepted", [])
    assert (team.ben.worker in team.holders()) == (until > "2026")
