"""The promises of sync over many made-up histories: nothing lost, all agree, no clock counts (SYNC section 8)."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.changes import Change, Value
from sync.client import MemoryReplica
from sync.errors import Unreachable
from sync.merge import Head, merge
from sync.merge.kinds import BUILT_IN
from sync.merge.paragraphs import merge_text
from sync.merge.policies import entries
from tests.sync.laptops import FAMILY, Laptop, council
from tests.sync.memory_central import AT

FAMILY_RULES = BUILT_IN["family"]
PATHS = ("name", "phone", "risk_level", "lead", "summary", "address")
RISKS = ("low", "medium", "high", "immediate")


@dataclass(frozen=True)
class Step:
    """One thing that one laptop does."""

    who: int
    path: str
    value: str
    fate: str = field(default="")
    """Empty: an edit. Else a sync on a line that loses this."""


def a_value(path: str, number: int) -> str:
    """A value nobody else types, unless the path has a list of them."""
    return RISKS[number % 4] if path == "risk_level" else f"{path}-{number}"


@st.composite
def stories(draw: st.DrawFn) -> list[Step]:
    """Edits and syncs by three laptops."""
    steps = []
    for number in range(draw(st.integers(2, 24))):
        who, path = draw(st.integers(0, 2)), draw(st.sampled_from(PATHS))
        fate = draw(st.sampled_from(("", "", "", "fine", "request", "answer", "twice")))
        steps.append(Step(who, path, a_value(path, number), fate))
    return steps


def play(steps: list[Step], clock: str = AT) -> list[Laptop]:
    """Tell a story, then let everybody sync in peace."""
    laptops = council("anna", "ben", "cora")
    first = {"@kind": "family", "@scope": "family:fam1", "summary": "Base."}
    laptops[0].replica.write(FAMILY, "create", dict(first), clock)
    for laptop in (*laptops, *laptops):
        laptop.sync()
    for step in steps:
        laptop = laptops[step.who]
        if not step.fate:
            laptop.replica.write(FAMILY, "set", {step.path: step.value}, clock)
        else:
            sync_badly(laptop, step.fate)
    for laptop in laptops * 3:
        laptop.line.lose = []
        laptop.sync()
    return laptops


def sync_badly(laptop: Laptop, fate: str) -> None:
    """A sync whose first request has this fate."""
    laptop.line.lose = [fate]
    try:
        laptop.sync()
    except Unreachable:
        laptop.line.lose = []


def words(value: Value) -> set[str]:
    """All texts in a value."""
    if isinstance(value, dict):
        return {text for each in value.values() for text in words(each)}
    return {part for text in entries(value) for part in (text, *text.split("\n\n"))}


def findable(laptop: Laptop) -> set[str]:
    """Every text that can be found from the record: shown, claimed, in the history or parked."""
    seen = [head.state.values() for head in (row.head for row in laptop.central.rows.values())]
    history = [change.patch.values() for change in laptop.central.history]
    return {text for values in (*seen, *history) for value in values for text in words(value)}


@settings(max_examples=60, deadline=None)
@given(stories())
def test_all_laptops_end_with_centrals_records(steps: list[Step]) -> None:
    laptops = play(steps)
    central = {record: row.head.state for record, row in laptops[0].central.rows.items()}
    for laptop in laptops:
        assert {record: held.state for record, held in laptop.replica.base.items()} == central
        assert {record: laptop.replica.view(record) for record in central} == central


@settings(max_examples=60, deadline=None)
@given(stories())
def test_every_typed_value_can_be_found_and_none_was_taken_twice(steps: list[Step]) -> None:
    laptops = play(steps)
    typed = {step.value for step in steps if not step.fate}
    assert typed <= findable(laptops[0])
    history = [(change.device, change.seq) for change in laptops[0].central.history]
    assert len(history) == len(set(history)) == sum(len(laptop.replica.outbox) for laptop in laptops)


@settings(max_examples=60, deadline=None)
@given(stories())
def test_an_unseen_value_is_overruled_only_in_sight_of_people(steps: list[Step]) -> None:
    laptops = play(steps)
    central = laptops[0].central
    shown = {text for value in central.rows[FAMILY].head.state.values() for text in words(value)}
    claimed = {text for head in central.conflicts() for value in head.state.values() for text in words(value)}
    for change in central.history:
        for path, value in change.patch.items():
            if path[0] == "@" or words(value) <= shown | claimed:
                continue
            # Else somebody who had it before their eyes wrote something else, or its author did.
            assert any(
                path in later.patch and (later.device == change.device or words(value) <= words(later.was.get(path)))
                for later in central.history
            )


@settings(max_examples=30, deadline=None)
@given(stories(), st.sampled_from(("1999-01-01T00:00:00+00:00", "2031-12-24T00:00:00+00:00")))
def test_clocks_count_for_nothing(steps: list[Step], clock: str) -> None:
    one, other = play(steps)[0].central.rows[FAMILY].head.state, play(steps, clock)[0].central.rows[FAMILY].head.state
    assert one == other


@settings(max_examples=40, deadline=None)
@given(stories())
def test_a_safer_value_is_never_lowered_by_a_machine(steps: list[Step]) -> None:
    laptops = play(steps)
    central = laptops[0].central
    for conflict in central.conflicts():
        if conflict.state["path"] == "risk_level":
            claims = [str(value) for path, value in conflict.state.items() if path.endswith("/value")]
            shown = str(central.rows[FAMILY].head.state["risk_level"])
            assert RISKS.index(shown) >= max(map(RISKS.index, claims))


def a_change(device: str, patch: dict[str, Value], head: Head, was: dict[str, Value]) -> Change:
    """An edit by a device that saw this head."""
    return Change(device, 1, FAMILY, "set", (head.version, head.version_hash), patch, was, hash=device)


def a_head(state: dict[str, Value]) -> Head:
    """A family as it was created."""
    replica = MemoryReplica("maker")
    made = replica.write(FAMILY, "create", {"@kind": "family", "@scope": "family:fam1", **state})
    return merge(made, None, FAMILY_RULES, AT).head


values = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(("low", "high", "x", "y")), max_size=4)


@given(values, values)
def test_saying_the_same_twice_changes_nothing(state: dict[str, Value], patch: dict[str, Value]) -> None:
    head = a_head(state)
    once = merge(a_change("a", patch, head, state), head, FAMILY_RULES, AT)
    twice = merge(a_change("b", patch, head, state), once.head, FAMILY_RULES, AT)
    assert twice.head.state == once.head.state
    # A word that nobody knows does not stand, it is asked about: who says it too has a claim in that question.
    assert {each.record for each in twice.also} == {each.record for each in once.also}


@given(values, values, values)
def test_edits_of_different_fields_commute(
    state: dict[str, Value], one: dict[str, Value], other: dict[str, Value]
) -> None:
    head = a_head(state)
    other = {path: value for path, value in other.items() if path not in one}
    if "address" in one or "address" in other:
        return
    first, second = a_change("a", one, head, state), a_change("b", other, head, state)
    ends = []
    for pair in ((first, second), (second, first)):
        after = head
        for change in pair:
            after = merge(change, after, FAMILY_RULES, AT).head
        ends.append(after.state)
    assert ends[0] == ends[1]


paragraphs = st.lists(st.sampled_from(("A.", "B.", "C.", "D.")), max_size=5).map("\n\n".join)


@given(paragraphs, paragraphs, paragraphs)
def test_a_merged_text_has_only_paragraphs_that_somebody_wrote(base: str, ours: str, theirs: str) -> None:
    merged = merge_text(base, ours, theirs)
    if merged is not None:
        assert words(merged) - {merged} <= words(ours) | words(theirs)
    assert merge_text(base, theirs, ours) == merged


@given(paragraphs, paragraphs)
def test_a_text_that_one_side_left_alone_is_the_others(base: str, ours: str) -> None:
    assert merge_text(base, ours, base) == merge_text(base, base, ours) == ours
    assert merge_text(base, ours, ours) == ours
