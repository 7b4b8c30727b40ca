"""Whether two people written down are one: field by field, in words a worker can weigh. Pure; nothing is merged here.

Every field says agrees, alike (and how), differs or missing. Weights add up to one of three levels; three rules stand
above them, because children of one family are alike in almost everything:

- A different given name is somebody else, whatever else agrees: brothers and sisters, twins, parents and children share
  surname, home and telephone. Only the same NHS number says otherwise.
- A different date of birth is somebody else (father and son of one name), unless it is swapped or one digit is wrong.
- In one family a given name that is only spelt alike is a twin (Tia and Mia), unless it begins and sounds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz.distance import DamerauLevenshtein

from fieldkit.casework import sounds
from fieldkit.casework.kinds import day
from fieldkit.casework.people import fold

AGREES, ALIKE, DIFFERS, MISSING = "agrees", "alike", "differs", "missing"
NO_NAMES = frozenset({"unborn", "baby", "unknown", "not known", "name not known", "girl", "boy"})
"""Given names that name nobody."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a field is worth, and why."""

    agrees: float
    alike: float
    differs: float
    why: str


WEIGHTS: Mapping[str, Weight] = {
    "nhs_number": Weight(12, 3, -6, "one person, one number; a wrong digit is caught by its check digit, so rare"),
    "dob": Weight(6, 4, -6, "one in some ten thousand shares it; typed wrongly often, in known ways"),
    "given": Weight(4, 2.5, -6, "tells people of one home apart"),
    "surname": Weight(4, 2.5, -2, "shared in a home; changes with marriage, and with who writes it"),
    "phone": Weight(3, 0, 0, "shared in a home, and changed every other year"),
    "postcode": Weight(2, 0, -0.5, "shared in a home; people move"),
    "expected": Weight(4, 0, -2, "an expected child has little else"),
}
"""By field: what it adds when it agrees, is alike, or differs; what is missing adds nothing."""
LEVELS: tuple[tuple[float, str], ...] = ((14, "very likely the same person"), (9, "may be the same person"))
"""From which sum it is told, and how. 9 is more than a whole name alone (8): a name that two people share, without a
birthday or anything else, is no reason to stop anybody. 14 is name and birthday."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one person, for comparing."""

    given: str = field(default="", repr=False)
    surname: str = field(default="", repr=False)
    known_as: str = field(default="", repr=False)
    dob: str = field(default="", repr=False)
    expected: str = ""
    nhs_number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    postcode: str = field(default="", repr=False)
    family: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One field of two cards."""

    field: str
    verdict: str
    how: str = ""
    """In which way it is alike: sounds the same, one letter, day and month swapped."""


@dataclass(frozen=True, slots=True)
class Match:
    """What two cards come to."""

    sum: float
    level: str
    """Blank: nothing to be told."""
    verdicts: tuple[Verdict, ...]
    rule: str = ""
    """Which rule said that they are two, where one did."""


def compare(one: Card, other: Card) -> Match:
    """Two cards, field by field."""
    verdicts = tuple(_verdicts(one, other))
    by = {each.field: each for each in verdicts}
    total = sum(_worth(each) for each in verdicts)
    rule = _two_people(one, other, by)
    level = "" if rule else next((words for least, words in LEVELS if total >= least), "")
    return Match(total, level, verdicts, rule)


def _worth(each: Verdict) -> float:
    weight = WEIGHTS[each.field]
    return {AGREES: weight.agrees, ALIKE: weight.alike, DIFFERS: weight.differs}.get(each.verdict, 0)


def _two_people(one: Card, other: Card, by: Mapping[str, Verdict]) -> str:
    if by["nhs_number"].verdict == AGREES:
        return ""
    if by["given"].verdict == DIFFERS:
        return "another given name"
    if by["dob"].verdict == DIFFERS:
        return "another date of birth"
    if bool(one.dob) != bool(other.dob) and bool(one.expected) != bool(other.expected):
        return "one is born and one is expected"
    if one.family and one.family == other.family and by["given"].how == ONE_LETTER:
        return "a twin, or brother or sister, of nearly the same name"
    return ""


ONE_LETTER, SOUNDS, SHORT, SWAPPED = (
    "one letter apart",
    "sounds the same",
    "a short form",
    "given name and surname swapped",
)


def _verdicts(one: Card, other: Card) -> Iterator[Verdict]:
    given, surname = _names(one, other)
    yield given
    yield surname
    yield _date("dob", one.dob, other.dob)
    yield _date("expected", one.expected, other.expected)
    yield _digits("nhs_number", one.nhs_number, other.nhs_number)
    yield _plain("phone", _number(one.phone)[-10:], _number(other.phone)[-10:])
    yield _plain("postcode", one.postcode.replace(" ", "").upper(), other.postcode.replace(" ", "").upper())


def _names(one: Card, other: Card) -> tuple[Verdict, Verdict]:
    given = _best("given", _called(one), _called(other))
    surname = _best("surname", _surnames(one), _surnames(other))
    if given.verdict == DIFFERS and fold(one.given) == fold(other.surname) and fold(one.surname) == fold(other.given):
        return Verdict("given", ALIKE, SWAPPED), Verdict("surname", ALIKE, SWAPPED)
    return given, surname


def _called(card: Card) -> tuple[str, ...]:
    told = (fold(card.given).strip(), fold(card.known_as).strip())
    return tuple(name for name in dict.fromkeys(told) if name and name not in NO_NAMES)


def _surnames(card: Card) -> tuple[str, ...]:
    whole = fold(card.surname).strip()
    return tuple(dict.fromkeys(part for part in (whole, *whole.replace("-", " ").split()) if part))


def _best(name: str, ones: tuple[str, ...], others: tuple[str, ...]) -> Verdict:
    if not ones or not others:
        return Verdict(name, MISSING)
    found = [_name(name, one, other) for one in ones for other in others]
    return next((each for word in (AGREES, ALIKE) for each in found if each.verdict == word), Verdict(name, DIFFERS))


def _name(name: str, one: str, other: str) -> Verdict:
    if one == other:
        return Verdict(name, AGREES)
    if one[0] == other[0] and sounds.alike(one, other):
        return Verdict(name, ALIKE, SOUNDS)
    shorter, longer = sorted((one, other), key=len)
    if name == "given" and len(shorter) >= 3 and longer.startswith(shorter):
        return Verdict(name, ALIKE, SHORT)
    if len(shorter) >= 4 and DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1:
        return Verdict(name, ALIKE, ONE_LETTER)
    return Verdict(name, ALIKE, SOUNDS) if sounds.alike(one, other) else Verdict(name, DIFFERS)


def _date(name: str, one: str, other: str) -> Verdict:
    first, second = day(one), day(other)
    if first is None or second is None:
        return Verdict(name, MISSING)
    if first == second:
        return Verdict(name, AGREES)
    if _swapped(first) == second:
        return Verdict(name, ALIKE, "day and month swapped")
    if sum(a != b for a, b in zip(first.isoformat(), second.isoformat(), strict=True)) == 1:
        return Verdict(name, ALIKE, "one digit apart")
    return Verdict(name, DIFFERS)


def _swapped(told: date) -> date | None:
    try:
        return date(told.year, told.day, told.month)
    except ValueError:
        return None


def _digits(name: str, one: str, other: str) -> Verdict:
    first, second = _number(one), _number(other)
    if first and second and first != second and DamerauLevenshtein.distance(first, second) == 1:
        return Verdict(name, ALIKE, "one digit apart, or two swapped")
    return _plain(name, first, second)


def _plain(name: str, one: str, other: str) -> Verdict:
    if not one or not other:
        return Verdict(name, MISSING)
    return Verdict(name, AGREES if one == other else DIFFERS)


def _number(told: str) -> str:
    return "".join(each for each in told if each.isdigit())


CALLED: Mapping[str, str] = {
    "given": "given name",
    "surname": "surname",
    "dob": "date of birth",
    "expected": "expected day",
    "nhs_number": "NHS number",
    "phone": "telephone",
    "postcode": "postcode",
}


def reasons(found: Match) -> tuple[str, ...]:
    """Field by field, in words: what agrees, what is alike and how, what differs, what is missing."""
    said: Mapping[str, Callable[[Verdict], str]] = {
        AGREES: lambda each: f"{CALLED[each.field]} agrees",
        ALIKE: lambda each: f"{CALLED[each.field]} is alike: {each.how}",
        DIFFERS: lambda each: f"{CALLED[each.field]} differs",
    }
    told = [said[word](each) for word in said for each in found.verdicts if each.verdict == word]
    missing = [CALLED[each.field] for each in found.verdicts if each.verdict == MISSING and each.field != "expected"]
    return (*told, *([f"not known of one of them: {', '.join(missing)}"] if missing else []))
