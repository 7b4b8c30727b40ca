"""What becomes of edits that do not know of each other, told with laptops."""

import pytest

from sync.changes import Policies, Policy, Value
from sync.merge import Head
from tests.sync.laptops import FAMILY, Laptop, claims, council, settle, shared

FORM: dict[str, Policies] = {
    "eha": {"danger": Policy("ask", "A", ("no", "yes")), "b/*/harm": Policy("ask", "A", ("no", "yes"))}
}


def only_conflict(laptop: Laptop, record: str = FAMILY) -> Head:
    (conflict,) = laptop.central.open_on(record).values()
    return conflict


def test_edits_of_different_fields_are_both_kept() -> None:
    anna, ben = shared("anna", "ben", name="Cole", phone="1")
    anna.set(FAMILY, phone="2")
    ben.set(FAMILY, email="b@example.org")
    settle([anna, ben])
    assert (anna.reads(FAMILY, "phone"), anna.reads(FAMILY, "email")) == ("2", "b@example.org")
    assert anna.central.conflicts() == []


def test_two_values_of_one_field_are_both_findable() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    ben.set(FAMILY, phone="3")
    settle([anna, ben])
    conflict = only_conflict(anna)
    assert sorted(map(str, claims(conflict))) == ["2", "3"]
    assert conflict.state["trunk"] == "1"
    assert conflict.state["class"] == "C"
    assert ben.replica.view(conflict.record) == conflict.state


def test_the_second_value_of_two_agreeing_laptops_counts_as_said() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    ben.set(FAMILY, phone="2")
    anna.sync()
    ben.sync()
    anna.set(FAMILY, phone="3")
    anna.sync()
    assert sorted(map(str, claims(only_conflict(anna)))) == ["2", "3"]


def test_what_was_seen_of_an_agreeing_laptop_may_be_changed_in_peace() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    ben.set(FAMILY, phone="2")
    settle([anna, ben])
    anna.set(FAMILY, phone="3")
    settle([anna, ben])
    assert ben.reads(FAMILY, "phone") == "3"
    assert anna.central.conflicts() == []


def test_the_safer_value_is_shown_until_people_decide() -> None:
    anna, ben = shared("anna", "ben", risk_level="medium")
    anna.set(FAMILY, risk_level="high")
    ben.set(FAMILY, risk_level="low")
    settle([anna, ben])
    conflict = only_conflict(anna)
    assert (ben.reads(FAMILY, "risk_level"), conflict.state["class"]) == ("high", "A")
    assert conflict.state["due"] == "2026-11-24T09:00:00+00:00"


def test_a_safeguarding_value_without_an_order_shows_what_was_agreed_last() -> None:
    anna, ben = shared("anna", "ben", lead="w1")
    anna.set(FAMILY, lead="w2")
    ben.set(FAMILY, lead="w3")
    settle([anna, ben])
    assert anna.reads(FAMILY, "lead") == ben.reads(FAMILY, "lead") == "w1"
    assert sorted(map(str, claims(only_conflict(anna)))) == ["w2", "w3"]


def test_a_laptops_later_value_replaces_its_own_claim_only() -> None:
    anna, ben, cora = shared("anna", "ben", "cora", phone="1")
    for laptop, phone in ((anna, "2"), (ben, "3"), (cora, "4"), (ben, "5")):
        laptop.set(FAMILY, phone=phone)
    settle([anna, ben, cora])
    assert sorted(map(str, claims(only_conflict(anna)))) == ["2", "4", "5"]


def test_a_safer_value_stays_shown_when_its_author_lowers_it_in_an_open_conflict() -> None:
    anna, ben = shared("anna", "ben", risk_level="low")
    anna.set(FAMILY, risk_level="high")
    ben.set(FAMILY, risk_level="medium")
    settle([anna, ben])
    anna.set(FAMILY, risk_level="low")
    settle([anna, ben])
    assert ben.reads(FAMILY, "risk_level") == "high"


def test_paragraphs_that_do_not_meet_are_joined_and_those_that_meet_are_two_claims() -> None:
    anna, ben = shared("anna", "ben", summary="One.\n\nTwo.\n\nThree.")
    anna.set(FAMILY, summary="One, by Anna.\n\nTwo.\n\nThree.")
    ben.set(FAMILY, summary="One.\n\nTwo.\n\nThree, by Ben.")
    settle([anna, ben])
    assert ben.reads(FAMILY, "summary") == "One, by Anna.\n\nTwo.\n\nThree, by Ben."
    anna.set(FAMILY, summary="Anna's.\n\nTwo.\n\nThree, by Ben.")
    ben.set(FAMILY, summary="Ben's.\n\nTwo.\n\nThree, by Ben.")
    settle([anna, ben])
    assert len(claims(only_conflict(anna))) == 2


POLICY_STORIES: list[tuple[Policy, Value, Value, Value, Value]] = [
    (Policy("set"), ["a", "b"], ["a", "b", "c"], ["b"], ["b", "c"]),
    (Policy("append"), ["a"], ["a", "b"], ["a", "c"], ["a", "b", "c"]),
    (Policy("max"), "5", "10", "9", "10"),
    (Policy("min"), "5", "4", "3", "3"),
]


@pytest.mark.parametrize(("policy", "was", "first", "second", "after"), POLICY_STORIES)
def test_values_that_join_need_nobody(policy: Policy, was: Value, first: Value, second: Value, after: Value) -> None:
    anna, ben = council("anna", "ben", policies={"family": {"it": policy}})
    anna.create(FAMILY, it=was)
    settle([anna, ben])
    anna.set(FAMILY, it=first)
    ben.set(FAMILY, it=second)
    settle([anna, ben])
    assert (anna.reads(FAMILY, "it"), ben.reads(FAMILY, "it")) == (after, after)
    assert anna.central.conflicts() == []


@pytest.mark.parametrize("first", ["anna", "ben"])
def test_what_one_put_in_while_another_took_it_out_stays_and_people_look(first: str) -> None:
    anna, ben = council("anna", "ben", policies={"family": {"it": Policy("set")}})
    anna.create(FAMILY, it=["a"])
    settle([anna, ben])
    anna.set(FAMILY, it=["a", "food"])
    ben.set(FAMILY, it=["a", "food"])
    ben.set(FAMILY, it=["a"])
    {"anna": anna, "ben": ben}[first].sync()
    settle([anna, ben])
    assert (anna.reads(FAMILY, "it"), ben.reads(FAMILY, "it")) == (["a", "food"], ["a", "food"])
    assert sorted(map(str, claims(only_conflict(anna)))) == ["['a', 'food']", "['a']"]


def test_an_entry_taken_out_by_somebody_who_saw_it_goes() -> None:
    anna, ben = council("anna", "ben", policies={"family": {"it": Policy("set")}})
    anna.create(FAMILY, it=["a"])
    settle([anna, ben])
    anna.set(FAMILY, it=["a", "food"])
    settle([anna, ben])
    ben.set(FAMILY, it=["a"])
    anna.set(FAMILY, it=["a", "food", "rent"])
    settle([anna, ben])
    assert sorted(map(str, anna.reads(FAMILY, "it") or [])) == ["a", "rent"]
    assert anna.central.conflicts() == []


@pytest.mark.parametrize(("theirs", "mine"), [("yes", "perhaps"), ("perhaps", "yes")])
def test_a_word_that_the_order_does_not_know_never_lowers_what_is_shown(theirs: str, mine: str) -> None:
    guarded: dict[str, Policies] = {"family": {"it": Policy("ask", "A", ("no", "yes"))}}
    anna, ben = council("anna", "ben", policies=guarded)
    anna.create(FAMILY, it="no")
    settle([anna, ben])
    ben.set(FAMILY, it=theirs)
    anna.set(FAMILY, it=mine)
    ben.sync()
    settle([anna, ben])
    assert (anna.reads(FAMILY, "it"), len(claims(only_conflict(anna)))) == ("yes", 2)


def test_of_a_first_value_later_ones_are_proposals() -> None:
    anna, ben = council("anna", "ben", policies={"family": {"it": Policy("first")}})
    anna.create(FAMILY)
    settle([anna, ben])
    ben.set(FAMILY, it="one")
    anna.set(FAMILY, it="two")
    ben.sync()
    settle([anna, ben])
    assert anna.reads(FAMILY, "it") == "one"
    assert sorted(map(str, claims(only_conflict(anna)))) == ["one", "two"]


def test_a_local_value_never_reaches_central() -> None:
    (anna,) = council("anna", policies={"family": {"scroll": Policy("local")}})
    anna.create(FAMILY, name="Cole", scroll="12")
    anna.sync()
    assert anna.central.rows[FAMILY].head.state == {"name": "Cole"}


def test_a_group_is_one_conflict_with_whole_values() -> None:
    anna, ben = shared("anna", "ben", address="1 Low St", postcode="AA1 1AA")
    anna.set(FAMILY, address="2 High St", postcode="BB2 2BB")
    ben.set(FAMILY, address="3 Mill Rd", postcode="CC3 3CC")
    settle([anna, ben])
    (path,) = anna.central.open_on(FAMILY)
    assert path == "place"
    assert {"address": "2 High St", "postcode": "BB2 2BB"} in claims(only_conflict(anna))
    assert (anna.reads(FAMILY, "address"), anna.reads(FAMILY, "postcode")) == ("3 Mill Rd", "CC3 3CC")
    anna.resolve(only_conflict(anna).record, "mine")
    settle([anna, ben])
    assert (ben.reads(FAMILY, "address"), ben.reads(FAMILY, "postcode")) == ("2 High St", "BB2 2BB")


def test_deleting_what_somebody_else_changed_is_refused_and_the_record_stays() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    anna.sync()
    ben.delete(FAMILY)
    assert ben.sync().reasons == ("unseen-delete",)
    assert ben.reads(FAMILY, "phone") == "2"


def test_writing_in_a_record_that_was_deleted_brings_it_back_with_a_question() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.delete(FAMILY)
    ben.set(FAMILY, phone="2")
    anna.sync()
    settle([ben, anna])
    assert anna.reads(FAMILY, "phone") == "2"
    assert list(anna.central.open_on(FAMILY)) == ["@deleted"]
    anna.resolve(only_conflict(anna).record, "mine")
    settle([anna, ben])
    assert ben.reads(FAMILY, "phone") is None


def test_a_row_that_one_removed_stands_while_another_wrote_in_it() -> None:
    anna, ben = shared("anna", "ben", **{"kin/01/name": "Ada", "kin/01/@order": "a"})
    anna.set(FAMILY, {"kin/01/name": None, "kin/01/@order": None})
    ben.set(FAMILY, {"kin/01/name": "Ada B."})
    anna.sync()
    settle([ben, anna])
    assert (anna.reads(FAMILY, "kin/01/name"), anna.reads(FAMILY, "kin/01/@order")) == ("Ada B.", "z")


def test_relevance_does_not_take_a_safeguarding_answer_away() -> None:
    (anna,) = council("anna", policies=FORM)
    anna.create("e1", "eha", "eha@1", danger="yes", other="x", **{"b/01/harm": "yes", "b/01/@order": "a"})
    anna.sync()
    anna.set("e1", danger=None, other=None)
    anna.sync()
    state = anna.central.rows["e1"].head.state
    assert (state["danger"], state["danger@not-recorded"]) == ("yes", "not-asked")
    assert "other" not in state
    anna.set("e1", {"b/01/harm": None, "b/01/@order": None})
    anna.sync()
    assert "b/01/harm" not in anna.central.rows["e1"].head.state


def test_a_signed_bundle_is_never_changed() -> None:
    (anna,) = council("anna")
    anna.create("s1", "signature", statement="I agree")
    anna.sync()
    anna.set("s1", statement="I do not")
    assert anna.sync().reasons == ("immutable",)
    assert anna.reads("s1", "statement") == "I agree"
    assert [each.reason for each in anna.replica.parked()] == ["immutable"]


def test_two_laptops_that_make_the_same_natural_record_make_one() -> None:
    anna, ben = council("anna", "ben")
    anna.create("0attendance", "attendance", came="yes", snack="apple")
    ben.create("0attendance", "attendance", came="yes", late="no")
    settle([anna, ben])
    assert anna.replica.view("0attendance") == {"came": "yes", "snack": "apple", "late": "no"}
    assert anna.central.conflicts() == []


def test_a_second_edit_from_the_same_offline_hours_does_not_undo_what_the_first_was_merged_with() -> None:
    anna, ben = shared("anna", "ben", summary="One.\n\nTwo.\n\nThree.")
    anna.set(FAMILY, summary="One, by Anna.\n\nTwo.\n\nThree.")
    ben.set(FAMILY, summary="One.\n\nTwo.\n\nThree, by Ben.")
    ben.set(FAMILY, summary="One.\n\nTwo.\n\nThree, by Ben, again.")
    settle([anna, ben])
    assert anna.reads(FAMILY, "summary") == "One, by Anna.\n\nTwo.\n\nThree, by Ben, again."


def test_what_central_kept_is_sent_back_also_when_a_plain_edit_follows() -> None:
    (anna,) = council("anna", policies=FORM)
    anna.create("e1", "eha", "eha@1", danger="yes")
    anna.sync()
    anna.set("e1", danger=None)
    anna.set("e1", other="x")
    anna.sync()
    assert [receipt.echo for receipt in anna.replica.receipts.values()] == [False, True, True]
    assert anna.reads("e1", "danger") == "yes"
