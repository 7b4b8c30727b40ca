"""A first day with fieldkit, to learn on the practice council: what to try, and by which facts it is done. Pure.

Nothing is ticked by a click: a step is done when the store says so, whichever way somebody took.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try."""

    fact: str
    """What has to be on the device."""
    what: str
    press: str
    """What to press, from Today unless it says where."""
    place: str = ""
    """The screen to begin at."""


STEPS = (
    Step("synced", "Fetch what is new", "s", "sync"),
    Step("decided", "Decide the conflict that came: whose word stands, and why", "c, Enter, 1 or 2, why", "conflicts"),
    Step("briefed", "Read the brief before a visit", "/ Okafor Enter, then i", "families"),
    Step("visited", "Write a visit note and file it", "on a family's page v; ^s twice files it", "families"),
    Step("unanswered", "In a form, say why one answer is missing", "on the question ^r, then 1 to 5", "families"),
    Step("voiced", "In a form, say who said it", "on the question ^t until the name is right", "families"),
    Step("left", "Leave a form half done: esc keeps it under Unfinished", "in a form esc", "today"),
    Step("signed", "Have an agreement signed", "on a record's page g", "families"),
    Step("raised", "Raise a concern, and see who to ring", "!", "concern"),
    Step("sent", "Sync until nothing waits", "s", "sync"),
)
"""In the order of a day."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A step, and whether the store says that it was done."""

    step: Step
    done: bool


@dataclass(frozen=True, slots=True)
class Day:
    """How far somebody has come."""

    tried: tuple[Tried, ...]
    drilled: int = 0
    """Conflicts that this laptop has decided or proposed for."""
    drills: int = 0
    """Conflicts that there were."""

    @property
    def done(self) -> int:
        """Steps that are done."""
        return sum(each.done for each in self.tried)

    @property
    def following(self) -> Step | None:
        """The first that is not; None when the day is done."""
        return next((each.step for each in self.tried if not each.done), None)


def day(facts: Mapping[str, bool], drilled: int = 0, drills: int = 0) -> Day:
    """The day as the facts tell it."""
    return Day(tuple(Tried(step, facts.get(step.fact, False)) for step in STEPS), drilled, drills)


def score(now: Day) -> str:
    """How far, in a line."""
    drill = f" · {now.drilled} of {now.drills} conflicts decided" if now.drills else ""
    return f"{now.done} of {len(now.tried)} done{drill}"
