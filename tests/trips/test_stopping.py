"""A sync that somebody stops keeps what it did and goes on where it was."""

from __future__ import annotations

from typing import Any

import pytest

from fieldkit.errors import Stopped
from sync.protocol.limits import FIRST_CHANGES
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family


def test_a_sync_is_stopped_between_two_steps_and_goes_on_where_it_was(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    for number in range(FIRST_CHANGES + 5):
        asha.edit(home, {"postcode": f"WY1 {number % 10}AB", "next_visit": f"2026-12-{number % 28 + 1:02}"})
    waiting = asha.status().waiting
    heard: list[Any] = []

    def stop(progress: Any) -> None:
        heard.append(progress)
        raise Stopped

    with pytest.raises(Stopped):
        asha.sync(stop)
    left = asha.status().waiting
    assert 0 < left < waiting
    assert heard[0].done == waiting - left
    done = asha.sync()
    assert done.pushed == left
    assert asha.status().waiting == 0
