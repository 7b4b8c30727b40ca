"""A visit where nobody came to the door, from Today to filed, by keys alone in a real terminal: how many keys."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.workspace import open_workspace
from tests.faults.device import Laptop, laptop_with_canaries
from tests.faults.terminal import Terminal

MOST_KEYS = 25
PURPOSE, BASE = "Bedtime plan", "Carys at base"
TAB, ENTER, PAGE, FILE = "\t", "\r", "\x0e", "\x13"
KEYS = (
    *(ENTER, "v"),  # the visit planned for today: its brief, and from there the note
    *("2", TAB, TAB, TAB, TAB, TAB, PURPOSE),  # unannounced; day, times and worker stand there already
    *(TAB, "2", PAGE),  # nobody was seen
    *("1", "3", TAB, TAB, TAB, BASE, TAB, "2", PAGE),  # knocked, left a card; who was told; not worried
    *(TAB, "1", FILE, FILE),  # no concern; file it, asked twice
)


def planned(home: Path) -> Laptop:
    """A device with a visit planned for today and nothing else to do."""
    laptop = laptop_with_canaries(home)
    workspace = open_workspace(home, laptop.passphrase, clock=SystemClock(), kdf=QUICK_KDF)
    workspace.discard(laptop.draft, "not for this test")
    workspace.plan_visit(laptop.family, workspace._corrected_day().isoformat())
    workspace.close()
    return laptop


def pressed(terminal: Terminal, key: str) -> None:
    """A key or a text, and until its paint has come."""
    terminal.type(key)
    terminal.settle(1.0)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_visit_without_access_is_filed_from_today_in_few_keys(tmp_path: Path) -> None:
    laptop = planned(tmp_path / "home")
    with laptop.on_a_terminal() as terminal:
        laptop.unlock(terminal)
        for key in KEYS:
            pressed(terminal, key)
        terminal.type("\x11")
        assert terminal.ended() == 0
    workspace = open_workspace(laptop.home, laptop.passphrase, clock=SystemClock(), kdf=QUICK_KDF)
    (note,) = workspace.records_of("visit")
    told = {path: note.state.get(path) for path in ("a/when/access", "a/when/purpose", "a/no_access/told")}
    assert told == {"a/when/access": "no", "a/when/purpose": PURPOSE, "a/no_access/told": BASE}
    assert note.state["a/no_access/tried"] == ["knocked", "card"]
    assert "next_visit" not in workspace.record(laptop.family).state
    assert workspace.today().due == ()
    workspace.close()
    assert sum(key not in (PURPOSE, BASE) for key in KEYS) <= MOST_KEYS
