"""The rules an agreement holds: who gives it, how it is shown, what is shared, and taking it back."""

from __future__ import annotations

import pytest

from forms.library import shipped
from tests.forms.definitions.sitting import Sitting

GIVER: dict[str, str | list[str]] = {
    "a/giver/giver_name": "Maud Ferrow",
    "a/giver/capacity": "parent",
    "a/giver/children": "Ash and Wren",
    "a/told/explained_on": "2026-03-02",
    "a/told/language": "en",
    "a/told/interpreter": "none",
    "a/told/explained": ["record", "who", "keep", "rights", "limit"],
}


def asked(**more: str) -> Sitting:
    """An agreement being asked for."""
    return Sitting("agreement").say(GIVER | {name.replace("__", "/"): raw for name, raw in more.items()})


def test_a_young_person_under_sixteen_takes_the_competence_path() -> None:
    sitting = asked(a__giver__capacity="young", a__giver__giver_dob="2010-03-03")
    assert sitting.value("a/giver/giver_age") == "15"
    assert {"a/own_mind/competence", "a/own_mind/competence_why", "a/own_mind/competent"} <= sitting.missing()


def test_competence_needs_all_four() -> None:
    sitting = asked(a__giver__capacity="young", a__giver__giver_dob="2010-03-03")
    sitting.say({"a/own_mind/competence": ["understands", "retains", "weighs"], "a/own_mind/competent": "yes"})
    assert "a/own_mind/competent" in sitting.wrong()
    sitting.say({"a/own_mind/competence": ["understands", "retains", "weighs", "communicates"]})
    assert "a/own_mind/competent" not in sitting.wrong()


def test_at_sixteen_competence_is_presumed() -> None:
    sitting = asked(a__giver__capacity="young", a__giver__giver_dob="2010-03-02")
    assert not sitting.shows("a/own_mind/competence")


@pytest.mark.parametrize("capacity", ["carer", "advocate", "other"])
def test_whoever_has_no_parental_responsibility_says_why_they_may_speak(capacity: str) -> None:
    assert "a/giver/capacity_words" in asked(a__giver__capacity=capacity).missing()


@pytest.mark.parametrize("how", ["person", "phone"])
def test_an_interpreter_is_named(how: str) -> None:
    assert "a/told/interpreter_name" in asked(a__told__interpreter=how).missing()


def test_the_wording_shown_is_always_named() -> None:
    sitting = asked()
    assert sitting.value("a/told/wording") == "2026-1"
    sitting.say({"a/told/wording": ""})
    assert "a/told/wording" in sitting.missing()


EVIDENCE = {
    "drawn": {"d/evidence_page/typed_name"},
    "typed": {"d/evidence_page/typed_name"},
    "paper": {"d/evidence_page/held_at"},
    "witnessed": {"d/evidence_page/heard_by", "d/evidence_page/read_back"},
    "phone": {"d/evidence_page/heard_by", "d/evidence_page/read_back"},
    "email": {"d/evidence_page/address_known"},
    "participation": {"d/evidence_page/read_back"},
    "referral": set(),
    "not_today": {"d/evidence_page/not_given"},
    "refused": {"d/evidence_page/not_given"},
    "not_sought": {"d/evidence_page/not_given"},
}


@pytest.mark.parametrize(("how", "needs"), EVIDENCE.items())
def test_each_kind_of_evidence_asks_for_what_proves_it_and_no_more(how: str, needs: set[str]) -> None:
    sitting = asked(d__evidence_page__evidence=how)
    here = {path for path in sitting.missing() if path.startswith("d/")}
    assert here - {"d/evidence_page/given_at"} == needs


def test_not_today_asks_for_no_day_unless_one_was_named() -> None:
    sitting = asked(b__words__service="not_today")
    assert sitting.shows("b/words/ask_again")
    assert "b/words/ask_again" not in sitting.missing()


def test_permission_stands_for_each_agency_apart() -> None:
    sitting = asked()
    school = sitting.row("c/agencies", {"agency/agency_name": "Larkfield School", "agency/decision": "topics"})
    surgery = sitting.row("c/agencies", {"agency/agency_name": "Larkfield Surgery", "agency/decision": "no"})
    assert {f"{school}/agency/topics", f"{surgery}/agency/impact"} <= sitting.missing()
    assert (sitting.value("c/yes_count"), sitting.value("c/no_count")) == ("1", "1")


def test_permission_lasts_a_year_at_most() -> None:
    sitting = asked()
    school = sitting.row("c/agencies", {"agency/decision": "yes", "agency/valid_until": "2027-03-04"})
    assert f"{school}/agency/valid_until" in sitting.wrong()
    sitting.say({f"{school}/agency/valid_until": "2027-03-02"})
    assert f"{school}/agency/valid_until" not in sitting.wrong()


# 21: withdrawal


def test_every_withdrawal_asks_about_risk_and_tells_the_lead() -> None:
    sitting = asked(e__withdrawal__withdrawn="yes")
    assert {"e/withdrawal/raises_risk", "e/withdrawal/lead_told", "e/withdrawal/effect_told"} <= sitting.missing()
    assert sitting.value("e/withdrawal/tell_lead") == "1"
    sitting.say({"e/withdrawal/lead_told": "Orla Tamsin", "e/withdrawal/raises_risk": "yes"})
    assert sitting.value("e/withdrawal/tell_lead") == "0"
    assert sitting.shows("e/withdrawal/risk_ring")
    assert "e/withdrawal/risk_words" in sitting.missing()


def test_a_withdrawal_is_safeguarding_and_the_more_protective_wins() -> None:
    policy = shipped()["agreement"].policies["e/withdrawal/withdrawn"]
    assert (policy["policy"], policy["class"], policy["order"]) == ("ask", "A", ["no", "yes"])


def test_the_family_reads_it_in_polish() -> None:
    sitting = asked()
    assert "Polish (pl)" in sitting.interview.languages
    sitting.interview.set_language("Polish (pl)")
    assert sitting.interview.question("b/words/service").label == "Czy chcą Państwo z nami pracować?"
    assert "Nie dzisiaj" in [each.label for each in sitting.interview.question("b/words/service").choices]
