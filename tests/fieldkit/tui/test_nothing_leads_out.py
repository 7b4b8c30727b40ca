"""In a family's hands nothing leads anywhere else: no key, no chord, no click, no paste, no size of the window."""

from __future__ import annotations

import string

import pytest
from textual import events
from textual.keys import Keys
from textual.widgets import Input

from tests.fieldkit.tui.driving import SMALL, at, settle
from tests.fieldkit.tui.handing import LONG, in_hands, names
from tests.fieldkit.tui.twin import Twin

EVERY_KEY = sorted(
    {key.value for key in Keys if not key.value.startswith("<")}
    | set(string.ascii_lowercase + string.digits)
    | {f"ctrl+{letter}" for letter in string.ascii_lowercase}
    | {f"alt+{letter}" for letter in string.ascii_lowercase}
    | {f"ctrl+shift+{letter}" for letter in string.ascii_lowercase}
    | {"question_mark", "slash", "colon", "tab", "shift+tab", "enter", "space", "delete", "ctrl+at", "shift+escape"}
)


BEGINNINGS = ("enter", "", "t", "i", "b", "escape")


@pytest.mark.long
@pytest.mark.parametrize("begun", BEGINNINGS)
async def test_no_key_leads_out_of_a_familys_hands(begun: str) -> None:
    """Every key and chord there is, from every page of a handover."""
    twin = Twin()
    async with at(twin, in_hands()) as pilot:
        if begun:
            await pilot.press(begun)
            await settle(pilot)
        start = len(pilot.app.screen_stack)
        for key in EVERY_KEY:
            if len(pilot.app.screen_stack) > start:  # the key before covered it, or asked for the PIN
                pilot.app.pop_screen()
            elif len(pilot.app.screen_stack) < start:
                await pilot.press(begun)
            pilot.app.post_message(events.Key(key, key if len(key) == 1 and not key.isdigit() else None))
            await pilot.pause()
            assert pilot.app.is_running
            assert names(pilot)[:3] == ["UnlockScreen", "TodayScreen", "HandoverScreen"], key
            assert set(names(pilot)[3:]) <= {"TakeBackScreen", "TouchScreen", "CoverScreen"}, key
        await settle(pilot)
        assert twin.tries < 5
        assert pilot.app._exception is None
        assert twin.closed is False


@pytest.mark.long
async def test_the_mouse_leads_nowhere_either() -> None:
    async with at(Twin(), in_hands()) as pilot:
        for begun in ("", "t", "d"):
            if begun:
                await pilot.press(begun)
                await settle(pilot)
            for x in range(0, 80, 9):
                for y in range(0, 24, 3):
                    await pilot.click(offset=(x, y))
        await settle(pilot)
        assert names(pilot) == ["UnlockScreen", "TodayScreen", "HandoverScreen"]


@pytest.mark.long
async def test_five_megabytes_pasted_and_a_tiny_window_change_nothing() -> None:
    twin = Twin()
    async with at(twin, in_hands(LONG)) as pilot:
        for key in ("t", "escape"):
            await pilot.press(key)
            await settle(pilot)
            pilot.app.post_message(events.Paste("I agree \x1b[2J\u202e" * 420_000))
            await settle(pilot)
            assert all(len(line.value) <= 2_000 for line in pilot.app.screen.query(Input))
        for size in ((40, 10), (10, 3), SMALL):
            await pilot.resize_terminal(*size)
            await settle(pilot)
        assert names(pilot)[2:] == ["HandoverScreen", "TakeBackScreen"]
        assert twin.signed == []
        assert pilot.app._exception is None
