"""The door: letters, Enter, next; digits untick; ages, counts, undo; nothing of a family that was not asked for."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from fieldkit.errors import DiskTrouble
from fieldkit.tui.screens.centre_lists import CentreFileScreen, InNowScreen, ReachScreen
from fieldkit.tui.screens.door import DoorScreen
from fieldkit.tui.screens.sessions import NewSessionScreen, SessionsScreen
from fieldkit.tui.screens.walk_ins import WalkInScreen, WalkInsScreen
from fieldkit.tui.widgets.entry import LineEntry
from tests.fieldkit.tui.driving import LARGE, SMALL, at, lines, settle, text, type_
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
        assert "2 people in now: 1 children by name" in text(pilot)
        assert "nuts" not in text(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert "Ada (child, 2)  allergies: nuts" in text(pilot)


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


async def test_equals_books_for_the_course_and_undo_takes_every_week_back() -> None:
    twin = Twin()
    twin.statuses = {}
    async with at(twin, door) as pilot:
        await pilot.press("o", "k", "a", "equals_sign")
        await settle(pilot)
        assert twin.statuses == {"p1": "booked", "p2": "booked"}
        assert "Ngozi and Ada: booked for 2 weeks." in text(pilot)
        await pilot.press("ctrl+z")
        await settle(pilot)
        assert twin.statuses == {"p1": "undone", "p2": "undone"}


async def test_a_name_that_only_sounds_alike_is_not_marked_by_enter_alone() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await type_(pilot, "okaphor")
        assert "sounds like it" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "They only sound like it" in text(pilot)
        assert twin.statuses == {"p1": "booked", "p2": "booked"}
        await pilot.press("down", "enter")
        await settle(pilot)
        assert twin.statuses == {"p1": "present", "p2": "present"}


async def test_who_came_late_stays_late_when_the_rest_of_the_family_comes() -> None:
    twin = Twin()
    async with at(twin, door) as pilot:
        await pilot.press("o", "k", "a", "2", ",")
        await settle(pilot)
        assert twin.statuses == {"p1": "late", "p2": "booked"}
        await pilot.press("o", "k", "a", "1", "enter")
        await settle(pilot)
        assert twin.statuses == {"p1": "late", "p2": "present"}


async def test_who_is_in_now_counts_those_without_a_name_and_becomes_a_file_only_with_a_reason() -> None:
    twin = Twin()
    twin.unnamed = (1, 2)
    twin.statuses = {"p1": "present", "p3": "present"}
    async with at(twin, lambda kit: InNowScreen(kit, session="s1")) as pilot:
        assert "5 people in now: 0 children by name, 3 without a name" in text(pilot)
        assert "Robin" in text(pilot)
        assert "Oksana" not in text(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CentreFileScreen)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "needs a reason" in text(pilot)
        await type_(pilot, "drill")
        await pilot.press("ctrl+s")
        await settle(pilot)
        ((file, why),) = twin.files
        assert (file.endswith("in-now.txt"), why) == (True, "drill")


@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)])
async def test_reach_stands_as_bars_with_new_and_sustained_told_apart(size: tuple[int, int]) -> None:
    twin = Twin()
    async with at(twin, lambda kit: ReachScreen(kit, centre="c1"), size) as pilot:
        shown = text(pilot)
        assert "01 Jun 2026 to 30 Nov 2026" in shown
        assert "Oct 2026 " + "█" * 17 + "░" * 9 + " 12, new 4" in shown
        assert "▒" * 20 + " 9" in shown
        assert "In all 24 under five: 9 new, 12 three times or more; 1 of unknown age." in shown
        await pilot.press("left")
        await settle(pilot)
        assert "01 Mar 2026 to 31 Aug 2026" in text(pilot)


async def test_a_walk_in_waits_on_the_sessions_and_becomes_somebody_new_or_somebody_known() -> None:
    twin = Twin()
    async with at(twin, lambda kit: SessionsScreen(kit, centre="c1")) as pilot:
        assert "Walked in and not registered yet: 1" in text(pilot)
        await pilot.press("w")
        await settle(pilot)
        assert isinstance(pilot.app.screen, WalkInsScreen)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, WalkInScreen)
        assert "Zofia, Nowak" in text(pilot)
        await type_(pilot, "hill")
        await pilot.press("ctrl+s")
        await settle(pilot)
        ((person, told),) = twin.completed
        assert (person, told.surname, told.known) == ("w0", "hill", "")
        assert "Everybody who walked in is registered." in text(pilot)


async def test_enter_on_somebody_known_says_that_the_walk_in_is_them() -> None:
    twin = Twin()
    async with at(twin, lambda kit: WalkInScreen(kit, person="w0")) as pilot:
        await pilot.press("tab", "tab", "tab", "enter")
        await settle(pilot)
        ((_, told),) = twin.completed
        assert told.known == "p9"


@pytest.mark.parametrize("words", ["A" * 40, "ليلى \u202edlrow e\u0301\u0301 [@click=app.quit]x[/]"])
async def test_the_line_of_a_family_with_a_hostile_name_stays_a_line_and_marks_them(words: str) -> None:
    twin = Twin(words)
    async with at(twin, door) as pilot:
        await pilot.press("o", "k", "a")
        await settle(pilot)
        assert "1 ■" in text(pilot)
        assert "2 ■" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert twin.statuses["p2"] == "present"
        assert pilot.app._exception is None


async def test_lists_are_hidden_by_whatever_takes_the_keyboard_from_them_and_by_another_screen() -> None:
    async with at(Twin(), door) as pilot:
        await pilot.press("tab")
        await settle(pilot)
        await pilot.click("#find")
        await settle(pilot)
        assert "Ngozi" not in text(pilot)
        await pilot.press("tab", "f4", "escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, DoorScreen)
        assert "Ngozi" not in text(pilot)


@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)])
async def test_the_line_of_keys_stands_at_the_foot_and_the_numbers_above_it(size: tuple[int, int]) -> None:
    async with at(Twin(), door, size) as pilot:
        shown = lines(pilot)
        assert shown[-1].startswith(" Enter here")
        assert any("under fives" in line for line in shown[-5:])


class SlowTwin(Twin):
    """A desk whose register takes its time to be read."""

    def __init__(self) -> None:
        super().__init__()
        self.hold = Event()
        self.hold.set()

    def door(self, session: str) -> Any:
        read = super().door(session)
        self.hold.wait(20)
        return read


async def test_a_reading_that_comes_back_late_takes_nothing_off_the_screen_that_was_saved_meanwhile() -> None:
    twin = SlowTwin()
    async with at(twin, door) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DoorScreen)
        twin.hold.clear()
        screen.refresh_facts()
        await pilot.press("o", "k", "a", "enter", "plus")
        while "2 of 2 here" not in text(pilot):
            await pilot.pause()
        twin.hold.set()
        await settle(pilot)
        assert "2 of 2 here" in text(pilot)
        assert "1 without a name" in text(pilot)
