"""A kill in the middle of typing, over a real terminal: how much of it is lost."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest

from tests.faults.bases import PASSPHRASE, opened
from tests.faults.kills import Walk
from tests.faults.rig import ROOT
from tests.faults.typist import PLACE

MOST = 0.1
"""Seconds of typing that a kill may cost (DESIGN decision 7)."""
BETWEEN = 0.02
WORDS = "He would not go in since the fight and his mother rings the school every morning about it. "


def typed_until_killed(home: Path, draft: str, keys: int) -> tuple[list[float], float, str]:
    """When each key was typed, when the kill came, and the text as far as it was typed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tests.faults.typist", str(home), draft]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs) as typist:
        os.close(theirs)
        while b"!" not in os.read(ours, 1_000):
            pass
        at, text = [], (WORDS * 20)[:keys]
        for letter in text:
            select.select([], [], [], BETWEEN)
            os.write(ours, letter.encode())
            at.append(time.perf_counter())
        end = time.perf_counter()
        typist.kill()
    os.close(ours)
    return at, end, text


def seconds_lost(walk: Walk, keys: int) -> float:
    """Type, kill -9, open again: how long before the kill the first key was typed that is not there."""
    at = walk.to(("status",)).begin()
    draft = at.ids["draft"]
    moments, end, text = typed_until_killed(at.home, draft, keys)
    with opened(at.home, PASSPHRASE) as workspace:
        kept = str(workspace.store.drafts.restore(draft)[0].get(PLACE) or "")
        assert workspace.verify() == []
    shutil.rmtree(at.home.parent)
    assert text.startswith(kept)
    return end - moments[len(kept)] if len(kept) < len(text) else 0.0


@pytest.mark.long
def test_a_kill_in_the_middle_of_typing_loses_none_of_what_came_before(walk: Walk) -> None:
    assert seconds_lost(walk, 40) < 1.0


@pytest.mark.long
def test_a_kill_costs_at_most_a_tenth_of_a_second_of_typing(walk: Walk, capsys: pytest.CaptureFixture[str]) -> None:
    """The middle of nine: where other work fills the machine a single one may wait for its turn."""
    lost = [seconds_lost(walk, 30 + 7 * turn) for turn in range(9)]
    with capsys.disabled():
        sys.stdout.write(
            f"\ntyping lost by a kill: median {median(lost) * 1000:.0f} ms, most {max(lost) * 1000:.0f} ms\n"
        )
    assert median(lost) <= MOST
