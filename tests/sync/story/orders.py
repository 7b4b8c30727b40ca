"""The same story with two orders of arrival: what was written offline comes to central in one order and in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.sync.story.actions import Step, act
from tests.sync.story.promises import open_conflicts
from tests.sync.story.world import WORD, Hand, Stage, Story, state_of

OFFLINE = ("edit", "risk", "text", "entry", "unit", "child", "file")
"""What is compared: everything that is written. A deletion that had not seen the last version is refused by design."""
NUMBER = st.integers(0, 7)
WRITES = st.lists(st.builds(Step, st.sampled_from(OFFLINE), st.integers(0, 3), NUMBER, NUMBER, NUMBER), max_size=14)
ORDERS = st.tuples(st.permutations(range(4)), st.permutations(range(4)))


@dataclass(frozen=True)
class Found:
    """What people can find without looking into the history, and what they are asked."""

    words: frozenset[str]
    conflicts: frozenset[tuple[str, str]]


def arrive(stage: Stage, hands: Sequence[Hand], order: Sequence[int], written: Story) -> Found:
    """Let what was written come to a fresh central in this order, and look when all is at rest."""
    story = stage.begin()
    story.close()
    story.hands = [hand.copy() for hand in hands]
    story.typed, story.scopes, story.held = written.typed, written.scopes, written.held
    try:
        for place in order:
            story.sync(story.hands[place], calm=True)
        story.rest()
        return _found(story)
    finally:
        story.close()


def both(stage: Stage, steps: Sequence[Step], orders: tuple[Sequence[int], Sequence[int]]) -> tuple[Found, Found]:
    """What is found after each of two orders."""
    written = stage.begin()
    try:
        for step in steps:
            act(written, step)
        one, other = (arrive(stage, written.hands, order, written) for order in orders)
    finally:
        written.close()
    return one, other


def _found(story: Story) -> Found:
    records = story.central.rows_of("select kind, state from record where not deleted")
    texts = [str(state_of(text)) for kind, text in records if kind != "form"]
    return Found(frozenset(WORD.findall(" ".join(texts))), frozenset(open_conflicts(story)))
