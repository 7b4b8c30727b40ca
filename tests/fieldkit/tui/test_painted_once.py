"""A screen is painted once, with its facts; what says the same again is not painted again."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, cast

from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen

from fieldkit.tui.app import FieldkitApp
from fieldkit.tui.screens.cover import CoverScreen
from fieldkit.tui.screens.families import FamiliesScreen
from fieldkit.tui.screens.family import FamilyScreen
from fieldkit.tui.screens.pin_ask import PinScreen
from fieldkit.tui.widgets.rows import Row, Rows
from fieldkit.tui.widgets.words import Words
from tests.fieldkit.tui.driving import at, at_today, settle, text
from tests.fieldkit.tui.twin import Twin


@contextmanager
def painted(pilot: Pilot[Any]) -> Iterator[list[str]]:
    """The names of the screens that were sent to the terminal, in order; `empty` before there are rows to show."""
    sent: list[str] = []
    show = pilot.app._display

    def noted(screen: Screen[Any], frame: Any) -> None:
        if frame is not None:
            rows = screen.query(Rows)
            sent.append(type(screen).__name__ if rows and rows.first().option_count else "empty")
        show(screen, frame)

    vars(pilot.app)["_display"] = noted
    try:
        yield sent
    finally:
        del vars(pilot.app)["_display"]


async def test_a_family_is_painted_when_its_facts_are_there_and_not_before() -> None:
    async with at(Twin(), lambda kit: FamiliesScreen(kit)) as pilot:
        with painted(pilot) as sent:
            await pilot.press("enter")
            await settle(pilot)
        assert type(pilot.app.screen) is FamilyScreen
        assert sent == ["FamilyScreen"] * len(sent)
        assert sent != []


async def test_facts_that_take_long_do_not_keep_the_screen_away() -> None:
    asked, twin = Event(), Twin()

    class Slow(Twin):
        """A desk on which a family takes its time."""

        def family(self, family: str) -> Any:
            """Not before somebody lets it."""
            asked.wait(20)
            return super().family(family)

    async with at_today(Slow()) as pilot:
        with painted(pilot) as sent:
            cast(FieldkitApp, pilot.app).open("family", family="f1")
            for _ in range(20):
                await pilot.pause(0.05)
                if "empty" in sent:
                    break
            assert sent[-1] == "empty"
            asked.set()
            await settle(pilot)
        assert twin.family("f1").name in text(pilot)


async def test_the_same_words_and_rows_again_cost_nothing() -> None:
    async with at(Twin(), lambda kit: FamiliesScreen(kit)) as pilot:
        rows, count = pilot.app.screen.query_one(Rows), pilot.app.screen.query_one("#count", Words)
        shown = [Row(Content("Okafor"), ("family", "f1")), Row(Content("Ada"), ("family", "f2"))]
        rows.show(shown)
        count.say("2 found")
        await settle(pilot)
        with painted(pilot) as sent:
            rows.show([Row(Content("Okafor"), ("family", "f1")), Row(Content("Ada"), ("family", "f2"))])
            count.say("2 found")
            await settle(pilot)
            assert sent == []
            rows.show(shown[:1])
            await settle(pilot)
            assert sent != []


def test_what_covers_is_never_held_back() -> None:
    assert CoverScreen.KEPT
    assert PinScreen.KEPT
