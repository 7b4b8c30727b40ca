"""Names, ages, and what is said of a person on one line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date

from sync.changes import Value

_UNMARKED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})


def fold(text: str) -> str:
    """Letters without marks and capitals, so that `zolk` finds Żółkiewska."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(_UNMARKED)


GROWN = 18
CHILDREN = frozenset({"child", "son", "daughter", "unborn", "sibling", "young person"})
"""Relations that name a child, where no birthday tells."""


def full_name(person: Mapping[str, Value]) -> str:
    """Given name and surname, or what they are known as; letter for letter."""
    parts = (str(person.get("given") or person.get("known_as") or ""), str(person.get("surname") or ""))
    return " ".join(part for part in parts if part) or "name not known"


def age(dob: Value, today: date) -> int | None:
    """Completed years, from a corrected day and never the laptop's own; None when the date is not known."""
    try:
        born = date.fromisoformat(str(dob))
    except ValueError:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def responsibility(person: Mapping[str, Value]) -> str:
    """Parental responsibility as a word for a list; a birth mother has it by birth (Children Act 1989, section 2)."""
    told = str(person.get("pr") or "")
    if person.get("relation") == "mother" and told in ("", "yes"):
        return "PR"
    return {"yes": "PR", "no": "no PR"}.get(told, "")


def flags(person: Mapping[str, Value]) -> tuple[str, ...]:
    """What a worker must see beside the name."""
    found = []
    if person.get("safe_to_contact") == "no":
        found.append("not safe to contact")
    if person.get("address_confidential") == "yes":
        found.append("address is confidential")
    if person.get("expected"):
        found.append("expected " + str(person["expected"]))
    return tuple(found)
