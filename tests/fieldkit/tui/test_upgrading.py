"""A newer version of a draft's form: told quietly, shown as a plan, ticked, accepted, undone, left for later."""

from __future__ import annotations

from typing import Any

from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.screens.today import TodayScreen
from fieldkit.tui.screens.upgrade import UpgradeScreen
from fieldkit.tui.widgets.rows import Rows
from fieldkit.workspace.upgrading import KeptAnswer, Line, Offer
from fieldkit.workspace.views import NewerRow
from tests.fieldkit.tui.drafts import OpenDraft
from tests.fieldkit.tui.driving import at, settle, text
from tests.fieldkit.tui.twin import Twin

LINES = (
    Line("carried", "a/x", "a/x", "Visited on", "", (), 1),
    Line("proposed", "c/bath", "d/bath", "Bathroom", "", (), 1),
    Line("orphaned", "c/kitchen", "", "Kitchen", "no longer asked", (), 1),
    Line("moved", "c/hazards", "c/dangers", "Hazards", "", (), 0),
)


def twin() -> Twin:
    made = Twin(drafts={"d1": OpenDraft()})
    made.offer = Offer("d1", "Home visit", "2026.1", "2026.2", LINES, unshown=1)
    return made


async def opened(pilot: Any) -> str:
    await pilot.press("f12")
    await settle(pilot)
    assert isinstance(pilot.app.screen, UpgradeScreen)
    return text(pilot)


async def test_a_newer_version_is_told_quietly_and_left_for_later() -> None:
    desk = twin()
    async with at(desk, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        assert "newer version 2026.2 of this form is here: f12" in text(pilot)
        said = await opened(pilot)
        for words in (
            "Home visit: 2026.1 → 2026.2. Nothing is changed yet.",
            "[ ] Bathroom · answered",
            "Kitchen · answered · no longer asked",
            "Hazards",
            "1 places stay as they are.",
            "1 lines are shown when you are alone.",
        ):
            assert words in said
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, FormScreen)
        assert desk.upgraded is None


async def test_today_says_that_drafts_can_move_and_leads_to_what_would_change() -> None:
    desk = twin()
    desk.newer = (NewerRow("Home visit\x1b", ("d1", "d2")), NewerRow("Review", ("d3",)))
    async with at(desk, TodayScreen) as pilot:
        for words in ("version of Home visit␛ is here: 2 drafts can move", "of Review is here: 1 draft can move"):
            assert words in text(pilot)
        for _ in range(12):
            rows = pilot.app.screen.query_one(Rows)
            if rows.highlighted is not None and "Home visit" in str(rows.get_option_at_index(rows.highlighted).prompt):
                break
            await pilot.press("down")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, UpgradeScreen)
        assert "Home visit: 2026.1 → 2026.2" in text(pilot)


async def test_what_is_ticked_is_taken_over_and_can_be_undone() -> None:
    desk = twin()
    async with at(desk, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await opened(pilot)
        for _ in range(8):
            await pilot.press("enter")
            if "[x] Bathroom" in text(pilot):
                break
            await pilot.press("down")
            await settle(pilot)
        await settle(pilot)
        assert "[x] Bathroom" in text(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert isinstance(pilot.app.screen, FormScreen)
        assert desk.upgraded == ("d1", frozenset({"c/bath"}))
        assert "z goes back" in await opened(pilot)
        await pilot.press("z")
        await settle(pilot)
        assert desk.upgraded is None


async def test_answers_no_longer_asked_for_are_shown_read_only() -> None:
    desk = Twin(drafts={"d1": OpenDraft()})
    desk.kept = (KeptAnswer("2026.1", "c/kitchen", "Kitchen", "clean and warm"),)
    async with at(desk, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        assert "f12 1 kept" in text(pilot)
        said = await opened(pilot)
        assert "Kitchen (2026.1): clean and warm" in said
        assert "No longer asked" in said
