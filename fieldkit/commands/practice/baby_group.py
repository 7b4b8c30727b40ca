"""The practice council's centre: a course that is in its third week today, fifteen families booked; all made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fieldkit.casework.people import CHILDREN
from fieldkit.commands.practice.council import council
from fieldkit.workspace import Workspace
from fieldkit.workspace.registers import Plan

NAME = "Baby group"
WEEKS, WEEKS_GONE = 6, 2
BOOKED = (
    "O'Brien-Núñez",
    "Brennan-Hughes",
    "Okafor",
    "Wolfeschlegelsteinhausenbergerdorffschmid",
    "Sukarnoputri",
    "Nguyễn",
    "Żółkiewska-Błaszczyk",
    "Null",
    "van der Berg - de la Cruz",
    "McDonald & Sons-Grant",
    "Çelik-Şahin",
    "O’Neill",
    "Cole",
    "Rossi",
    "Jha",
)
"""A mother and her youngest child of each."""
PROTECTED, ALIASES = "Cole", ("Robin", "Wren")
APART = ("Brennan-Hughes", "Null")
"""Two mothers who must not meet, both booked: the list behind Tab says to see the lead."""
ALLERGIC = "Okafor"
ALLERGY = {"allergies": "peanuts: the pen is in the red bag", "may_collect": "Ngozi, nobody else"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Who comes of a family: a mother and her youngest."""

    family: str
    mother: str
    child: str


def hold_baby_group(base: Workspace, families: Mapping[str, str], today: date) -> str:
    """Open the centre, plan its course, book it, mark the weeks that are over; the centre's id.

    `families`: id by name, of those who are on this laptop.
    """
    with base.store.transaction():
        centre = base.add_centre(council().centre["name"])
        first = today - timedelta(weeks=WEEKS_GONE)
        leader = next(who.name for who in council().staff if who.role == "centre")
        plan = Plan(NAME, first, "13:30", "15:00", leader=leader, kind="course", places=20, weeks=WEEKS)
        weeks = base.plan_session(centre, plan)
        base.plan_session(centre, Plan("Stay and play", today + timedelta(days=1), "10:00", "11:30", leader=leader))
        pairs = [_pair(base, families[name], name) for name in BOOKED]
        base.book(weeks[0], [each for pair in pairs for each in (pair.mother, pair.child)])
        for week, absent in zip(weeks[:WEEKS_GONE], (3, 5), strict=True):
            came = [pair for place, pair in enumerate(pairs) if place % absent]
            base.attend(week, [each for pair in came for each in (pair.mother, pair.child)])
        _what_matters(base, families, {pair.family: pair for pair in pairs})
    return centre


def _pair(base: Workspace, family: str, name: str) -> Pair:
    people = base.store.records.of_scope(f"family:{family}", "person")
    children = [each for each in people if each.state.get("relation") in CHILDREN and each.state.get("dob")]
    mother = next(each for each in people if each.state.get("relation") == "mother")
    return Pair(name, mother.id, max(children, key=lambda each: str(each.state["dob"])).id)


def _what_matters(base: Workspace, families: Mapping[str, str], pairs: Mapping[str, Pair]) -> None:
    base.edit(families[PROTECTED], {"address_confidential": "yes"})
    hidden = pairs[PROTECTED]
    for person, alias in zip((hidden.mother, hidden.child), ALIASES, strict=True):
        base.edit(person, {"alias": alias})
    base.edit(pairs[ALLERGIC].child, ALLERGY)
    one, other = APART
    base.edit(pairs[one].mother, {"must_not_meet": [pairs[other].mother]})
