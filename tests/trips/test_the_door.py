"""Two laptops at one door, over a real central: nobody is counted twice, headcounts add up, nothing is a child seen."""

from __future__ import annotations

from datetime import date

import pytest

from fieldkit.casework.chronology import COUNTS
from fieldkit.errors import Refused
from fieldkit.workspace import Workspace
from fieldkit.workspace.registers import Plan
from fieldkit.workspace.views import PersonDetails
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops

Doors = tuple[Workspace, Workspace, str, dict[str, str]]


@pytest.fixture
def doors(laptops: Laptops, central: RunningCentral) -> Doors:
    """Two laptops of the centre that hold one family and a baby group: marek, nina, session, people by name."""
    marek, nina = laptops.of("Marek Nowak", "centre"), laptops.of("Nina Bell", "centre")
    family = marek.add_family("Okafor")
    people = {
        name: marek.add_person(family, PersonDetails(given=name, surname="Okafor", dob=dob, relation=relation))
        for name, dob, relation in (("Ngozi", "1992-03-04", "mother"), ("Ada", "2024-08-01", "child"))
    }
    centre = marek.add_centre("Arbury")
    (session,) = marek.plan_session(centre, Plan("Baby group", date(2026, 11, 23), "13:30", places=15))
    marek.attend(session, list(people.values()), "booked")
    marek.sync()
    central.grant("Nina Bell", f"family:{family}", f"centre:{centre}")
    nina.sync()
    return marek, nina, session, people


def both_sync(marek: Workspace, nina: Workspace) -> None:
    for _ in range(2):
        marek.sync()
        nina.sync()


def test_two_laptops_that_tick_the_same_people_count_them_once(doors: Doors) -> None:
    marek, nina, session, people = doors
    marek.attend(session, list(people.values()))
    nina.attend(session, [people["Ada"]], "late")
    nina.attend(session, [people["Ngozi"]])
    both_sync(marek, nina)
    for laptop in (marek, nina):
        counts = laptop.door(session).counts
        assert (counts.came, counts.of, counts.adults, counts.children, counts.under_fives) == (2, 2, 1, 1, 1)
    assert marek.door(session).book.statuses == nina.door(session).book.statuses


def test_headcounts_of_two_laptops_are_added_and_each_changes_only_its_own(doors: Doors) -> None:
    marek, nina, session, _ = doors
    marek.count_unnamed(session, 1, 2)
    nina.count_unnamed(session, 0, 3)
    both_sync(marek, nina)
    nina.count_unnamed(session, 1, 3)
    both_sync(marek, nina)
    assert [laptop.door(session).counts.unnamed for laptop in (marek, nina)] == [7, 7]
    with pytest.raises(Refused):
        marek.count_unnamed(session, -1, 0)


def test_undoing_on_one_laptop_reaches_the_other_and_leaves_the_booking_as_it_was(doors: Doors) -> None:
    marek, nina, session, people = doors
    before = marek.attend(session, [people["Ada"]])
    both_sync(marek, nina)
    assert nina.door(session).counts.came == 1
    for person, status in before.items():
        marek.attend(session, [person], status)
    both_sync(marek, nina)
    assert nina.door(session).book.statuses[people["Ada"]] == "booked"
    assert nina.door(session).counts.came == 0


def test_a_walk_in_takes_a_name_and_an_age_and_waits_to_be_completed(doors: Doors) -> None:
    marek, nina, session, _ = doors
    one, other = marek.walk_in(session, "Sofia", "adult"), nina.walk_in(session, "Sophia", "adult")
    marek.walk_in(session, "Baby", "0")
    both_sync(marek, nina)
    door = nina.door(session)
    assert (door.counts.walk_ins, door.counts.adults, door.counts.under_fives, door.counts.first_time) == (3, 2, 1, 3)
    assert {id for id, _, _ in marek.to_complete()} >= {one, other}
    with pytest.raises(Refused):
        marek.walk_in(session, "  ", "adult")


def test_being_at_a_group_stands_in_the_familys_chronology_and_is_nobodys_child_seen(doors: Doors) -> None:
    marek, nina, session, people = doors
    marek.attend(session, list(people.values()))
    both_sync(marek, nina)
    family = next(row.id for row in nina.families() if row.name == "Okafor")
    page = nina.family(family)
    assert [event.kind for event in page.chronology].count("attended") == 2
    assert not {event.seen for event in page.chronology} & COUNTS
    assert page.notes == ()


def test_last_time_and_reach_are_known_from_earlier_sessions_of_the_same_name(doors: Doors) -> None:
    marek, nina, session, people = doors
    marek.attend(session, list(people.values()))
    centre = marek.door(session).session.centre
    course = marek.plan_session(centre, Plan("Baby group", date(2026, 11, 30), weeks=3))
    assert marek.door(course[0]).book.last_time == set(people.values())
    assert marek.door(course[1]).book.last_time == frozenset()
    for week in course[:2]:
        marek.attend(week, [people["Ada"]])
    *_, whole = marek.reach(centre, date(2026, 11, 1), date(2026, 12, 31))
    assert (whole.children, whole.new, whole.sustained) == (1, 1, 1)
    both_sync(marek, nina)
    assert nina.door(course[1]).counts.first_time == 0


def test_who_is_in_now_names_children_first_and_hides_a_protected_family(doors: Doors) -> None:
    marek, _, session, people = doors
    family = marek.families()[0].id
    marek.edit(people["Ada"], {"allergies": "nuts", "may_collect": "Ngozi only"})
    marek.attend(session, list(people.values()))
    rows = marek.in_now(session)
    assert [(row.name, row.allergies, row.collect) for row in rows] == [
        ("Ada", "nuts", "Ngozi only"),
        ("Ngozi", "", ""),
    ]
    marek.edit(family, {"address_confidential": "yes"})
    assert [row.name for row in marek.in_now(session)] == ["A.O.", "N.O."]
    marek.attend(session, [people["Ada"]], "left")
    assert [row.name for row in marek.in_now(session)] == ["N.O."]
