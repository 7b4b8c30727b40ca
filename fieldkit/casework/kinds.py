"""What each kind of record is called, where its form belongs, what it makes due, and what only its author may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

TITLES: Mapping[str, str] = {
    "eha": "Early Help Assessment",
    "visit": "Visit",
    "agreement": "Agreement",
    "plan": "Family support plan",
    "review": "Review",
    "referral": "Referral to social care",
    "closure": "Closure",
    "registration": "Centre registration",
    "session": "Session",
    "supervision": "Supervision",
    "concern": "Concern",
    "attended": "At a centre",
    "signature": "Signature",
}
UNSEEN = frozenset({"concern", "referral", "supervision"})
"""Kinds whose mere existence is not for anybody else in the room (DESIGN decision 9)."""
AT_A_CENTRE = frozenset({"session"})
"""Forms about a centre's day, not about one family: their records lie in the centre's scope."""
REVIEW_WEEKS = 6
"""A review is due six weeks after the assessment unless another day is written (DOMAIN 2.4 rule 15)."""
NEXT: Mapping[str, tuple[str, str]] = {
    "eha": ("Review", "o/review/review_on"),
    "plan": ("Review", "c/next/review_on"),
    "review": ("Review", "c/next/next_on"),
    "supervision": ("Supervision", "c/close/next_on"),
    "closure": ("Six-month look", "d/after/check_on"),
}
"""By kind: what comes next, and the path of its day."""
TEAM = ("Team meeting", "c/next/team_on")
"""What a plan names beside its review: the first meeting of the team around the family. The next ones are reviews."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A filed record, as far as what is due needs it."""

    kind: str
    on: date
    """When it was filed."""
    told: Mapping[str, object]


def due(filed: Iterable[Filed]) -> dict[str, date]:
    """What one family has coming: the day that the latest record of each sort names.

    A closure ends reviews and supervision; an assessment that names no day is reviewed after six weeks. The first
    meeting of the team is due until a review is held.
    """
    found: dict[str, date] = {}
    for each in sorted(filed, key=lambda one: one.on):
        what, path = NEXT.get(each.kind, ("", ""))
        if each.kind == "closure":
            found.clear()
        if not what:
            continue
        if each.kind == "review":
            found.pop(TEAM[0], None)
        if each.kind == "plan" and (team := day(each.told.get(TEAM[1]))) is not None:
            found[TEAM[0]] = team
        on = day(each.told.get(path))
        if on is None and each.kind == "eha":
            on = each.on + timedelta(weeks=REVIEW_WEEKS)
        if on is None:
            found.pop(what, None)
        else:
            found[what] = on
    return found


def next_visit(planned: object, visited: object, told: object) -> str | None:
    """The day of a family's next visit once a note is filed: as the note tells it; a plan that it kept is gone.

    None: nothing changes. Blank: no visit is planned any more.
    """
    before, on, coming = day(planned), day(visited), day(told)
    if coming is not None:
        return coming.isoformat() if coming != before else None
    return "" if before is not None and on is not None and on >= before else None


def home_of(form: str) -> str:
    """The kind of record that a form is begun for: a family, or a centre."""
    return "centre" if form in AT_A_CENTRE else "family"


def day(told: object) -> date | None:
    """A day as answers write it, or none."""
    if not isinstance(told, str):
        return None
    try:
        return date.fromisoformat(told[:10])
    except ValueError:
        return None
