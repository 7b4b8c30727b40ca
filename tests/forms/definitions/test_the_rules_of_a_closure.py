"""The rules a closure holds: an outcome for every need, what moved and why, safe to end, somebody looks again."""

from __future__ import annotations

import pytest

from tests.forms.definitions.sitting import Sitting

Answers = dict[str, str | list[str]]
END: Answers = {
    "a/ending/closed_on": "2026-03-02",
    "a/ending/worker": "Pat Worker",
    "a/ending/reason": "met",
    "a/safe/seen_on": "2026-02-27",
    "a/safe/risk": "no",
    "c/views/family_view": "It was good to be asked",
    "c/views/child_how": "talked",
    "c/views/child_view": "I sleep now",
    "c/views/feedback": "yes",
    "c/holds/network": "Aunt Ida; the school",
    "c/holds/signs": "Late nights again; ring the school",
    "c/holds/agencies_told": "yes",
    "c/holds/lists": "no",
    "c/holds/copy": "hand",
    "d/after/check_on": "2026-08-31",
    "d/after/check_who": "Pat Worker",
    "d/after/contact_on": "2026-02-27",
    "d/after/keep": "early",
}


def end(need: bool = True, **more: str) -> Sitting:
    """A closure, with answers changed by the last part of their path."""
    paths = {path.rpartition("/")[2]: path for path in END}
    sitting = Sitting("closure").say(END | {paths[name]: value for name, value in more.items()})
    if need:
        outcome(sitting, "met", evidence="Nine nights of ten")
    return sitting


def outcome(sitting: Sitting, how: str, **more: str) -> str:
    """A need with its outcome."""
    told: Answers = {f"need/{name}": value for name, value in more.items()}
    told |= {"need/what": "Sleep", "need/outcome": how}
    return sitting.row("b/needs", told)


def test_a_whole_closure_lacks_nothing() -> None:
    assert end().interview.violations() == ()


def test_closing_because_needs_are_met_names_them_or_says_why_there_are_none() -> None:
    sitting = end(need=False)
    assert sitting.shows("b/no_needs/none")
    assert sitting.missing() == {"b/no_needs/none_why"}
    outcome(sitting, "met", evidence="Nine nights of ten")
    assert sitting.interview.violations() == ()


@pytest.mark.parametrize(
    ("how", "asked"),
    [("met", {"evidence"}), ("partly", {"evidence", "left_over"}), ("not", {"left_over"}), ("passed", {"left_over"})],
)
def test_every_outcome_is_explained(how: str, asked: set[str]) -> None:
    sitting = end()
    row = outcome(sitting, how)
    assert sitting.missing() == {f"{row}/need/{name}" for name in asked}


@pytest.mark.parametrize(
    ("start", "now", "moved", "asked", "worse"),
    [
        ("3", "5", "2", False, False),
        ("3", "6", "3", True, False),
        ("6", "5", "-1", False, True),
        ("6", "3", "-3", True, True),
    ],
)
def test_how_far_a_score_moved(start: str, now: str, moved: str, asked: bool, worse: bool) -> None:
    sitting = end()
    row = sitting.row(
        "b/scales",
        {"scale/about": "Safe", "scale/whose": "child", "scale/start_score": start, "scale/end_score": now},
    )
    assert sitting.value(f"{row}/scale/moved") == moved
    assert (f"{row}/scale/why_moved" in sitting.missing()) is asked
    assert sitting.shows(f"{row}/scale/worse") is worse
    assert sitting.value("b/travelled/up") == ("1" if int(moved) > 0 else "0")
    assert sitting.value("b/travelled/down") == ("1" if int(moved) < 0 else "0")


@pytest.mark.parametrize(
    ("reason", "asked"),
    [
        ("single", {"a/ending/who_goes_on"}),
        ("moved", {"a/ending/moved_to"}),
        ("stepped", {"a/ending/stepped_to", "a/ending/accepted_by"}),
        ("disengaged", {"a/ending/tried", "a/safe/lead_agreed"}),
        ("withdrew", {"a/safe/lead_agreed"}),
        ("age", set()),
    ],
)
def test_each_reason_asks_what_belongs_to_it(reason: str, asked: set[str]) -> None:
    assert end(reason=reason).missing() == asked


@pytest.mark.parametrize(("risk", "asked"), [("unsure", {"risk_talked"}), ("yes", {"risk_talked", "lead_agreed"})])
def test_an_ending_that_may_raise_a_risk_is_talked_over(risk: str, asked: set[str]) -> None:
    sitting = end(risk=risk)
    assert sitting.missing() == {f"a/safe/{name}" for name in asked}
    assert sitting.shows("a/safe/ring") is (risk == "yes")


@pytest.mark.parametrize("reason", ["error", "died"])
def test_a_mistake_or_a_death_asks_for_no_scores_and_no_views(reason: str) -> None:
    sitting = end(reason=reason)
    assert not sitting.shows("c/views/family_view")
    assert sitting.missing() == set()
    assert sitting.shows("a/ending/dead") is (reason == "died")


@pytest.mark.parametrize(
    ("on", "right"), [("2026-07-29", False), ("2026-07-30", True), ("2026-10-03", True), ("2026-10-04", False)]
)
def test_somebody_looks_again_in_about_six_months(on: str, right: bool) -> None:
    assert ("d/after/check_on" not in end(check_on=on).wrong()) is right


def test_the_later_look_is_proposed_six_months_on() -> None:
    assert Sitting("closure").interview.question("d/after/check_on").value == "2026-08-31"


def test_children_who_were_not_asked_are_accounted_for() -> None:
    assert end(child_how="not").missing() == {"c/views/child_not"}


def test_stepping_up_reminds_of_the_longer_keeping() -> None:
    sitting = end(reason="stepped")
    assert sitting.shows("d/after/keep_social")
    sitting.say({"d/after/keep": "social"})
    assert not sitting.shows("d/after/keep_social")


def test_agencies_that_were_not_told_are_named() -> None:
    assert end(agencies_told="no").missing() == {"c/holds/agencies_not"}
