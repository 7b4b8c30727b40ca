"""Deciding conflicts, and who may lower a safeguarding value."""

import pytest

from sync.merge import rows, withdrawn
from tests.sync.laptops import FAMILY, Laptop, council, settle, shared

ROLES = {"anna": "worker", "ben": "worker", "lena": "lead"}


def fought() -> tuple[list[Laptop], str]:
    """Three laptops with an open conflict about risk: high (shown) against low."""
    laptops = council("anna", "ben", "lena", roles=ROLES)
    laptops[0].create(FAMILY, risk_level="medium")
    settle(laptops)
    laptops[0].set(FAMILY, risk_level="high")
    laptops[1].set(FAMILY, risk_level="low")
    settle(laptops)
    (conflict,) = laptops[0].central.open_on(FAMILY).values()
    return laptops, conflict.record


def test_an_ordinary_conflict_is_decided_by_one_person_and_the_other_value_is_kept() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    ben.set(FAMILY, phone="3")
    settle([anna, ben])
    (conflict,) = anna.central.conflicts()
    anna.resolve(conflict.record, "mine")
    settle([anna, ben])
    after = ben.replica.view(conflict.record)
    assert ben.reads(FAMILY, "phone") == "2"
    assert (after["status"], after["resolved/reason"], after["resolved/actor"]) == (
        "resolved",
        "spoke to the family",
        "anna",
    )
    assert "3" in after.values()
    assert anna.central.open_on(FAMILY) == {}


def test_taking_both_texts_keeps_every_word() -> None:
    anna, ben = shared("anna", "ben", summary="Old.")
    anna.set(FAMILY, summary="Anna's.")
    ben.set(FAMILY, summary="Ben's.")
    settle([anna, ben])
    (conflict,) = anna.central.conflicts()
    anna.resolve(conflict.record, "both")
    settle([anna, ben])
    assert sorted(str(ben.reads(FAMILY, "summary")).split("\n\n")) == ["Anna's.", "Ben's."]


def test_the_safer_value_is_taken_by_one_person() -> None:
    (anna, ben, lena), conflict = fought()
    ben.resolve(conflict, "theirs")
    settle([anna, ben, lena])
    assert anna.central.open_on(FAMILY) == {}
    assert lena.reads(FAMILY, "risk_level") == "high"


def test_a_safer_value_falls_only_when_a_lead_agrees() -> None:
    (anna, ben, lena), conflict = fought()
    ben.resolve(conflict, "mine")
    assert ben.sync().reasons == ("second-person",)
    settle([anna, ben, lena])
    assert (anna.reads(FAMILY, "risk_level"), anna.reads(conflict, "status")) == ("high", "proposed")
    lena.resolve(
        conflict, next(p.split("/")[1] for p, v in lena.replica.view(conflict).items() if p[0] == "s" and v == "low")
    )
    settle([anna, ben, lena])
    assert (anna.reads(FAMILY, "risk_level"), anna.reads(conflict, "status")) == ("low", "resolved")


@pytest.mark.parametrize("again", ["anna", "ben"])
def test_neither_the_same_person_nor_another_worker_is_the_second_person(again: str) -> None:
    laptops, conflict = fought()
    anna, ben, _ = laptops
    ben.resolve(conflict, "mine")
    settle(laptops)
    second = {"anna": anna, "ben": ben}[again]
    second.resolve(conflict, "mine" if again == "ben" else "theirs")
    assert second.sync().parked == 1
    assert anna.central.rows[FAMILY].head.state["risk_level"] == "high"


def test_a_resolve_that_had_not_seen_every_claim_is_refused() -> None:
    (anna, _, lena), conflict = fought()
    anna.resolve(conflict, "mine")
    lena.set(FAMILY, risk_level="immediate")
    lena.sync()
    assert anna.sync().reasons == ("sibling-arrived",)
    assert anna.reads(FAMILY, "risk_level") == "immediate"


def test_a_conflict_is_decided_once() -> None:
    laptops, conflict = fought()
    anna, ben, _ = laptops
    anna.resolve(conflict, "mine")
    ben.resolve(conflict, "theirs")
    anna.sync()
    assert ben.sync().reasons == ("already-decided",)


def test_what_was_written_before_the_decision_was_seen_opens_a_new_conflict() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    ben.set(FAMILY, phone="3")
    settle([anna, ben])
    (conflict,) = anna.central.conflicts()
    anna.resolve(conflict.record, "mine")
    ben.set(FAMILY, phone="4")
    anna.sync()
    ben.sync()
    (opened,) = anna.central.open_on(FAMILY).values()
    assert opened.record != conflict.record


def test_a_resolve_without_a_reason_is_refused() -> None:
    laptops, conflict = fought()
    laptops[0].resolve(conflict, "mine", reason="")
    assert laptops[0].sync().reasons == ("malformed",)


def test_who_took_a_claim_back_and_says_it_again_claims_it_again() -> None:
    (anna, ben, lena), conflict = fought()
    anna.set(FAMILY, risk_level=None)
    settle([anna, ben, lena])
    assert anna.reads(FAMILY, "risk_level") == "high"
    anna.set(FAMILY, risk_level="high")
    settle([anna, ben, lena])
    claims = {str(value) for path, value in lena.replica.view(conflict).items() if path.endswith("/value")}
    assert claims == {"high", "low"}


def test_a_lead_may_propose_and_a_worker_agree_as_well_as_the_other_way_round() -> None:
    (anna, ben, lena), conflict = fought()
    lena.resolve(conflict, row_of(lena, conflict, "low"))
    settle([anna, ben, lena])
    assert lena.replica.view(conflict)["status"] == "proposed"
    ben.resolve(conflict, row_of(ben, conflict, "low"))
    settle([anna, ben, lena])
    assert (lena.reads(FAMILY, "risk_level"), lena.replica.view(conflict)["status"]) == ("low", "resolved")


def row_of(laptop: Laptop, conflict: str, value: str) -> str:
    """The row of who claims this."""
    state = laptop.replica.view(conflict)
    claims = {path: said for path, said in state.items() if path.startswith("siblings/") and path.endswith("/value")}
    return next(path.split("/")[1] for path, said in claims.items() if said == value)


def test_a_proposal_that_another_value_took_back_can_be_found_and_is_no_claim() -> None:
    (anna, ben, lena), conflict = fought()
    ben.resolve(conflict, "mine")
    settle([anna, ben, lena])
    lena.set(FAMILY, risk_level="immediate")
    settle([lena, anna, ben])
    head = anna.central.rows[conflict].head
    (told,) = withdrawn(head)
    assert (head.state["status"], told["actor"], told["value"], told["reason"]) == (
        "open",
        "ben",
        "low",
        "spoke to the family",
    )
    assert told["after"] == lena.replica.outbox[-1].hash
    assert sorted(str(head.state[f"siblings/{row}/value"]) for row in rows(head)) == ["high", "immediate", "low"]


def test_a_word_that_nobody_knows_never_stands_in_place_of_one_that_is_known() -> None:
    """Also where its author saw what stood: nobody can say that it is safer."""
    anna, ben = shared("anna", "ben", risk_level="low")
    ben.set(FAMILY, risk_level="severe")
    settle([ben, anna])
    (conflict,) = anna.central.open_on(FAMILY).values()
    assert (ben.reads(FAMILY, "risk_level"), conflict.state["class"]) == ("low", "A")
    assert {conflict.state[f"siblings/{row}/value"] for row in rows(conflict)} == {"low", "severe"}
    anna.resolve(conflict.record, row_of(anna, conflict.record, "severe"))
    settle([anna, ben])
    assert (anna.reads(conflict.record, "status"), anna.reads(FAMILY, "risk_level")) == ("proposed", "low")
