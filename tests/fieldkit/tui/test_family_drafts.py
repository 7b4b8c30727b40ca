"""Every unfinished form of a family stands on the family's page, whatever form it is."""

from __future__ import annotations

from datetime import date

from fieldkit.tui.screens.family_words import event_rows
from fieldkit.workspace.views import EventRow, FamilyPage


def test_an_unfinished_plan_stands_first_and_opens_the_form() -> None:
    draft = EventRow("d1", "plan", date(2026, 11, 23), "Family support plan", "3 of 26", "draft", "Asha Patel")
    visit = EventRow("r1", "visit", date(2026, 11, 22), "Visit", "", "confirmed", "Asha Patel")
    page = FamilyPage("f", "Okafor", "", "", "", (), (), (), (), (), (), (draft, visit))
    targets = [row.target for row in event_rows(page) if row.target]
    assert targets == [("form", "d1"), ("record", "r1")]
