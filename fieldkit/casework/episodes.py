"""The life of an episode of help (DOMAIN 2.5): states, the events that lead from one to the next, and why.

A state changes only by an event. Events are put in the order in which they happened, not in which they arrived, so that
one that comes late changes what followed, and says so. An event that means nothing where it stands changes nothing and
is told, too. What is a rule is refused by `refusal`; what is advice is said by `advice` and stops nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

REVIEW_FROM, REVIEW_TO = timedelta(weeks=6), timedelta(weeks=12)
STATES: Mapping[str, tuple[str, str]] = {
    "enquiry": ("asked for help", "ask whether anything is open already"),
    "index checked": ("nothing open elsewhere", "ask the family whether they want to begin"),
    "agreement sought": ("asked whether to begin", "their answer"),
    "declined": ("they said no", "give advice and close, or ask again later"),
    "assessing": ("being assessed", "finish the assessment"),
    "assessed": ("assessed", "a lead looks at it, and somebody leads"),
    "lead agreed": ("a lead professional is agreed", "the first meeting and a plan"),
    "planned": ("a plan is made", "the first review, 6 to 12 weeks on"),
    "in review": ("in review", "the next review, 6 to 12 weeks on"),
    "closing": ("ending", "the closing summary"),
    "closed": ("closed", "a look six months on"),
    "sustained": ("looked at after six months", "kept until its time is over"),
    "retention": ("kept until its time is over", "somebody decides whether it goes"),
    "disposal review": ("its time is over", "two people decide whether it goes"),
    "disposed": ("destroyed, only counts are kept", "nothing"),
    "stepped up": ("social care leads", "what social care decides"),
    "moved away": ("moved to another area", "nothing here"),
    "withdrawn": ("they took their agreement back", "ask whether that raises a risk; the lead decides"),
}
"""By state: what it is in words, and what comes next."""
OPEN = frozenset(STATES) - {"closed", "sustained", "retention", "disposal review", "disposed", "moved away", "declined"}
_BEFORE_PLAN = ("", "enquiry", "index checked", "agreement sought", "declined", "assessing", "assessed", "lead agreed")
_WORKING = ("assessing", "assessed", "lead agreed", "planned", "in review", "closing")
_AFTER = ("closed", "sustained", "retention", "disposal review")


@dataclass(frozen=True, slots=True)
class Step:
    """Where an event leads from some states, and why."""

    to: str
    why: str
    sources: tuple[str, ...]


STEPS: Mapping[str, Step] = {
    "enquiry": Step("enquiry", "somebody asked for help", ("", *_AFTER, "moved away", "declined")),
    "index check": Step("index checked", "looked for an open assessment", ("enquiry",)),
    "agreement asked": Step("agreement sought", "the family was asked", ("", "enquiry", "index checked", "declined")),
    "declined": Step("declined", "the family said no", _BEFORE_PLAN),
    "begun": Step(
        "assessing", "the assessment began", ("", "enquiry", "index checked", "agreement sought", "declined")
    ),
    "assessed": Step("assessed", "the assessment was filed", _BEFORE_PLAN),
    "nothing further": Step("closing", "the assessment found no need for more", ("assessed", "lead agreed")),
    "lead agreed": Step("lead agreed", "a lead professional was agreed", ("assessed",)),
    "planned": Step("planned", "a plan was made", (*_BEFORE_PLAN, "closing", "withdrawn", "in review")),
    "reviewed": Step("in review", "a review was held", (*_BEFORE_PLAN, "planned", "in review", "closing")),
    "review ends": Step("closing", "a review decided to end", (*_BEFORE_PLAN, "planned", "in review")),
    "closed": Step("closed", "the closing summary was filed", (*_BEFORE_PLAN, *_WORKING, "withdrawn", "stepped up")),
    "sustained": Step("sustained", "it was looked at after six months", ("closed",)),
    "retention": Step("retention", "the time to keep it began to run", ("closed", "sustained")),
    "disposal": Step("disposal review", "the time to keep it is over", ("closed", "sustained", "retention")),
    "disposed": Step("disposed", "two people decided", ("disposal review",)),
    "stepped up": Step("stepped up", "social care took it on", ("", *sorted(OPEN))),
    "stepped down": Step("assessed", "social care handed it back", ("", "stepped up", "enquiry", *_AFTER)),
    "moved away": Step("moved away", "it went to another area", ("", *sorted(OPEN))),
    "withdrawn": Step("withdrawn", "the agreement to the help was taken back", ("", *sorted(OPEN))),
    "agreed again": Step("assessing", "the family agreed again", ("withdrawn", "declined")),
    "lead changed": Step("", "the lead professional changed", ()),
    "restricted": Step("", "who may see it was narrowed", ()),
    "restriction lifted": Step("", "who may see it was widened again", ()),
    "hold": Step("", "nothing may be destroyed: a legal hold", ()),
    "hold lifted": Step("", "the legal hold ended", ()),
}
"""By event: where it leads and from where; a blank end leaves the state as it is."""
_FLAGS: Mapping[str, tuple[str, bool]] = {
    "restricted": ("restricted", True),
    "restriction lifted": ("restricted", False),
    "hold": ("legal hold", True),
    "hold lifted": ("legal hold", False),
}
_ORDER = {event: number for number, event in enumerate(STEPS)}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, on its corrected day."""

    what: str
    on: date
    id: str = ""
    """Of the record that tells it; decides between two of one day and one kind."""
    by: str = ""
    told_on: date | None = None
    """When it was written down, where that was later."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One event and what it did, in words."""

    event: Event
    before: str
    after: str
    why: str
    counted: bool = True
    """Whether it meant anything where it stood."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Where an episode stands, and how it came there."""

    state: str
    since: date | None
    flags: frozenset[str] = frozenset()
    history: tuple[Transition, ...] = field(default=(), repr=False)


def episode(events: Iterable[Event]) -> Episode:
    """Where the events lead, in the order in which they happened."""
    state, since, flags = "", None, frozenset[str]()
    history: list[Transition] = []
    ordered = sorted(set(events), key=lambda one: (one.on, _ORDER.get(one.what, len(_ORDER)), one.id))
    for event in ordered:
        made = _after(state, flags, event)
        history.append(made)
        if made.counted and event.what in _FLAGS:
            flag, there = _FLAGS[event.what]
            flags = flags | {flag} if there else flags - {flag}
        elif made.counted and (made.after != state or event.what in ("reviewed", "enquiry")):
            state, since = made.after, event.on
    return Episode(state, since, flags, tuple(history))


def _after(state: str, flags: frozenset[str], event: Event) -> Transition:
    step = STEPS.get(event.what)
    if step is None:
        return Transition(event, state, state, f"“{event.what}” is no event of an episode", False)
    if not step.to:
        return Transition(event, state, state, step.why)
    if state not in step.sources:
        where = STATES[state][0] if state else "not begun"
        return Transition(event, state, state, f"{step.why}, which changes nothing while it is: {where}", False)
    if event.what == "disposed" and "legal hold" in flags:
        return Transition(event, state, state, "a legal hold stands: nothing is destroyed", False)
    return Transition(event, state, step.to, step.why)


def refusal(found: Episode, what: str) -> str:
    """Why this may not be done now; blank when it may. These are rules."""
    if found.state == "stepped up" and what in ("begun", "assessed", "planned", "lead changed"):
        return "Social care leads now: the assessment is frozen. Ask them, or wait until they hand it back."
    if what == "disposed" and "legal hold" in found.flags:
        return "A legal hold stands: nothing is destroyed."
    if what == "disposed" and found.state != "disposal review":
        return "Nothing is destroyed before two people have looked at it."
    if found.state == "disposed":
        return "It was destroyed; only counts are kept."
    return ""


def advice(found: Episode, today: date) -> tuple[str, ...]:
    """What ought to be looked at now. None of it stops anybody."""
    told = []
    if found.since is not None and found.state in ("planned", "in review"):
        if today > found.since + REVIEW_TO:
            told.append("More than twelve weeks without a review: hold one, or write why not.")
        elif today >= found.since + REVIEW_FROM:
            told.append("Six weeks are over: a review is due.")
    if found.state == "closed" and found.since is not None and today >= found.since + timedelta(days=182):
        told.append("Six months since it closed: look whether it holds.")
    if found.state == "withdrawn":
        told.append("Could that raise a risk to a child? Tell your lead today.")
    if found.state == "assessed" and found.since is not None and today > found.since + timedelta(days=14):
        told.append("Assessed two weeks ago, and nobody leads yet.")
    return tuple(told)


def line(found: Episode) -> str:
    """Where it stands, since when, and what comes next, in one line."""
    if not found.state:
        return ""
    words, following = STATES[found.state]
    since = f" since {found.since.day} {found.since:%b}" if found.since else ""
    flags = "".join(f" · {flag}" for flag in sorted(found.flags))
    return f"{words}{since}; next: {following}{flags}"


def explained(found: Episode) -> tuple[str, ...]:
    """Each transition in words, in the order in which they happened; what came late says so."""
    return tuple(_told(each) for each in found.history)


def _told(made: Transition) -> str:
    event = made.event
    late = f" (written down on {event.told_on.day} {event.told_on:%b})" if _late(event) and event.told_on else ""
    moved = f" → {STATES[made.after][0]}" if made.after != made.before and made.after else ""
    return f"{event.on.day} {event.on:%b %Y}: {made.why}{moved}{late}"


def _late(event: Event) -> bool:
    return event.told_on is not None and event.told_on > event.on
