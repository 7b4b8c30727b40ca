"""What a derivation costs is chosen for the machine, between a floor and a ceiling that no machine moves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.vault.stretching import chosen
from tests.fieldkit.vault.words import PASSPHRASE

FAST, USUAL, SLOW, SLOWEST = 0.02, 0.117, 0.6, 4.0
"""Seconds for 64 MiB and three passes."""


@pytest.mark.parametrize("seconds", [0.0005, FAST, 0.05, USUAL, 0.2, 0.3, 0.4, SLOW, 0.9])
def test_it_lands_between_half_a_second_and_a_second_where_the_bounds_let_it(seconds: float) -> None:
    made = chosen(REAL_KDF, seconds)
    expected = seconds * (made.memory_kib / (64 * 1024)) * (made.time_cost / 3)
    assert expected <= 1.0
    assert expected >= 0.5 or made.time_cost == REAL_KDF.most_time_cost
    assert REAL_KDF.accepts(made.memory_kib, made.time_cost, made.lanes)


@pytest.mark.parametrize("seconds", [SLOW, 1.0, SLOWEST, 60.0])
def test_no_machine_is_so_slow_that_the_floor_gives_way(seconds: float) -> None:
    made = chosen(REAL_KDF, seconds)
    assert made.memory_kib >= 64 * 1024
    assert made.time_cost >= 3


def test_no_machine_is_so_fast_that_more_than_the_ceiling_is_asked_for() -> None:
    made = chosen(REAL_KDF, 0.000_001)
    assert (made.memory_kib, made.time_cost) == (256 * 1024, REAL_KDF.most_time_cost)


def test_a_usual_laptop_gets_256_mebibytes_and_three_passes_or_more() -> None:
    made = chosen(REAL_KDF, USUAL)
    assert (made.memory_kib, made.time_cost) == (256 * 1024, 5)


def test_quick_tests_measure_nothing() -> None:
    assert chosen(QUICK_KDF, SLOWEST) == QUICK_KDF


def test_a_device_made_with_the_real_policy_stands_on_the_real_floor(tmp_path: Path) -> None:
    vault.create(tmp_path / "home", PASSPHRASE, REAL_KDF).close()
    slot = json.loads((tmp_path / "home" / vault.KEY_FILE).read_text("ascii"))["slots"][0]
    assert slot["memory_kib"] >= 64 * 1024
    assert slot["time_cost"] >= 3
    vault.unlock(tmp_path / "home", PASSPHRASE, REAL_KDF).close()
