"""A save that failed is told at once, on the screen where it was typed."""

from __future__ import annotations

from fieldkit.errors import DiskTrouble
from fieldkit.tui.screens.form import FormScreen
from tests.fieldkit.tui.drafts import open_draft
from tests.fieldkit.tui.driving import at, settle, text
from tests.fieldkit.tui.twin import Twin


async def test_what_could_not_be_saved_is_told_with_the_cure() -> None:
    twin = Twin("", {"d1": open_draft()})
    async with at(twin, lambda kit: FormScreen(kit, draft="d1")) as pilot:
        twin.listener(DiskTrouble())
        await settle(pilot)
        assert "NOT SAVED" in text(pilot)
        assert "could not be written" in text(pilot)
