"""In a family's hands: every way has its key, what a terminal cannot show is not signed there, nothing leads out."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from fieldkit.casework.evidence import ON_PAGE, Support
from fieldkit.touch.protocol import LIFE
from fieldkit.touch.server import TouchPage
from fieldkit.tui.evidence_ways import OFFERED, PAD_KEYS, WAYS
from fieldkit.tui.ideas import ideas, in_large, part_read
from fieldkit.tui.screens.handover import HandoverScreen
from fieldkit.tui.screens.touch import TouchScreen
from fieldkit.tui.widgets.pad import SignaturePad
from fieldkit.workspace.views import Frozen, Giver
from tests.fieldkit.tui.driving import LARGE, at, settle, text, type_
from tests.fieldkit.tui.handing import LONG, URDU, WORDS, in_hands, names
from tests.fieldkit.tui.twin import Twin


async def fill(pilot: Pilot[Any], *lines: str) -> None:
    """Type into each line, Enter after each."""
    for words in lines:
        await type_(pilot, words)
        await pilot.press("enter")
    await settle(pilot)


# -- every way


FILLED = {
    "t": ("typed", ("", "I agree")),
    "o": ("paper", ("blue folder",)),
    "v": ("witnessed", ("yes please", "Marek")),
    "p": ("phone", ("that it helps", "Marek")),
    "k": ("participation", ("came twice",)),
    "f": ("referral", ("the school",)),
    "x": ("witnessed", ("Mrs Ahmed", "Urdu", "she says yes")),
    "n": ("not-today", ("next week",)),
    "r": ("refused", ("",)),
}


@pytest.mark.parametrize("key", ["x", *(pytest.param(key, marks=pytest.mark.long) for key in "tonvpkfr")])
async def test_every_way_is_one_key_away_and_says_what_it_needs(key: str) -> None:
    twin, (method, lines) = Twin(), FILLED[key]
    async with at(twin, in_hands()) as pilot:
        await pilot.press(key)
        await settle(pilot)
        way = next(way for way in OFFERED.values() if way.key == key)
        assert way.words in text(pilot)
        assert len(pilot.app.screen.query("#typing LineEntry")) == len(way.lines) == len(lines)
        await fill(pilot, *lines)
        given = twin.signed[0][1]
        assert given.method == method
        assert given.support.read_back == way.read_back
        if key == "x":
            assert (given.interpreter, given.witness) == ("Mrs Ahmed", "Mrs Ahmed")
            assert given.support.interpreter_language == "Urdu"
        assert "Thank you" in text(pilot)


def test_no_two_ways_have_one_key() -> None:
    keys = [way.key for way in OFFERED.values()]
    assert len(set(keys)) == len(keys)
    assert set(FILLED) | {"d"} == set(keys)
    assert len(PAD_KEYS) <= 78


@pytest.mark.long
async def test_all_ways_stand_in_a_list_and_another_one_can_still_be_taken() -> None:
    twin = Twin()
    async with at(twin, in_hands(), LARGE) as pilot:
        await pilot.press("t")
        await settle(pilot)
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert all(way.words in text(pilot) for way in OFFERED.values())
        await pilot.press("enter")  # on the list: the first way
        await settle(pilot)
        assert twin.signed == []
        assert pilot.app.screen.query_one(SignaturePad).has_focus


async def test_a_signature_is_drawn_with_the_arrow_keys_alone() -> None:
    twin = Twin()
    async with at(twin, in_hands()) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        pad = pilot.app.screen.query_one(SignaturePad)
        assert pad.size.width >= 60
        assert pad.size.height >= 14
        await pilot.press("space", *["right"] * 5, *["up"] * 4, "space", "right", "space", *["down"] * 4, "space")
        await pilot.press("ctrl+z")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        given = twin.signed[0][1]
        assert given.method == "drawn"
        assert [len(stroke) for stroke in given.strokes] == [10]
        assert given.place == ""


@pytest.mark.long
async def test_again_from_blank_leaves_nothing_to_sign_with() -> None:
    twin = Twin()
    async with at(twin, in_hands()) as pilot:
        await pilot.press("enter", "space", "right", "right", "space", "a", "enter")
        await settle(pilot)
        assert twin.signed == []
        assert "Nothing has been drawn yet" in text(pilot)


# -- reading


@pytest.mark.long
async def test_how_much_was_on_the_screen_is_counted_page_by_page() -> None:
    twin = Twin()
    async with at(twin, in_hands(LONG)) as pilot:
        assert "page 1 of 4" in text(pilot)
        await pilot.press("space")
        await settle(pilot)
        assert "page 2 of 4" in text(pilot)
        await pilot.press("n", "enter")
        await settle(pilot)
        assert 40 < twin.signed[0][1].support.read_to < 70


async def test_large_print_shows_one_idea_a_page_and_counts_them() -> None:
    twin = Twin()
    async with at(twin, in_hands("First thing.\n\nSecond thing that is said.\nThird.\nFourth.\n")) as pilot:
        await pilot.press("l")
        await settle(pilot)
        assert "First  thing." in text(pilot)
        assert "Second" not in text(pilot)
        assert "1 of 4" in text(pilot)
        await pilot.press("space", "up", "down")
        await settle(pilot)
        assert "Second  thing  that" in text(pilot)
        await pilot.press(*["down"] * 9)
        await settle(pilot)
        assert "Fourth." in text(pilot)
        await pilot.press("l")
        await settle(pilot)
        assert "Second thing that is said." in text(pilot)


def test_large_print_changes_blanks_and_line_ends_only() -> None:
    assert ideas("a\n\n b \n") == ("a", " b ")
    large = in_large(WORDS, 80)
    assert large.split() == WORDS.split()
    assert max(map(len, large.split("\n"))) < 48
    assert in_large("Donaudampfschifffahrt" * 4, 20).replace("\n", "") == "Donaudampfschifffahrt" * 4
    assert (part_read(0, 4), part_read(3, 4), part_read(0, 0)) == (25, 100, 100)


@pytest.mark.long
async def test_who_reads_it_out_stands_there_and_is_kept() -> None:
    twin = Twin()
    frozen = Frozen("Text.", {}, "a" * 64, "b" * 64, "agreement@1", Giver("Ngozi"), "r1")
    support = Support("Urdu", supporter="her sister", read_out="interpreter")
    async with at(twin, lambda kit: HandoverScreen(kit, frozen, "Mrs Ahmed", support)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        assert "read out by the interpreter" in text(pilot)
        await pilot.press("n", "enter")
        await settle(pilot)
        given = twin.signed[0][1]
        assert given.interpreter == "Mrs Ahmed"
        assert replace(given.support, read_to=-1) == support


# -- what a terminal cannot show


async def test_urdu_is_neither_drawn_nor_typed_in_the_terminal_and_paper_is() -> None:
    twin = Twin()
    async with at(twin, in_hands(URDU)) as pilot:
        assert "Arabic writing" in text(pilot)
        assert "لکھتے" not in text(pilot)
        for key in ("d", "t"):
            await pilot.press(key)
            await settle(pilot)
            assert not pilot.app.screen.has_class("-signing")
        await pilot.press("o")
        await settle(pilot)
        await fill(pilot, "blue folder")
        given = twin.signed[0][1]
        assert (given.method, given.support.read_to) == ("paper", -1)


# -- the page for touch


def post(address: str, **said: Any) -> int:
    """What a browser would do: read the page, send what was said."""
    with urllib.request.urlopen(address, timeout=20) as page:
        cookie = page.headers["Set-Cookie"].partition(";")[0]
    origin = re.sub(r"(:\d+)/.*", r"\1", address)
    body = json.dumps({"strokes": [], "read_to": 100, **said}).encode()
    told = {"Origin": origin, "Content-Type": "application/json", "Cookie": cookie}
    with urllib.request.urlopen(urllib.request.Request(address, body, told), timeout=20) as answer:
        return int(answer.status)


def opened(pilot: Pilot[Any]) -> TouchPage:
    """The page that is open."""
    assert isinstance(pilot.app.screen, TouchScreen)
    return pilot.app.screen.page


async def until_signed(pilot: Pilot[Any], twin: Twin) -> None:
    for _ in range(50):
        if twin.signed:
            break
        await pilot.pause(0.05)
    await settle(pilot)


async def test_strokes_of_the_page_become_the_same_kind_of_evidence() -> None:
    twin = Twin()
    async with at(twin, in_hands(URDU, language="ur")) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, TouchScreen)
        assert screen.page.address in text(pilot).replace("\n", "")
        assert post(screen.page.address, method="drawn", strokes=[[[8, 16, 0], [80, 32, 0.5]]]) == 201
        await until_signed(pilot, twin)
        given = twin.signed[0][1]
        assert (given.method, given.place, given.support.read_to) == ("drawn", ON_PAGE, 100)
        assert given.strokes == (((1, 1, 0), (10, 2, 0.5)),)
        assert "Thank you" in text(pilot)
        assert screen.page.gone(within=10)


@pytest.mark.long
async def test_no_on_the_page_is_no() -> None:
    twin = Twin()
    async with at(twin, in_hands()) as pilot:
        await pilot.press("b")
        await settle(pilot)
        post(opened(pilot).address, method="refused")
        await until_signed(pilot, twin)
        assert twin.signed[0][1].method == "refused"


async def test_leaving_or_covering_the_screen_closes_the_page() -> None:
    async with at(Twin(), in_hands()) as pilot:
        for key in ("escape", "ctrl+b"):
            await pilot.press("b")
            await settle(pilot)
            page = opened(pilot)
            assert page.open
            await pilot.press(key)
            await settle(pilot)
            assert not page.open
            assert page.gone(within=10)
        assert names(pilot)[-2:] == ["TouchScreen", "CoverScreen"]


@pytest.mark.long
async def test_a_page_that_has_waited_long_enough_is_told_of_and_another_can_be_opened() -> None:
    async with at(Twin(), in_hands()) as pilot:
        await pilot.press("b")
        await settle(pilot)
        screen, first = pilot.app.screen, opened(pilot)
        assert isinstance(screen, TouchScreen)
        screen.kit.clock.at += timedelta(seconds=LIFE)  # type: ignore[attr-defined]
        assert first.gone(within=10)
        screen.look()
        await settle(pilot)
        assert "The page is closed" in text(pilot)
        await pilot.press("escape", "b")
        await settle(pilot)
        assert opened(pilot).open
        assert opened(pilot).address != first.address


@pytest.mark.long
async def test_asking_beside_the_page_signs_nothing() -> None:
    async with at(Twin(), in_hands()) as pilot:
        await pilot.press("b")
        await settle(pilot)
        await pilot.press("question_mark")
        await settle(pilot)
        assert "Ask Asha Patel now" in text(pilot)


async def test_in_the_smallest_window_there_is_still_a_place_to_sign() -> None:
    twin = Twin()
    async with at(twin, in_hands(), (40, 10)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        pad = pilot.app.screen.query_one(SignaturePad)
        assert pad.size.height >= 3
        assert pad.size.width >= 30
        await pilot.press("space", "right", "right", "up", "space", "enter")
        await settle(pilot)
        assert twin.signed[0][1].method == "drawn"


@pytest.mark.long
async def test_of_enter_pressed_twice_one_signature_is_made() -> None:
    twin = Twin()
    async with at(twin, in_hands()) as pilot:
        await pilot.press("n")
        await settle(pilot)
        await pilot.press("enter", "enter", "enter")
        await settle(pilot)
        assert len(twin.signed) == 1


def test_the_table_of_ways_is_the_screens() -> None:
    assert set(OFFERED) - set(WAYS) == {"interpreted"}
