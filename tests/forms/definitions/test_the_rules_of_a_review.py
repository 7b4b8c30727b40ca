"""The rules a team-around-the-family review holds: voices brought, actions accounted for, scores again, what next."""

from __future__ import annotations

import pytest

from forms.library import shipped
from tests.forms.definitions.sitting import Sitting

Answers = dict[str, str | list[str]]
MET: Answers = {
    "a/meeting/held_on": "2026-03-02",
    "a/meeting/place": "School",
    "a/meeting/number": "2",
    "a/meeting/chair": "Pat Worker",
    "a/meeting/minutes": "Pat Worker",
    "a/heard/family_here": "yes",
    "a/heard/brought": "told",
    "a/heard/child_view": "I like Tuesdays",
    "a/heard/fathers": "yes",
    "b/changes/new_need": "no",
    "b/changes/concern": "no",
    "c/decide/decision": "continue",
    "c/decide/why": "It works",
    "c/decide/lead_same": "yes",
    "c/decide/permissions": "yes",
    "c/next/next_on": "2026-04-13",
    "c/next/family_agrees": "yes",
    "c/next/copy": "hand",
}


def met(actions: tuple[str, ...] = ("done",), **more: str) -> Sitting:
    """A review with actions, and answers changed by the last part of their path."""
    paths = {path.rpartition("/")[2]: path for path in MET}
    sitting = Sitting("review").say(MET | {paths[name]: value for name, value in more.items()})
    for status in actions:
        action(sitting, status)
    return sitting


def action(sitting: Sitting, status: str, **more: str) -> str:
    """An action of the plan as it stands."""
    told: Answers = {
        "action/what": "Ring the GP",
        "action/need": "Sleep",
        "action/owner": "Maud",
        "action/status": status,
    }
    told |= {f"action/{name}": value for name, value in more.items()}
    if status == "done":
        told.setdefault("action/tells", "Seen on Friday")
    return sitting.row("b/actions", told)


def score(sitting: Sitting, before: str, now: str) -> str:
    """A score, last time and now."""
    return sitting.row(
        "b/scores", {"score/about": "Safe", "score/whose": "child", "score/before": before, "score/now": now}
    )


def test_a_whole_review_lacks_nothing() -> None:
    assert met().interview.violations() == ()


@pytest.mark.parametrize(("last", "late"), [("2025-12-08", False), ("2025-12-01", True)])
def test_more_than_twelve_weeks_since_the_last_review_asks_why(last: str, late: bool) -> None:
    sitting = met().say({"a/meeting/last_on": last})
    assert ("a/meeting/late_why" in sitting.missing()) is late


def test_permission_no_flags_the_agency() -> None:
    sitting = met()
    row = sitting.row("a/people", {"person/name": "Lin", "person/agency": "Housing", "person/came": "here"})
    assert sitting.missing() == {f"{row}/person/permission"}
    sitting.say({f"{row}/person/permission": "no"})
    assert sitting.shows(f"{row}/person/not_them")


@pytest.mark.parametrize(("came", "asked"), [("here", False), ("call", False), ("sorry", True), ("absent", True)])
def test_who_did_not_come_is_asked_for_what_they_know(came: str, asked: bool) -> None:
    sitting = met()
    row = sitting.row("a/people", {"person/came": came})
    assert sitting.shows(f"{row}/person/sent") is asked


def test_a_family_or_child_whose_voice_is_missing_is_accounted_for() -> None:
    assert met(family_here="no", brought="not", fathers="no").missing() == {
        "a/heard/family_not",
        "a/heard/child_not",
        "a/heard/fathers_not",
    }


@pytest.mark.parametrize(
    ("status", "asked"),
    [("agreed", {"new_date"}), ("started", {"new_date"}), ("partly", {"tells", "new_date"}), ("stopped", {"stopped"})],
)
def test_each_state_of_an_action_asks_what_belongs_to_it(status: str, asked: set[str]) -> None:
    sitting = met()
    row = action(sitting, status)
    assert sitting.missing() == {f"{row}/action/{name}" for name in asked}


def test_done_actions_are_counted_and_a_plan_without_any_is_explained() -> None:
    assert met(("done", "stopped", "done")).value("b/counted/done") == "2"
    empty = met(())
    assert empty.shows("b/counted/no_actions")
    assert empty.missing() == {"b/counted/no_actions_why"}


@pytest.mark.parametrize(
    ("before", "now", "asked"), [("4", "6", False), ("4", "7", True), ("7", "4", True), ("", "4", False)]
)
def test_a_score_that_moved_by_three_asks_what_changed(before: str, now: str, asked: bool) -> None:
    sitting = met()
    row = score(sitting, before, now)
    assert sitting.missing() == {f"{row}/score/why"} | ({f"{row}/score/changed"} if asked else set())


@pytest.mark.parametrize("concern", ["unsure", "yes"])
def test_a_concern_shows_the_duty_number_and_never_blocks(concern: str) -> None:
    sitting = met(concern=concern)
    assert sitting.shows("b/changes/ring")
    assert sitting.missing() == {"b/changes/talked"}


def test_closing_with_actions_left_is_told() -> None:
    sitting = met(("done", "stopped"), decision="close").say({})
    assert sitting.shows("c/decide/not_all")
    assert not met(("done",), decision="close").shows("c/decide/not_all")


def test_a_new_need_wants_an_action() -> None:
    sitting = met(new_need="yes")
    assert sitting.missing() == {"b/changes/new_needs"}
    assert sitting.shows("c/decide/new_in_plan")


def test_a_new_lead_is_named_and_the_family_asked() -> None:
    assert met(lead_same="no").missing() == {"c/decide/lead_new", "c/decide/lead_asked"}


@pytest.mark.parametrize(("on", "right"), [("2026-03-02", False), ("2026-05-25", True), ("2026-05-26", False)])
def test_the_next_review_lies_within_twelve_weeks(on: str, right: bool) -> None:
    assert ("c/next/next_on" not in met(next_on=on).wrong()) is right


def test_six_weeks_are_proposed_and_a_plan_that_ends_has_no_next_review() -> None:
    sitting = Sitting("review")
    sitting.say({"c/decide/decision": "continue"})
    assert sitting.interview.question("c/next/next_on").value == "2026-04-13"
    assert not met(decision="close").shows("c/next/next_on")


def test_owners_and_dates_are_never_overruled_in_silence() -> None:
    policies = shipped()["review"].policies
    for path in ("b/actions/*/action/owner", "b/actions/*/action/new_date", "c/next/next_on", "c/decide/decision"):
        assert (policies[path]["policy"], policies[path]["class"]) == ("ask", "B")
