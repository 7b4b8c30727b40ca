"""Relationships read from both ends, responsibility and where it comes from, ages, two homes, markers, a birth."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.casework.household import (
    BONDS,
    Relation,
    age_words,
    born,
    differing,
    home,
    markers,
    responsibility,
    ties,
)
from fieldkit.errors import Refused
from sync.changes import Value

TODAY = date(2026, 11, 23)


@given(st.sampled_from(sorted(BONDS)))
def test_a_relationship_is_read_from_both_ends_and_written_once(word: str) -> None:
    kept = [Relation("r1", "ngozi", word, "ada")]
    assert [(tie.other, tie.words) for tie in ties("ngozi", kept)] == [("ada", BONDS[word].says)]
    assert [(tie.other, tie.words) for tie in ties("ada", kept)] == [("ngozi", BONDS[word].back)]
    assert ties("chidi", kept) == ()


def test_what_two_laptops_wrote_of_the_same_two_is_said_once() -> None:
    kept = [Relation("r1", "chidi", "sibling", "ada"), Relation("r2", "ada", "sibling", "chidi")]
    assert [tie.words for tie in ties("ada", kept)] == ["brother or sister of"]
    assert differing(kept) == ()


@pytest.mark.parametrize(
    ("word", "pr", "source", "said"),
    [
        ("mother", "", "", "PR by birth"),
        ("mother", "yes", "birth", "PR by birth"),
        ("mother", "no", "", "no PR"),
        ("father", "", "", "PR not known"),
        ("father", "yes", "certificate", "PR on the birth certificate"),
        ("father", "yes", "", "PR, not written from where"),
        ("father", "no", "", "no PR"),
        ("step-parent", "", "", ""),
        ("grandparent", "yes", "guardianship", "PR special guardian"),
        ("adoptive-parent", "", "", "PR by adoption"),
        ("sibling", "yes", "birth", ""),
    ],
)
def test_responsibility_says_where_it_comes_from_and_a_birth_mother_has_it_by_birth(
    word: str, pr: str, source: str, said: str
) -> None:
    assert responsibility(Relation("r", "a", word, "b", pr, source)) == said


def test_two_who_wrote_different_things_of_a_pair_are_both_told() -> None:
    kept = [Relation("r1", "emeka", "father", "ada"), Relation("r2", "emeka", "step-parent", "ada")]
    assert differing(kept) == (("emeka", "ada", ("father", "step-parent")),)
    assert differing([kept[0], Relation("r3", "emeka", "parent", "ada")]) == ()
    assert differing([kept[0], Relation("r4", "ada", "father", "emeka")])


@pytest.mark.parametrize(
    ("dob", "expected", "said"),
    [
        ("1992-03-04", "", "34"),
        ("2024-11-23", "", "2"),
        ("2024-11-24", "", "23 months"),
        ("2026-11-02", "", "3 weeks"),
        ("", "2027-02-14", "expected 14 Feb 2027"),
        ("", "2026-11-20", "was expected 20 Nov 2026: born?"),
        ("2027-01-01", "", "date of birth is still to come"),
        ("", "", ""),
        ("about 1980", "", ""),
    ],
)
def test_ages_are_said_as_people_say_them(dob: str, expected: str, said: str) -> None:
    assert age_words({"dob": dob, "expected": expected}, TODAY) == said


def test_a_child_who_is_born_stays_the_same_person() -> None:
    unborn = {"given": "Unborn", "surname": "Smith", "expected": "2026-11-20", "relation": "unborn"}
    assert born(unborn, "2026-11-21", "Maya", TODAY) == {
        "dob": "2026-11-21",
        "expected": None,
        "relation": "child",
        "given": "Maya",
    }
    with pytest.raises(Refused, match="date of birth"):
        born(unborn, "2026-12-24", "Maya", TODAY)
    with pytest.raises(Refused, match="not an expected child"):
        born({"given": "Ada", "dob": "2024-01-01"}, "2026-11-21", "", TODAY)


def test_two_homes_and_what_must_be_seen_before_anybody_rings() -> None:
    assert home({"household": "both", "days": "Fri to Sun at Dad's"}).days == "Fri to Sun at Dad's"
    assert home({}).where == "home"
    marked: dict[str, Value] = {
        "given": "Emeka",
        "safe_to_contact": "no",
        "must_not_learn_address": "yes",
        "must_not_meet": ["Ngozi"],
    }
    assert markers(marked) == ("not safe to contact", "Emeka must not learn the address", "must not meet Ngozi")
    assert markers({"safe_to_contact": "yes"}) == ()
