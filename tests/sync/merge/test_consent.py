"""Withdrawal against grant, by giver and agency, in whatever order they come."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.changes import Value
from sync.merge.consent import ALL, GRANTS, SERVICE, WITHDRAWN, Said, claims, decide, name, preview


def said(id: str, decision: str, *saw: str, giver: str = "ruth", agency: str = "school") -> Said:
    return Said(id, giver, agency, decision, frozenset(saw))


def school(*sayings: Said) -> tuple[str, str, str]:
    stands = decide(sayings)["ruth", "school"]
    return stands.decision, stands.why, stands.klass


STORIES = [
    ("a grant stands alone", [said("g", "yes")], ("yes", "said", "")),
    ("in sight of a grant", [said("g", "yes"), said("w", WITHDRAWN, "g")], (WITHDRAWN, "said", "")),
    ("over a concurrent grant", [said("g", "yes"), said("w", WITHDRAWN)], (WITHDRAWN, "over-unseen-grant", "")),
    ("a grant in sight of it", [said("w", WITHDRAWN), said("g", "yes", "w")], ("yes", "said", "")),
    (
        "without sight of a later grant",
        [said("w", WITHDRAWN), said("g", "yes", "w"), said("v", WITHDRAWN, "w")],
        (WITHDRAWN, "without-sight-of-a-renewal", "A"),
    ),
    (
        "a refusal is no renewal",
        [said("w", WITHDRAWN), said("g", "no", "w"), said("v", WITHDRAWN)],
        (WITHDRAWN, "over-unseen-grant", ""),
    ),
    ("two grants that differ", [said("g", "yes"), said("h", "ask_first")], ("ask_first", "grants-differ", "B")),
    ("two grants that agree", [said("g", "yes"), said("h", "yes")], ("yes", "said", "")),
    ("all agencies", [said("g", "yes"), said("w", WITHDRAWN, "g", agency=ALL)], (WITHDRAWN, "said", "")),
    (
        "a decision ends it",
        [
            said("w", WITHDRAWN),
            said("g", "yes", "w"),
            said("v", WITHDRAWN, "w"),
            said("r", "yes", "w", "g", "v"),
        ],
        ("yes", "said", ""),
    ),
]


@pytest.mark.parametrize(("sayings", "stands"), [story[1:] for story in STORIES], ids=[story[0] for story in STORIES])
def test_what_stands_in_every_order_of_arrival(sayings: list[Said], stands: tuple[str, str, str]) -> None:
    assert {school(*order) for order in permutations(sayings)} == {stands}


def test_another_parents_agreement_and_another_agency_are_never_touched() -> None:
    others = [said("o", "yes", giver="sam"), said("n", "yes", agency="nurse")]
    found = decide([said("g", "yes"), said("w", WITHDRAWN, "g"), *others])
    assert (found["sam", "school"].decision, found["ruth", "nurse"].decision) == ("yes", "yes")
    everything = decide([said("g", "yes"), said("w", WITHDRAWN, agency=ALL), *others])
    assert {key: each.decision for key, each in everything.items()} == {
        ("ruth", "school"): WITHDRAWN,
        ("ruth", "nurse"): WITHDRAWN,
        ("ruth", ALL): WITHDRAWN,
        ("sam", "school"): "yes",
    }


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    """Sayings each of which saw some earlier ones and all that those saw."""
    made: list[Said] = []
    for number in range(draw(st.integers(1, 7))):
        seen = draw(st.lists(st.sampled_from(made), max_size=3)) if made else []
        saw = frozenset().union(*(each.saw | {each.id} for each in seen))
        decision = draw(st.sampled_from(("yes", "ask_first", "no", WITHDRAWN)))
        agency = draw(st.sampled_from(("school", "nurse", ALL))) if decision == WITHDRAWN else "school"
        made.append(Said(str(number), draw(st.sampled_from(("ruth", "sam"))), agency, decision, saw))
    return made


@given(histories(), st.randoms())
def test_the_order_of_arrival_says_nothing_and_a_grant_never_wins_over_what_it_had_not_seen(
    sayings: list[Said], chance: object
) -> None:
    shuffled = list(sayings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = decide(sayings)
    assert decide(shuffled) == found
    for (giver, agency), stands in found.items():
        about = [each for each in sayings if each.giver == giver and each.agency in (agency, ALL)]
        unanswered = [
            each for each in about if each.decision == WITHDRAWN and not any(each.id in other.saw for other in about)
        ]
        assert not (unanswered and stands.decision in GRANTS)
        assert stands.by in {each.id for each in about}


def test_an_agreement_is_read_by_the_ends_of_its_paths() -> None:
    state: dict[str, Value] = {
        "a/giver/giver_name": "Ruth  Okafor",
        "b/words/service": "yes",
        "c/agencies/01/agency/agency_name": "Mill School",
        "c/agencies/01/agency/decision": "yes",
        "c/agencies/02/agency/agency_name": "Nurse",
        "e/withdrawal/withdrawn": "yes",
        "e/withdrawal/withdrawn_what": ["sharing"],
        "e/withdrawal/withdrawn_agencies": "Police, Housing",
    }
    found = {(each.agency, each.decision) for each in claims("agreement", state).values()}
    assert found == {("mill school", "yes"), (SERVICE, "yes"), ("police", WITHDRAWN), ("housing", WITHDRAWN)}
    assert {each.giver for each in claims("agreement", state).values()} == {"ruth okafor"}
    blank: dict[str, Value] = {**state, "e/withdrawal/withdrawn_agencies": None}
    assert ALL in {each.agency for each in claims("agreement", blank).values()}
    assert claims("visit", state) == {}


def test_a_withdrawal_can_be_looked_at_before_it_is_kept() -> None:
    known = [said("g", "yes"), said("n", "yes", agency="nurse"), said("o", "yes", giver="sam")]
    assert {agency: each.decision for agency, each in preview(known, "Ruth", "School").items()} == {"school": WITHDRAWN}
    assert set(preview(known, "Ruth", ALL)) == {"school", "nurse", ALL}
    assert name("  Ruth\tOKAFOR ") == "ruth okafor"
