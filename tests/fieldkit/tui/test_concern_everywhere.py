"""A concern is one key away on every screen outside text, and two (the duty numbers, then the key) while typing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.concern import ConcernScreen
from fieldkit.tui.screens.duty import DutyScreen
from tests.fieldkit.tui.driving import at_today, settle
from tests.fieldkit.tui.test_every_screen import WALKS, every_screen, nasty_twin
from tests.fieldkit.tui.twin import WallClock

SHUT = {
    *("ConcernScreen", "CoverScreen", "HandoverScreen", "LeavingScreen", "PinScreen"),
    *("TakeBackScreen", "TooSmallScreen", "TouchScreen"),
}
"""The card itself, and what is shut until the worker comes back."""


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("DoorScreen", "FormScreen", "RecordScreen"), id="some"),
        pytest.param(sorted(set(WALKS) - SHUT), id="all", marks=pytest.mark.long),
    ],
)
async def test_a_concern_is_one_or_two_keys_away_on_every_screen(names: Sequence[str]) -> None:
    twin = nasty_twin()
    async with at_today(twin) as pilot:
        base = len(pilot.app.screen_stack)
        far = []
        for name in names:
            await pilot.app.push_screen(WALKS[name][0](every_screen()[name])(Kit(twin, WallClock())))
            await pilot.pause()
            pilot.app.set_focus(None)
            await pilot.press("exclamation_mark")
            far += [] if isinstance(pilot.app.screen, ConcernScreen) else [f"{name} outside text"]
            await pilot.app.pop_screen()
            await pilot.press("f2")
            there = isinstance(pilot.app.screen, DutyScreen)
            await pilot.press("exclamation_mark")
            far += [] if there and isinstance(pilot.app.screen, ConcernScreen) else [f"{name} by way of the numbers"]
            while len(pilot.app.screen_stack) > base:
                await pilot.app.pop_screen()
        assert far == []


async def test_the_card_is_about_the_family_whose_page_is_on_top() -> None:
    async with at_today(nasty_twin()) as pilot:
        pilot.app.open("family", family="f2")  # type: ignore[attr-defined]
        await settle(pilot)
        await pilot.press("exclamation_mark")
        assert isinstance(pilot.app.screen, ConcernScreen)
        assert pilot.app.screen.family == "f2"
