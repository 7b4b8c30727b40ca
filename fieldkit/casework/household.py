"""Who is who to whom: relationships that are kept once and read from both ends, homes, responsibility, age in words.

A relationship is one record of kind `relation`: who (`one`), what they are (`word`), to whom (`other`). Whichever end
it is read from, it says the same, so that nobody has to write it twice and no half of it can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fieldkit.casework.kinds import day
from fieldkit.casework.people import age
from fieldkit.errors import Refused
from sync.changes import Value


@dataclass(frozen=True, slots=True)
class Bond:
    """How a relationship reads from its two ends."""

    says: str
    """From the one to the other: `mother of`."""
    back: str
    """From the other: `child of`."""
    parent: bool = False
    """Whether it is one that parental responsibility may come with."""


BONDS: Mapping[str, Bond] = {
    "mother": Bond("mother of", "child of", True),
    "father": Bond("father of", "child of", True),
    "parent": Bond("parent of", "child of", True),
    "step-parent": Bond("step-parent of", "stepchild of", True),
    "adoptive-parent": Bond("adoptive parent of", "adopted child of", True),
    "guardian": Bond("guardian of", "in the care of", True),
    "foster-carer": Bond("foster carer of", "fostered by", True),
    "carer": Bond("carer of", "cared for by", True),
    "grandparent": Bond("grandparent of", "grandchild of", True),
    "aunt-uncle": Bond("aunt or uncle of", "niece or nephew of", True),
    "sibling": Bond("brother or sister of", "brother or sister of"),
    "half-sibling": Bond("half-brother or half-sister of", "half-brother or half-sister of"),
    "step-sibling": Bond("step-brother or step-sister of", "step-brother or step-sister of"),
    "twin": Bond("twin of", "twin of"),
    "cousin": Bond("cousin of", "cousin of"),
    "partner": Bond("partner of", "partner of"),
    "former-partner": Bond("former partner of", "former partner of"),
    "young-carer": Bond("young carer of", "helped by"),
    "lodger": Bond("lodger with", "landlord of"),
    "friend": Bond("friend of", "friend of"),
}
"""By word: how it reads from both ends."""
SOURCES: Mapping[str, str] = {
    "birth": "by birth",
    "married": "married to the mother",
    "certificate": "on the birth certificate",
    "agreement": "by agreement with the mother",
    "order": "by a court order",
    "adoption": "by adoption",
    "guardianship": "special guardian",
    "lives-with": "by an order whom the child lives with",
    "council": "shared with the council",
}
"""Where parental responsibility comes from (Children Act 1989, sections 2 to 14, 33)."""
HOMES: Mapping[str, str] = {"home": "at home", "elsewhere": "elsewhere", "both": "in two homes", "away": "away now"}
_MONTHS = 24
"""Below so many months a child is so many months old."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship as it is kept."""

    id: str
    one: str
    word: str
    other: str
    pr: str = ""
    pr_from: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship as one of the two sees it."""

    other: str
    words: str
    responsibility: str = ""
    """Parental responsibility for the other, in words; blank where nothing is known or it is no question."""
    ended: str = ""


def relation(id: str, state: Mapping[str, Value]) -> Relation:
    """A relationship from its record."""
    told = (str(state.get(name) or "") for name in ("one", "word", "other", "pr", "pr_from", "ended"))
    return Relation(id, *told)


def ties(person: str, relations: Iterable[Relation]) -> tuple[Tie, ...]:
    """What a person is to others, whichever end it was written from; what was written twice is said once."""
    found: dict[tuple[str, str], Tie] = {}
    for each in relations:
        bond = BONDS.get(each.word, Bond(f"{each.word} of", f"{each.word} of"))
        if each.one == person:
            found[(each.other, bond.says)] = Tie(each.other, bond.says, responsibility(each), each.ended)
        elif each.other == person:
            found.setdefault((each.one, bond.back), Tie(each.one, bond.back, "", each.ended))
    return tuple(found.values())


def responsibility(told: Relation) -> str:
    """Parental responsibility for the other and where it comes from. A birth mother has it by birth."""
    bond = BONDS.get(told.word)
    if bond is None or not bond.parent:
        return ""
    if told.pr == "no":
        return "no PR"
    if told.word == "mother" and told.pr_from in ("", "birth"):
        return f"PR {SOURCES['birth']}"
    if told.word == "adoptive-parent" and not told.pr_from:
        return f"PR {SOURCES['adoption']}"
    source = SOURCES.get(told.pr_from, "")
    if told.pr == "yes" or source:
        return f"PR {source}" if source else "PR, not written from where"
    return "PR not known" if told.word in ("father", "parent") else ""


def differing(relations: Iterable[Relation]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Pairs of whom different things are written: (one, other, what); both stand until a person takes one away."""
    said: dict[frozenset[str], dict[str, Relation]] = {}
    for each in relations:
        if not each.ended:
            said.setdefault(frozenset((each.one, each.other)), {}).setdefault(_sort(each), each)
    wrong = (each for each in said.values() if len(each) > 1)
    return tuple((*_ends(each), tuple(sorted(one.word for one in each.values()))) for each in wrong)


_SORTS: Mapping[str, str] = {"mother": "parent", "father": "parent", "parent": "parent"}


def _sort(each: Relation) -> str:
    """What two relationships must have alike to say the same, direction included."""
    bond = BONDS.get(each.word)
    way = "" if bond is not None and bond.says == bond.back else f" {each.one}"
    return _SORTS.get(each.word, each.word) + way


def _ends(said: Mapping[str, Relation]) -> tuple[str, str]:
    first = next(iter(said.values()))
    return first.one, first.other


def age_words(person: Mapping[str, Value], today: date) -> str:
    """How old, as people say it: years, months below two, or when a child is expected. Blank when nothing tells."""
    years, born = age(person.get("dob"), today), day(person.get("dob"))
    if years is None or born is None:
        return _expected(day(person.get("expected")), today)
    if born > today:
        return "date of birth is still to come"
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    if months >= _MONTHS:
        return str(years)
    return f"{months} months" if months > 1 else f"{(today - born).days // 7} weeks"


def _expected(on: date | None, today: date) -> str:
    if on is None:
        return ""
    told = f"{on.day} {on:%b %Y}"
    return f"expected {told}" if on >= today else f"was expected {told}: born?"


def born(person: Mapping[str, Value], dob: str, given: str, today: date) -> dict[str, Value]:
    """What changes when an expected child is born: the same person, with a birthday in place of the expected day."""
    if person.get("dob") or not (person.get("expected") or person.get("relation") == "unborn"):
        raise Refused("This person is not an expected child.", "Correct the date of birth with `fieldkit edit`.")
    on = day(dob)
    if on is None or on > today:
        raise Refused("A date of birth is needed, not later than today.", "Write it as 2026-11-23.")
    named: dict[str, Value] = {"given": given} if given else {}
    relation = {"relation": "child"} if person.get("relation") in (None, "", "unborn") else {}
    return {"dob": on.isoformat(), "expected": None, **relation, **named}


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives, and what a worker must know before saying so."""

    where: str
    days: str = ""
    address: str = field(default="", repr=False)


def home(person: Mapping[str, Value]) -> Home:
    """Where a person lives: at home, elsewhere, in two homes, and on which days."""
    where = str(person.get("household") or "home")
    return Home(where, str(person.get("days") or ""), str(person.get("second_home") or ""))


def markers(person: Mapping[str, Value]) -> tuple[str, ...]:
    """What must be seen beside the name before anybody rings or writes, in words."""
    name = str(person.get("given") or person.get("known_as") or "this person")
    found = []
    if person.get("safe_to_contact") == "no":
        found.append("not safe to contact")
    if person.get("safe_to_contact") == "ask-first":
        found.append("ask first how to contact")
    if person.get("address_confidential") == "yes":
        found.append("address is confidential")
    if person.get("must_not_learn_address") == "yes":
        found.append(f"{name} must not learn the address")
    met = person.get("must_not_meet")
    if isinstance(met, list) and met:
        found.append("must not meet " + ", ".join(map(str, met)))
    if person.get("safety_flag") == "yes":
        found.append("safety: read the note first")
    return tuple(found)
