"""The laptop is in the family's hands: they read, draw or type, and only the worker's PIN takes it back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.widgets import Input

from fieldkit.casework import evidence
from fieldkit.casework.evidence import Support
from fieldkit.tui.screens.copy import CopyScreen
from fieldkit.tui.screens.giver import GiverScreen
from fieldkit.tui.screens.handover import HandoverScreen
from fieldkit.tui.widgets.pad import SignaturePad
from fieldkit.workspace.views import Giver
from tests.fieldkit.tui.driving import LARGE, at, settle, text, type_
from tests.fieldkit.tui.twin import Twin


def handover(twin: Twin) -> Any:
    frozen = twin.freeze("r1", Giver("Ngozi Okafor", "mother"))
    return lambda kit: HandoverScreen(kit, frozen=frozen)


def whole(given: Any) -> str:
    return evidence.lacking(
        evidence.Said(
            given.method,
            given.name,
            given.role,
            "",
            given.statement,
            given.strokes,
            given.witness,
            given.place,
            given.interpreter,
        )
    )


async def test_a_signature_drawn_with_the_mouse_is_kept_as_strokes_in_order_of_time() -> None:
    twin = Twin()
    async with at(twin, handover(twin), LARGE) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        pad = pilot.app.screen.query_one(SignaturePad)
        for start in (5, 25):
            await pilot.mouse_down(pad, offset=(start, 4))
            for step in range(1, 12):
                await pilot.hover(pad, offset=(start + step, 4 + step % 4))
            await pilot.mouse_up(pad, offset=(start + 12, 6))
        await settle(pilot)
        assert any("\u2800" < letter <= "\u28ff" for letter in text(pilot))
        await pilot.press("enter")
        await settle(pilot)
        given = twin.signed[0][1]
        assert given.method == "drawn"
        assert len(given.strokes) == 2
        assert all(len(stroke) > 8 for stroke in given.strokes)
        times = [point[2] for stroke in given.strokes for point in stroke]
        assert times == sorted(times)
        assert whole(given) == ""
        assert "Thank you" in text(pilot)


async def test_an_empty_pad_is_not_a_signature() -> None:
    twin = Twin()
    async with at(twin, handover(twin)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert twin.signed == []


async def test_a_typed_name_with_its_statement_is_whole_evidence() -> None:
    twin = Twin()
    async with at(twin, handover(twin)) as pilot:
        await pilot.press("enter", "t")
        await settle(pilot)
        await pilot.press("enter")
        await type_(pilot, "I agree")
        await pilot.press("enter")
        await settle(pilot)
        given = twin.signed[0][1]
        assert (given.method, given.name, given.statement) == ("typed", "Ngozi Okafor", "I agree")
        assert whole(given) == ""


async def test_a_typed_name_alone_is_asked_for_its_statement() -> None:
    twin = Twin()
    async with at(twin, handover(twin)) as pilot:
        await pilot.press("enter", "t")
        await settle(pilot)
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert twin.signed == []
        assert "needs a statement" in text(pilot)


async def test_not_today_is_an_ordinary_answer() -> None:
    twin = Twin()
    async with at(twin, handover(twin)) as pilot:
        await pilot.press("n")
        await settle(pilot)
        for _ in range(3):
            if not twin.signed:
                await pilot.press("enter")
                await settle(pilot)
        assert twin.signed[0][1].method == "not-today"


async def test_only_the_workers_pin_takes_the_laptop_back() -> None:
    twin = Twin()
    async with at(twin, handover(twin)) as pilot:
        for key in ("escape", "ctrl+q", "slash", "ctrl+p", "c"):
            await pilot.press(key)
            await settle(pilot)
        assert pilot.app.is_running
        assert not any(type(screen).__name__ == "FamiliesScreen" for screen in pilot.app.screen_stack)
        await type_(pilot, "1111")
        await pilot.press("enter")
        await settle(pilot)
        assert "HandoverScreen" in [type(screen).__name__ for screen in pilot.app.screen_stack]


async def test_after_signing_the_worker_is_asked_for_a_copy_and_whether_it_is_safe() -> None:
    twin = Twin()
    frozen = replace(twin.freeze("r1", Giver("Ngozi Okafor", "mother")), record="r1")
    async with at(twin, lambda kit: HandoverScreen(kit, frozen=frozen)) as pilot:
        await pilot.press("n", "enter")
        await settle(pilot)
        await pilot.press("escape")
        await type_(pilot, "2468")
        await pilot.press("enter")
        await settle(pilot)
        assert "Is it safe for them" in text(pilot)
        assert "Ngozi Okafor" in text(pilot)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert "Nothing was made" in text(pilot)
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert "Hand it over" in text(pilot)
    assert [(wanted.record, wanted.person, out is None) for wanted, out in twin.copies] == [
        ("r1", "p1", True),
        ("r1", "p1", False),
    ]


async def test_who_reads_it_out_in_which_language_and_who_helps_is_told_before_the_laptop_is_handed_over() -> None:
    twin = Twin()
    async with at(twin, lambda kit: GiverScreen(kit, record="r1"), LARGE) as pilot:
        for words in ("Ngozi Okafor", "mother", "Mrs Ahmed", "Urdu", "her sister"):
            await type_(pilot, words)
            await pilot.press("tab")
        await pilot.press("3", "tab", "down", "down", "space", "ctrl+s")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, HandoverScreen)
        assert screen.frozen.giver == Giver("Ngozi Okafor", "mother", language="pl")
        assert screen.interpreter == "Mrs Ahmed"
        assert screen.support == Support("Urdu", supporter="her sister", read_out="interpreter")


async def test_the_copy_stands_on_the_screen_only_when_it_is_safe_and_can_be_printed_large_or_plain() -> None:
    twin = Twin()
    async with at(twin, lambda kit: CopyScreen(kit, record="r1")) as pilot:
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert "Ngozi Okafor agreed" not in text(pilot)
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert "Ngozi Okafor agreed" in text(pilot)
        await pilot.press("ctrl+l")
        pilot.app.screen.query_one("#file", Input).value = "copy.txt"
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert [(wanted.way, wanted.large) for wanted, out in twin.copies if out] == [("html", True), ("text", False)]
