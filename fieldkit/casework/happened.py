"""Which events of an episode the records of a family tell: one table, kind of record → what it says happened. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from fieldkit.casework.episodes import Event
from fieldkit.casework.kinds import day
from sync.changes import Value
from sync.merge.consent import SERVICE

State = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Written:
    """A record as far as an episode needs it."""

    id: str
    kind: str
    on: date
    """When it was written, by corrected time."""
    by: str
    state: State = field(repr=False)
    draft: bool = False


def events(written: Iterable[Written]) -> tuple[Event, ...]:
    """What a family's records tell. Help was asked for at the latest when the first of them says something happened."""
    found = [event for each in written for event in _of(each)]
    first = min((event.on for event in found), default=None)
    return tuple(replace(event, on=first) if first and event.what == "enquiry" else event for event in found)


def _of(each: Written) -> Iterator[Event]:
    teller = TELLERS.get(each.kind)
    for what, on in teller(each) if teller else ():
        yield Event(what, on, each.id, each.by, each.on if on < each.on else None)


Said = Iterator[tuple[str, date]]


def _family(each: Written) -> Said:
    yield "enquiry", each.on


def _index(each: Written) -> Said:
    yield "index check", each.on


def _agreement(each: Written) -> Said:
    on = _day(each, "explained_on")
    yield "agreement asked", on
    if _ends(each.state, "service") == "no":
        yield "declined", on


def _eha(each: Written) -> Said:
    began = day(each.state.get("a/front/started")) or each.on
    if each.draft:
        yield "begun", began
        return
    agree = each.state.get("a/begin/agree")
    if agree in ("no", "not_today"):
        yield "agreement asked", began
        yield from [("declined", began)] if agree == "no" else []
        return
    decided = day(_ends(each.state, "decided")) or each.on
    yield "begun", began
    yield "assessed", decided
    if _ends(each.state, "lead_name"):
        yield "lead agreed", decided
    decision = _ends(each.state, "decision")
    if decision in ("none", "step_up"):
        yield ("nothing further" if decision == "none" else "stepped up"), decided


def _plan(each: Written) -> Said:
    yield "planned", _day(each, "written_on")


def _review(each: Written) -> Said:
    decision, on = _ends(each.state, "decision"), _day(each, "held_on")
    yield "reviewed", on
    if decision in ("close", "stepup"):
        yield ("review ends" if decision == "close" else "stepped up"), on


def _referral(each: Written) -> Said:
    outcome = _ends(each.state, "outcome")
    if outcome not in ("", "waiting", "none", "early"):
        yield "stepped up", _day(each, "outcome_on")


def _closure(each: Written) -> Said:
    ended = {"moved": "moved away", "stepped": "stepped up"}.get(_ends(each.state, "reason"), "closed")
    yield ended, _day(each, "closed_on")


def _withdrawal(each: Written) -> Said:
    if each.state.get("agency") == SERVICE:
        yield "withdrawn", day(each.state.get("effective")) or each.on


TELLERS: Mapping[str, Callable[[Written], Said]] = {
    "family": _family,
    "index-check": _index,
    "agreement": _agreement,
    "eha": _eha,
    "plan": _plan,
    "review": _review,
    "referral": _referral,
    "closure": _closure,
    "withdrawal": _withdrawal,
}
"""By kind of record: what it says happened, and when."""


def _ends(state: State, name: str) -> str:
    """What a form says at the place of this name, wherever it lies."""
    return next((str(told) for path, told in state.items() if path.rpartition("/")[2] == name and told), "")


def _day(each: Written, name: str) -> date:
    return day(_ends(each.state, name)) or each.on
