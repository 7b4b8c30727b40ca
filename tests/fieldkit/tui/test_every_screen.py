"""Every Screen there is, walked with hostile text; one that nobody walks fails the test."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from textual import events
from textual.screen import Screen
from textual.widgets import Input, TextArea

import fieldkit.tui.screens
from fieldkit.casework.quality import Item, Label, Quality
from fieldkit.tui.desk import Kit
from fieldkit.tui.guard import NoControls
from fieldkit.tui.places import PLACES
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.screens.door_marks import DoorMarks
from fieldkit.tui.screens.newcomer import NewcomerScreen
from fieldkit.tui.screens.open_form import OpenForm
from fieldkit.tui.screens.pin_ask import PinScreen
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import AREA_LIMIT, LINE_LIMIT
from fieldkit.tui.widgets.secret import SecretLine
from fieldkit.workspace import device_views, upgrading, views
from tests.fieldkit.tui.brisk import running
from tests.fieldkit.tui.drafts import open_draft
from tests.fieldkit.tui.driving import LARGE, SMALL, app_on, at, lines, settle, text
from tests.fieldkit.tui.nasty import NASTY
from tests.fieldkit.tui.twin import Twin

FRAMES = (WorkspaceScreen, SheetScreen, OpenForm, DoorMarks, NewcomerScreen)
"""Classes that are only ever inherited from."""


class Missing:
    """A violation as the engine reports it."""

    path, label, why, message = "a/b", "Who?" + NASTY, "constraint", "Not so" + NASTY


def frozen() -> Any:
    """A text to sign."""
    return Twin(NASTY).freeze("r1", views.Giver(name="Siobhán" + NASTY, role="mother" + NASTY))


def thin() -> Quality:
    """A meter with hostile words."""
    item = Item("father", "Father" + NASTY, "partly", "1 of 2" + NASTY, "a/b")
    return Quality((item,), (Label("a/b", "chaotic" + NASTY, "What?" + NASTY),))


WALKS: dict[str, tuple[Callable[[Any], Callable[[Kit], Screen[Any]]], bool]] = {
    "TodayScreen": (lambda cls: lambda kit: cls(kit), True),
    "FamiliesScreen": (lambda cls: lambda kit: cls(kit), True),
    "FamilyScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "KnowsScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "HistoryScreen": (lambda cls: lambda kit: cls(kit, record="r1"), True),
    "SetAsideScreen": (lambda cls: lambda kit: cls(kit), True),
    "PlanScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "StandsScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "RelationsScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "OpenAlreadyScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "NewFamilyScreen": (lambda cls: lambda kit: cls(kit, name="x"), False),
    "NewPersonScreen": (lambda cls: lambda kit: cls(kit, family="f1"), False),
    "RecordScreen": (lambda cls: lambda kit: cls(kit, record="r1"), True),
    "VisitScreen": (lambda cls: lambda kit: cls(kit, family="f1", people=("Ngozi" + NASTY,)), True),
    "BeginScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "CentresScreen": (lambda cls: lambda kit: cls(kit), True),
    "FormScreen": (lambda cls: lambda kit: cls(kit, draft="d1"), True),
    "UpgradeScreen": (lambda cls: lambda kit: cls(kit, draft="d1"), True),
    "MissingScreen": (lambda cls: lambda kit: cls(kit, violations=(Missing,)), True),
    "QualityScreen": (lambda cls: lambda kit: cls(kit, quality=thin()), True),
    "NotRecordedScreen": (lambda cls: lambda kit: cls(kit, label="Who?" + NASTY), True),
    "GiverScreen": (lambda cls: lambda kit: cls(kit, record="r1"), False),
    "CopyScreen": (lambda cls: lambda kit: cls(kit, record="r1"), True),
    "HandoverScreen": (lambda cls: lambda kit: cls(kit, frozen=frozen()), True),
    "TouchScreen": (lambda cls: lambda kit: cls(kit, frozen=frozen()), False),
    "TakeBackScreen": (lambda cls: lambda kit: cls(kit), False),
    "PinScreen": (lambda cls: lambda kit: cls(kit), False),
    "NewPinScreen": (lambda cls: lambda kit: cls(kit), False),
    "CoverScreen": (lambda cls: lambda kit: cls(kit), False),
    "SyncScreen": (lambda cls: lambda kit: cls(kit), True),
    "ConflictsScreen": (lambda cls: lambda kit: cls(kit), True),
    "ConflictScreen": (lambda cls: lambda kit: cls(kit, conflict="k1"), True),
    "ConcernScreen": (lambda cls: lambda kit: cls(kit, family="f1", about="Ada"), False),
    "ConcernStateScreen": (lambda cls: lambda kit: cls(kit, concern="c1"), True),
    "BriefScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "SessionsScreen": (lambda cls: lambda kit: cls(kit, centre="c1"), True),
    "NewSessionScreen": (lambda cls: lambda kit: cls(kit, centre="c1"), False),
    "DoorScreen": (lambda cls: lambda kit: cls(kit, session="s1"), True),
    "InNowScreen": (lambda cls: lambda kit: cls(kit, session="s1"), True),
    "ReachScreen": (lambda cls: lambda kit: cls(kit, centre="c1"), False),
    "CentreFileScreen": (lambda cls: lambda kit: cls(kit, session="s1"), False),
    "WalkInsScreen": (lambda cls: lambda kit: cls(kit, centre="c1"), True),
    "WalkInScreen": (lambda cls: lambda kit: cls(kit, person="w0"), True),
    "BaseDayScreen": (lambda cls: lambda kit: cls(kit), True),
    "OffersScreen": (lambda cls: lambda kit: cls(kit), True),
    "HandOnScreen": (lambda cls: lambda kit: cls(kit, family="f1"), True),
    "AwayScreen": (lambda cls: lambda kit: cls(kit, worker="w1"), True),
    "NoticesScreen": (lambda cls: lambda kit: cls(kit), True),
    "CheckScreen": (lambda cls: lambda kit: cls(kit, record="r1"), False),
    "HarmlessScreen": (lambda cls: lambda kit: cls(kit), True),
    "DutyScreen": (lambda cls: lambda kit: cls(kit), False),
    "AloneScreen": (lambda cls: lambda kit: cls(kit), False),
    "FirstDayScreen": (lambda cls: lambda kit: cls(kit), False),
    "HelpScreen": (lambda cls: lambda kit: cls(kit), False),
    "LeavingScreen": (lambda cls: lambda kit: cls(), False),
}
"""Class to how it is made, and whether words of people stand on it."""

ACTS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]")


def every_screen() -> dict[str, type[Screen[Any]]]:
    """All Screen classes of the package, found by looking."""
    found: dict[str, type[Screen[Any]]] = {}
    for module in pkgutil.iter_modules(fieldkit.tui.screens.__path__):
        loaded = importlib.import_module(f"fieldkit.tui.screens.{module.name}")
        for name, kind in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(kind, Screen) and kind.__module__ == loaded.__name__:
                found[name] = kind
    return found


def nasty_twin() -> Twin:
    """A desk full of hostile words."""
    twin = Twin(NASTY, {"d1": open_draft(NASTY)})
    twin.concern("f1", "Ada" + NASTY, "x", True)
    twin.harmless = True
    day = date(2026, 9, 3)
    twin.opened = views.OpenAssessment("r1", "f1", "Okafor" + NASTY, False, day, "Ben" + NASTY, "1" + NASTY, NASTY)
    twin.statuses["p1"] = "present"
    line = upgrading.Line("orphaned", "a/b", "", "Where" + NASTY, "no longer asked", ("x" + NASTY,), 1)
    twin.offer = upgrading.Offer("d1", "Visit" + NASTY, "2026.1", "2026.2", (line,))
    twin.kept = (upgrading.KeptAnswer("2025.9", "a/c", "Who" + NASTY, "Jo" + NASTY),)
    twin.duty = device_views.Duty("01223 000000" + NASTY, "01223 000001")
    return twin


def test_no_screen_is_left_out() -> None:
    walked = set(WALKS) | {frame.__name__ for frame in FRAMES} | {"UnlockScreen", "TooSmallScreen"}
    assert set(every_screen()) == walked


def test_every_place_names_a_screen_that_exists() -> None:
    for module, name in PLACES.values():
        assert issubclass(getattr(importlib.import_module(module), name), Screen)


def test_the_line_of_keys_fits_the_smallest_home() -> None:
    keys = {name: str(getattr(kind, "KEYS", "")) for name, kind in every_screen().items()}
    too_long = {name: len(words) for name, words in keys.items() if len(words) > 78}
    assert too_long == {}


@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)], ids=["small", "large"])
@pytest.mark.parametrize("name", sorted(WALKS))
async def test_hostile_words_are_only_words(name: str, size: tuple[int, int]) -> None:
    make, shows = WALKS[name]
    async with at(nasty_twin(), make(every_screen()[name]), size) as pilot:
        # The last guard is taken away: the border in front of it has to hold alone.
        pilot.app._filters = [each for each in pilot.app._filters if not isinstance(each, NoControls)]
        pilot.app.screen.refresh()
        await settle(pilot)
        assert type(pilot.app.screen).__name__ == name
        assert [line for line in lines(pilot) if ACTS.search(line)] == []
        assert not shows or "[/x]" in text(pilot) or "[@click" in text(pilot) or "…" in text(pilot)
        assert pilot.app._exception is None


@pytest.mark.parametrize("name", sorted(WALKS))
async def test_a_huge_hostile_paste_is_cleaned_and_cut(name: str) -> None:
    make, _ = WALKS[name]
    async with at(nasty_twin(), make(every_screen()[name])) as pilot:
        huge = (NASTY + "\r\n") * 60_000
        for entry in [w for w in pilot.app.screen.query("Input, TextArea") if w.can_focus and w.display]:
            entry.focus()
            await pilot.pause()
            entry.post_message(events.Paste(huge))
            await settle(pilot)
            value = entry.value if isinstance(entry, Input) else entry.text if isinstance(entry, TextArea) else ""
            assert len(value) <= max(AREA_LIMIT, LINE_LIMIT) * 2
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", value)
        assert pilot.app._exception is None


async def test_the_door_takes_a_hostile_passphrase_as_a_wrong_one() -> None:
    app = app_on(Twin())
    async with running(app, SMALL) as pilot:
        app.screen.query_one(SecretLine).post_message(events.Paste(NASTY))
        await pilot.pause()
        await pilot.press("enter")
        await settle(pilot)
        assert "does not open this vault" in text(pilot)
        assert issubclass(PinScreen, Screen)
