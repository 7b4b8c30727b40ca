"""Two laptops at one door, over a real central: nobody is counted twice, headcounts add up, nothing is a child seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fieldkit import vault
from fieldkit.casework.chronology import COUNTS
from fieldkit.config import QUICK_KDF
from fieldkit.errors import Refused, UnknownRecord
from fieldkit.workspace import Workspace, open_workspace
from fieldkit.workspace.allowed import NotYourRole
from fieldkit.workspace.centre_day import Completed
from fieldkit.workspace.registers import Plan
from fieldkit.workspace.views import PersonDetails
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops

CARAS = "a second long passphrase"
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
    assert {row.person for row in marek.to_complete()} >= {one, other}
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


def test_a_walk_in_completed_is_one_of_a_family_and_counted_once_everywhere(doors: Doors) -> None:
    marek, nina, session, _ = doors
    centre = marek.door(session).session.centre
    baby = marek.walk_in(session, "Kim", "0")
    next_week = marek.plan_session(centre, Plan("Baby group", date(2026, 11, 30)))[0]
    marek.attend(next_week, [baby], "late")
    with pytest.raises(Refused):
        marek.finish_walk_in(baby, Completed(dob="soon"))
    kim = marek.finish_walk_in(baby, Completed(surname="Hill", dob="2026-06-01"))
    both_sync(marek, nina)
    assert nina.to_complete() == []
    central_knows = nina.door(session).book.statuses
    assert (central_knows[kim], central_knows[baby]) == ("present", "undone")
    assert marek.door(next_week).book.statuses[kim] == "late"
    assert (marek.door(session).counts.came, marek.door(session).counts.walk_ins) == (1, 0)
    assert "Hill" in {row.name for row in marek.families()}
    *_, whole = marek.reach(centre, date(2026, 11, 1), date(2026, 11, 30))
    assert (whole.children, whole.new, whole.ageless) == (1, 1, 0)
    with pytest.raises(Refused):
        marek.finish_walk_in(baby, Completed())


def test_a_walk_in_who_was_known_before_is_offered_by_sound_and_joined_only_by_a_person(doors: Doors) -> None:
    marek, _, session, people = doors
    marek.attend(session, [people["Ngozi"]])
    again = marek.walk_in(session, "Ngosi", "adult")
    assert marek.perhaps_known(again).perhaps == ((people["Ngozi"], "Ngozi, Okafor"),)
    assert marek.door(session).counts.came == 2
    with pytest.raises(Refused):
        marek.finish_walk_in(again, Completed(known=again))
    assert marek.finish_walk_in(again, Completed(known=people["Ngozi"])) == people["Ngozi"]
    assert marek.door(session).counts.came == 1
    assert again not in {each.id for each in marek.door(session).attenders}


def test_a_walk_in_whose_age_was_a_band_counts_for_reach_and_one_taken_back_waits_for_nobody(doors: Doors) -> None:
    marek, _, session, _ = doors
    marek.walk_in(session, "Kim", "3")
    marek.walk_in(session, "Big", "5")
    wrong = marek.walk_in(session, "Wrong", "1")
    marek.attend(session, [wrong], "undone")
    centre = marek.door(session).session.centre
    *_, whole = marek.reach(centre, date(2026, 11, 1), date(2026, 11, 30))
    assert (whole.children, whole.ageless) == (1, 0)
    assert {row.name for row in marek.to_complete(centre)} == {"Kim", "Big"}


def test_booking_a_course_books_every_week_from_now_and_leaves_who_came_alone(doors: Doors) -> None:
    marek, _, _, people = doors
    centre = marek.centres()[0].id
    weeks = marek.plan_session(centre, Plan("Massage", date(2026, 11, 23), weeks=4))
    marek.attend(weeks[2], [people["Ada"]])
    before = marek.book(weeks[1], list(people.values()))
    assert list(before) == weeks[1:]
    assert marek.door(weeks[0]).book.statuses == {}
    assert marek.door(weeks[2]).book.statuses == {people["Ada"]: "present", people["Ngozi"]: "booked"}
    assert marek.door(weeks[3]).counts.of == 2


def test_an_evacuation_counts_the_whole_building_and_its_file_is_new_private_and_audited(
    doors: Doors, tmp_path: Path
) -> None:
    marek, _, session, people = doors
    centre = marek.door(session).session.centre
    (other,) = marek.plan_session(centre, Plan("Clinic", date(2026, 11, 23)))
    marek.edit(people["Ada"], {"allergies": "nuts"})
    marek.attend(session, [people["Ada"]])
    marek.attend(other, [people["Ngozi"]])
    marek.count_unnamed(other, 2, 0)
    groups = marek.in_building(session)
    assert [(group.name, len(group.people), group.unnamed) for group in groups] == [
        ("Baby group", 1, 0),
        ("Clinic", 1, 2),
    ]
    file = tmp_path / "list.txt"
    with pytest.raises(Refused):
        marek.write_in_now(session, file, " ")
    assert not file.exists()
    assert marek.write_in_now(session, file, "fire drill") == 4
    assert "[ ] Ada (child, 2)  allergies: nuts" in file.read_text("utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.kind for each in marek.exports_left()] == ["in-now"]
    with pytest.raises(Refused):
        marek.write_in_now(session, file, "again")


def test_reach_as_a_file_is_a_picture_or_a_table_by_its_ending(doors: Doors, tmp_path: Path) -> None:
    marek, _, session, people = doors
    marek.attend(session, [people["Ada"]])
    centre, period = marek.door(session).session.centre, (date(2026, 11, 1), date(2026, 11, 30))
    marek.write_reach(centre, period, tmp_path / "reach.csv", "quarterly return")
    assert (tmp_path / "reach.csv").read_text("utf-8").splitlines()[1] == "2026-11,1,1,0,0"
    marek.write_reach(centre, period, tmp_path / "reach.svg", "quarterly return")
    assert ElementTree.parse(tmp_path / "reach.svg").getroot().tag.endswith("svg")
    with pytest.raises(Refused):
        marek.write_reach(centre, period, tmp_path / "reach.pdf", "quarterly return")


def test_while_a_family_is_visited_no_register_opens_and_somebody_elses_is_unknown(doors: Doors) -> None:
    marek, _, session, _ = doors
    with pytest.raises(UnknownRecord):
        marek.door("0" * 32)
    marek.start_visit(marek.families()[0].id, ["Ngozi"])
    for look in (marek.door, marek.in_now, marek.in_building):
        with pytest.raises(Refused):
            look(session)
    assert marek.to_complete() == []


def test_an_undo_takes_nothing_back_that_another_laptop_saw(doors: Doors) -> None:
    marek, nina, session, people = doors
    ada, ngozi = people["Ada"], people["Ngozi"]
    marek.attend(session, [ada])
    for person in (ada, ngozi):
        nina.unmark(session, nina.attend(session, [person]))
    marek.attend(session, [ngozi])
    assert nina.in_now(session) == []
    both_sync(marek, nina)
    for laptop in (marek, nina):
        assert {row.name for row in laptop.in_now(session)} == {"Ada", "Ngozi"}
    nina.attend(session, [ada], "undone")
    marek.unmark(session, {ngozi: "booked"})
    both_sync(marek, nina)
    assert marek.door(session).book.statuses == {ada: "undone", ngozi: "booked"}
    family = next(row.id for row in marek.families() if row.name == "Okafor")
    assert [event for event in marek.family(family).chronology if event.kind == "attended"] == []


def test_who_only_keeps_the_register_has_the_whole_door_and_nothing_of_families(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel", "centre")
    family = asha.add_family("Okafor")
    ada = asha.add_person(family, PersonDetails(given="Ada", surname="Okafor", dob="2024-08-01", relation="child"))
    (session,) = asha.plan_session(asha.add_centre("Arbury"), Plan("Baby group", date(2026, 11, 23)))
    asha.add_person_here(vault.Person("", "CD", vault.REGISTER), CARAS)
    home = asha.vault.home
    asha.close()
    cara = open_workspace(home, CARAS, clock=laptops.clock, kdf=QUICK_KDF, door=vault.Door("CD"))
    laptops.open.append(cara)
    cara.book(session, [ada])
    cara.unmark(session, cara.attend(session, [ada], "late"))
    new = cara.walk_in(session, "Zofia", "adult")
    cara.count_unnamed(session, 1, 2)
    assert [row.name for row in cara.in_now(session)] == ["Zofia"]
    assert cara.door(session).book.statuses == {ada: "booked", new: "present"}
    assert [row.person for row in cara.to_complete()] == [new]
    for look in (lambda: cara.finish_walk_in(new, Completed()), lambda: cara.perhaps_known(new), cara.families):
        with pytest.raises(NotYourRole):
            look()
    written = cara.store.records.get(new)
    assert written is not None
    assert written.kind == "person"
