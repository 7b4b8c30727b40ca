"""Stories of four laptops and one central on the real PostgreSQL, in which anything may happen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from tests.central_fixture import Ground
from tests.sync.story.actions import Step
from tests.sync.story.machine import play
from tests.sync.story.orders import ORDERS, WRITES, both
from tests.sync.story.world import Stage, stage


@pytest.fixture(scope="module")
def set_up(central_ground: Ground) -> Iterator[Stage]:
    """One stage for all stories."""
    with stage(central_ground) as made:
        yield made


@pytest.mark.timeout(120)
def test_a_few_stories_keep_all_twelve_promises(set_up: Stage) -> None:
    play(set_up, examples=4, steps=16, number=1)


@pytest.mark.timeout(120)
def test_the_order_of_arrival_decides_neither_what_is_found_nor_what_is_asked(set_up: Stage) -> None:
    @settings(max_examples=4, deadline=None, database=None, derandomize=True)
    @given(WRITES, ORDERS)
    def whatever_is_written(steps: list[Step], orders: tuple[list[int], list[int]]) -> None:
        one, other = both(set_up, steps, orders)
        assert one == other

    whatever_is_written()


@pytest.mark.long
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("number", range(20))
def test_many_stories_keep_all_twelve_promises(set_up: Stage, number: int) -> None:
    play(set_up, examples=50, steps=40, number=number)
