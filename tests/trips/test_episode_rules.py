"""The life of an episode of help, on a real laptop: what its rules bar is refused before anybody types."""

from __future__ import annotations

import pytest

from fieldkit.errors import Refused
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import shared


def test_while_social_care_leads_no_assessment_and_no_plan_is_begun_and_notes_are(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, _, home = shared(laptops, central)
    begun = asha.begin("eha", home, carry=False)
    scope = asha.record(home).scope
    asha.create("review", scope, {"c/ends/decision": "stepup", "a/facts/held_on": "2026-11-20"}, "review@2026.1")
    assert "social care leads" in asha.family(home).whole.stands
    for form in ("eha", "plan"):
        with pytest.raises(Refused, match="Social care leads now") as told:
            asha.begin(form, home)
        assert "Notes of visits" in told.value.cure
    assert asha.begin("visit", home)
    assert asha.draft(begun).interview is not None, "what was begun before is still there to be finished"
    other = asha.add_family("Nowak")
    assert asha.begin("plan", other)
