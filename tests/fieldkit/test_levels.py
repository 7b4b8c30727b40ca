"""Words that a place takes, and what is told of one that nobody knows."""

from __future__ import annotations

import pytest

from fieldkit.errors import Refused
from fieldkit.workspace.levels import UNKNOWN, as_told, levels_of, refuse_unknown

RISKS = levels_of("family", "risk_level")


def test_a_word_that_came_from_a_newer_fieldkit_is_told_as_unknown() -> None:
    assert as_told("severe", RISKS) == f"severe ({UNKNOWN})"
    assert [as_told(value, RISKS) for value in ("high", "", None)] == ["high", "", ""]
    assert as_told("anything", levels_of("family", "lead")) == "anything"


def test_only_a_word_that_is_known_goes_in_and_the_refusal_does_not_repeat_it() -> None:
    refuse_unknown({"risk_level": "high", "name": "Cole", "lead": None}, {"risk_level": RISKS})
    with pytest.raises(Refused) as refused:
        refuse_unknown({"risk_level": "quillfeather"}, {"risk_level": RISKS})
    assert "quillfeather" not in str(refused.value)
    assert "immediate" in refused.value.cure
