"""The family's page by keys alone: who is who, the plan moved on, the filter, relationships, a birth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fieldkit.tui.screens.family import FamilyScreen
from fieldkit.tui.screens.plan import PlanScreen, StandsScreen
from fieldkit.tui.screens.record import RecordScreen
from fieldkit.tui.screens.relations import RelationsScreen
from fieldkit.workspace.views import EventRow
from tests.fieldkit.tui.driving import LARGE, SMALL, at, settle, text, type_
from tests.fieldkit.tui.twin import Twin


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_the_page_tells_lead_plan_permissions_and_scores(size: tuple[int, int]) -> None:
    async with at(Twin(), lambda kit: FamilyScreen(kit, family="f1"), size) as pilot:
        said = text(pilot)
        for words in (
            "Lead Asha Patel, since 3 Sep",
            "Agreed 3 Sep, signed by 2",
            "In review since 5 Nov; next:",
            "! Six weeks are over",
            "Mill School: yes",
            "Police: taken back",
            "! Letter to hou",
            "late",
            "parent or carer 4 ▃▅ 6",
            "child seen alone",
            "confirmed",
        ):
            assert words in said
        assert ("mother of Ada, PR by birth" in said) == (size == LARGE)


async def test_the_filter_shows_what_fits_and_escape_shows_all_again() -> None:
    twin = Twin()
    twin.more_events = (EventRow("r2", "plan", date(2026, 11, 1), "Family plan", "for Ada", "sent", "Asha"),)
    async with at(twin, lambda kit: FamilyScreen(kit, family="f1"), LARGE) as pilot:
        await pilot.press("f")
        await type_(pilot, "sent")
        await settle(pilot)
        assert "Family plan" in text(pilot)
        assert "child seen alone" not in text(pilot)
        assert "1 not shown" in text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "child seen alone" in text(pilot)
        assert isinstance(pilot.app.screen, FamilyScreen)


async def test_an_action_is_moved_on_in_two_keys_and_done_asks_what_came_of_it() -> None:
    twin = Twin()
    twin.whole = replace(twin.whole, actions=(replace(twin.whole.actions[0], status="agreed"),))
    async with at(twin, lambda kit: FamilyScreen(kit, family="f1")) as pilot:
        await pilot.press("p")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PlanScreen)
        await pilot.press("enter")
        await settle(pilot)
        assert twin.moved == [("a1", "", "")]
        await pilot.press("d")
        await type_(pilot, "They wrote back")
        await pilot.press("enter")
        await settle(pilot)
        assert twin.moved[1:] == [("a1", "done", "They wrote back")]
        await pilot.press("s", "escape")
        assert isinstance(pilot.app.screen, PlanScreen)
        assert len(twin.moved) == 2


async def test_how_it_stands_is_told_step_by_step() -> None:
    async with at(Twin(), lambda kit: StandsScreen(kit, family="f1")) as pilot:
        assert "3 Sep 2026: somebody asked for help" in text(pilot)
        assert "how safe things feel · parent: 4 ▃▅ 6" in text(pilot)


async def test_a_relationship_is_written_by_keys_alone_and_taken_back() -> None:
    twin = Twin()
    async with at(twin, lambda kit: FamilyScreen(kit, family="f1")) as pilot:
        await pilot.press("r")
        await settle(pilot)
        assert isinstance(pilot.app.screen, RelationsScreen)
        await pilot.press("down", "down", "enter")
        assert "Emeka Obi is …" in text(pilot)
        await pilot.press("down", "enter")
        assert "Emeka Obi is father of …" in text(pilot)
        await pilot.press("down", "enter")
        assert "Parental responsibility?" in text(pilot)
        await pilot.press("down", "down", "down", "enter")
        await settle(pilot)
        assert twin.related == [("p3", "father", "p2", "yes", "certificate")]
        assert "Emeka Obi: father of Ada Okafor, PR on the birth certificate" in text(pilot)
        await pilot.press("end", "d")
        await settle(pilot)
        assert twin.related == []


async def test_a_birth_asks_for_the_day_and_the_name() -> None:
    twin = Twin()
    async with at(twin, lambda kit: RelationsScreen(kit, family="f1")) as pilot:
        await pilot.press("down", "b")
        await type_(pilot, "2026-11-21 Maya")
        await pilot.press("enter")
        await settle(pilot)
        assert twin.births == [("p2", "2026-11-21", "Maya")]


async def test_who_knows_what_is_read_together_and_large() -> None:
    async with at(Twin(), lambda kit: FamilyScreen(kit, family="f1")) as pilot:
        await pilot.press("w")
        await settle(pilot)
        assert "Mill School may be told some things." in text(pilot)
        assert "Why: Ngozi said yes." in text(pilot)
        await pilot.press("l")
        assert "MILL SCHOOL may be told some things." in text(pilot)


async def test_a_record_shows_its_four_states_and_an_answer_is_put_back_by_keys() -> None:
    twin = Twin()
    async with at(twin, lambda kit: RecordScreen(kit, record="r1")) as pilot:
        assert "draft → ready to go → sent → [confirmed]" in text(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert "was: low" in text(pilot)
        assert "now: high" in text(pilot)
        await pilot.press("u")
        await settle(pilot)
        assert twin.put_back == ["7:a/b"]
        await pilot.press("down", "u")
        assert "! What was there before" in text(pilot)
        assert twin.put_back == ["7:a/b"]
