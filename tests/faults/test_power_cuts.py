"""The current goes at any moment: what was acknowledged is there, and the device opens."""

from __future__ import annotations

import os

import pytest

from tests.faults.cuts import DAY, SHORT, SYNCS_NORMAL, SYNCS_OFF, looked_at, recorded
from tests.faults.kills import Walk

STATES = int(os.environ.get("FIELDKIT_STATES", "300"))


def test_after_a_power_cut_everything_acknowledged_is_there_and_without_syncs_it_is_not(walk: Walk) -> None:
    day = recorded(walk, SHORT)
    kept, careless = looked_at(walk, day, 8), looked_at(walk, day, 8, SYNCS_OFF)
    assert (kept.wrong, kept.states) == ([], 8)
    assert careless.failed


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_no_power_cut_over_store_key_file_and_attachments_loses_anything(walk: Walk) -> None:
    day = recorded(walk, DAY)
    assert looked_at(walk, day, STATES).wrong == []


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("deaf", [SYNCS_OFF, SYNCS_NORMAL], ids=["off", "normal"])
def test_the_same_run_with_careless_syncs_fails(walk: Walk, deaf: tuple[str, ...]) -> None:
    assert looked_at(walk, recorded(walk, DAY), 40, deaf).failed
