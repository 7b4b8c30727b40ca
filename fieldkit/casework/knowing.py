"""Who knows what about a family and why, in words they would use themselves. Pure.

From what givers said of each agency, what has gone there, and who writes here. It is for the family to read, so that an
agency whose very name can put somebody in danger is left out wherever they might read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

UNSPOKEN = "abuse"
"""The topic that keeps a whole agency off a page that lies about."""
TOPICS: Mapping[str, str] = {
    "contact": "how to reach you",
    "education": "school",
    "child_health": "the children's health",
    "parent_health": "a parent's health",
    "mind": "mental health",
    "substances": "alcohol and drugs",
    "housing": "housing",
    "money": "money",
    "relationships": "how you get on together",
    "abuse": "domestic abuse",
    "offending": "trouble with the law",
    "immigration": "the right to stay",
    "own_words": "the children's own words",
}
SAID: Mapping[str, str] = {
    "yes": "said yes",
    "topics": "said yes, to some things only",
    "ask_first": "said: ask us first, each time",
    "not_asked": "has not been asked yet",
    "no": "said no",
    "withdrawn": "took it back",
}
MAY: Mapping[str, str] = {
    "yes": "may be told what matters",
    "some topics": "may be told some things",
    "ask first": "is told nothing before you were asked",
    "not asked yet": "is told nothing: you have not been asked",
    "no": "is told nothing",
    "taken back": "is told nothing any more",
}
BASES: Mapping[str, str] = {
    "risk-of-harm": "because somebody was in danger",
    "crime": "because of a crime",
    "court": "because a court said so",
    "statutory-duty": "because the law says so",
}
ALWAYS = (
    "If a child is in danger, or the law says so, we must tell others even when you said no. We tell you when we can."
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one giver said of one agency."""

    giver: str = field(repr=False)
    agency: str
    decision: str
    topics: tuple[str, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Went:
    """Something that left for an agency."""

    agency: str
    what: str
    on: date | None
    why: str = field(repr=False)
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Knows:
    """One agency or person, what they may be told, why, and what they have."""

    who: str
    may: str
    why: tuple[str, ...] = field(default=(), repr=False)
    had: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """All that the page is made of."""

    workers: Sequence[tuple[str, str]]
    """Name, and what makes them know: leads, writes here."""
    answers: Sequence[tuple[str, str]]
    """Agency, and what it comes to at a glance."""
    spoken: Sequence[Spoken] = field(repr=False)
    went: Sequence[Went] = field(repr=False)


def who_knows(told: Told, careful: bool) -> tuple[Knows, ...]:
    """Line by line, workers first. `careful`: somebody may read it whom a name puts in danger."""
    unspoken = {each.agency for each in told.spoken if UNSPOKEN in each.topics} if careful else set()
    rows = [Knows(name, "knows what is written here", (why,)) for name, why in told.workers]
    for agency, answer in told.answers:
        if agency not in unspoken:
            rows.append(
                Knows(agency, MAY.get(answer, answer), _why(told.spoken, agency), _had(told.went, agency, careful))
            )
    named = {agency for agency, _ in told.answers}
    for agency in dict.fromkeys(each.agency for each in told.went if each.agency not in named | unspoken):
        had = _had(told.went, agency, careful)
        rows += [Knows(agency, "was told without being asked about", (), had)] if had else []
    return tuple(rows)


def _why(spoken: Iterable[Spoken], agency: str) -> tuple[str, ...]:
    return tuple(_said(each) for each in spoken if each.agency == agency)


def _said(each: Spoken) -> str:
    topics = f" ({', '.join(TOPICS.get(topic, topic) for topic in each.topics)})" if each.topics else ""
    return f"{each.giver or 'somebody'} {SAID.get(each.decision, each.decision)}{_on(each.on)}{topics}"


def _had(went: Iterable[Went], agency: str, careful: bool) -> tuple[str, ...]:
    """What went there. What was told by a basis, without asking, stays off a page that lies about."""
    own = (each for each in went if each.agency == agency and not (careful and each.basis))
    return tuple(f"{each.what}{_on(each.on)}: {BASES.get(each.basis, each.why)}" for each in own)


def _on(day: date | None) -> str:
    return f" on {day.day} {day:%B %Y}" if day else ""


def lines(rows: Iterable[Knows], large: bool = False) -> tuple[str, ...]:
    """The page as lines; in large print an idea a line, wide apart."""
    found: list[str] = []
    for row in rows:
        found.append(f"{row.who.upper() if large else row.who} {row.may}.")
        found += [f"  Why: {each}." for each in row.why]
        found += [f"  They have: {each}." for each in row.had]
        found.append("")
    found.append(ALWAYS)
    return tuple(part for line in found for part in ((line, "") if large and line else (line,)))
