"""Filling a form on the real engine, told by the keys a worker presses."""

import json
from typing import Any

from textual.pilot import Pilot

from fieldkit.commands.practice.council import answers
from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.widgets.page import Page
from tests.fieldkit.tui.drafts import OpenDraft
from tests.fieldkit.tui.driving import LARGE, SMALL, at, settle, text, type_
from tests.fieldkit.tui.twin import Twin


def opened(name: str = "visit") -> tuple[Twin, OpenDraft]:
    """A desk with one draft of a shipped form."""
    draft = OpenDraft(name=name)
    return Twin(drafts={"d1": draft}), draft


def page(pilot: Pilot[Any]) -> Page:
    """The page that lies open."""
    return pilot.app.screen.query_one(Page)


async def to(pilot: Pilot[Any], path: str) -> None:
    """Turn to a question."""
    screen = pilot.app.screen
    assert isinstance(screen, FormScreen)
    await screen.show_page(path, path)
    await settle(pilot)


async def test_every_keystroke_reaches_the_draft() -> None:
    twin, draft = opened()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await to(pilot, "a/when/workers")
        draft.verbs.clear()
        await type_(pilot, "Asha")
        await settle(pilot)
        typed = [raw for verb, path, raw in draft.verbs if (verb, path) == ("answer", "a/when/workers")]
        assert [each[-4:] for each in typed][-1] == "Asha"
        assert len(typed) == 4
        assert "saved 16:05" in text(pilot)


async def test_tab_walks_on_to_the_next_page() -> None:
    twin, _ = opened()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        first = page(pilot).shown[0].view.path
        for _ in range(40):
            await pilot.press("tab")
            await settle(pilot)
            if page(pilot).shown[0].view.path != first:
                break
        assert page(pilot).shown[0].view.path != first
        await pilot.press("shift+tab")
        await settle(pilot)
        assert page(pilot).shown[0].view.path == first


async def test_why_there_is_no_answer_is_said_and_shown() -> None:
    twin, draft = opened()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await to(pilot, "a/when/workers")
        await pilot.press("ctrl+r")
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert draft.interview.question("a/when/workers").not_recorded == "not-known"
        assert "– not known" in text(pilot)


async def test_who_said_it_goes_round() -> None:
    twin, draft = opened()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await to(pilot, "a/when/workers")
        await pilot.press("ctrl+t")
        await settle(pilot)
        assert draft.interview.question("a/when/workers").voice == "Ngozi Okafor"
        assert "who said it: Ngozi Okafor" in text(pilot)


async def test_what_is_missing_is_a_list_and_enter_goes_there() -> None:
    twin, draft = opened()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert twin.filed == []
        assert "not answered" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert page(pilot).at() == draft.interview.violations()[0].path


async def test_filing_is_asked_twice_and_a_word_in_between_takes_it_back() -> None:
    draft = OpenDraft()
    for path, value in json.loads(answers("visit")).items():
        draft.interview.answer(path, value)
    assert draft.interview.violations() == ()
    twin = Twin(drafts={"d1": draft})
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert twin.filed == []
        assert "^s again files it" in text(pilot)
        await to(pilot, "a/when/workers")
        await type_(pilot, "N")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert twin.filed == []
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert twin.filed == ["d1"]


async def test_a_child_is_added_and_taken_out_only_when_asked_twice() -> None:
    twin, draft = opened("eha")
    _agree(draft)
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await to(pilot, "b/children")
        before = _rows(draft)
        await pilot.press("f3")
        await settle(pilot)
        assert len(_rows(draft)) == len(before) + 1
        await pilot.press("f4")
        await settle(pilot)
        assert len(_rows(draft)) == len(before) + 1
        assert "f4 again takes out" in text(pilot)
        await pilot.press("f4")
        await settle(pilot)
        assert _rows(draft) == before


async def test_a_page_never_holds_more_than_itself() -> None:
    twin, _ = opened("eha")
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        for _ in range(4):
            await pilot.press("ctrl+n")
            await settle(pilot)
            assert len(page(pilot).children) <= 12 * 4 + 1


async def test_leaving_keeps_the_draft_and_today_shows_it() -> None:
    twin, draft = opened()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await to(pilot, "a/when/workers")
        await type_(pilot, "Asha")
        await pilot.press("escape")
        await settle(pilot)
        assert "Unfinished" in text(pilot)
        assert draft.interview.question("a/when/workers").value is not None


def _rows(draft: OpenDraft) -> list[str]:
    return [path for path in draft.interview.values() if path.startswith("b/children/") and path.endswith("/@order")]


def _agree(draft: OpenDraft) -> None:
    for path in ("a/begin/agree",):
        view = draft.interview.question(path)
        draft.interview.answer(path, view.choices[0].value)


async def test_a_wide_terminal_shows_whole_titles_in_the_outline_and_a_narrow_one_cuts_them() -> None:
    for size, whole in ((SMALL, False), (LARGE, True)):
        twin, _ = opened("eha")
        async with at(twin, lambda kit: FormScreen(kit, draft="d1"), size) as pilot:
            assert ("Notice, agreement to begin" in text(pilot)) == whole
