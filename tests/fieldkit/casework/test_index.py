"""Whether an assessment is open already."""

from dataclasses import replace
from datetime import date

import pytest

from fieldkit.casework.index import Filed, advice, open_now
from fieldkit.workspace.whole import OpenAssessment


def on(day: int) -> date:
    return date(2026, 9, day)


EHA, DRAFT, CLOSED = (
    Filed("e", "eha", on(3), "w"),
    Filed("d", "eha", on(9), "w", draft=True),
    Filed("c", "closure", on(20), "w"),
)


@pytest.mark.parametrize(
    ("filed", "open_"),
    [
        ([], None),
        ([EHA], "e"),
        ([DRAFT], "d"),
        ([EHA, DRAFT], "e"),
        ([EHA, CLOSED], None),
        ([CLOSED, EHA], None),
        ([EHA, CLOSED, Filed("e2", "eha", on(21), "w")], "e2"),
        ([EHA, Filed("c2", "closure", on(20), "w", draft=True)], "e"),
        ([Filed("n", "eha", on(3), "w", declined=True)], None),
        ([Filed("v", "visit", on(3), "w")], None),
    ],
)
def test_the_latest_that_nothing_closed_is_open(filed: list[Filed], open_: str | None) -> None:
    found = open_now(filed)
    assert (found.id if found else None) == open_


def test_what_is_said_names_whom_to_ring() -> None:
    open_ = OpenAssessment("e", "f", "Okafor", False, on(3), "Ben Carter", "01223 000007", "")
    assert advice(open_) == "An assessment of Okafor is open, filed 3 Sep 2026; Ben Carter leads. Ring first:"
    assert "nobody is named as lead yet" in advice(replace(open_, lead="", draft=True))
