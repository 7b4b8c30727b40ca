"""One page before a visit: hazards, what changed since, promises due, who must not be told what. Pure.

Never to be shown while anybody else is in the room: it says what must not be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fieldkit.casework import people
from fieldkit.casework.kinds import day
from sync.changes import Value, row_of

RECORD_WITHIN = timedelta(hours=72)
"""A visit's note is written within three days: after that the form itself calls it a late entry."""
MOST_NEWS = 8
HAZARDS = ("hazards", "safety_note")
OPEN_STATES = frozenset({"done", "stopped"})


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines; one without lines is not shown."""

    title: str
    lines: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Promise:
    """An action of a plan or a note that is not finished."""

    what: str = field(repr=False)
    owner: str = field(repr=False)
    by: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a brief is made of."""

    people: Sequence[Mapping[str, Value]] = field(repr=False)
    hazards: Sequence[tuple[date, str]] = field(repr=False)
    news: Sequence[tuple[date, str]] = field(repr=False)
    """What happened: day and line, the latest first."""
    last_seen: date | None
    """When this worker last visited."""
    promises: Sequence[Promise] = field(repr=False)
    permissions: Sequence[tuple[str, str]] = field(repr=False)
    """Agency and decision."""
    not_learn: Sequence[str] = field(repr=False)
    """Who must not learn an address, by name."""
    taken_back: Sequence[str] = field(repr=False)
    allergies: str = field(default="", repr=False)


def brief(facts: Facts, today: date) -> tuple[Section, ...]:
    """The page: what could hurt first, then what must not be said, then the work."""
    sections = (
        Section("Look out for", tuple(f"{words}  ({on.day} {on:%b})" for on, words in facts.hazards)),
        Section("Must not be told", tuple(_unsaid(facts))),
        Section("Allergies", (facts.allergies,) if facts.allergies else ()),
        Section("Who is there", tuple(_person(each, today) for each in facts.people)),
        Section("Promised", tuple(_promise(each, today) for each in facts.promises)),
        Section(_since(facts.last_seen), tuple(_news(facts))),
        Section("May we share", tuple(_sharing(facts.permissions))),
    )
    return tuple(section for section in sections if section.lines)


def promises(state: Mapping[str, Value], names: Sequence[str] = ("act", "what")) -> list[Promise]:
    """The unfinished actions in a form's answers, in their order."""
    found = []
    for path in sorted(path for path in state if path.rpartition("/")[2] in names and "/actions/" in path):
        row = path.rpartition("/")[0]
        if str(state.get(f"{row}/status") or "") not in OPEN_STATES and row_of(path):
            by = day(state.get(f"{row}/by_when"))
            found.append(Promise(str(state[path]), str(state.get(f"{row}/owner") or ""), by))
    return sorted(found, key=lambda each: (each.by or date.max, each.what))


def hazards(records: Iterable[tuple[date, Mapping[str, Value]]]) -> list[tuple[date, str]]:
    """What filed forms say of dangers for a worker, the latest first, each once."""
    found: dict[str, date] = {}
    for on, state in sorted(records, key=lambda each: each[0], reverse=True):
        for path, value in state.items():
            if path.rpartition("/")[2] in HAZARDS and isinstance(value, str) and value.strip():
                found.setdefault(" ".join(value.split()), on)
    return [(on, words) for words, on in found.items()]


def _unsaid(facts: Facts) -> Iterable[str]:
    yield from facts.taken_back
    for person in facts.people:
        name = people.full_name(person)
        if person.get("address_confidential") == "yes":
            yield f"The address of {name} is confidential."
        if person.get("must_not_learn_address") == "yes":
            yield f"{name} must not learn the address."
        if person.get("safe_to_contact") == "no":
            yield f"{name} is not safe to contact: no letters, no calls, no messages."
        elif person.get("safe_to_contact") == "ask-first":
            yield f"Ask before {name} is contacted."
    yield from (f"{name} must not learn the address." for name in facts.not_learn)


def _person(person: Mapping[str, Value], today: date) -> str:
    age = people.age(person.get("dob"), today)
    known = str(person.get("known_as") or "")
    parts = [people.full_name(person)]
    if known and known != person.get("given"):
        parts.append(f"says {known}")
    parts += [str(part) for part in (age, person.get("relation")) if part not in (None, "")]
    said = str(person.get("say_name") or "")
    return ", ".join(parts) + (f"  (say: {said})" if said else "")


def _promise(promise: Promise, today: date) -> str:
    late = promise.by is not None and promise.by < today
    by = f" by {promise.by.day} {promise.by:%b}" if promise.by else ""
    return f"{'! late: ' if late else ''}{promise.what}{f' ({promise.owner})' if promise.owner else ''}{by}"


def _since(last_seen: date | None) -> str:
    return f"Since your visit of {last_seen.day} {last_seen:%b}" if last_seen else "What happened"


def _news(facts: Facts) -> list[str]:
    new = [(on, line) for on, line in facts.news if facts.last_seen is None or on >= facts.last_seen]
    lines = [f"{on.day} {on:%b}  {line}" for on, line in new[:MOST_NEWS]]
    return lines or (["Nothing new is written."] if facts.last_seen else [])


def _sharing(permissions: Sequence[tuple[str, str]]) -> Iterable[str]:
    by: dict[str, list[str]] = {}
    for agency, decision in permissions:
        by.setdefault(decision, []).append(agency)
    yield from (f"{decision}: {', '.join(agencies)}" for decision, agencies in by.items())


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit that took place and the time by which its note is written."""

    family: str
    ended: datetime

    def due(self, within: timedelta = RECORD_WITHIN) -> datetime:
        """When the note is late."""
        return self.ended + within


def unwritten(visits: Iterable[Visited], written: Mapping[str, datetime]) -> list[Visited]:
    """The visits without a note since, the most urgent first. `written`: by family, when its latest note was filed."""
    open_ = [each for each in visits if each.family not in written or written[each.family] < each.ended]
    latest = {each.family: each for each in sorted(open_, key=lambda each: each.ended, reverse=True)}
    return sorted(latest.values(), key=lambda each: each.ended)
