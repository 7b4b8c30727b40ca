"""Broken forms, lists and answers: refused with a reason of the engine's own, never with a crash."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.forms.conformance.xforms import read, sit
from tests.forms.fuzzing import PIECES, PLACES, SMALL, changed, changed_words, listed_from, seeds, tried, worked

QUIET = [HealthCheck.too_slow, HealthCheck.large_base_example]
FEW = settings(max_examples=60, deadline=None, suppress_health_check=QUIET)


def test_the_form_that_is_broken_here_runs_when_it_is_whole() -> None:
    worked(SMALL)


@FEW
@given(seed=st.integers(0, 2**32))
def test_a_broken_form_is_refused_or_runs(seed: int) -> None:
    chance = random.Random(seed)
    tried(lambda: worked(changed(SMALL, chance)))
    tried(lambda: worked(changed_words(SMALL, chance)))


@pytest.mark.long
def test_many_broken_forms_are_refused_or_run() -> None:
    for seed in range(20_000):
        chance = random.Random(seed)
        tried(partial(worked, (changed, changed_words)[seed % 2](seeds()[seed % 8 == 0], chance)))


LISTS = {
    "places.csv": PLACES,
    "places.xml": b"<root><item><name>a</name></item></root>",
    "places.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"properties":{"a":2},'
    b'"geometry":{"type":"Point","coordinates":[1,2]}}]}',
}


@FEW
@given(name=st.sampled_from(sorted(LISTS)), seed=st.integers(0, 2**32), plain=st.binary(max_size=60))
def test_a_broken_list_is_refused_or_read(name: str, seed: int, plain: bytes) -> None:
    tried(lambda: listed_from(name, changed(LISTS[name], random.Random(seed))))
    tried(lambda: listed_from(name, plain))


PATHS = ("a", "town", "q", "many", "kid", "kid/1", "kid/1/name", "kid/1/age", "kid/1/@order", "kid/2/@order", "total")
ODD = st.sampled_from(
    (*PATHS, "", "/", "a@not-recorded", "a@irrelevant", "kid/1/age@typed", "nowhere/1/@order", "a/b", "kid/x/@order")
)
SAID = st.one_of(
    st.text(max_size=12),
    st.none(),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.sampled_from(("name", "hash")), st.text(max_size=5), max_size=2),
    st.integers(),
    st.booleans(),
    st.just("a0000001"),
    st.lists(st.integers(), max_size=2),
)


@FEW
@given(answers=st.dictionaries(ODD | st.text(max_size=10), SAID, max_size=8))
def test_an_answer_map_of_any_kind_is_refused_or_taken_up(answers: dict[str, Any]) -> None:
    before = dict(answers)
    tried(lambda: worked(SMALL, answers))
    assert answers == before, "the draft was changed by opening it"


@FEW
@given(path=ODD | st.text(max_size=10), value=SAID)
def test_an_answer_of_any_kind_is_refused_or_kept(path: str, value: Any) -> None:
    sitting = sit(SMALL, files={"places.csv": PLACES})
    tried(lambda: sitting.answer(path, value))
    tried(lambda: sitting.add_row(path))
    tried(lambda: sitting.remove_row(path))
    tried(lambda: sitting.question(path))
    assert read(sitting, "total") is not None
    assert sitting.values() is not None


def test_no_mark_of_the_engine_can_be_slipped_in_by_an_answer_map() -> None:
    sitting = sit(SMALL, files={"places.csv": PLACES}, answers={"a": "4", "a@irrelevant": "", "a@typed": "x"})
    assert (sitting.question("a").relevant, sitting.question("a").value, PIECES[0]) == (True, "4", b"")
