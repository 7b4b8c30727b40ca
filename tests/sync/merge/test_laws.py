"""The laws of merging, over every policy: nothing depends on who came first but what is shown (SYNC section 8)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.changes import Change, Policies, Policy, Value, apply
from sync.merge import Head, merge, rows
from sync.merge.policies import POLICIES, entries

AT = "2026-11-23T09:00:00+00:00"
LEVELS = ("low", "medium", "high")
RULES: Policies = {
    "last": Policy("last"),
    "ask": Policy("ask", "A", LEVELS),
    "ask_plain": Policy("ask", "A"),
    "text": Policy("text"),
    "set": Policy("set"),
    "append": Policy("append"),
    "entry/*/words": Policy("append"),
    "max": Policy("max"),
    "min": Policy("min"),
    "first": Policy("first"),
    "place/a": Policy("last", unit="place"),
    "place/b": Policy("last", unit="place"),
    "guard/a": Policy("ask", "A", LEVELS, unit="guard"),
    "guard/b": Policy("last", unit="guard"),
    "read/a": Policy("first", unit="read"),
    "read/b": Policy("first", unit="read"),
}
WORDS = st.sampled_from(("one", "two", "three"))
LISTS = st.lists(st.sampled_from(("a", "b", "c", "d")), min_size=1, max_size=4, unique=True)
TEXTS = st.lists(st.sampled_from(("A.", "B.", "C.", "D.", "E.")), min_size=1, max_size=4, unique=True).map("\n\n".join)
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "ask": st.sampled_from(LEVELS),
    "guard/a": st.sampled_from(LEVELS),
    "text": TEXTS,
    "set": LISTS,
    "append": LISTS.map(sorted),
    "max": st.sampled_from(("3", "5", "10")),
    "min": st.sampled_from(("3", "5", "10")),
}
PATHS = tuple(path.replace("*", "01") for path in RULES)


def value_of(path: str) -> st.SearchStrategy[Value]:
    """A value that a worker could give there."""
    return VALUES.get(path, WORDS)


@st.composite
def patches(draw: st.DrawFn) -> dict[str, Value]:
    """Some paths and what is said of them; now and then something is cleared."""
    paths = draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=4, unique=True))
    return {path: draw(st.one_of(value_of(path), value_of(path), value_of(path), st.none())) for path in paths}


@dataclass
class Author:
    """A device away from central: it knows the record as it was, and its own edits."""

    name: str
    seen: Head
    view: dict[str, Value] = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        self.view = dict(self.seen.state)

    def says(self, patch: dict[str, Value]) -> Change | None:
        """An edit: only what is another value than this author sees; a unit is said whole, as the screens do."""
        whole = dict(patch)
        for path in patch:
            unit = RULES[path.replace("/01/", "/*/")].unit
            whole |= {each: self.view.get(each) for each in PATHS if unit and each.startswith(f"{unit}/")}
        whole |= patch
        if all(self.view.get(path) == value for path, value in patch.items()):
            return None
        new = {path: value for path, value in whole.items() if self.view.get(path) != value or "/" in path}
        was = {path: self.view[path] for path in new if path in self.view}
        trunk, self.made = (self.seen.version, self.seen.version_hash), self.made + 1
        self.view = apply(self.view, new)
        return Change(
            self.name * 32, self.made, "r1", "set", trunk, new, was, self.name, AT, AT, hash=f"{self.name}{self.made}"
        )


def base_of(state: dict[str, Value]) -> Head:
    """The record as everybody had it."""
    made = Change("m" * 32, 1, "r1", "create", (0, ""), {"@kind": "k", "@scope": "s", **state}, {}, "m", AT, AT)
    return merge(made.sealed(), None, RULES, AT).head


@dataclass
class End:
    """Where a record is once everything has arrived."""

    head: Head
    claims: dict[str, list[Value]]

    def shown(self, path: str) -> Value:
        """What everybody sees."""
        return self.head.state.get(path)


def arrive(base: Head, changes: Sequence[Change]) -> End:
    """Let changes come in this order."""
    head = base
    for change in changes:
        made = merge(change, head, RULES, AT)
        assert made.stands, made.reason
        head = made.head
    found = {
        path: [each.state.get(f"siblings/{row}/value") for row in rows(each)] for path, each in head.conflicts.items()
    }
    return End(head, found)


@st.composite
def stories(draw: st.DrawFn, once: bool = True) -> tuple[Head, list[list[Change]]]:
    """A record and what two or three authors say of it who do not know of each other."""
    base = base_of({path: value for path, value in draw(patches()).items() if value is not None})
    told = []
    for name in "abc"[: draw(st.integers(2, 3))]:
        author, changes = Author(name, base), []
        for patch in draw(st.lists(patches(), min_size=1, max_size=1 if once else 3)):
            change = author.says(patch)
            changes += [] if change is None else [change]
        told.append(changes)
    return base, told


@st.composite
def orders(draw: st.DrawFn, told: list[list[Change]]) -> list[Change]:
    """The authors' changes mixed, each author's own in order."""
    left = [list(changes) for changes in told if changes]
    mixed = []
    while left:
        which = draw(st.integers(0, len(left) - 1))
        mixed.append(left[which].pop(0))
        left = [changes for changes in left if changes]
    return mixed


def texts(value: Value) -> set[str]:
    """All that is said in a value."""
    if isinstance(value, dict):
        return {text for each in value.values() for text in texts(each)}
    return {part for text in entries(value) for part in text.split("\n\n")}


def of_both_orders(data: Any, once: bool) -> tuple[Head, list[list[Change]], End, End]:
    base, told = data.draw(stories(once))
    return base, told, arrive(base, data.draw(orders(told))), arrive(base, data.draw(orders(told)))


def the_order_opens_the_same_conflicts(data: Any) -> None:
    _, _, one, other = of_both_orders(data, once=True)
    assert set(one.claims) == set(other.claims)
    for path in one.claims:
        found = [{text for value in end.claims[path] for text in texts(value)} for end in (one, other)]
        shown = [texts(end.shown(path)) for end in (one, other)]
        assert found[0] | shown[0] == found[1] | shown[1]


def joins_come_to_the_same(data: Any) -> None:
    """What is shown may depend on the order for `last`, `text` and `first`, and where people are asked; else not."""
    _, _, one, other = of_both_orders(data, once=False)
    for path in ("max", "min", "append"):
        assert one.shown(path) == other.shown(path)
    for path in ("set", "ask", "ask_plain"):
        if path not in one.claims and path not in other.claims:
            assert sorted(texts(one.shown(path))) == sorted(texts(other.shown(path)))


def only_what_some_side_had(data: Any) -> None:
    base, told, one, _ = of_both_orders(data, once=False)
    for path, value in one.head.state.items():
        if path.endswith("/@order"):
            continue
        said = [change.patch.get(path) for changes in told for change in changes]
        assert texts(value) <= {text for each in (base.state.get(path), *said) for text in texts(each)}


def the_last_word_of_each_is_shown_claimed_or_joined(data: Any) -> None:
    """Of one saying each: who agrees has no claim of its own, and where the other then says something else, the agreed
    value is in the history only."""
    _, told, one, _ = of_both_orders(data, once=True)
    for changes in told:
        for path in {path for change in changes for path in change.patch}:
            words = [change.patch[path] for change in changes if _changes(change, path)]
            said = words[-1] if words else None
            key = path.split("/")[0] if RULES[path.replace("/01/", "/*/")].unit else path
            claimed = {text for value in one.claims.get(key, []) for text in texts(value)}
            # A value that lies beneath a larger or a smaller one is in the history.
            if path not in ("max", "min", "text", "set") and said is not None:
                assert texts(said) <= texts(one.shown(path)) | claimed, path


def _changes(change: Change, path: str) -> bool:
    """Whether it says something else there than its author saw; members of a unit are said along."""
    return path in change.patch and change.patch[path] != change.was.get(path)


def what_is_asked_is_never_shown_less_protective_than_a_claim(data: Any) -> None:
    _, _, one, other = of_both_orders(data, once=False)
    for end in (one, other):
        levels = [LEVELS.index(str(value)) for value in end.claims.get("ask", []) if value is not None]
        if levels:
            assert LEVELS.index(str(end.shown("ask"))) >= max(levels)


LAWS = (
    the_order_opens_the_same_conflicts,
    joins_come_to_the_same,
    only_what_some_side_had,
    the_last_word_of_each_is_shown_claimed_or_joined,
    what_is_asked_is_never_shown_less_protective_than_a_claim,
)


def hold(law: Callable[[Any], None], cases: int) -> None:
    """A law over so many made-up stories."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    settings(max_examples=cases, deadline=None, suppress_health_check=checks)(given(st.data())(law))()


@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.__name__))
def test_the_laws_hold(law: Callable[[Any], None]) -> None:
    hold(law, 25)


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.__name__))
def test_the_laws_hold_over_ten_thousand_stories(law: Callable[[Any], None]) -> None:
    hold(law, 10_000)


def test_every_policy_takes_part() -> None:
    assert {policy.merge for policy in RULES.values()} == set(POLICIES)
    assert {policy.merge for policy in RULES.values() if policy.unit} == {"last", "ask", "first"}


@settings(max_examples=40, deadline=None)
@given(patches(), patches())
def test_saying_the_same_again_changes_nothing(state: dict[str, Value], patch: dict[str, Value]) -> None:
    base = base_of({path: value for path, value in state.items() if value is not None})
    first, second = Author("a", base).says(patch), Author("b", base).says(patch)
    if first is None or second is None:
        return
    once = arrive(base, [first])
    if once.claims:
        return
    twice = arrive(base, [first, second])
    assert (twice.head.state, twice.claims) == (once.head.state, {})


@settings(max_examples=40, deadline=None)
@given(patches(), patches(), patches())
def test_edits_of_other_paths_and_other_units_commute(
    state: dict[str, Value], one: dict[str, Value], other: dict[str, Value]
) -> None:
    base = base_of({path: value for path, value in state.items() if value is not None})
    heads = {path.split("/")[0] for path in one}
    apart = {path: value for path, value in other.items() if path.split("/")[0] not in heads}
    pair = [each for each in (Author("a", base).says(one), Author("b", base).says(apart)) if each is not None]
    forth, back = arrive(base, pair), arrive(base, pair[::-1])
    assert (forth.head.state, set(forth.claims)) == (back.head.state, set(back.claims))
