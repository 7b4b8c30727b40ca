"""Safeguarding in any order of arrival: the same question is asked of people, and the same is shown meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import strategies as st

from sync.changes import Change, Value
from sync.merge import Head, merge, rows
from tests.sync.laptops import FAMILY, Laptop, claims, settle, shared
from tests.sync.merge.test_laws import AT, LEVELS, RULES, Author, base_of, hold, orders

GUARDED = ("ask", "ask_plain", "guard")
"""Where a machine decides nothing: a value with an order, one without, a group."""
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "ask": st.sampled_from(LEVELS),
    "ask_plain": st.sampled_from(("one", "two")),
    "guard/a": st.sampled_from(LEVELS[:2]),
    "guard/b": st.sampled_from(("one", "two")),
}
PLACES = st.sampled_from(
    (("ask",), ("ask_plain",), ("guard/a",), ("guard/b",), ("guard/a", "guard/b"), ("ask", "last"))
)


@st.composite
def patches(draw: st.DrawFn) -> dict[str, Value]:
    """A few words, so that people often agree, take back and come round."""
    return {path: draw(VALUES.get(path, st.just("x"))) for path in draw(PLACES)}


@st.composite
def stories(draw: st.DrawFn, deletes: bool = False) -> tuple[Head, list[list[Change]]]:
    """What two to four authors say, up to three times each, who do not know of each other; perhaps one deletes it."""
    base = base_of({path: value for path, value in draw(patches()).items() if draw(st.booleans())})
    told = []
    for name in "abcd"[: draw(st.integers(2, 4))]:
        author = Author(name, base)
        said = [author.says(patch) for patch in draw(st.lists(patches(), min_size=1, max_size=3))]
        changes = [change for change in said if change is not None]
        if deletes and draw(st.booleans()):
            trunk = (base.version, base.version_hash)
            gone = Change(name * 32, 9, "r1", "delete", trunk, {}, {}, name, AT, AT, hash=f"{name}gone")
            changes = [*changes, gone] if draw(st.booleans()) else [gone]
        told.append(changes)
    return base, told


def arrived(base: Head, changes: Sequence[Change]) -> Head:
    """The record once all is there."""
    head = base
    for change in changes:
        made = merge(change, head, RULES, AT)
        assert made.stands, made.reason
        head = made.head
    return head


def question(conflict: Head) -> dict[str, Value]:
    """Who claims what."""
    return {row: conflict.state.get(f"siblings/{row}/value") for row in rows(conflict)}


def people_are_asked_the_same(data: Any) -> None:
    base, told = data.draw(stories())
    one, other = (arrived(base, data.draw(orders(told))) for _ in range(2))
    asked = [
        {place: question(end.conflicts[place]) for place in GUARDED if place in end.conflicts} for end in (one, other)
    ]
    assert asked[0] == asked[1]
    assert one.state.get("ask") == other.state.get("ask")
    assert one.state.get("guard/a") == other.state.get("guard/a")


def where_two_words_met_people_are_asked(data: Any) -> None:
    """Whatever anybody said without knowing of another word, also what they took back since."""
    base, told = data.draw(stories())
    end = arrived(base, data.draw(orders(told)))
    for path in ("ask", "ask_plain"):
        words = [{change.patch[path] for change in changes if path in change.patch} for changes in told]
        spoken = [each for each in words if each]
        if len(spoken) > 1 and len(set().union(*spoken)) > 1:
            assert path in end.conflicts
            last = [changes for changes in told if any(path in change.patch for change in changes)]
            latest = [next(c.patch[path] for c in reversed(changes) if path in c.patch) for changes in last]
            assert {str(value) for value in latest} <= {str(value) for value in question(end.conflicts[path]).values()}


def a_deletion_and_an_edit_ask_the_same(data: Any) -> None:
    base, told = data.draw(stories(deletes=True))
    one, other = (arrived(base, data.draw(orders(told))) for _ in range(2))
    assert one.deleted == other.deleted
    asked = [set(end.conflicts) & {"@deleted", *GUARDED} for end in (one, other)]
    assert asked[0] == asked[1]
    if "@deleted" in one.conflicts:
        for end in (one, other):
            assert "deleted" in question(end.conflicts["@deleted"]).values()


LAWS = (people_are_asked_the_same, where_two_words_met_people_are_asked, a_deletion_and_an_edit_ask_the_same)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.__name__))
def test_no_order_of_arrival_decides(law: Callable[[Any], None]) -> None:
    hold(law, 20)


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.__name__))
def test_no_order_of_arrival_decides_over_ten_thousand_stories(law: Callable[[Any], None]) -> None:
    hold(law, 10_000)


def test_whoever_agreed_keeps_a_claim_of_their_own_when_the_other_says_something_else() -> None:
    anna, ben, cora = shared("anna", "ben", "cora", risk_level="low")
    for laptop, level in ((ben, "high"), (cora, "high"), (anna, "medium")):
        laptop.set(FAMILY, risk_level=level)
        laptop.sync()
    cora.set(FAMILY, risk_level="medium")
    settle([anna, ben, cora])
    (conflict,) = anna.central.open_on(FAMILY).values()
    assert sorted(map(str, claims(conflict))) == ["high", "medium", "medium"]


@pytest.mark.parametrize("order", sorted(set(permutations("aab"))))
def test_who_comes_round_to_what_another_says_is_asked_about_in_any_order(order: tuple[str, ...]) -> None:
    anna, ben = shared("anna", "ben", risk_level="low")
    words = {"a": [(anna, "high"), (anna, "medium")], "b": [(ben, "medium")]}
    for who in order:
        laptop, level = words[who].pop(0)
        laptop.set(FAMILY, risk_level=level)
        push(laptop)
    settle([anna, ben])
    (conflict,) = anna.central.open_on(FAMILY).values()
    assert (claims(conflict), anna.reads(FAMILY, "risk_level")) == (["medium", "medium"], "high")


def push(laptop: Laptop) -> None:
    """Send what waits, and hear of nothing."""
    batch = laptop.replica.batch(99)
    assert batch is not None
    laptop.replica.mark_sent(batch)
    laptop.replica.settle(laptop.line.push(batch))


def test_who_lowers_a_value_that_was_seen_is_not_asked_about() -> None:
    anna, ben = shared("anna", "ben", risk_level="low")
    anna.set(FAMILY, risk_level="high")
    settle([anna, ben])
    ben.set(FAMILY, risk_level="medium")
    settle([anna, ben])
    anna.set(FAMILY, risk_level="low")
    settle([anna, ben])
    assert (ben.reads(FAMILY, "risk_level"), anna.central.conflicts()) == ("low", [])


@pytest.mark.parametrize("first", ["cora", "anna"])
def test_a_word_that_was_answered_by_one_and_not_seen_by_another_is_weighed_in_any_order(first: str) -> None:
    anna, ben, cora = shared("anna", "ben", "cora", risk_level="low")
    cora.set(FAMILY, risk_level="medium")
    if first == "cora":
        push(cora)
    anna.set(FAMILY, risk_level="high")
    anna.sync()
    ben.sync()
    ben.set(FAMILY, risk_level="medium")
    ben.sync()
    settle([cora, anna, ben])
    (conflict,) = anna.central.open_on(FAMILY).values()
    assert sorted(map(str, claims(conflict))) == ["high", "medium", "medium"]
    assert anna.reads(FAMILY, "risk_level") == "high"


def test_what_people_decided_is_not_asked_again_because_of_what_they_weighed() -> None:
    anna, ben, cora = shared("anna", "ben", "cora", risk_level="low")
    anna.set(FAMILY, risk_level="medium")
    ben.set(FAMILY, risk_level="high")
    cora.set(FAMILY, risk_level="high")
    settle([anna, ben])
    (conflict,) = anna.central.open_on(FAMILY).values()
    anna.resolve(conflict.record, "theirs")
    settle([anna, ben])
    settle([cora, anna, ben])
    assert (cora.reads(FAMILY, "risk_level"), anna.central.open_on(FAMILY)) == ("high", {})


@pytest.mark.parametrize("first", ["anna", "ben"])
def test_a_deletion_and_an_edit_that_do_not_know_of_each_other_are_asked_about(first: str) -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.delete(FAMILY)
    ben.set(FAMILY, phone="2")
    for laptop in (anna, ben) if first == "anna" else (ben, anna):
        laptop.sync()
    settle([anna, ben])
    (conflict,) = anna.central.open_on(FAMILY).values()
    assert (conflict.state["path"], sorted(map(str, claims(conflict)))) == ("@deleted", ["deleted", "kept"])
    assert (anna.reads(FAMILY, "phone"), ben.reads(FAMILY, "phone")) == ("2", "2")


def test_two_deletions_are_one() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.delete(FAMILY)
    ben.delete(FAMILY)
    settle([anna, ben])
    assert (anna.reads(FAMILY, "phone"), ben.reads(FAMILY, "phone"), ben.replica.parked()) == (None, None, [])
