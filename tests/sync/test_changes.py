"""The vectors of sync/README.md, and what a chain gives away."""

from dataclasses import replace
from pathlib import Path

import pytest

from sync.changes import START, Change, canonical, chain_holds, row_of, template, version_hash
from sync.merge.kinds import BUILT_IN
from sync.merge.policies import POLICIES
from sync.protocol import SENTENCES, Reason

README = Path(__file__).parent.parent.parent / "sync" / "README.md"
FIRST = Change(
    device="d" * 32,
    seq=1,
    record="r1",
    kind="create",
    trunk=(0, ""),
    patch={"@kind": "family", "@scope": "family:r1", "name": "Cole"},
    was={},
    actor="w1",
    occurred_at="2026-11-23T09:00:00+00:00",
    recorded_at="2026-11-23T09:00:00+00:00",
    salt="00" * 16,
).sealed()
SECOND = replace(FIRST, seq=2, kind="set", patch={"name": "Núñez"}, prev_hash=FIRST.hash, salt="", hash="").sealed()

PATHS = [
    ("risk_level", "risk_level", None),
    ("b/children/0193f0/dob", "b/children/*/dob", "b/children/0193f0"),
    ("b/children/0193f0/@order", "b/children/*/@order", "b/children/0193f0"),
    ("b/children/0193f0/dob@not-recorded", "b/children/*/dob", "b/children/0193f0"),
    ("b/children/0193f0/dob@voice", "b/children/*/dob@voice", "b/children/0193f0"),
    ("a/01/b/02/c", "a/*/b/*/c", "a/01/b/02"),
]


@pytest.mark.parametrize(("path", "shape", "row"), PATHS)
def test_paths_are_read_as_the_readme_says(path: str, shape: str, row: str | None) -> None:
    assert (template(path), row_of(path)) == (shape, row)
    assert f"| `{path}` | `{shape}` |" in README.read_text(encoding="utf-8")


def test_hashes_are_those_of_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert canonical({"b": ["é", "1"], "a": None}).decode() == '{"a":null,"b":["é","1"]}'
    assert version_hash("r1", 1, {"name": "Cole"}) in text
    assert FIRST.hash in text


def test_a_chain_with_a_changed_word_a_swap_or_a_gap_does_not_hold() -> None:
    assert chain_holds([FIRST, SECOND], START)
    assert not chain_holds([replace(FIRST, line=FIRST.line.replace("Cole", "Coles")), SECOND], START)
    assert not chain_holds([SECOND, FIRST], START)
    assert not chain_holds([SECOND], START)


def test_a_change_comes_back_from_its_line_as_it_was_and_its_repr_has_no_words() -> None:
    assert Change.of_line(SECOND.line, SECOND.device, SECOND.seq, SECOND.prev_hash) == SECOND
    assert "Núñez" not in repr(SECOND)
    assert SECOND.salt not in repr(SECOND)


def test_every_reason_has_a_sentence_and_a_line_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert set(SENTENCES) == set(Reason)
    assert all(f"| `{reason}` | {SENTENCES[reason]} |" in text for reason in Reason)


def test_every_built_in_policy_is_one_that_merge_knows() -> None:
    assert {policy.merge for rules in BUILT_IN.values() for policy in rules.values()} <= {*POLICIES, "local"}
