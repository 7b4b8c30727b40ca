"""The quality meter while writing: a line in the outline, a list on f5, and nobody reads it over your shoulder."""

from dataclasses import replace

from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.screens.quality import QualityScreen
from fieldkit.tui.widgets.page import Page
from fieldkit.tui.widgets.rows import Rows
from tests.fieldkit.tui.drafts import OpenDraft
from tests.fieldkit.tui.driving import LARGE, at, settle, text
from tests.fieldkit.tui.twin import Twin


async def test_f5_lists_what_is_thin_and_enter_goes_there() -> None:
    draft = OpenDraft(name="eha")
    draft.interview.answer("a/begin/agree", "yes")
    draft.interview.answer("f/past/happened", "The home is chaotic")
    twin = Twin(drafts={"d1": draft})
    async with at(twin, lambda kit: FormScreen(kit, draft="d1"), LARGE) as pilot:
        outline = pilot.app.screen.query_one("#outline", Rows)
        assert "f5 still thin" in outline.get_option_at_index(outline.option_count - 1).prompt.plain  # type: ignore[union-attr]
        await pilot.press("f5")
        await settle(pilot)
        assert isinstance(pilot.app.screen, QualityScreen)
        said = text(pilot)
        assert "not yet  Your own details" in said
        assert "“chaotic”" in said
        assert "What did you see?" in said
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.screen.query_one(Page).at() == "a/front/assessor"


async def test_nobody_else_in_the_room_reads_what_is_thin() -> None:
    twin = Twin(drafts={"d1": OpenDraft(name="eha")})
    twin.room = replace(twin.room, present=("Ngozi Okafor",))
    async with at(twin, lambda kit: FormScreen(kit, draft="d1"), LARGE) as pilot:
        assert "still thin" not in text(pilot)
        await pilot.press("f5")
        await settle(pilot)
        assert isinstance(pilot.app.screen, FormScreen)
        assert "when you are alone" in text(pilot)


async def test_a_form_without_marks_has_no_meter() -> None:
    twin = Twin(drafts={"d1": OpenDraft(name="session")})
    async with at(twin, lambda kit: FormScreen(kit, draft="d1"), LARGE) as pilot:
        assert "f5" not in text(pilot)
