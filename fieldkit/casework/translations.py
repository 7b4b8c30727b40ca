"""Texts in other languages: who certified the translation and when, told to who reads it and kept in what is signed.

A translation that nobody certified says so. Certified wordings come with the council's settings:
`translation/<code>/opening`, `…/certifier`, `…/certified_on`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = {
    "en": "English",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "lt": "Lithuanian",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "ar": "Arabic",
    "fa": "Farsi",
    "ps": "Pashto",
    "bn": "Bengali",
    "pa": "Punjabi",
}
"""Code to name. That a language stands here does not say that there is a text in it."""
OWN = "en"
"""The language the texts were written in: it needs no certifier."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A wording in another language, as the council's settings tell it; blank where they do not."""

    opening: str = ""
    certifier: str = ""
    certified_on: str = ""


_CERTIFIED = {
    "en": ("Translation certified by", "Nobody has certified this translation yet."),
    "pl": ("Tłumaczenie poświadczył(a)", "Tego tłumaczenia nikt jeszcze nie poświadczył."),
}


def of_settings(settings: Mapping[str, object], language: str) -> Translation:
    """What the council's settings tell of a language."""
    names = ("opening", "certifier", "certified_on")
    return Translation(*(str(settings.get(f"translation/{language}/{name}") or "") for name in names))


def with_wording(settings: Mapping[str, object]) -> frozenset[str]:
    """The languages for which the council's settings hold a wording."""
    parts = (path.split("/") for path, value in settings.items() if value)
    return frozenset(part[1] for part in parts if len(part) == 3 and (part[0], part[2]) == ("translation", "opening"))


def last_line(language: str, translation: Translation) -> str:
    """Who certified it, as the last line of the text that is signed; empty for our own language."""
    if language == OWN:
        return ""
    by, nobody = _CERTIFIED.get(language, _CERTIFIED[OWN])
    if not translation.certifier:
        return nobody
    return f"{by}: {translation.certifier}{', ' if translation.certified_on else ''}{translation.certified_on}"


def certifier_in(text: str, language: str) -> str:
    """The line about the certifier in a text that was signed; empty where it has none."""
    by, nobody = _CERTIFIED.get(language, _CERTIFIED[OWN])
    last = text.rstrip().rpartition("\n")[2]
    return last if language != OWN and (last == nobody or last.startswith(f"{by}: ")) else ""


def told(asked: str, language: str, translation: Translation) -> str:
    """What the worker is told about the language of a text; empty where there is nothing to tell."""
    name, wanted = LANGUAGES.get(language, language), LANGUAGES.get(asked, asked)
    if asked and asked != language:
        return f"They asked for {wanted}. There is no text in it here: this is {name}, and somebody puts it across."
    if language == OWN:
        return ""
    if not translation.certifier:
        return f"In {name}. Nobody has certified this translation yet."
    when = f" on {translation.certified_on}" if translation.certified_on else ""
    return f"In {name}. Certified by {translation.certifier}{when}."
