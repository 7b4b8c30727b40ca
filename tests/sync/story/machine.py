"""The state machine: steps drawn from the table of actions, promises held after each and at rest."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from hypothesis import HealthCheck, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.sync.story.actions import ACTIONS, Step, act
from tests.sync.story.promises import ALWAYS, AT_REST, nothing_is_missing_at_head, pulled_in_measure
from tests.sync.story.world import Stage, Story

VERBS = [action.__name__ for action, weight in ACTIONS for _ in range(weight)]
NUMBER = st.integers(0, 7)
STEPS = st.builds(Step, st.sampled_from(VERBS), st.integers(0, 3), NUMBER, NUMBER, NUMBER)


@dataclass
class Count:
    """How much was told."""

    stories: int = 0
    steps: int = 0
    seconds: float = field(default_factory=time.monotonic)


def take(story: Story, step: Step) -> None:
    """One step, and what must hold after it."""
    hand = story.hands[step.who % len(story.hands)]
    before, story.report = hand.keep.replica.standing().cursor, None
    act(story, step)
    for promise in ALWAYS:
        promise(story)
    if step.verb == "sync" and hand in story.hands and story.report is not None:
        pulled_in_measure(story, hand, before, story.report)
        nothing_is_missing_at_head(story, hand)


def end(story: Story) -> None:
    """Everybody comes to rest, and everything is looked at."""
    story.rest()
    for promise in AT_REST:
        promise(story)


def tell(stage: Stage, steps: list[Step]) -> None:
    """One story from beginning to end, as a named test tells it."""
    story = stage.begin()
    try:
        for step in steps:
            take(story, step)
        end(story)
    finally:
        story.close()


def machine(stage: Stage, count: Count) -> type[RuleBasedStateMachine]:
    """The state machine over this stage."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.story = stage.begin()
            self.well = True
            count.stories += 1

        @rule(step=STEPS)
        def something_happens(self, step: Step) -> None:
            count.steps += 1
            self.well = False
            take(self.story, step)
            self.well = True

        def teardown(self) -> None:
            try:
                if self.well:
                    note("everybody comes to rest")
                    end(self.story)
            finally:
                self.story.close()

    return Machine


def play(stage: Stage, examples: int, steps: int, number: int) -> Count:
    """So many stories of at most so many steps, drawn from a seed."""
    count = Count()
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        seed(number)(machine(stage, count)),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=checks,
        ),
    )
    return count
