"""Whether an assessment is open already (DOMAIN 2.4 rule 2): from what was filed and begun, and what ended it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

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


def advice(family_name: str, found: Filed, lead: str) -> str:
    """What to say before another one is begun."""
    began = "begun" if found.draft else "filed"
    whom = f"{lead} leads" if lead else "nobody is named as lead yet"
    return f"An assessment of {family_name} is open, {began} {found.on.day} {found.on:%b %Y}; {whom}. Ring first."
