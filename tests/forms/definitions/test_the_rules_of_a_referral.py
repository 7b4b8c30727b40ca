"""The rules a referral to social care holds: the telephone first and never a block, reasons where nobody was asked."""

from __future__ import annotations

import pytest

from forms.library import shipped
from tests.forms.definitions.sitting import Sitting

Answers = dict[str, str | list[str]]
SENT: Answers = {
    "a/urgent/urgency": "days",
    "a/urgent/written_on": "2026-03-02",
    "a/urgent/phoned": "no",
    "a/referrer/worker": "Pat Worker",
    "a/referrer/role": "Family worker, North",
    "a/referrer/phone": "01223 000000",
    "a/referrer/lead_told": "Lee Lead",
    "a/referrer/eha": "no",
    "b/home/address": "1 Mill Road",
    "b/home/risk_staff": "no",
    "c/told/agreement": "yes",
    "c/told/agreed_by": "Maud Ferrow",
    "c/told/agreed_for": "All of them",
    "c/told/family_told": "yes",
    "c/told/source": "no",
    "d/concern/kinds": ["neglect"],
    "d/concern/what": "No food in the kitchen on three visits",
    "d/concern/seen_on": "2026-02-27",
    "d/concern/seen_by": "Pat Worker",
    "d/concern/impact": "Wren is hungry at school",
    "d/concern/injury": "no",
    "d/columns/worried": "Food",
    "d/columns/well": "School every day",
    "d/columns/happen": "Food in the house this week",
    "d/columns/level": "l4",
    "d/columns/level_why": "Needs unmet, help refused",
    "d/tried/work": "Food bank twice",
}


def sent(child: bool = True, **more: str) -> Sitting:
    """A referral, with answers changed by the last part of their path."""
    paths = {path.rpartition("/")[2]: path for path in SENT}
    sitting = Sitting("referral").say(SENT | {paths[name]: value for name, value in more.items()})
    if child:
        born(sitting)
    return sitting


def born(sitting: Sitting, **more: str) -> str:
    """A child of the referral."""
    told: Answers = {
        "child/given": "Wren",
        "child/surname": "Ferrow",
        "child/dob": "2017-03-03",
        "child/where": "At school",
        "child/pr": "Maud Ferrow",
        "child/asked": "yes",
    }
    told |= {f"child/{name}": value for name, value in more.items()}
    return sitting.row("b/children", told)


def test_a_whole_referral_lacks_nothing() -> None:
    assert sent().interview.violations() == ()


@pytest.mark.parametrize(("urgency", "note"), [("today", "ring"), ("now", "ring999")])
def test_urgency_says_whom_to_ring_and_asks_for_nothing_more(urgency: str, note: str) -> None:
    sitting = sent(urgency=urgency)
    assert sitting.shows(f"a/urgent/{note}")
    assert sitting.shows("a/urgent/not_phoned")
    assert sitting.interview.violations() == ()


def test_a_call_is_written_down_and_the_written_part_is_due_two_days_later() -> None:
    sitting = sent(phoned="yes")
    assert sitting.missing() == {"a/urgent/phoned_at", "a/urgent/phoned_to", "a/urgent/phoned_said"}
    sitting.say({"a/urgent/phoned_at": "2026-03-02T10:05:00.000+00:00"})
    assert sitting.value("a/urgent/due_on") == "2026-03-04"
    assert not sitting.shows("a/urgent/not_phoned")
    sitting.say({"a/urgent/phoned_at": "2026-03-02T16:05:00.000+00:00"})
    assert "a/urgent/phoned_at" in sitting.wrong()


def test_an_assessment_that_exists_says_what_goes_with_the_referral() -> None:
    assert sent(eha="yes").missing() == {"a/referrer/attach"}


def test_without_a_child_it_says_why() -> None:
    sitting = sent(child=False)
    assert sitting.shows("b/nobody/no_child")
    assert sitting.missing() == {"b/nobody/no_child_why"}


@pytest.mark.parametrize(("dob", "years"), [("2017-03-02", "9"), ("2017-03-03", "8"), ("2026-03-02", "0")])
def test_a_childs_age_is_the_one_on_the_day_of_writing(dob: str, years: str) -> None:
    sitting = sent(child=False)
    assert sitting.value(f"{born(sitting, dob=dob)}/child/years") == years


def test_an_unborn_child_has_a_due_date_and_no_name() -> None:
    sitting = sent()
    row = born(sitting, born="expected", given="", dob="")
    assert sitting.missing() == {f"{row}/child/due_date"}
    assert not sitting.shows(f"{row}/child/given")


def test_agreement_that_was_not_sought_has_its_reason_and_does_not_stop_the_referral() -> None:
    sitting = sent(agreement="no")
    assert sitting.missing() == {"c/told/why_not", "c/told/why_not_more"}
    assert sitting.shows("c/told/law")
    sitting.say({"c/told/why_not": "harm", "c/told/why_not_more": "He reads her letters"})
    assert sitting.interview.violations() == ()


def test_a_family_that_was_not_told_has_its_reason() -> None:
    assert sent(family_told="no").missing() == {"c/told/untold"}


def test_a_source_that_stays_unnamed_is_kept_safe() -> None:
    assert sent(source="yes").missing() == {"c/told/source_how"}


def test_an_injury_is_described_and_nobody_is_asked_to_look_further() -> None:
    sitting = sent(injury="yes")
    assert sitting.missing() == {"d/concern/injury_what"}
    assert sitting.shows("d/concern/no_search")


@pytest.mark.parametrize(("level", "low"), [("l1", True), ("l2", True), ("l3", False), ("l4", False)])
def test_a_low_level_is_talked_over_first(level: str, low: bool) -> None:
    assert sent(level=level).shows("d/columns/low") is low


def test_a_risk_to_visitors_says_which() -> None:
    assert sent(risk_staff="yes").missing() == {"b/home/risk_what"}


@pytest.mark.parametrize(("outcome", "asked"), [("waiting", set()), ("cin", {"outcome_on", "outcome_who"})])
def test_the_answer_has_its_day_and_its_name(outcome: str, asked: set[str]) -> None:
    sitting = sent().say({"e/answer/outcome": outcome})
    assert sitting.missing() == {f"e/answer/{name}" for name in asked}


def test_no_further_action_asks_whether_you_agree_and_what_you_do_now() -> None:
    sitting = sent().say(
        {"e/answer/outcome": "none", "e/answer/outcome_on": "2026-03-02", "e/answer/outcome_who": "Intake"}
    )
    assert sitting.missing() == {"e/answer/content"}
    sitting.say({"e/answer/content": "no"})
    assert sitting.missing() == {"e/answer/escalate"}


def test_who_may_harm_and_what_they_must_not_learn_never_reach_a_family_copy() -> None:
    policies = shipped()["referral"].policies
    for name in ("adult/may_harm", "adult/not_told"):
        assert policies[f"b/adults/*/{name}"]["export"] == "never-family"
    assert policies["d/concern/seen_by"]["sensitivity"] == "third-party"
