"""The rules a supervision note holds: gaps told, two scores compared, a decision or the reason for none."""

from __future__ import annotations

import pytest

from forms.library import shipped
from tests.forms.definitions.sitting import Sitting

TALK: dict[str, str | list[str]] = {
    "a/talk/held_on": "2026-03-02",
    "a/talk/written_on": "2026-03-02",
    "a/talk/worker": "Pat Worker",
    "a/talk/supervisor": "Lee Lead",
    "a/talk/kind": "planned",
    "b/child/seen_on": "2026-02-20",
    "b/child/seen_alone": "yes",
    "b/child/childs_day": "Up at seven, walks to school with a neighbour.",
    "b/child/fathers": "yes",
    "b/work/worries": "Missed breakfasts",
    "b/work/plan_track": "on",
    "c/threshold/level": "l2",
    "c/threshold/level_why": "Routines, nothing more",
    "c/threshold/step_up": "no",
    "c/threshold/agree": "yes",
    "c/threshold/permissions": "yes",
    "c/no_decision/none_why": "The plan is new and on course",
    "c/close/next_on": "2026-04-13",
    "c/close/read_back": "yes",
}


def talk(**more: str) -> Sitting:
    """A whole note, with answers changed by the last part of their path."""
    paths = {path.rpartition("/")[2]: path for path in TALK}
    return Sitting("supervision").say(TALK | {paths.get(name, name.replace("__", "/")): v for name, v in more.items()})


def test_a_whole_note_lacks_nothing() -> None:
    sitting = talk()
    assert sitting.interview.violations() == ()


@pytest.mark.parametrize(("last", "asked"), [("2026-01-05", False), ("2026-01-04", False), ("2025-12-29", True)])
def test_more_than_eight_weeks_since_the_last_talk_asks_why(last: str, asked: bool) -> None:
    sitting = talk().say({"a/talk/last_on": last})
    assert ("a/talk/gap_why" in sitting.missing()) is asked


@pytest.mark.parametrize(
    ("seen", "alone", "asked"), [("2026-01-31", "yes", False), ("2026-01-30", "yes", True), ("2026-03-01", "no", True)]
)
def test_a_child_not_seen_lately_or_not_alone_is_explained(seen: str, alone: str, asked: bool) -> None:
    sitting = talk(seen_on=seen, seen_alone=alone)
    assert ("b/child/unseen_why" in sitting.missing()) is asked


@pytest.mark.parametrize(
    ("worker", "lead", "asked"), [("6", "5", False), ("6", "4", True), ("3", "5", True), ("6", "", False)]
)
def test_two_scores_two_apart_are_talked_about(worker: str, lead: str, asked: bool) -> None:
    sitting = talk(b__work__score_worker=worker, b__work__score_lead=lead)
    assert ("b/work/differ" in sitting.missing()) is asked


@pytest.mark.parametrize(("track", "asked"), [("on", False), ("slow", False), ("stuck", True), ("none", True)])
def test_a_plan_that_is_stuck_or_missing_says_since_when(track: str, asked: bool) -> None:
    assert ("b/work/drift" in talk(plan_track=track).missing()) is asked


def test_stepping_up_shows_the_duty_number_and_asks_for_nothing_more() -> None:
    sitting = talk(step_up="yes")
    assert sitting.shows("c/threshold/ring")
    assert sitting.interview.violations() == ()


def test_considering_a_step_up_says_why_not_now() -> None:
    assert "c/threshold/step_up_why" in talk(step_up="considered").missing()


def test_disagreeing_with_the_plan_says_where() -> None:
    assert "c/threshold/disagree" in talk(agree="no").missing()


def test_permissions_that_are_not_right_say_what_has_to_be_done() -> None:
    assert "c/threshold/permissions_do" in talk(permissions="no").missing()


def test_no_decision_needs_a_reason_and_a_decision_takes_its_place() -> None:
    sitting = talk(none_why="")
    assert "c/no_decision/none_why" in sitting.missing()
    row = sitting.row("c/decisions", {"decision/what": "A visit with the father", "decision/why": "Not heard yet"})
    assert "c/no_decision/none_why" not in sitting.missing()
    assert sitting.missing() == {f"{row}/decision/owner", f"{row}/decision/by_when"}


def test_a_decision_is_not_due_before_the_talk() -> None:
    sitting = talk()
    row = sitting.row("c/decisions", {"decision/by_when": "2026-03-01"})
    assert sitting.wrong() == {f"{row}/decision/by_when": "Not before the talk."}


def test_what_was_not_done_says_why() -> None:
    sitting = talk()
    row = sitting.row("c/earlier", {"earlier_action/act": "Ring the school", "earlier_action/state": "not"})
    assert sitting.missing() == {f"{row}/earlier_action/state_why"}


@pytest.mark.parametrize(
    ("on", "right"), [("2026-03-02", False), ("2026-03-03", True), ("2026-05-25", True), ("2026-05-26", False)]
)
def test_the_next_talk_lies_within_twelve_weeks(on: str, right: bool) -> None:
    assert ("c/close/next_on" not in talk(next_on=on).wrong()) is right


def test_nothing_of_it_is_for_the_family() -> None:
    for path, policy in shipped()["supervision"].policies.items():
        if policy.get("computed") or policy["type"] == "rows":
            continue
        assert policy["sensitivity"] in {"staff-only", "restricted"}, path
        assert policy["export"] == "never-family", path
