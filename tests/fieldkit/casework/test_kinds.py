"""What is due for a family, from what was filed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fieldkit.casework.kinds import AT_A_CENTRE, NEXT, TEAM, TITLES, UNSEEN, Filed, due, home_of, next_visit
from forms.library import shipped


def filed(kind: str, on: str, **told: Any) -> Filed:
    return Filed(kind, date.fromisoformat(on), {name.replace("__", "/"): value for name, value in told.items()})


ASSESSED = filed("eha", "2026-03-02")
REVIEWED = filed("review", "2026-04-10", c__next__next_on="2026-05-22")

PLANNED = filed("plan", "2026-03-09", c__next__review_on="2026-04-20", c__next__team_on="2026-03-16")


@pytest.mark.parametrize(
    ("records", "coming"),
    [
        ([], {}),
        ([filed("visit", "2026-03-02")], {}),
        ([ASSESSED], {"Review": "2026-04-13"}),
        ([filed("eha", "2026-03-02", o__review__review_on="2026-03-30")], {"Review": "2026-03-30"}),
        ([ASSESSED, REVIEWED], {"Review": "2026-05-22"}),
        ([REVIEWED, ASSESSED], {"Review": "2026-05-22"}),
        ([REVIEWED, filed("review", "2026-05-22")], {}),
        ([filed("review", "2026-04-10", c__next__next_on="soon")], {}),
        ([ASSESSED, filed("supervision", "2026-03-05", c__close__next_on="2026-04-16")],
         {"Review": "2026-04-13", "Supervision": "2026-04-16"}),
        ([ASSESSED, filed("closure", "2026-06-01", d__after__check_on="2026-12-01")], {"Six-month look": "2026-12-01"}),
        ([PLANNED], {"Review": "2026-04-20", "Team meeting": "2026-03-16"}),
        ([PLANNED, REVIEWED], {"Review": "2026-05-22"}),
        ([PLANNED, filed("closure", "2026-06-01")], {}),
        ([filed("closure", "2026-06-01", d__after__check_on="2026-12-01"), filed("eha", "2026-07-01")],
         {"Six-month look": "2026-12-01", "Review": "2026-08-12"}),
    ],
)  # fmt: skip
def test_what_comes_next_is_what_the_latest_record_says(records: list[Filed], coming: dict[str, str]) -> None:
    assert {what: on.isoformat() for what, on in due(records).items()} == coming


def test_every_shipped_form_has_a_name_and_a_home() -> None:
    for form in shipped():
        assert form in TITLES
        assert home_of(form) == ("centre" if form in AT_A_CENTRE else "family")


def test_every_day_that_is_asked_for_is_a_question_of_its_form() -> None:
    for form, path in [*((form, path) for form, (_, path) in NEXT.items()), ("plan", TEAM[1])]:
        assert shipped()[form].policies[path]["type"] == "date"


def test_forms_for_staff_only_are_not_told_of_in_the_room() -> None:
    for form in shipped().values():
        told = [policy for policy in form.policies.values() if policy.get("sensitivity") not in (None, "ordinary")]
        if len(told) * 2 > len(form.policies):
            assert form.id in UNSEEN


@pytest.mark.parametrize(
    ("planned", "visited", "told", "then"),
    [
        ("2026-11-23", "2026-11-23", None, ""),
        ("2026-11-23", "2026-11-24", "2026-12-01", "2026-12-01"),
        ("2026-12-01", "2026-11-24", None, None),
        ("2026-12-01", "2026-11-24", "2026-12-01", None),
        (None, "2026-11-24", None, None),
        ("no day", None, "nor this", None),
    ],
)
def test_a_filed_note_tells_the_next_visit_and_ends_the_plan_that_it_kept(
    planned: str | None, visited: str | None, told: str | None, then: str | None
) -> None:
    assert next_visit(planned, visited, told) == then
