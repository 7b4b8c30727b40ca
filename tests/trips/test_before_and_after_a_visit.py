"""Around a visit on one laptop: the brief closes when somebody is there, the note is asked for until written."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from fieldkit.commands.practice.council import answers
from fieldkit.errors import Refused
from fieldkit.workspace.views import PersonDetails
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_draft_copies import begun
from tests.trips.test_journey import filed, fill


def test_the_brief_closes_when_somebody_is_in_the_room_and_is_noted_by_the_familys_id(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor", allergies="nuts")
    assert [section.title for section in asha.brief(family)] == ["Allergies"]
    asha.start_visit(family, ["Ngozi"])
    with pytest.raises(Refused):
        asha.brief(family)
    asha.end_visit()
    asha.brief(family)
    told = asha.store.connection.execute("select about from audit where what = 'brief'").fetchall()
    assert told == [(family,), (family,)]


def test_after_a_visit_today_asks_for_its_note_until_one_is_filed(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    asha.start_visit(family, ["Ngozi"])
    assert asha.today().to_record == ()
    asha.end_visit()
    (waits,) = asha.today().to_record
    assert (waits.family_name, waits.draft, waits.due > asha.clock.now()) == ("Okafor", "", True)
    draft = begun(asha, family)
    assert asha.today().to_record[0].draft == draft
    again = laptops.again(asha)
    central.clock.pass_time(days=4)
    assert again.today().to_record[0].due < again.clock.now()


def test_a_visit_that_another_family_got_says_nothing_while_others_are_there(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    one, other = asha.add_family("Okafor"), asha.add_family("Smith")
    asha.start_visit(one, ["Ngozi"])
    asha.end_visit()
    asha.start_visit(other, ["Pat"])
    assert asha.today().to_record == ()


def test_who_is_in_the_room_and_the_timer_outlive_a_lock_and_a_crash(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    asha.start_visit(family, ["Ngozi"], 30)
    assert asha.timer() == "Agreed end in 30 minutes."
    again = laptops.again(asha)
    again.resume_visit()
    assert (again.room.present, again.room.safe, again.visiting) == (("Ngozi",), True, family)
    again.extend_visit()
    assert again.timer() == "Agreed end in 15 minutes."
    again.end_visit()
    assert (again.timer(), again.room.safe) == ("", False)
    other = laptops.again(again)
    other.resume_visit()
    assert other.room.present == ()


def test_a_visit_that_was_never_ended_rings_until_somebody_says_they_are_out(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    asha.start_visit(family, ["Ngozi"], 60)
    central.clock.pass_time(days=2)
    again = laptops.again(asha)
    again.resume_visit()
    assert again.timer().startswith("THE AGREED END IS OVER")
    assert again.room.safe
    again.safe_out()
    third = laptops.again(again)
    third.resume_visit()
    assert (third.room.safe, third.timer()) == (False, "")
    (waits,) = third.today().to_record
    assert waits.due < third.clock.now() + third._record_within()


def test_an_agreed_end_in_the_past_starts_no_visit(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    with pytest.raises(Refused):
        asha.start_visit(family, ["Ngozi"], 0)
    assert (asha.visiting, asha.timer()) == ("", "")


def test_a_concern_without_a_family_goes_to_the_visits_or_the_only_one_with_that_name(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    one, other = asha.add_family("Okafor"), asha.add_family("Smith")
    asha.add_person(other, PersonDetails(given="Ada", surname="Smith"))
    assert asha.record(asha.concern("", "Ada", "a bruise", urgent=True)).scope == f"family:{other}"
    with pytest.raises(Refused, match="Which family"):
        asha.concern("", "Zebedee", "a bruise", urgent=True)
    asha.start_visit(one, ["Ngozi"])
    assert asha.record(asha.concern("", "the baby", "a bruise", urgent=True)).scope == f"family:{one}"


def test_a_filed_note_plans_the_next_visit_and_ends_the_one_it_kept(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = asha.add_family("Okafor")
    today = asha.clock.now().date()
    asha.plan_visit(home, today.isoformat())
    assert [(row.what, row.on) for row in asha.today().due] == [("Visit", today)]
    filed(asha, "visit", home)
    assert asha.today().due == ()
    with pytest.raises(Refused):
        asha.plan_visit(home, "2020-01-01")
    draft = asha.begin("visit", home, carry=False)
    coming = (today + timedelta(days=3)).isoformat()
    fill(asha.draft(draft), {**json.loads(answers("visit")), "e/meaning/next_visit": coming})
    asha.file(draft)
    assert [(row.what, row.on.isoformat()) for row in asha.today().due] == [("Visit", coming)]
