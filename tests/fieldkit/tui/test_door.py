"""The door: letters, Enter, next; digits untick; ages, counts, undo; nothing of a family that was not asked for."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from fieldkit.errors import DiskTrouble
from fieldkit.tui.screens.door import DoorScreen
from fieldkit.tui.screens.sessions import InNowScreen, NewSessionScreen, SessionsScreen
from fieldkit.tui.widgets.entry import LineEntry
from tests.fieldkit.tui.driving import LARGE, SMALL, at, settle, text, type_
from tests.fieldkit.tui.twin import Twin


def door(kit: Any) -> DoorScreen:
    return DoorScreen(kit, session="s1")


def line(pilot: Pilot[Any]) -> str:
    return pilot.app.screen.query_one("#find", LineEntry).value


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_three_letters_and_enter_mark_the_booked_of_a_family(size: tuple[int, int]) -> None:
    twin = Twin()
    async with at(twin, door, size) as pilot:
        assert "0 of 2 here" in text(pilot)
        assert "Ngozi" not in text(pilot), "parents can see this screen: nobody stands there unasked"
        await pilot.press("o", "k", "a", "enter")
        await settle(pilot)
        assert twin.statuses == {"p1": "present", "p2": "present"}
        assert "Ngozi and Ada: in at 16:05." in text(pilot)
        assert "2 of 2 here" in text(pilot)
        assert "under fives 1" in text(pilot)
        assert line(pilot) == ""


async def test_a_digit_unticks_who_did_not_come_and_comma_says_late() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await pilot.press("o", "k", "a", "1", ",")
        await settle(pilot)
        assert twin.statuses == {"p1": "booked", "p2": "late"}


async def test_a_scanned_card_is_a_card_though_it_has_digits() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await type_(pilot, "cfc-0077")
        assert line(pilot) == "cfc-0077"
        await pilot.press("enter")
        await settle(pilot)
        assert twin.statuses["p2"] == "present"
        await type_(pilot, "zz-9999")
        await pilot.press("enter")
        await settle(pilot)
        assert "No card of that number" in text(pilot)
        assert twin.walked_in == []


async def test_somebody_new_is_in_after_a_name_and_one_key_for_the_age() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await type_(pilot, "zofia")
        await pilot.press("enter", "x")
        assert "An age, please" in text(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert twin.walked_in == ["zofia"]
        assert "1 walked in" in text(pilot)
        await pilot.press("ctrl+z")
        await settle(pilot)
        assert twin.statuses["w0"] == "undone"


async def test_undo_gives_each_the_status_they_had() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await pilot.press("o", "k", "a", "enter")
        await settle(pilot)
        await pilot.press("ctrl+z")
        await settle(pilot)
        assert twin.statuses == {"p1": "booked", "p2": "booked"}
        assert "0 of 2 here" in text(pilot)


async def test_people_without_a_name_are_counted_with_one_key_and_uncounted_again() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await pilot.press("plus", "plus", "number_sign")
        await settle(pilot)
        assert twin.unnamed == (1, 2)
        assert "3 without a name" in text(pilot)
        await pilot.press("ctrl+z")
        await settle(pilot)
        assert twin.unnamed == (0, 2)


async def test_enter_on_who_is_in_shows_what_matters_and_changes_nothing() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await pilot.press("o", "k", "a", "enter")
        await settle(pilot)
        assert "nuts" not in text(pilot)
        await pilot.press("o", "k", "a", "enter")
        await settle(pilot)
        assert "Ada: allergies: nuts" in text(pilot)


async def test_a_protected_name_never_stands_at_the_door() -> None:
    async with at(Twin(), door) as pilot:
        await pilot.press("o", "k", "s")
        await settle(pilot)
        assert "Robin" in text(pilot)
        assert "Oksana" not in text(pilot)
        await pilot.press("escape", "tab")
        await settle(pilot)
        assert "Oksana" not in text(pilot)


async def test_lists_stand_only_behind_tab_and_esc_hides_them_before_it_leaves() -> None:
    async with at(Twin(), door) as pilot:
        await pilot.press("tab")
        await settle(pilot)
        assert "Ngozi + Ada" in text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "Ngozi" not in text(pilot)
        assert isinstance(pilot.app.screen, DoorScreen)
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert "1 ■ Ngozi" in text(pilot)


async def test_what_could_not_be_saved_is_told_and_not_counted() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        twin.fault = DiskTrouble()
        await pilot.press("o", "k", "a", "enter")
        await settle(pilot)
        assert DiskTrouble.said in text(pilot)
        assert "0 of 2 here" in text(pilot)


async def test_who_is_in_now_is_one_key_away_children_first() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await pilot.press("o", "k", "a", "enter")
        await settle(pilot)
        await pilot.press("f4")
        await settle(pilot)
        assert isinstance(pilot.app.screen, InNowScreen)
        assert "2 people in now: 1 children" in text(pilot)


async def test_a_session_is_planned_with_a_name_and_a_day_and_wrong_numbers_are_told() -> None:
    twin = Twin()
    async with at(twin, lambda kit: NewSessionScreen(kit, centre="c1")) as pilot:
        await type_(pilot, "Dads")
        await pilot.press("tab")
        await type_(pilot, "soon")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "A day is written as" in text(pilot)
        await pilot.press(*("backspace",) * 4, "ctrl+s")
        await settle(pilot)
        ((centre, plan),) = twin.planned
        assert (centre, plan.name, plan.on.isoformat(), plan.weeks) == ("c1", "Dads", "2026-11-23", 1)


async def test_a_session_opens_its_door() -> None:
    async with at(Twin(), lambda kit: SessionsScreen(kit, centre="c1")) as pilot:
        assert "0 of 2 · 15 places" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, DoorScreen)
