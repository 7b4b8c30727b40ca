"""Keys can be chosen, but not those that protect; help finds them; what was typed can be undone in every text field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from fieldkit.settings import Choice, Settings
from fieldkit.tui.app import FieldkitApp
from fieldkit.tui.keys import Key, as_arrow, chosen, every_key, name_of, renamed
from fieldkit.tui.palette import Palette
from fieldkit.tui.screens.families import FamiliesScreen
from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.screens.help import HelpScreen
from fieldkit.tui.screens.sync import SyncScreen
from fieldkit.tui.screens.today import TodayScreen
from fieldkit.tui.widgets.undoing import Steps
from tests.fieldkit.tui.brisk import running
from tests.fieldkit.tui.driving import SMALL, app_on, at, at_today, settle, text, type_
from tests.fieldkit.tui.every_type import CASES
from tests.fieldkit.tui.test_every_type import begun, page
from tests.fieldkit.tui.twin import Twin, WallClock

KNOWN = every_key()


def wanting(**keys: str) -> tuple[dict[str, str], tuple[str, ...]]:
    return chosen({name.replace("__", ".").replace("_", "-"): (key,) for name, key in keys.items()}, KNOWN)


def test_every_key_has_a_name_of_its_own_and_none_of_ours_collide() -> None:
    assert len({each.name for each in KNOWN}) == len(KNOWN)
    assert {each.name for each in KNOWN if each.safe} >= {"app.cover", "app.help", "app.duty", "app.concern"}
    assert name_of("BaseDayScreen", "turn(-1)") == "base-day.turn-back-1"


def test_another_key_counts_in_place_of_the_own_one() -> None:
    assert wanting(sync__sync="y") == ({"sync.sync": "y"}, ())
    assert wanting(form__missing="F11") == ({"form.missing": "f11"}, ())


@pytest.mark.parametrize("name", ["app.cover", "app.help", "app.duty", "app.concern", "concern.raise-it"])
def test_what_protects_keeps_its_own_key(name: str) -> None:
    own = next(each for each in KNOWN if each.name == name)
    counts, faults = chosen({name: ("ctrl+x",)}, KNOWN)
    assert faults == ()
    assert counts[name].split(",") == [*own.keys, "ctrl+x"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("sync.sync", "ctrl+b"),  # covers, everywhere
        ("form.missing", "f1"),
        ("family.brief", "!"),  # raises a concern, there
        ("today.end-visit", "!"),
        ("sync.sync", "c"),  # is conflicts there
        ("sync.sync", "escape"),
        ("sync.sync", "tab"),
        ("sync.sync", "ctrl+m"),  # is Enter to a terminal
        ("form.missing", "g"),  # could never be typed again
        ("sync.sync", "ctrl+shift+x"),  # no terminal sends it
        ("no.such", "x"),
    ],
)
def test_a_key_that_cannot_be_is_told_and_the_own_one_stays(name: str, key: str) -> None:
    counts, faults = chosen({name: (key,)}, KNOWN)
    assert counts == {}
    assert len(faults) == 1
    assert name in faults[0]


def test_the_line_of_keys_says_the_chosen_ones() -> None:
    own = (Key("form.missing", ("ctrl+g",), ""), Key("form.file", ("ctrl+s",), ""))
    assert renamed("^g missing  ^s file  F1", own, {"form.missing": "f11"}) == "f11 missing  ^s file  F1"


def with_settings(settings: Settings) -> FieldkitApp:
    made = app_on(Twin())
    return FieldkitApp(made.opener, WallClock(), settings=settings)


async def enter(pilot: Any) -> None:
    await pilot.press(*"correct", "space", *"horse", "enter")
    await settle(pilot)


async def test_a_chosen_key_works_and_the_own_one_does_no_more() -> None:
    app = with_settings(Settings(keys={"today.go-to-sync": ("y",), "app.cover": ("f11",)}))
    async with running(app, SMALL) as pilot:
        await enter(pilot)
        await pilot.press("s")
        await settle(pilot)
        assert isinstance(app.screen, TodayScreen)
        await pilot.press("y")
        await settle(pilot)
        assert isinstance(app.screen, SyncScreen)


async def test_with_hjkl_letters_move_in_lists_and_are_typed_in_text() -> None:
    app = with_settings(replace(Settings(), key_set=Choice("hjkl")))
    async with running(app, SMALL) as pilot:
        await enter(pilot)
        before = app.screen.query_one("#rows").highlighted  # type: ignore[attr-defined]
        await pilot.press("j")
        assert app.screen.query_one("#rows").highlighted != before  # type: ignore[attr-defined]
        await pilot.press("slash")
        await settle(pilot)
        await pilot.press("j", "k")
        assert app.screen.query_one(Input).value == "jk"
    assert as_arrow("k", "hjkl", {"k"}) == ""
    assert as_arrow("j", "arrows", ()) == ""


async def test_question_mark_helps_and_colon_opens_the_palette_outside_text_only() -> None:
    async with at_today(Twin()) as pilot:
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape", "colon")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Palette)
        await pilot.press("escape", "slash")
        await settle(pilot)
        await pilot.press("question_mark", "colon")
        assert isinstance(pilot.app.screen, FamiliesScreen)
        assert pilot.app.screen.query_one(Input).value == "?:"


async def test_help_is_searched_by_letters_and_names_the_keys_of_screen_fields_and_everywhere() -> None:
    twin, _ = begun()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await pilot.press("f1")
        await settle(pilot)
        assert "What is missing" in text(pilot)
        await type_(pilot, "cover")
        await settle(pilot)
        assert "What is missing" not in text(pilot)
        assert "ctrl+b" in text(pilot)
        await pilot.press(*["backspace"] * 5)
        await type_(pilot, "undo")
        await settle(pilot)
        assert "In what is on it" in text(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, FormScreen)


async def test_the_palette_finds_verbs_by_the_words_of_the_command_line_and_of_the_screen() -> None:
    async with at_today(Twin()) as pilot:
        await pilot.press("ctrl+p", *"resolve")
        await settle(pilot)
        await pilot.pause(0.3)
        assert "Conflicts" in text(pilot)
        await pilot.press("escape", "escape")
        await settle(pilot)
        await pilot.press("ctrl+p")
        await type_(pilot, "end the visit")
        await settle(pilot)
        await pilot.pause(0.3)
        assert "here: e" in text(pilot)


def test_a_step_is_a_word() -> None:
    steps = Steps("")
    for end in range(1, 10):
        steps.typed("two words"[:end])
    assert [steps.back(), steps.back(), steps.back()] == ["two ", "", ""]
    assert [steps.forward(), steps.forward(), steps.forward()] == ["two ", "two words", "two words"]
    steps.back()
    steps.typed("two x")
    assert steps.forward() == "two x"


TYPED = [case.name for case in CASES if case.control == "input"]
QUICK = ("several", "day")


@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in QUICK else pytest.mark.long) for n in TYPED])
async def test_what_was_typed_is_undone_and_done_again_in_every_text_field(name: str) -> None:
    twin, draft = begun()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await pilot.app.screen.show_page(name, name)  # type: ignore[attr-defined]
        await settle(pilot)
        entry: Any = pilot.app.screen.focused
        assert page(pilot).at() == name
        assert isinstance(entry, (Input, TextArea))
        await type_(pilot, "12")
        typed_ = entry.value if isinstance(entry, Input) else entry.text
        await pilot.press("ctrl+z")
        undone = entry.value if isinstance(entry, Input) else entry.text
        assert undone == ("12" if name == "masked" else "")
        await pilot.press("ctrl+y")
        assert (entry.value if isinstance(entry, Input) else entry.text) == typed_
        assert draft.interview.question(name).value is not None
