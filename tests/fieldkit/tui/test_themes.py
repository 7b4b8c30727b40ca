"""Our own themes can be read, everywhere: computed from what is painted on every screen, in each of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.theme import Theme

import fieldkit.tui
from fieldkit.settings import THEMES
from tests.faults.terminal import Terminal
from tests.fieldkit.tui.brisk import running
from tests.fieldkit.tui.contrast import cells, change, pieces
from tests.fieldkit.tui.driving import SMALL, app_on, at, settle, text
from tests.fieldkit.tui.test_every_screen import WALKS, every_screen, nasty_twin
from tests.fieldkit.tui.twin import Twin

READABLE, STRONG, MARK = 4.5, 7.0, 3.0
QUICK = {"FormScreen", "TodayScreen"}
NAMES = [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in sorted(WALKS)]


def least(theme: str) -> float:
    return STRONG if theme.startswith("contrast") else READABLE


async def in_theme(pilot: Pilot[Any], theme: str) -> None:
    pilot.app.theme = theme
    await settle(pilot)


@pytest.mark.parametrize("name", NAMES)
async def test_every_text_can_be_read_and_the_place_of_the_keyboard_seen_in_every_theme(name: str) -> None:
    make, _ = WALKS[name]
    async with at(nasty_twin(), make(every_screen()[name]), SMALL) as pilot:
        words = text(pilot)
        for theme in THEMES:
            await in_theme(pilot, theme)
            faint = {(each, round(found, 2)) for each, found in pieces(pilot) if found < least(theme)}
            assert (theme, faint) == (theme, set())
            assert text(pilot) == words
            assert (theme, await mark(pilot)) >= (theme, MARK)


async def mark(pilot: Pilot[Any]) -> float:
    """How much the screen differs when the keyboard is nowhere; as much as can be where it was nowhere."""
    screen = pilot.app.screen
    if (focused := screen.focused) is None:
        return 21.0
    seen = cells(pilot)
    screen.set_focus(None, scroll_visible=False)
    await pilot.pause()
    found = change(cells(pilot), seen)
    screen.set_focus(focused, scroll_visible=False)
    await pilot.pause()
    return found


async def test_the_palette_and_the_door_can_be_read_in_every_theme() -> None:
    app = app_on(Twin())
    async with running(app, SMALL) as pilot:
        for theme in THEMES:
            await in_theme(pilot, theme)
            assert [each for each in pieces(pilot) if each[1] < least(theme)] == []
        await pilot.press(*"correct", "space", *"horse", "enter")
        await settle(pilot)
        await pilot.press("ctrl+p")
        await settle(pilot)
        for theme in THEMES:
            await in_theme(pilot, theme)
            assert [each for each in pieces(pilot) if each[1] < least(theme)] == []


async def test_the_reckoning_finds_a_theme_that_cannot_be_read() -> None:
    async with at(nasty_twin(), lambda kit: every_screen()["FamiliesScreen"](kit), SMALL) as pilot:
        pilot.app.register_theme(Theme(name="fog", primary="#808080", foreground="#777777", background="#999999"))
        await in_theme(pilot, "fog")
        assert min(found for _, found in pieces(pilot)) < READABLE


def test_no_style_tells_anything_by_colour() -> None:
    """Warnings are marked with words and signs: no colour stands for one."""
    folder = Path(fieldkit.tui.__file__).parent
    styles = [each.read_text("utf-8") for each in (*folder.rglob("*.tcss"), *folder.rglob("*.py"))]
    assert [word for word in ("$error", "$warning", "$success") if any(word in each for each in styles)] == []


def test_without_colour_everything_is_painted_in_greys(tmp_path: Path) -> None:
    quick = str(Path(__file__).parents[2] / "faults" / "quick_app.py")
    terminal = Terminal(quick, str(tmp_path), env={"NO_COLOR": "1", "COLORTERM": "truecolor"})
    try:
        terminal.until("Passphrase")
        terminal.settle()
        colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.sent)
        assert len(colours) > 5
        assert {each for each in colours if len(set(each)) > 1} == set()
        assert not re.search(rb"\x1b\[(?:[0-9;]*;)?(?:3[1-6]|4[1-6]|9[1-6])m", terminal.sent)
    finally:
        terminal.close()
