"""What people and faults do in a story: `ACTIONS` is the table that a story draws from.

To add one: a function in `edits.py`, `faults.py` or `desk.py` that takes the story, a hand and three numbers (what they
mean is up to it), and a line in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.sync.story import desk, edits, faults
from tests.sync.story.world import Hand, Story


@dataclass(frozen=True)
class Step:
    """One thing that happens: to whom, and three numbers that say what exactly."""

    verb: str
    who: int = 0
    a: int = 0
    b: int = 0
    c: int = 0


Action = Callable[[Story, Hand, int, int, int], None]
ACTIONS: tuple[tuple[Action, int], ...] = (
    (edits.edit, 5),
    (edits.risk, 4),
    (edits.text, 3),
    (edits.entry, 3),
    (edits.unit, 3),
    (edits.child, 3),
    (edits.file, 3),
    (edits.attach, 1),
    (edits.delete, 2),
    (edits.restore, 1),
    (edits.resolve, 4),
    (edits.newer, 1),
    (faults.sync, 8),
    (faults.sync_badly, 6),
    (faults.arrive, 1),
    (faults.kill_laptop, 2),
    (faults.cut_power, 2),
    (faults.kill_central, 3),
    (faults.hold_up, 1),
    (faults.set_clock, 1),
    (faults.clone, 1),
    (faults.keep_disk, 1),
    (faults.restore_disk, 1),
    (faults.copy_central, 1),
    (faults.put_central_back, 1),
    (desk.grant, 2),
    (desk.withdraw, 2),
    (desk.move, 1),
    (desk.erase, 1),
    (desk.lose, 1),
)
"""Every action with how often it is drawn."""
BY_NAME = {action.__name__: action for action, _ in ACTIONS}


def act(story: Story, step: Step) -> None:
    """Let one thing happen."""
    story.central.clock.pass_time(seconds=2)
    hand = story.hands[step.who % len(story.hands)]
    BY_NAME[step.verb](story, hand, step.a, step.b, step.c)
