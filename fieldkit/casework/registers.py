"""The register at the door of a centre (DOMAIN 5.17): who is meant, who of a family came, who is in now, reach. Pure.

Being at a centre is never "child seen": nothing here writes into a family's notes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher

from fieldkit.casework.people import fold

BOOKED, PRESENT, LATE, LEFT, UNDONE = "booked", "present", "late", "left", "undone"
STATUSES = (BOOKED, PRESENT, LATE, LEFT, UNDONE)
IN = frozenset({PRESENT, LATE})
"""In the building now."""
CAME = frozenset({PRESENT, LATE, LEFT})
"""Was there at all; what counts for reach."""
UNDER_FIVE = 5
SUSTAINED = 3
"""Contacts in a period from which a child counts as reached in a sustained way: three, as quarterly monitoring of Child
and Family Centres has it."""
MOST_SHOWN = 6
_WORD = re.compile(r"\w+", re.UNICODE)
CARD = re.compile(r"[0-9A-Za-z-]{4,20}")
"""A card number as a registration takes it."""


@dataclass(frozen=True, slots=True)
class Attender:
    """Somebody who may come to a session."""

    id: str
    family: str
    given: str = field(repr=False)
    surname: str = field(repr=False)
    age: int | None
    """Completed years on the day of the session; None when no birthday is known."""
    adult: bool
    card: str = field(default="", repr=False)
    protected: bool = False
    """Of a family or person whose address is confidential: never named on this screen."""
    alias: str = field(default="", repr=False)
    allergies: str = field(default="", repr=False)
    collect: str = field(default="", repr=False)
    """Who may collect them, in words."""
    apart: frozenset[str] = frozenset()
    """People that this one must not meet."""
    walk_in: bool = False
    """Came without a registration; the rest of it is still to be asked."""

    @property
    def name(self) -> str:
        """What is shown at the door: the given name, or an alias where nobody may learn that they come here."""
        if not self.protected:
            return self.given or self.surname or "name not known"
        return self.alias or "".join(f"{part[0]}." for part in (self.given, self.surname) if part) or "–"

    @property
    def under_five(self) -> bool:
        """Whether they count for the reach of under-fives."""
        return not self.adult and self.age is not None and self.age < UNDER_FIVE


@dataclass(frozen=True, slots=True)
class Party:
    """Those of one family, as one line at the door."""

    family: str
    people: tuple[Attender, ...]
    ticked: frozenset[str]
    """Who is meant when Enter is pressed."""
    why: str
    """booked, here last time, or not booked."""
    see_lead: bool = False
    """Somebody of them and somebody who is in must not meet: a lead is asked, nothing is said aloud."""

    @property
    def names(self) -> str:
        """Their names, or aliases, in one line; adults first."""
        return " + ".join(each.name for each in self.people)

    def toggled(self, number: int) -> Party:
        """With one of them ticked or not; numbers as people count, from 1."""
        if not 1 <= number <= len(self.people):
            return self
        return replace(self, ticked=self.ticked ^ {self.people[number - 1].id})


@dataclass(frozen=True, slots=True)
class Book:
    """How a session stands: each person's status, and who came to the one before."""

    statuses: Mapping[str, str]
    last_time: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()
    """Who had ever come to any session of this centre before this one."""

    @property
    def inside(self) -> frozenset[str]:
        """Who is in now."""
        return frozenset(person for person, status in self.statuses.items() if status in IN)


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers at the foot of the door."""

    came: int
    of: int
    """Everybody who is down: booked, or here."""
    walk_ins: int
    adults: int
    children: int
    under_fives: int
    first_time: int
    unnamed: int
    """Counted without a name, by all laptops together."""


@dataclass(frozen=True, slots=True)
class Headcount:
    """People counted without a name on one laptop."""

    adults: int = 0
    children: int = 0


@dataclass(frozen=True, slots=True)
class Reach:
    """Under-fives of one month (or a whole period), each child once."""

    month: str
    children: int
    new: int
    """Whose very first contact with the centre fell into it."""
    sustained: int
    """Who came three times or more in it."""


def found(typed: str, attenders: Iterable[Attender], book: Book) -> list[Party]:
    """Whom some letters or a card mean: the best first, at most six parties.

    A card is matched whole. Letters begin a given name, a surname or an alias, several words each another one, in any
    order; nearly spelled names come last and only when nothing else does.
    """
    people = list(attenders)
    carded = [each for each in people if each.card and each.card.casefold() == typed.strip().casefold()]
    words = _WORD.findall(fold(typed))
    if not words and not carded:
        return []
    meant = carded or [each for each in people if _begins(words, each)]
    if not meant and len("".join(words)) >= 4:
        meant = [each for each in people if _nearly(words, each)]
    families = dict.fromkeys(each.family or each.id for each in meant)
    parties = [party([each for each in people if (each.family or each.id) == one], book) for one in families]
    return sorted(parties, key=lambda each: (_RANK[each.why], fold(each.names)))[:MOST_SHOWN]


def expected(attenders: Iterable[Attender], book: Book) -> list[Party]:
    """Everybody who is booked, came last time or is here: the list behind Tab."""
    known = set(book.statuses) | book.last_time
    families: dict[str, list[Attender]] = {}
    for each in attenders:
        families.setdefault(each.family or each.id, []).append(each)
    parties = [party(people, book) for people in families.values() if known & {each.id for each in people}]
    return sorted(parties, key=lambda each: fold(each.names))


def party(people: Sequence[Attender], book: Book) -> Party:
    """One family at the door. Ticked: those who are booked, else those of last time, else one adult and the small."""
    ordered = tuple(sorted(people, key=lambda each: (not each.adult, -(each.age or 0), fold(each.given))))
    ids = {each.id for each in ordered}
    booked = frozenset(person for person in ids if book.statuses.get(person) in STATUSES[:4])
    last = frozenset(ids & book.last_time)
    adults = [each.id for each in ordered if each.adult][:1]
    small = [each.id for each in ordered if each.under_five]
    ticked = booked or last or frozenset((*adults, *small)) or frozenset(ids)
    why = BOOKED if booked else LAST_TIME if last else NOT_BOOKED
    meets = any(each.apart & book.inside for each in ordered)
    return Party(ordered[0].family if ordered else "", ordered, ticked, why, meets)


LAST_TIME, NOT_BOOKED = "here last time", "not booked"
_RANK = {BOOKED: 0, LAST_TIME: 1, NOT_BOOKED: 2}


def _begins(words: Sequence[str], person: Attender) -> bool:
    names = _names(person)
    return all(any(name.startswith(word) for name in names) for word in words)


def _nearly(words: Sequence[str], person: Attender) -> bool:
    names = _names(person)
    return all(any(_like(word, name) for name in names) for word in words)


def _like(word: str, name: str) -> bool:
    return len(name) >= 3 and SequenceMatcher(None, _sound(word), _sound(name)).ratio() >= 0.8


def _sound(word: str) -> str:
    """A word as it sounds, roughly: what is often written in two ways is written in one, doubled letters once."""
    for two, one in (("ph", "f"), ("gh", "g"), ("ck", "k"), ("c", "k"), ("y", "i"), ("z", "s"), ("w", "v")):
        word = word.replace(two, one)
    return re.sub(r"(.)\1", r"\1", word)


def _names(person: Attender) -> list[str]:
    return _WORD.findall(fold(f"{person.given} {person.surname} {person.alias}"))


def counts(attenders: Iterable[Attender], book: Book, headcounts: Iterable[Headcount] = ()) -> Counts:
    """The numbers of a session; a person is counted once however many laptops ticked them."""
    came = {person for person, status in book.statuses.items() if status in CAME}
    known = {each.id: each for each in attenders}
    there = [known[person] for person in came if person in known]
    unnamed = list(headcounts)
    down = {person for person, status in book.statuses.items() if status != UNDONE}
    return Counts(
        came=len(came),
        of=len(down),
        walk_ins=sum(each.walk_in for each in there),
        adults=sum(each.adult for each in there) + sum(each.adults for each in unnamed),
        children=sum(not each.adult for each in there) + sum(each.children for each in unnamed),
        under_fives=sum(each.under_five for each in there),
        first_time=sum(each.id not in book.ever for each in there),
        unnamed=sum(each.adults + each.children for each in unnamed),
    )


def reach(contacts: Iterable[tuple[date, str]], small: Mapping[str, date], since: date, until: date) -> list[Reach]:
    """By month: under-fives who came, new, sustained; the whole period last, as `month` "all".

    `contacts`: every attendance there ever was, (day, person); `small`: birthdays by person. A child is under five on
    the day of the contact. New is new to the centre, not to the month.
    """
    mine = sorted((day, person) for day, person in contacts if _was_small(small.get(person), day))
    first: dict[str, date] = {}
    for day, person in mine:
        first.setdefault(person, day)
    months = sorted({f"{day:%Y-%m}" for day, _ in mine if since <= day <= until})
    spans = [*((month, [d for d in mine if f"{d[0]:%Y-%m}" == month]) for month in months), ("all", mine)]
    return [_reach(name, [each for each in held if since <= each[0] <= until], first, since) for name, held in spans]


def _reach(name: str, held: Sequence[tuple[date, str]], first: Mapping[str, date], since: date) -> Reach:
    times: dict[str, int] = {}
    for _, person in held:
        times[person] = times.get(person, 0) + 1
    new = {person for day, person in held if first[person] == day}
    if name == "all":
        new = {person for person in times if first[person] >= since}
    return Reach(name, len(times), len(new), sum(count >= SUSTAINED for count in times.values()))


def _was_small(born: date | None, day: date) -> bool:
    if born is None or born > day:
        return False
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < UNDER_FIVE


def perhaps_the_same(walk_ins: Collection[Attender]) -> list[tuple[Attender, Attender]]:
    """Walk-ins of one session that two laptops may have written for one person: a person looks at each pair.

    Names are compared as they sound, and both must be grown or both small. Nothing is joined by a machine.
    """
    held = sorted((each for each in walk_ins if each.walk_in), key=lambda each: each.id)
    return [
        (one, other)
        for place, one in enumerate(held)
        for other in held[place + 1 :]
        if one.adult == other.adult and one.given and _like(fold(one.given), fold(other.given))
    ]


def is_card(typed: str) -> bool:
    """Whether what came is a card number and not letters of a name: it has a digit in it."""
    return bool(CARD.fullmatch(typed.strip())) and any(letter.isdigit() for letter in typed)
