"""Whether an assessment is open already (DOMAIN 2.4 rule 2): from what was filed and begun, and what ended it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

ENDS = frozenset({"closure"})
OPENS = "eha"


@dataclass(frozen=True, slots=True)
class Filed:
    """A record or a draft, as far as the question needs it."""

    id: str
    kind: str
    on: date
    by: str
    draft: bool = False
    declined: bool = False
    """An assessment that the family did not agree to: it opened nothing."""


def open_now(filed: Iterable[Filed]) -> Filed | None:
    """The assessment that is open now: the latest after the last closing summary; a filed one before a draft.

    A closing summary of the same day ends what was filed on that day: nobody closes in the morning what they begin at
    noon without a word to their lead.
    """
    every = list(filed)
    closed = max((each.on for each in every if each.kind in ENDS and not each.draft), default=date.min)
    still = [each for each in every if each.kind == OPENS and not each.declined and each.on > closed]
    return max(still, key=lambda each: (not each.draft, each.on, each.id), default=None)


class Open(Protocol):
    """An assessment that is open, as far as what is said of it needs it."""

    @property
    def family_name(self) -> str: ...
    @property
    def draft(self) -> bool: ...
    @property
    def since(self) -> date: ...
    @property
    def lead(self) -> str: ...


def advice(found: Open) -> str:
    """What to say before another one is begun."""
    began = "begun" if found.draft else "filed"
    whom = f"{found.lead} leads" if found.lead else "nobody is named as lead yet"
    day = f"{found.since.day} {found.since:%b %Y}"
    return f"An assessment of {found.family_name} is open, {began} {day}; {whom}. Ring first:"
