"""Scorecard row 53: what all processes of a scripted day said aloud holds no name, no answer, no secret."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults.said_aloud import FAMILY, Day, finds, lived


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.skipif(sys.platform != "linux", reason="arguments and variables of processes are read from /proc")
def test_nothing_of_a_family_and_no_secret_is_said_aloud_on_a_whole_day(tmp_path: Path) -> None:
    day = lived(tmp_path)
    lines = sum(said.count(b"\n") for said in day.heard.values())
    print(f"{len(day.heard)} processes and logs, {lines} lines, {len(day.secrets)} secrets: {len(finds(day))} finds")
    assert finds(day) == []
    assert not [name for name, said in day.heard.items() if b"Traceback" in said or b"Error " in said]
    assert {0, 1, 3, 4, 6, 7} <= set(day.codes), "every kind of ending was heard"
    assert b"/sync/push" in day.heard["central serve --log"]
    assert any(name.endswith(".log") for name in day.heard), "the database's log was read"


def test_a_secret_that_is_said_in_any_form_is_found() -> None:
    day = Day(Path(), heard={"log": FAMILY.encode().hex().encode()}, secrets={"family": FAMILY})
    assert finds(day) == ["log: family hex"]
