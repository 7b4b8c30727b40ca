"""A sync with everything in it, and one request of it after the other goes wrong: it ends as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.central_fixture import Ground, StillClock
from tests.sync.faults import full_day
from tests.sync.faults.full_day import Day, differing, picture, synced
from tests.sync.faults.proxy import Plan, failing_line

SYNCS = 4
"""So often it is synced in any case: what is missing is then found by digests, and the last one has nothing to do."""
CURED = ("lost answer", "lost request", "cut answer", "reset in the answer", "duplicate", "reorder", "502")
"""What a second try cures: nobody is told of it."""
TOLD = ("captive portal", "short answer", "an old answer", "forged refusal after the work")
"""What nobody but central may say: somebody is told, and the next sync puts it right."""


@dataclass(frozen=True)
class Faultless:
    """How it ends when nothing goes wrong."""

    paths: tuple[str, ...]
    said: frozenset[str]
    picture: dict[str, Any] = field(repr=False)


@pytest.fixture(scope="module")
def day(central_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    made = full_day.made(central_ground, StillClock(), tmp_path_factory.mktemp("day"))
    yield made
    made.ended()


@pytest.fixture(scope="module")
def faultless(day: Day) -> Faultless:
    asked, said, seen = run(day, lambda _path: "clean")
    return Faultless(tuple(path for path, _ in asked), said, seen)


def run(day: Day, plan: Plan) -> tuple[list[tuple[str, str]], frozenset[str], dict[str, Any]]:
    """The syncs over a line that fails so: what was asked, what the person was told, how it ended."""
    with day.begun() as (central, laptop), failing_line(central.url, plan) as line:
        laptop.store.set_meta("central_url", line.url)
        said = frozenset(word for _ in range(SYNCS) for word in synced(laptop))
        return line.done, said, picture(central, laptop)


def at(wrong: dict[int, str]) -> Plan:
    """A plan: these requests go wrong, counted from 1."""
    asked = iter(range(1, 10_000))
    return lambda _path: wrong.get(next(asked), "clean")


def troubles(day: Day, faultless: Faultless, wrong: dict[int, str]) -> list[str]:
    """What is not as in the run without faults, in a sentence each."""
    asked, said, seen = run(day, at(wrong))
    where = ", ".join(f"{fault} at {number} {asked[number - 1][0]}" for number, fault in wrong.items())
    found = [f"{where}: {name} differs" for name in differing(faultless.picture, seen)]
    told = [f"{where}: {word}" for word in sorted(said ^ faultless.said)]
    return found + (told if not {*wrong.values()} & {*TOLD} else [])


def test_the_day_has_every_kind_of_request_in_it(faultless: Faultless) -> None:
    words = {"push", "pull", "compare", "keys", "file/put", "file/get", "draft/put", "draft/tell"}
    assert {path.removeprefix("/sync/") for path in faultless.paths} == words
    assert faultless.picture["status"] == (0, 1, 1, 0, 0)
    assert faultless.picture["faults"] == faultless.picture["untold"] == []


@pytest.mark.parametrize("path", ["/sync/pull", "/sync/draft/put"])
def test_a_lost_answer_changes_nothing_of_how_it_ends_and_nobody_is_told_of_it(
    day: Day, faultless: Faultless, path: str
) -> None:
    assert troubles(day, faultless, {faultless.paths.index(path) + 1: "lost answer"}) == []


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("fault", CURED + TOLD)
def test_whichever_request_goes_wrong_it_ends_the_same(day: Day, faultless: Faultless, fault: str) -> None:
    every = range(1, len(faultless.paths) + 1)
    assert [each for number in every for each in troubles(day, faultless, {number: fault})] == []


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_whichever_two_requests_in_a_row_are_lost_it_ends_the_same(day: Day, faultless: Faultless) -> None:
    pairs = [("lost answer", "lost request"), ("lost request", "lost answer"), ("lost answer", "lost answer")]
    every = range(1, len(faultless.paths))
    found = [troubles(day, faultless, {each: one, each + 1: two}) for each in every for one, two in pairs]
    assert [each for some in found for each in some] == []
