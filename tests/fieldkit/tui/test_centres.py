"""A session's register is begun for a centre: r on Today, the centre, the form."""

from dataclasses import replace
from typing import Any

from fieldkit.tui.screens.begin import BeginScreen
from fieldkit.tui.screens.centres import CentresScreen
from fieldkit.tui.screens.form import FormScreen
from fieldkit.workspace.views import FormRow
from tests.fieldkit.tui.drafts import OpenDraft
from tests.fieldkit.tui.driving import at_today, settle, text
from tests.fieldkit.tui.twin import Twin


class CentreTwin(Twin):
    """A desk that also has a form about a centre's day, and remembers what was begun."""

    begun: tuple[str, str] = ("", "")

    def forms(self) -> Any:
        """The forms of a family, and one of a centre."""
        return (*super().forms(), replace(FormRow("session", "Session register", "2026.1"), home="centre"))

    def begin(self, form: str, family: str, subject: str | None = None) -> str:
        """Remember it."""
        self.begun = (form, family)
        return super().begin(form, family, subject)


async def test_a_sessions_sheet_is_begun_for_a_centre_by_four_keys() -> None:
    twin = CentreTwin(drafts={"d1": OpenDraft(name="session")})
    async with at_today(twin) as pilot:
        await pilot.press("r")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CentresScreen)
        assert "North centre" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("r")
        await settle(pilot)
        assert isinstance(pilot.app.screen, BeginScreen)
        assert "Session register" in text(pilot)
        assert "Early Help Assessment" not in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, FormScreen)
        assert twin.begun == ("session", "c1")
