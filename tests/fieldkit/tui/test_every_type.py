"""Every type and appearance has its editor, and is answered by keys alone, in a small terminal and in a large one."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.widgets.editors import EDITORS
from fieldkit.tui.widgets.page import Page
from forms.xform import load
from tests.fieldkit.tui.drafts import OpenDraft, interview_of
from tests.fieldkit.tui.driving import LARGE, SMALL, at, settle, text
from tests.fieldkit.tui.every_type import CASES, Case, typed, xform
from tests.fieldkit.tui.twin import Twin

FORM = load(xform())


def begun() -> tuple[Twin, OpenDraft]:
    """A desk with the form of every type begun."""
    draft = OpenDraft()
    draft.interview = interview_of(FORM)
    return Twin(drafts={"d1": draft}), draft


def page(pilot: Pilot[Any]) -> Page:
    """The page that lies open."""
    return pilot.app.screen.query_one(Page)


def test_every_kind_the_engine_asks_has_a_line_in_the_table() -> None:
    made = interview_of(FORM)
    assert set(made.kinds.values()) <= set(EDITORS)


@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)], ids=["80x24", "120x40"])
async def test_every_type_is_reached_by_tab_and_answered_by_keys(size: tuple[int, int]) -> None:
    twin, draft = begun()
    asked = [case for case in CASES if case.editor is not None]
    async with at(twin, lambda kit: FormScreen(kit, draft="d1"), size) as pilot:
        await pilot.app.screen.show_page(CASES[0].name, CASES[0].name)  # type: ignore[attr-defined]
        await settle(pilot)
        wrong = []
        for case in asked:
            wrong += await _answered(pilot, draft, case)
        assert wrong == []
        assert "hush" not in text(pilot)


async def _answered(pilot: Pilot[Any], draft: OpenDraft, case: Case) -> list[str]:
    """Answer one question, then go on to the next."""
    told = []
    for _ in range(4):
        if page(pilot).at() == case.name:
            break
        await pilot.press("tab")
    if page(pilot).at() != case.name:
        return [f"{case.name}: not reached, at {page(pilot).at()}"]
    editor = page(pilot)._editors[[one.view.path for one in page(pilot).shown].index(case.name)]
    if type(editor) is not case.editor:
        told.append(f"{case.name}: {type(editor).__name__}")
    await pilot.press(*case.keys)
    await pilot.pause()
    kept = draft.interview.question(case.name).value
    if kept != case.kept:
        told.append(f"{case.name}: keeps {kept!r}")
    if case.control == "range" and not ("never" in text(pilot) and "always" in text(pilot)):
        told.append(f"{case.name}: an end of the scale is not told")
    return told


async def test_a_file_is_attached_with_its_seal_and_taken_away_again(tmp_path: Path) -> None:
    twin, draft = begun()
    (tmp_path / "a.txt").write_bytes(b"a letter")
    async with at(twin, lambda kit: FormScreen(kit, draft="d1"), LARGE) as pilot:
        await pilot.app.screen.show_page("file", "file")  # type: ignore[attr-defined]
        await settle(pilot)
        focused: Any = pilot.app.focused
        focused.value = str(tmp_path / "none")
        await pilot.press("enter")
        await settle(pilot)
        assert "There is no such file." in text(pilot)
        focused.value = str(tmp_path / "a.txt")
        await pilot.press("enter")
        await settle(pilot)
        seal = sha256(b"a letter").hexdigest()
        assert draft.interview.question("file").value == {"hash": seal, "name": "a.txt", "size": 8}
        assert draft.files == {seal: b"a letter"}
        assert seal[:12] in text(pilot)
        focused.value = ""
        await pilot.press("delete")
        await settle(pilot)
        assert draft.interview.question("file").value is None


async def test_rows_in_rows_in_rows_are_made_by_keys() -> None:
    twin, draft = begun()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await pilot.app.screen.show_page("kid")  # type: ignore[attr-defined]
        await settle(pilot)
        for words in ("ann", "car", "big"):
            await pilot.press("f3")
            await settle(pilot)
            await pilot.press(*typed(words), "tab")
            await settle(pilot)
        kept = [value for path, value in draft.interview.values().items() if not path.endswith("@order")]
        assert kept == ["ann", "car", "big"]


async def test_widgets_stay_bounded_while_a_form_is_walked() -> None:
    twin, _ = begun()
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        await pilot.app.screen.show_page("text")  # type: ignore[attr-defined]
        counts = []
        for step in (1, -1, 1):
            for _ in range(5):
                await pilot.press("ctrl+n" if step > 0 else "f7")
                await settle(pilot)
            counts.append(len(page(pilot).query("*")))
        assert counts[0] == counts[1] == counts[2], "walking again makes nothing anew"
