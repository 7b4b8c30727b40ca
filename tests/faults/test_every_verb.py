"""Every verb of the command line, killed and failed at its calls to the disk."""

from __future__ import annotations

import os

import pytest

from tests.faults.kills import Walk, error_faults, kill_faults
from tests.faults.scenes import ELSEWHERE, SCENES, Name, verbs

POINTS = int(os.environ.get("FIELDKIT_POINTS", "12"))
"""At how many calls of each verb it is killed; `python -m tests.faults.run` takes all of them."""


def test_every_verb_of_the_parser_has_its_scene_or_its_reason() -> None:
    assert set(verbs()) == {*SCENES, *ELSEWHERE}


@pytest.mark.parametrize("name", [("capture",), ("edit",)])
def test_a_verb_that_is_killed_leaves_all_or_nothing_and_the_next_one_goes_on(walk: Walk, name: Name) -> None:
    run = walk.to(name)
    tally = run.under(kill_faults(run.calls(), 2))
    assert (tally.wrong, tally.met) == ([], tally.points)


def test_a_disk_that_fails_is_told_in_words_and_nothing_is_lost(walk: Walk) -> None:
    run = walk.to(("edit",))
    tally = run.under(error_faults(run.calls(), 1), errors=True)
    assert tally.wrong == []


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("name", SCENES, ids=" ".join)
def test_whatever_verb_is_killed_wherever_nothing_is_lost(walk: Walk, name: Name) -> None:
    run = walk.to(name)
    tally = run.under(kill_faults(run.calls(), POINTS))
    assert (tally.wrong, tally.met) == ([], tally.points)


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("name", SCENES, ids=" ".join)
def test_whatever_verb_meets_a_failing_disk_says_so_and_nothing_is_lost(walk: Walk, name: Name) -> None:
    run = walk.to(name)
    tally = run.under(error_faults(run.calls(), POINTS), errors=True)
    assert tally.wrong == []
