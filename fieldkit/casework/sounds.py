"""How a name sounds, near enough: two spellings with one key are worth a second look. Pure; no language is assumed.

Letters that people write for the same sound become one; vowels after the first letter go. Irish and Welsh names whose
spelling English ears do not follow are in a table, by how they are said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from fieldkit.casework.people import fold

SAID: Mapping[str, str] = {
    "siobhan": "shivaun",
    "sinead": "shinade",
    "sian": "sharn",
    "sean": "shaun",
    "seamus": "shaymus",
    "saoirse": "seersha",
    "niamh": "neev",
    "aoife": "eefa",
    "caoimhe": "keeva",
    "oisin": "usheen",
    "eoin": "owen",
    "cian": "keean",
    "ciara": "keera",
    "kiera": "keera",
    "grainne": "gronya",
    "roisin": "rosheen",
    "aisling": "ashling",
    "tadhg": "tyg",
    "padraig": "porrick",
    "maire": "moyra",
    "llyr": "leer",
    "iwan": "ewan",
    "geraint": "gerynt",
    "sioned": "shoned",
    "xiomara": "seomara",
}
"""By folded name: how it is said."""
_ALIKE = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^x", "s"),
        (r"tsch|tch|sch(?=[aeiou])|ch(?=[eiay])|sh|cz", "2"),
        (r"ph|gh(?=t)|v|bh|mh", "f"),
        (r"w(?=[aeiou])", "f"),
        (r"w", ""),
        (r"ck|ch|q|x|c(?=[^eiy]|$)|k", "k"),
        (r"c(?=[eiy])|z|ss|ts", "s"),
        (r"dg|j|g(?=[ei])", "j"),
        (r"th", "t"),
        (r"gh|h", ""),
        (r"y", "i"),
        (r"d(?=$)", "t"),
    )
)
_VOWELS = re.compile(r"[aeiou]+")
_TWICE = re.compile(r"(.)\1+")
_NOT_LETTERS = re.compile(r"[^a-z]+")
SHORTEST = 3
"""Names of fewer letters have no key: too many sound alike."""


WEAK = 2
"""A key of so few letters says little: then the first letter must be the same as well."""


@lru_cache(50_000)
def key(word: str) -> str:
    """What one word of a name sounds like; blank for what is too short, or not in Latin letters."""
    said = _said(word)
    if len(said) < SHORTEST:
        return ""
    begins = said[0]
    for pattern, sound in _ALIKE:
        said = pattern.sub(sound, said)
    said = _TWICE.sub(r"\1", said) or begins
    first = "a" if said[0] in "aeiou" else said[0]
    found = _TWICE.sub(r"\1", first + _VOWELS.sub("", said[1:]))
    return found if len(found) > WEAK else f"{found} {begins}"


def _said(word: str) -> str:
    told = _NOT_LETTERS.sub("", fold(word))
    return SAID.get(told, told)


def alike(one: str, other: str) -> bool:
    """Whether two words sound the same."""
    return bool(key(one)) and key(one) == key(other)
