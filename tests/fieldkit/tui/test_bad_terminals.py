"""Windows that are too small, resized in mid-form, caps lock, huge pastes: calm, and nothing lost."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from fieldkit.casework.text import LONGEST
from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.screens.too_small import TooSmallScreen, fits
from fieldkit.tui.screens.unlock import CAPS_LOCK, as_if_locked
from fieldkit.tui.widgets.entry import AREA_LIMIT
from tests.fieldkit.tui.brisk import running
from tests.fieldkit.tui.driving import LARGE, SMALL, app_on, at, settle, text, type_
from tests.fieldkit.tui.test_every_type import begun, page
from tests.fieldkit.tui.twin import Twin


async def resized(pilot: Pilot[Any], size: tuple[int, int]) -> None:
    await pilot.resize_terminal(*size)
    await settle(pilot)


async def test_a_window_too_small_says_what_it_needs_and_gives_everything_back() -> None:
    twin, draft = begun()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await pilot.app.screen.show_page("text", "text")  # type: ignore[attr-defined]
        await type_(pilot, "half a word")
        await resized(pilot, (40, 10))
        assert isinstance(pilot.app.screen, TooSmallScreen)
        assert "needs 60 columns and 15 lines" in text(pilot)
        assert "Everything typed is kept." in text(pilot)
        await pilot.press("x", "escape", "enter")
        for size in ((20, 3), (59, 40), (100, 14)):
            await resized(pilot, size)
            assert isinstance(pilot.app.screen, TooSmallScreen)
        await resized(pilot, SMALL)
        assert isinstance(pilot.app.screen, FormScreen)
        assert page(pilot).at() == "text"
        await type_(pilot, "s")
        assert draft.interview.question("text").value == "half a words"
        await resized(pilot, LARGE)
        assert page(pilot).at() == "text"
        assert "half a words" in text(pilot)


async def test_a_door_in_a_tiny_window_opens_once_there_is_room() -> None:
    app = app_on(Twin())
    async with running(app, (40, 10)) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, TooSmallScreen)
        await resized(pilot, SMALL)
        await pilot.press(*"correct", "space", *"horse", "enter")
        await settle(pilot)
        assert "Asha" in text(pilot) or "Okafor" in text(pilot)


@pytest.mark.parametrize(
    ("typed", "locked"),
    [
        ("CORRECT HORSE", True),
        ("cORRECT HORSE", True),
        ("correct horse", False),
        ("Correct Horse", False),
        ("12345678", False),
        ("AB", False),
        ("ÉCOLE À PARIS", True),
        ("مرحبا بك هنا", False),
    ],
)
def test_what_looks_as_if_caps_lock_were_on(typed: str, locked: bool) -> None:
    assert as_if_locked(typed) is locked


async def test_the_door_asks_about_caps_lock_and_says_nothing_else() -> None:
    app = app_on(Twin())
    async with running(app, SMALL) as pilot:
        await type_(pilot, "CORRECT HORSE")
        await pilot.press("enter")
        await settle(pilot)
        assert CAPS_LOCK in text(pilot)
        assert "CORRECT" not in text(pilot)
        await pilot.press(*"wrong", "enter")
        await settle(pilot)
        assert CAPS_LOCK not in text(pilot)


async def test_five_megabytes_pasted_are_cut_with_a_word_and_the_keyboard_goes_on() -> None:
    twin, draft = begun()
    huge = "All was calm today. " * ((5 << 20) // 20 + 1)
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await pilot.app.screen.show_page("several", "several")  # type: ignore[attr-defined]
        await settle(pilot)
        entry: Any = pilot.app.screen.focused
        assert isinstance(entry, (Input, TextArea))
        entry.post_message(events.Paste(huge[: 5 << 20]))
        await settle(pilot)
        kept = str(draft.interview.question("several").value)
        assert 0 < len(kept) <= AREA_LIMIT < LONGEST
        assert "only the first" in text(pilot), text(pilot)
        await pilot.press("tab")
        assert page(pilot).at() != "several"


def test_what_fits() -> None:
    from textual.geometry import Size

    assert [fits(Size(*size)) for size in ((60, 15), (59, 15), (60, 14), (80, 24))] == [True, False, False, True]
