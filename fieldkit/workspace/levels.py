"""The words that a place takes: choices of a form, levels of a typed kind. What nobody knows is told as such."""

from __future__ import annotations

from collections.abc import Mapping

from fieldkit.errors import Refused
from forms.views import QuestionView
from sync.changes import Value
from sync.merge import BUILT_IN

UNKNOWN = "a word this fieldkit does not know"


def levels_of(kind: str, path: str) -> tuple[str, ...]:
    """The levels of a typed kind's place, the least protective first; none where any word will do."""
    policy = BUILT_IN.get(kind, {}).get(path)
    return policy.order if policy is not None and policy.merge == "ask" else ()


def choices_of(view: QuestionView) -> tuple[str, ...]:
    """The choices of a question that takes one of them."""
    return tuple(choice.value for choice in view.choices) if view.kind == "select_one" else ()


def as_told(value: Value, words: tuple[str, ...]) -> str:
    """A value as people read it."""
    told = str(value or "")
    return f"{told} ({UNKNOWN})" if told and words and told not in words else told


def refuse_unknown(patch: Mapping[str, Value], words: Mapping[str, tuple[str, ...]]) -> None:
    """Refused when a place is given a word that it does not take; by place, its words."""
    for path, value in patch.items():
        known = words.get(path, ())
        if value is not None and known and value not in known:
            raise Refused(
                f"{path[:120]} does not take that word; nothing was changed.", f"Give one of: {', '.join(known)}."
            )
