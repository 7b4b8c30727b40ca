"""The register at the door of a centre (DOMAIN 5.17): who is meant, who of a family came, who is in now, reach. Pure.

Being at a centre is never "child seen": nothing here writes into a family's notes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from fieldkit.casework.people import fold

BOOKED, PRESENT, LATE, LEFT, UNDONE = "booked", "present", "late", "left", "undone"
STATUSES = (BOOKED, PRESENT, LATE, LEFT, UNDONE)
IN = frozenset({PRESENT, LATE})
"""In the building now."""
CAME = frozenset({PRESENT, LATE, LEFT})
"""Was there at all; what counts for reach."""
UNDER_FIVE = 5
SUSTAINED = 3
"""Contacts in a period from which a child counts as reached in a sustained way: three, as the published quarterly
monitoring of Child and Family Centres counts them. A contact is one session."""
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
    """booked, here, gone, here last time, or not booked."""
    see_lead: bool = False
    """Somebody of them and somebody who is in must not meet: a lead is asked, nothing is said aloud."""
    near: bool = False
    """Their name only sounds like what was typed: they are chosen before they are marked."""

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
    """Under-fives of one month (or a whole period), each child once; those counted without a name are not in it."""

    month: str
    """As 2026-11; `all` for the whole period."""
    children: int
    """Who came at least once, and was under five on that day."""
    new: int
    """Whose very first contact with this centre, ever, fell into it; the others of `children` had come before."""
    sustained: int
    """Who came three times or more in it (`SUSTAINED`); a new child may be among them."""
    ageless: int = 0
    """Who came and of whom neither birthday nor age is known: in none of the numbers above."""


def expected(attenders: Iterable[Attender], book: Book) -> list[Party]:
    """Everybody who is booked, came last time or is here: the list behind Tab."""
    known = {person for person, status in book.statuses.items() if status != UNDONE} | book.last_time
    families: dict[str, list[Attender]] = {}
    for each in attenders:
        families.setdefault(each.family or each.id, []).append(each)
    parties = [party(in_order(people), book) for people in families.values() if known & {each.id for each in people}]
    return sorted(parties, key=lambda each: fold(each.names))


def in_order(people: Iterable[Attender]) -> tuple[Attender, ...]:
    """Those of a family as they stand on its line: adults first, then children by age."""
    return tuple(sorted(people, key=lambda each: (not each.adult, -(each.age or 0), fold(each.given))))


def party(ordered: tuple[Attender, ...], book: Book) -> Party:
    """One family at the door, its people in order, and who of them is meant."""
    meets = any(each.apart & book.inside for each in ordered)
    return Party(ordered[0].family, ordered, *_meant(ordered, book), meets)


def _meant(people: Sequence[Attender], book: Book) -> tuple[frozenset[str], str]:
    """Who is ticked, and why: who is still to come; else who is in, or has gone; else who came last time.

    Of a family that nobody expected: one adult and those under five.
    """
    ids = {each.id for each in people}
    for statuses, why in ((frozenset({BOOKED}), BOOKED), (IN, HERE), (frozenset({LEFT}), GONE)):
        meant = frozenset(person for person in ids if book.statuses.get(person) in statuses)
        if meant:
            return meant, why
    if last := frozenset(ids & book.last_time):
        return last, LAST_TIME
    adults = [each.id for each in people if each.adult][:1]
    return frozenset((*adults, *(each.id for each in people if each.under_five))) or frozenset(ids), NOT_BOOKED


HERE, GONE, LAST_TIME, NOT_BOOKED = "here", "gone", "here last time", "not booked"


def both_ways(attenders: Iterable[Attender]) -> list[Attender]:
    """Everybody with all whom they must not meet: said of one it holds for both; of a family, for all of it."""
    people = list(attenders)
    families: dict[str, set[str]] = {}
    for each in people:
        families.setdefault(each.family, set()).add(each.id)
    apart: dict[str, set[str]] = {}
    for each in people:
        for named in each.apart:
            for other in families.get(named, {named}):
                apart.setdefault(each.id, set()).add(other)
                apart.setdefault(other, set()).add(each.id)
    return [replace(each, apart=frozenset(apart[each.id])) if each.id in apart else each for each in people]


def must_not_meet(attenders: Iterable[Attender], book: Book) -> bool:
    """Whether two who are down for this session, or in, must not meet: a lead is asked before the day."""
    down = {person for person, status in book.statuses.items() if status in (*IN, BOOKED)}
    return any(each.apart & down for each in attenders if each.id in down)


def counts(attenders: Iterable[Attender], book: Book, headcounts: Iterable[Headcount] = ()) -> Counts:
    """The numbers of a session; a person is counted once however many laptops ticked them."""
    came = {person for person, status in book.statuses.items() if status in CAME}
    there = [each for each in attenders if each.id in came]
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


Contact = tuple[date, str]
"""The day of a session, and who was there."""


def reach(
    contacts: Iterable[Contact], born: Mapping[str, date], since: date, until: date, ageless: Collection[str] = ()
) -> list[Reach]:
    """By month: under-fives who came, new, sustained; the whole period last, as `month` "all".

    `contacts`: every attendance there ever was; `born`: birthdays by person, true or reckoned from the age that was
    asked. A child is under five on the day of the contact.
    """
    held = sorted(contacts)
    small = [(day, person) for day, person in held if _was_small(born.get(person), day)]
    first: dict[str, date] = {}
    for day, person in small:
        first.setdefault(person, day)
    mine = [each for each in small if since <= each[0] <= until]
    unknown = [each for each in held if each[1] in ageless and since <= each[0] <= until]
    months = sorted({f"{day:%Y-%m}" for day, _ in (*mine, *unknown)})
    rows = [_reach(month, _of_month(mine, month), first, _of_month(unknown, month)) for month in months]
    return [*rows, _reach("all", mine, first, unknown)]


def _of_month(contacts: Iterable[Contact], month: str) -> list[Contact]:
    return [each for each in contacts if f"{each[0]:%Y-%m}" == month]


def _reach(name: str, held: Sequence[Contact], first: Mapping[str, date], unknown: Iterable[Contact]) -> Reach:
    times = Counter(person for _, person in held)
    new = {person for day, person in held if first[person] == day}
    sustained = sum(count >= SUSTAINED for count in times.values())
    return Reach(name, len(times), len(new), sustained, len({person for _, person in unknown}))


def _was_small(born: date | None, day: date) -> bool:
    if born is None or born > day:
        return False
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < UNDER_FIVE


def is_card(typed: str) -> bool:
    """Whether what came is a card number and not letters of a name: it has a digit in it."""
    return bool(CARD.fullmatch(typed.strip())) and any(letter.isdigit() for letter in typed)
