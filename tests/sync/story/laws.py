"""The laws of merge, tried on the pairs of changes that met in a story. Pure: no central is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from sync.changes import Change
from sync.merge import CREATED, Head, Merge, Touch, merge, rows
from tests.sync.story.sheet import policies_of
from tests.sync.story.world import WORD, Written

AT = "2026-11-23T09:00:00+00:00"
MOST = 40
"""Pairs tried of one story."""


def merge_laws(written: Sequence[Written]) -> None:
    """Try every law on the edits of one record that were made from the same base by different devices."""
    edits = [each for each in written if each.change.kind == "set" and each.base is not None]
    for one in edits[:MOST]:
        twice_is_once(one)
    for one, other in list(combinations(edits, 2))[:MOST]:
        if _met(one.change, other.change) and _same_base(one, other):
            order_decides_nothing(one, other)


def _met(one: Change, other: Change) -> bool:
    return one.record == other.record and one.trunk == other.trunk and one.device != other.device


def _same_base(one: Written, other: Written) -> bool:
    return one.base is not None and other.base is not None and one.base.version_hash == other.base.version_hash


def twice_is_once(one: Written) -> None:
    """merge(x, x) = x: the same said by a second device changes nothing and opens nothing."""
    head, change = _head(one), _as_seen(one)
    first = _merged(head, change)
    second = _merged(first.head, replace(change, device="second", hash="second"))
    assert second.head.state == first.head.state, f"merge(x, x) = x, but not for {dict(change.patch)}"
    # What stands against the first who said it (`first`) is a claim already: another who says the same stands beside.
    assert _claims(second).items() <= _claims(first).items(), "agreeing is no conflict"


def order_decides_nothing(one: Written, other: Written) -> None:
    """Disjoint fields commute; where they meet, the same paths are contested; nothing comes out that nobody said."""
    head, a, b = _head(one), _as_seen(one), _as_seen(other)
    there, back = _both(head, a, b), _both(head, b, a)
    assert {each.state["path"] for each in there.also} == {each.state["path"] for each in back.also}, "same conflicts"
    assert _asked(there) == _asked(back), "of safeguarding people are asked the same, and by the same"
    if _are_apart(head, a, b):
        assert there.head.state == back.head.state, "disjoint fields commute"
        assert not there.also
    said = _words([head.state, a.patch, b.patch])
    for made in (there, back):
        assert _words([made.head.state]) <= said, "only what some side had"


def _claims(made: Merge) -> dict[str, frozenset[str]]:
    """What is claimed at each contested place."""
    return {
        str(each.state["path"]): frozenset(str(each.state.get(f"siblings/{row}/value")) for row in rows(each))
        for each in made.also
    }


def _asked(made: Merge) -> dict[str, dict[str, object]]:
    """Who claims what of safeguarding."""
    return {
        str(each.state["path"]): {row: each.state.get(f"siblings/{row}/value") for row in rows(each)}
        for each in made.also
        if each.state["class"] == "A"
    }


def _both(head: Head, first: Change, second: Change) -> Merge:
    return _merged(_merged(head, first).head, second)


def _merged(head: Head, change: Change) -> Merge:
    return merge(change, head, policies_of(head.kind), AT)


def _as_seen(written: Written) -> Change:
    """The change as if nothing of the author's own lay on the base."""
    assert written.base is not None
    state = written.base.state
    return replace(written.change, was={path: state[path] for path in written.change.patch if path in state})


def _head(written: Written) -> Head:
    assert written.base is not None
    base = written.base
    touch = Touch(base.version, "somebody", "somebody", AT, AT, "before")
    head = Head(written.change.record, base.kind, base.scope, "", base.version, base.version_hash, base.state)
    return replace(head, touched={CREATED: (touch,)})


def _are_apart(head: Head, a: Change, b: Change) -> bool:
    units = policies_of(head.kind)
    names = [{(units[path].unit if path in units else None) or _place(path) for path in each.patch} for each in (a, b)]
    return not names[0] & names[1]


def _place(path: str) -> str:
    return "/".join(path.split("/")[:2]) if path.startswith("children/") else path


def _words(states: Iterable[object]) -> set[str]:
    return {word for state in states for word in WORD.findall(str(state))}
