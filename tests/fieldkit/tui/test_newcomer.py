"""Before somebody is written down it is asked whether they are here; before an assessment, whether one is open."""

from __future__ import annotations

from fieldkit.tui.screens.family import FamilyScreen
from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.screens.newcomer import NewFamilyScreen, NewPersonScreen, OpenAlreadyScreen
from fieldkit.workspace.views import LikeRow, OpenAssessment
from tests.fieldkit.tui.drafts import open_draft
from tests.fieldkit.tui.driving import at, settle, text, type_
from tests.fieldkit.tui.twin import NOW, Twin

REASONS = ("given name agrees", "date of birth is alike: day and month swapped", "telephone differs")
LIKE = LikeRow("p7", "f2", "Ada Okafor", "Okafor-Obi", "very likely the same person", REASONS)
OPEN = OpenAssessment("r1", "f1", "Okafor", False, NOW.date(), "Ben Carter", "01223 000007", "")


def warned() -> Twin:
    twin = Twin(drafts={"d1": open_draft()})
    twin.like = (LIKE,)
    return twin


async def test_a_person_who_may_be_here_is_shown_field_by_field_and_somebody_else_goes_on() -> None:
    twin = warned()
    async with at(twin, lambda kit: NewPersonScreen(kit, family="f1")) as pilot:
        await type_(pilot, "Ada")
        await pilot.press("ctrl+s")
        await settle(pilot)
        said = text(pilot)
        assert "Ada Okafor of Okafor-Obi: very likely the same person" in said
        assert all(reason in said for reason in REASONS)
        assert twin.added == []
        await pilot.press("down", "enter")
        await settle(pilot)
        assert [(details.given, others) for details, others in twin.added] == [("Ada", ("p7",))]


async def test_the_same_person_is_opened_and_nobody_is_added() -> None:
    twin = warned()
    async with at(twin, lambda kit: NewPersonScreen(kit, family="f1")) as pilot:
        await type_(pilot, "Ada")
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, FamilyScreen)
        assert pilot.app.screen.family == "f2"
        assert twin.added == []


async def test_escape_goes_back_to_the_lines_with_what_was_typed() -> None:
    twin = warned()
    async with at(twin, lambda kit: NewFamilyScreen(kit)) as pilot:
        await type_(pilot, "Okafor")
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, NewFamilyScreen)
        assert pilot.app.screen.values() == {"name": "Okafor"}
        assert "f4" not in twin.family_names


async def test_nobody_alike_is_kept_at_once() -> None:
    twin = Twin()
    async with at(twin, lambda kit: NewPersonScreen(kit, family="f1")) as pilot:
        await type_(pilot, "Zoe")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert [others for _, others in twin.added] == [()]


async def test_an_open_assessment_is_told_with_whom_to_ring_and_another_needs_a_reason() -> None:
    twin = Twin(drafts={"d1": open_draft()})
    twin.opened = OPEN
    async with at(twin, lambda kit: FamilyScreen(kit, family="f1")) as pilot:
        await pilot.press("a")
        await settle(pilot)
        assert isinstance(pilot.app.screen, OpenAlreadyScreen)
        assert "Ben Carter: 01223 000007. Ring first." in text(pilot)
        await pilot.press("down", "enter", "enter")
        await settle(pilot)
        assert twin.reasons == []
        await type_(pilot, "another child")
        await pilot.press("enter")
        await settle(pilot)
        assert twin.reasons == ["another child"]
        assert isinstance(pilot.app.screen, FormScreen)


async def test_one_can_add_to_the_assessment_that_is_open() -> None:
    twin = Twin(drafts={"d1": open_draft()})
    twin.opened = OPEN
    async with at(twin, lambda kit: OpenAlreadyScreen(kit, family="f1")) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        assert twin.reasons == ["contribution"]
        assert isinstance(pilot.app.screen, FormScreen)
