"""A lead's screens: the base day, families handed on, cover, notices, checks, harmless conflicts at once."""

from __future__ import annotations

import pytest

from fieldkit.tui.screens.base_day import BaseDayScreen
from fieldkit.tui.screens.check import CheckScreen, NoticesScreen
from fieldkit.tui.screens.conflict import ConflictScreen
from fieldkit.tui.screens.conflicts import ConflictsScreen
from fieldkit.tui.screens.offers import AwayScreen, HandOnScreen, OffersScreen
from tests.fieldkit.tui.driving import LARGE, SMALL, at, lines, settle, text, type_
from tests.fieldkit.tui.twin import Twin


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_base_day_shows_who_is_silent_first_and_what_waits_for_a_person(size: tuple[int, int]) -> None:
    twin = Twin()
    twin.concern("f1", "Ada", "a bruise", True)
    async with at(twin, BaseDayScreen, size) as pilot:
        shown = lines(pilot)
        where = {word: next(i for i, line in enumerate(shown) if word in line) for word in ("Ben Carter", "Asha Patel")}
        assert where["Ben Carter"] < where["Asha Patel"]
        ben = shown[where["Ben Carter"]]
        assert ("!" in ben, "3 days ago" in ben, "31" in ben, "22" in ben) == (True, True, True, True)
        assert "No one has read: concern about Ada" in text(pilot)
        assert "Carys" in text(pilot)
        assert "ring 01223 000000" in text(pilot)
        assert "under 24 h: 2" in text(pilot)


async def test_enter_on_a_name_asks_who_covers_and_until_when() -> None:
    twin = Twin()
    async with at(twin, lambda kit: AwayScreen(kit, worker="w1")) as pilot:
        assert "Asha Patel" not in "\n".join(lines(pilot)[3:]), "the absent colleague covers for nobody"
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert "That is no day" in text(pilot)
        await pilot.press("shift+tab")
        await type_(pilot, "2026-12-04")
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert twin.given == [("w1", "w2", "2026-12-04")]
        assert isinstance(pilot.app.screen, OffersScreen)


async def test_a_family_is_offered_to_a_colleague_and_never_to_oneself() -> None:
    twin = Twin()
    async with at(twin, lambda kit: HandOnScreen(kit, family="f1")) as pilot:
        assert not any("Asha Patel" in line and "worker" in line for line in lines(pilot))
        await pilot.press("enter")
        await settle(pilot)
        assert twin.given == [("f1", "w2", "")]


async def test_an_offer_is_accepted_with_one_key_and_declined_only_with_a_reason() -> None:
    twin = Twin()
    async with at(twin, OffersScreen) as pilot:
        await pilot.press("d", "enter")
        await settle(pilot)
        assert twin.answered == {}
        await pilot.press("escape", "a")
        await settle(pilot)
        assert twin.answered == {"o1": "accepted"}
        assert "central says so" in text(pilot)


async def test_a_notice_leads_to_what_it_is_about_and_is_read_by_name() -> None:
    twin = Twin()
    async with at(twin, NoticesScreen) as pilot:
        await pilot.press("r")
        await settle(pilot)
        assert twin.noted
        await pilot.press("enter")
        await settle(pilot)
        assert type(pilot.app.screen).__name__ == "ConcernStateScreen"


async def test_a_check_goes_line_by_line_and_keeps_what_was_said() -> None:
    twin = Twin()
    async with at(twin, lambda kit: CheckScreen(kit, record="r1")) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "yes, partly or no" in text(pilot)
        await pilot.press("y", "p", "n", "tab")
        await type_(pilot, "Ring the father")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert twin.checked == [
            ("r1", {"own-details": "yes", "childs-voice": "partly", "seen-alone": "no"}, "Ring the father")
        ]


async def test_harmless_conflicts_are_decided_at_once_with_a_reason_and_nothing_about_safety_is_among_them() -> None:
    twin = Twin()
    twin.harmless = True
    async with at(twin, ConflictsScreen) as pilot:
        await pilot.press("b")
        await settle(pilot)
        assert "1 to decide at once" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert twin.resolved == []
        await type_(pilot, "spelling")
        await pilot.press("enter")
        await settle(pilot)
        assert twin.resolved == [("all", "shown", "spelling")]


async def test_a_conflict_is_read_aloud_in_sentences_chosen_by_a_letter_and_the_next_is_one_key_away() -> None:
    twin = Twin()
    twin.harmless = True
    async with at(twin, lambda kit: ConflictScreen(kit, conflict="k1")) as pilot:
        await pilot.press("r")
        await settle(pilot)
        shown = " ".join(text(pilot).split())
        assert "You wrote on Thursday 19 November at 16:05: medium." in shown
        assert "Marek Nowak wrote on Thursday 19 November at 16:05: high." in shown
        await pilot.press("r", "n")
        await settle(pilot)
        assert pilot.app.screen.query_one("#card") is not None
        assert getattr(pilot.app.screen, "conflict", "") == "k2"
        await pilot.press("n")
        await settle(pilot)
        await pilot.press("t")
        await type_(pilot, "he saw it")
        await pilot.press("enter")
        await settle(pilot)
        assert twin.resolved == [("k1", "0b", "he saw it")]
