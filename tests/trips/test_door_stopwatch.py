"""The stopwatch of the door: fifteen families and two walk-ins, over a real terminal, counted in keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.door_bench import MOST_KEYS, WALK_INS, practice_device, stopwatch


@pytest.mark.long
def test_fifteen_families_and_two_walk_ins_take_at_most_ninety_keys_from_today(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    practice_device(tmp_path / "home")
    told = stopwatch(tmp_path / "home")
    record_property("keys", told.keys)
    assert told.keys <= MOST_KEYS
    assert (told.counts.walk_ins, told.counts.came) == (len(WALK_INS), 2 * 15 + len(WALK_INS))
    assert told.counts.first_time == len(WALK_INS) + 2, "a mother and her child missed the first two weeks"
