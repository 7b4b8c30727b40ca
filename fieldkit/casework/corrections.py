"""A correction of a filed answer: an answer and the reason why there is none never stand side by side. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fieldkit.errors import Refused
from forms.answers import CODE, NOT_RECORDED, Value

_MARK = f"@{CODE}"


def gives_way(told: Mapping[str, Value], state: Mapping[str, Value]) -> tuple[str, ...]:
    """The places of a record that a correction empties, as the form does: the code beside an answer, or the reverse.

    Refused for a code that is none of the five, and where both are told at once.
    """
    return tuple(other for path, value in told.items() if (other := _other(path, value, told)) in state)


def _other(path: str, value: Value, told: Mapping[str, Value]) -> str:
    """The place that must be empty when this is told; no place when this changes nothing beside it."""
    if not path.endswith(_MARK):
        code = path + _MARK
        return "" if code in told and (not value or not told[code]) else code
    if value and value not in NOT_RECORDED:
        raise Refused("That is none of the reasons for no answer.", f"Use one of: {', '.join(NOT_RECORDED)}.")
    answer = path.removesuffix(_MARK)
    if value and told.get(answer):
        raise Refused("That is an answer and a reason for none, at one place.", "Set one of the two.")
    return answer if value and answer not in told else ""
