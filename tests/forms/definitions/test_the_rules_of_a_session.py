"""The rules a session's register holds: who counts as present, headcounts added up, incidents, sessions not held."""

from __future__ import annotations

import pytest

from tests.forms.definitions.sitting import Sitting

PLAY: dict[str, str | list[str]] = {
    "a/session/kind": "play",
    "a/session/name": "Tuesday play",
    "a/session/venue": "The hall",
    "a/session/held_on": "2026-03-02",
    "a/session/leader": "Sam Centre",
    "a/session/held": "yes",
    "a/planned/bands": ["b0", "b1"],
    "a/planned/open_to": "universal",
    "b/totals/ratio": "yes",
    "c/happened/incident": "no",
    "c/happened/concern": "no",
}


def play(**more: str) -> Sitting:
    """A session that took place."""
    return Sitting("session").say(PLAY | {name.replace("__", "/"): value for name, value in more.items()})


def person(sitting: Sitting, how: str, role: str = "child", **more: str) -> str:
    """A line of the register."""
    told: dict[str, str | list[str]] = {f"person/{name}": value for name, value in more.items()}
    told |= {"person/name": "Robin", "person/role": role, "person/how": how}
    return sitting.row("b/attendance", told)


def test_an_empty_sheet_says_that_nobody_is_present_and_can_be_finished() -> None:
    sitting = play()
    assert sitting.shows("b/totals/nobody")
    assert sitting.interview.violations() == ()


@pytest.mark.parametrize(
    ("how", "counts"),
    [
        ("present", 1), ("late", 1), ("left_early", 1), ("walk_in", 1),
        ("booked", 0), ("told", 0), ("not_told", 0), ("cancelled", 0),
    ],
)  # fmt: skip
def test_who_counts_as_present(how: str, counts: int) -> None:
    sitting = play()
    person(sitting, how)
    assert sitting.value("b/totals/everybody") == str(counts)


def test_two_headcounts_are_added_and_named_people_come_on_top() -> None:
    sitting = play()
    person(sitting, "present", "mother")
    person(sitting, "present", "child")
    for adults, children in (("3", "4"), ("2", "0")):
        sitting.row(
            "b/headcounts", {"headcount/counted_by": "Sam", "headcount/adults": adults, "headcount/children": children}
        )
    assert sitting.value("b/totals/everybody") == "11"
    assert sitting.value("b/totals/grown") == "6"


def test_first_visits_are_counted_only_of_those_who_came() -> None:
    sitting = play()
    person(sitting, "present", first="yes")
    absent = person(sitting, "booked", first="yes")
    assert sitting.value("b/totals/firsts") == "1"
    assert not sitting.shows(f"{absent}/person/first")


def test_a_walk_in_asks_for_little_and_an_expected_family_for_nothing_of_it() -> None:
    sitting = play()
    walked = person(sitting, "walk_in")
    known = person(sitting, "present")
    assert sitting.missing() == {f"{walked}/walk_in/band"}
    assert not sitting.shows(f"{known}/walk_in/band")
    sitting.say({f"{walked}/walk_in/band": "b1", f"{walked}/walk_in/area": "WY1"})
    assert sitting.interview.violations() == ()
    sitting.say({f"{walked}/walk_in/area": "somewhere"})
    assert f"{walked}/walk_in/area" in sitting.wrong()


def test_more_people_than_places_is_told_and_blocks_nothing() -> None:
    sitting = play(a__planned__places="1")
    person(sitting, "present", "mother")
    assert not sitting.shows("b/totals/over")
    person(sitting, "present")
    assert sitting.shows("b/totals/over")
    assert sitting.interview.violations() == ()


def test_a_session_that_was_not_held_asks_why_and_for_no_register() -> None:
    sitting = play(a__session__held="no")
    assert sitting.missing() == {"a/cancelled/why_not", "a/cancelled/told"}
    assert not sitting.shows("b/totals/ratio")
    assert not sitting.shows("c/happened/concern")


def test_an_incident_is_written_down_with_what_was_done() -> None:
    assert play(c__happened__incident="yes").missing() == {"c/happened/what", "c/happened/done"}


@pytest.mark.parametrize("concern", ["yes", "unsure"])
def test_a_concern_shows_the_duty_number(concern: str) -> None:
    sitting = play(c__happened__concern=concern)
    assert sitting.shows("c/happened/ring")
    assert sitting.missing() == {"c/happened/talked"}


@pytest.mark.parametrize(
    ("week", "weeks", "wrong"), [("3", "8", set()), ("9", "8", {"a/session/weeks"}), ("0", "8", {"a/session/week"})]
)
def test_a_course_knows_its_week(week: str, weeks: str, wrong: set[str]) -> None:
    sitting = play(a__session__kind="course").say({"a/session/week": week, "a/session/weeks": weeks})
    assert set(sitting.wrong()) == wrong


def test_weeks_are_asked_of_courses_only() -> None:
    assert not play().shows("a/session/week")


def test_it_cannot_end_before_it_begins() -> None:
    sitting = play(a__session__begins="10:00", a__session__ends="09:30")
    assert set(sitting.wrong()) == {"a/session/ends"}


def test_when_somebody_came_is_asked_of_those_late_or_gone_early() -> None:
    sitting = play()
    late, present = person(sitting, "late"), person(sitting, "present")
    assert sitting.shows(f"{late}/person/at")
    assert not sitting.shows(f"{present}/person/at")
