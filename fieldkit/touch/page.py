"""The page itself: the exact text that is signed, in large print, and a place to sign. Pure; nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from fieldkit.casework.scripts import unshaped
from fieldkit.casework.text import BIDI_NAMES
from fieldkit.touch.script import SCRIPT, STYLE

TITLE = "fieldkit"
"""What the browser's history keeps: it names nobody."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the page."""

    text: str = field(repr=False)
    """The exact text; marks that could turn letters round are named instead of obeyed."""
    language: str
    giver: str = field(repr=False)
    worker: str
    minutes: int = 5


def html(shown: Shown, nonce: str) -> str:
    """The whole page."""
    language = shown.language if shown.language in WORDS else "en"
    say = {name: words.format(worker=shown.worker, minutes=shown.minutes) for name, words in WORDS[language].items()}
    told = {name: escape(words) for name, words in say.items()}
    boxes = f'<p id="boxes">{told["boxes"]}</p>' if unshaped(shown.text) else ""
    buttons = "".join(
        f'<button type="button" id="{name}">{told[name]}</button>' for name in ("done", "again", "later", "no", "ask")
    )
    ends = json.dumps({"say": say, "life": shown.minutes * 60}).replace("<", "\\u003c")
    return (
        f'<!doctype html><html lang="{language}" translate="no"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{TITLE}</title><style nonce="{nonce}">{STYLE}</style></head><body>'
        f'<main id="main">{boxes}<div id="text" dir="auto" lang="{escape(shown.language)}">'
        f"{escape(visible(shown.text))}</div>"
        f'<p id="who"><bdi>{escape(visible(shown.giver))}</bdi></p><p>{told["sign"]}</p>'
        f'<canvas id="pad" aria-label="{told["sign"]}"></canvas>'
        f'<div id="keys">{buttons}</div></main><p id="said" role="status" aria-live="polite"></p>'
        f'<script type="application/json" id="told" nonce="{nonce}">{ends}</script>'
        f'<script nonce="{nonce}">{SCRIPT}</script></body></html>\n'
    )


def visible(text: str) -> str:
    """The text with the marks that turn its direction named: they would act, and nobody could see it."""
    return text.translate(BIDI_NAMES)


WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "sign": "If you agree, sign here with a finger, a pen or the mouse.",
        "boxes": "If letters are missing or stand as boxes, do not sign here: ask {worker} for paper.",
        "done": "Done",
        "again": "Again",
        "later": "Not today",
        "no": "No",
        "ask": "Ask {worker}",
        "asked": "Ask {worker} now. Nothing is signed by asking.",
        "sure": "Press once more, if that is what you mean.",
        "empty": "Nothing has been drawn yet.",
        "kept": "Thank you. Please give the laptop back to {worker}.",
        "lost": "The laptop did not take it. Please tell {worker}; nothing is signed.",
        "over": "This page has waited long enough and is closed. Please tell {worker}; nothing is signed.",
    },
    "pl": {
        "sign": "Jeśli się Państwo zgadzają, proszę podpisać tutaj palcem, rysikiem lub myszką.",
        "boxes": "Jeśli brakuje liter lub są zamiast nich ramki, proszę tu nie podpisywać: {worker} da papier.",
        "done": "Gotowe",
        "again": "Jeszcze raz",
        "later": "Nie dzisiaj",
        "no": "Nie",
        "ask": "Zapytać: {worker}",
        "asked": "Proszę teraz zapytać: {worker}. Pytanie niczego nie podpisuje.",
        "sure": "Proszę nacisnąć jeszcze raz, jeśli o to chodzi.",
        "empty": "Nic jeszcze nie narysowano.",
        "kept": "Dziękujemy. Proszę oddać laptop: {worker}.",
        "lost": "Laptop tego nie przyjął. Proszę powiedzieć: {worker}. Nic nie jest podpisane.",
        "over": "Strona jest zamknięta, czekała zbyt długo. Proszę powiedzieć: {worker}. Nic nie jest podpisane.",
    },
}
"""The page's own words; in another language they are English, and the text is still in its own."""
