"""Memory is swept while nobody types."""

import pytest

from fieldkit.tui.sweeping import LATEST, LITTLE, PAUSE, is_due


@pytest.mark.parametrize(
    ("since_key", "since_swept", "due"),
    [
        (0.1, LITTLE * 2, False),  # somebody types
        (PAUSE, LITTLE * 2, True),  # a pause
        (PAUSE * 5, LITTLE / 2, False),  # a pause, and nothing much was made since
        (0.0, LATEST, True),  # nobody types without end
    ],
)
def test_a_sweep_waits_for_a_pause_but_not_for_ever(since_key: float, since_swept: float, *, due: bool) -> None:
    assert is_due(since_key, since_swept) is due
