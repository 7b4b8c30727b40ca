"""A made-up council says so on every screen that somebody could take for a real one; a real one never does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.screen import Screen

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.door import DoorScreen
from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.screens.handover import HandoverScreen
from tests.fieldkit.tui.drafts import open_draft
from tests.fieldkit.tui.driving import at, lines
from tests.fieldkit.tui.test_every_screen import frozen
from tests.fieldkit.tui.twin import Twin


class Real(Twin):
    """A desk of a council that is not made up."""

    def status(self) -> Any:
        """The same, for real."""
        return replace(super().status(), practice=False)


@pytest.mark.parametrize("desk", [Twin, Real])
@pytest.mark.parametrize(
    "screen",
    [
        lambda kit: HandoverScreen(kit, frozen=frozen()),
        lambda kit: DoorScreen(kit, session="s1"),
        lambda kit: FormScreen(kit, draft="d1"),
    ],
    ids=["in a family's hands", "at the door", "in a form"],
)
async def test_the_top_line_says_practice_only_where_it_is_practice(
    desk: type[Twin], screen: Callable[[Kit], Screen[object]]
) -> None:
    async with at(desk(drafts={"d1": open_draft()}), screen) as pilot:
        assert ("PRACTICE" in lines(pilot)[0]) is (desk is Twin)
