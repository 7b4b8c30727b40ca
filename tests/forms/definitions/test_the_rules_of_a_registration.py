"""The rules a centre registration holds: look first, safe to reach, permissions, ages from the day of registration."""

from __future__ import annotations

import pytest

from forms.library import shipped
from tests.forms.definitions.sitting import Sitting

CARD: dict[str, str | list[str]] = {
    "a/before/looked": "yes",
    "a/before/found": "nobody",
    "a/before/registered_on": "2026-03-02",
    "a/before/centre": "North",
    "a/before/by": "Sam Centre",
    "a/notice/explained": "yes",
    "a/notice/to_whom": "Maud Ferrow",
    "a/notice/language": "English",
    "a/notice/interpreter": "no",
    "a/home/address": "1 Mill Road",
    "a/home/postcode": "WY1 2AB",
    "a/home/proof": "yes",
    "a/home/emergency": "Ida Ferrow",
    "a/home/emergency_phone": "01223 000000",
    "a/home/emergency_who": "Aunt",
    "d/may/share": "yes",
    "d/may/photo": "no",
    "d/may/agreed_by": "Maud Ferrow",
    "d/may/how": "typed",
}


def card(**more: str) -> Sitting:
    """A family's card without its people."""
    return Sitting("registration").say(CARD | {name.replace("__", "/"): value for name, value in more.items()})


def adult(sitting: Sitting, **more: str | list[str]) -> str:
    """An adult on the card."""
    told: dict[str, str | list[str]] = {
        "who/given": "Maud", "who/surname": "Ferrow", "who/dob": "1995-06-01", "who/relation": "mother",
        "who/pr": "yes", "reach/safe": "unknown",
    }  # fmt: skip
    return sitting.row("b/adults", told | {name.replace("__", "/"): value for name, value in more.items()})


def child(sitting: Sitting, **more: str | list[str]) -> str:
    """A child on the card."""
    told: dict[str, str | list[str]] = {
        "who/given": "Wren", "who/surname": "Ferrow", "who/born": "born", "who/born_on": "2024-03-02",
        "needs/allergic": "no",
    }  # fmt: skip
    return sitting.row("c/children", told | {name.replace("__", "/"): value for name, value in more.items()})


def test_a_whole_card_lacks_nothing() -> None:
    sitting = card()
    adult(sitting)
    child(sitting)
    assert sitting.interview.violations() == ()


def test_who_did_not_look_first_is_told_to_and_may_go_on() -> None:
    sitting = card(a__before__looked="no")
    assert sitting.shows("a/before/look")
    assert sitting.missing() == set()


def test_a_card_that_may_be_theirs_is_named() -> None:
    assert card(a__before__found="perhaps").missing() == {"a/before/card_other"}


def test_what_was_not_explained_says_why() -> None:
    assert card(a__notice__explained="no").missing() == {"a/notice/not_explained"}


@pytest.mark.parametrize(("safe", "listed"), [("yes", True), ("no", False), ("unknown", False)])
def test_nobody_is_on_a_list_until_it_is_known_to_be_safe(safe: str, listed: bool) -> None:
    sitting = card()
    row = adult(sitting, reach__safe=safe)
    assert sitting.shows(f"{row}/reach/lists") is listed
    assert sitting.shows(f"{row}/reach/unsafe") is not listed


def test_a_wish_for_news_is_not_filed_once_it_is_not_safe() -> None:
    sitting = card()
    row = adult(sitting, reach__safe="yes", reach__channels=["post", "sms"], reach__lists="yes")
    sitting.say({f"{row}/reach/safe": "no"})
    assert not sitting.shows(f"{row}/reach/channels")


@pytest.mark.parametrize(("dob", "age", "young"), [("2006-03-03", "19", True), ("2006-03-02", "20", False)])
def test_young_parents_are_told_of_their_group(dob: str, age: str, young: bool) -> None:
    sitting = card()
    row = adult(sitting, who__dob=dob)
    assert sitting.value(f"{row}/who/age") == age
    assert sitting.shows(f"{row}/who/young") is young


def test_nobody_with_parental_responsibility_is_told() -> None:
    sitting = card()
    assert sitting.shows("b/enough/none")
    adult(sitting, who__pr="no")
    assert sitting.shows("b/enough/none")
    adult(sitting)
    assert not sitting.shows("b/enough/none")


def test_an_expected_child_has_a_due_date_and_no_birthday() -> None:
    sitting = card()
    row = child(sitting, who__born="expected", who__due_on="2026-06-01")
    assert not sitting.shows(f"{row}/who/born_on")
    assert not sitting.shows(f"{row}/who/given")
    assert sitting.value(f"{row}/who/under_five") == "1"
    assert sitting.missing() == set()


@pytest.mark.parametrize(
    ("born", "months", "under", "funded", "send"),
    [
        ("2026-02-03", "0", "1", False, False),
        ("2024-06-03", "20", "1", False, False),
        ("2024-06-02", "21", "1", True, False),
        ("2024-03-02", "24", "1", True, True),
        ("2023-03-02", "36", "1", False, True),
        ("2021-03-03", "59", "1", False, True),
        ("2021-03-02", "60", "0", False, True),
    ],
)
def test_age_in_months_opens_what_belongs_to_it(born: str, months: str, under: str, funded: bool, send: bool) -> None:
    sitting = card()
    row = child(sitting, who__born_on=born)
    assert sitting.value(f"{row}/who/months") == months
    assert sitting.value(f"{row}/who/under_five") == under
    assert sitting.shows(f"{row}/needs/visitor") is (under == "1")
    assert sitting.shows(f"{row}/needs/funded") is funded
    assert sitting.shows(f"{row}/needs/send") is send


def test_an_allergy_says_which_and_what_to_do() -> None:
    sitting = card()
    row = child(sitting, needs__allergic="yes")
    assert sitting.missing() == {f"{row}/needs/allergies"}


def test_evidence_on_paper_says_where_and_spoken_words_who_heard_them() -> None:
    assert card(d__may__how="paper").missing() == {"d/may/where"}
    assert card(d__may__how="spoken").missing() == {"d/may/witness"}


def test_a_copy_is_given_in_a_way_that_is_safe() -> None:
    assert card(d__may__copy="yes").missing() == {"d/may/copy_how"}


def test_no_outweighs_yes_where_two_people_wrote_different_things() -> None:
    policies = shipped()["registration"].policies
    for path in ("b/adults/*/reach/safe", "b/adults/*/reach/lists", "d/may/photo", "d/may/share"):
        assert policies[path]["policy"] == "ask"
        order = policies[path]["order"]
        assert isinstance(order, list)
        assert order[-1] == "no", path
