"""The life of an episode: every state reached, late arrivals put in their place, rules kept, advice said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.casework.episodes import STATES, STEPS, Event, advice, episode, explained, line, refusal
from fieldkit.casework.happened import TELLERS, Written, events

DAY = date(2026, 9, 1)


def at(*told: tuple[str, int]) -> list[Event]:
    return [Event(what, DAY + timedelta(days=days), f"{number}") for number, (what, days) in enumerate(told)]


WHOLE = (
    ("enquiry", 0),
    ("index check", 1),
    ("agreement asked", 2),
    ("begun", 3),
    ("assessed", 10),
    ("lead agreed", 11),
    ("planned", 15),
    ("reviewed", 57),
    ("review ends", 99),
    ("closed", 100),
    ("sustained", 290),
    ("retention", 291),
    ("disposal", 3000),
    ("disposed", 3001),
)


def test_the_whole_life_goes_through_every_state_of_the_main_line() -> None:
    told = episode(at(*WHOLE))
    assert told.state == "disposed"
    assert [each.after for each in told.history] == [STEPS[what].to for what, _ in WHOLE]
    assert all(each.counted for each in told.history)


@given(st.permutations(at(*WHOLE, ("hold", 200), ("restricted", 40), ("lead changed", 50), ("planned", 5))))
def test_the_order_in_which_events_arrive_changes_nothing(arrived: list[Event]) -> None:
    assert episode(arrived) == episode(sorted(arrived, key=lambda one: one.on))
    assert episode([*arrived, *arrived]) == episode(arrived)


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 400)), max_size=20))
def test_any_events_lead_to_a_known_state_and_each_explains_itself(told: list[tuple[str, int]]) -> None:
    found = episode(at(*told))
    assert found.state in {"", *STATES}
    assert len(explained(found)) == len(found.history)
    assert all(each.why for each in found.history)
    assert all(each.counted or each.before == each.after for each in found.history)


def test_every_step_names_states_that_there_are() -> None:
    assert {step.to for step in STEPS.values()} <= {"", *STATES}
    assert {source for step in STEPS.values() for source in step.sources} <= {"", *STATES}
    assert {step.to for step in STEPS.values()} == {"", *STATES}


def test_a_withdrawal_that_arrives_late_takes_its_place_and_says_when_it_was_written() -> None:
    told = at(("enquiry", 0), ("begun", 3), ("planned", 15), ("reviewed", 57))
    late = Event("withdrawn", DAY + timedelta(days=20), "w", "asha", DAY + timedelta(days=60))
    found = episode([*told, late])
    assert found.state == "withdrawn"
    assert "a review was held, which changes nothing while it is" in explained(found)[-1]
    assert "written down on 31 Oct" in explained(found)[-2]


@pytest.mark.parametrize(
    ("told", "what", "words"),
    [
        ((("enquiry", 0), ("begun", 1), ("stepped up", 5)), "planned", "Social care leads"),
        ((("enquiry", 0), ("closed", 9), ("hold", 10), ("disposal", 99)), "disposed", "legal hold"),
        ((("enquiry", 0), ("closed", 9)), "disposed", "two people"),
        ((("enquiry", 0),), "begun", ""),
        ((("enquiry", 0), ("stepped up", 5), ("stepped down", 9)), "planned", ""),
    ],
)
def test_what_is_a_rule_is_refused(told: tuple[tuple[str, int], ...], what: str, words: str) -> None:
    said = refusal(episode(at(*told)), what)
    assert words in said
    assert bool(said) == bool(words)


def test_a_legal_hold_keeps_what_two_people_would_destroy() -> None:
    assert episode(at(("enquiry", 0), ("closed", 9), ("hold", 10), ("disposal", 99), ("disposed", 100))).state == (
        "disposal review"
    )


@pytest.mark.parametrize(
    ("days", "words"), [(41, ""), (42, "review is due"), (84, "review is due"), (85, "More than twelve weeks")]
)
def test_a_review_is_due_after_six_weeks_and_twelve_are_said(days: int, words: str) -> None:
    found = episode(at(("enquiry", 0), ("planned", 0)))
    told = advice(found, DAY + timedelta(days=days))
    assert words in "".join(told)
    assert bool(told) == bool(words)


def test_where_it_stands_is_one_line() -> None:
    found = episode(at(("enquiry", 0), ("planned", 2), ("reviewed", 44), ("restricted", 45)))
    assert line(found) == "in review since 15 Oct; next: the next review, 6 to 12 weeks on · restricted"
    assert line(episode([])) == ""


def test_the_records_of_a_family_tell_the_events() -> None:
    written = [
        Written("f", "family", DAY, "asha", {}),
        Written("e", "eha", DAY + timedelta(days=9), "asha", {"a/begin/agree": "yes", "a/front/started": "2026-08-20"}),
        Written("v", "visit", DAY, "asha", {}),
        Written(
            "r",
            "review",
            DAY + timedelta(days=60),
            "asha",
            {"a/meeting/held_on": "2026-10-20", "c/decide/decision": "close"},
        ),
    ]
    found = episode(events(written))
    assert found.state == "closing"
    assert found.history[0].event.on == date(2026, 8, 20)
    assert set(TELLERS) <= {
        "family",
        "index-check",
        "agreement",
        "eha",
        "plan",
        "review",
        "referral",
        "closure",
        "withdrawal",
    }


def test_an_assessment_that_nobody_agreed_to_is_not_begun() -> None:
    said_no = [Written("f", "family", DAY, "", {}), Written("e", "eha", DAY, "", {"a/begin/agree": "no"})]
    assert episode(events(said_no)).state == "declined"
    begun = [Written("f", "family", DAY, "", {}), Written("d", "eha", DAY, "", {}, draft=True)]
    assert episode(events(begun)).state == "assessing"
