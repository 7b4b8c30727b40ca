"""Expressions that would run for minutes are ended within a second, by name; the next one runs as ever."""

from __future__ import annotations

import time

import pytest

from forms.xpath import evaluate
from forms.xpath.patience import TooManySteps

WIDE = "<d>" + "<a><b>1</b></a>" * 1000 + "</d>"
HOPELESS = (
    "count(//a[count(../a[. = current()]) > 1])",
    "count(//*[count(//*[count(//*) > 1]) > 1])",
    "//a[../a[../a[. = /d]]]",
)


@pytest.mark.parametrize("expression", HOPELESS)
def test_a_hopeless_expression_is_ended_by_name(expression: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(TooManySteps):
        evaluate(expression, WIDE)
    assert time.perf_counter() - begun < 5
    assert evaluate("count(//a[b = 1])", WIDE) == 1000


def test_half_a_character_is_no_reason_to_fall_over() -> None:
    assert evaluate("regex('\ud800', 'a')", WIDE) is False
    assert evaluate("regex('b\ud800', '^b')", WIDE) is True
