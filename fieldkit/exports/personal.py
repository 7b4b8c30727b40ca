"""What one person takes home of what they agreed to: plain words, large print, and a part that machines read.

Own lines only. What the form classes as another's, a child's confidence, restricted or asked alone is not in it, and
neither is a line about domestic abuse: a paper is found by whoever lives there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from fieldkit.casework.evidence import ON_PAGE
from fieldkit.exports.audience import going, template_of
from forms.answers import Value
from forms.definition import Form
from sync.changes import row_of

NOT_ON_PAPER = frozenset({"special", "domestic-abuse"})
"""Classes that stay off a paper although they are the giver's own."""
UNSPOKEN_TOPIC = "abuse"
"""The topic of permission whose mere name can put somebody in danger: its whole row stays off the paper."""
WAYS = ("html", "text", "machine")


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's copy of one agreement."""

    id: str
    record: str
    person: str
    giver: str = field(repr=False)
    title: str
    council: str
    contact: str
    on: str
    """When it was signed, as people write it; and as an instant."""
    at: str
    method: str
    agreed: bool
    place: str = field(repr=False)
    language: str
    translation: str
    """Who certified the translation that was signed, in its own words; empty where it was none."""
    form: str
    bundle_hash: str
    made_at: str
    lines: tuple[tuple[str, str], ...] = field(repr=False)
    agencies: tuple[tuple[str, str], ...] = field(repr=False)
    """Agency and decision."""
    taken_back: tuple[tuple[str, str], ...] = field(repr=False)
    """Agency and since when, as an instant."""


def own_paths(
    form: Form, state: Mapping[str, Value], signed: Iterable[str], is_own: Callable[[str], bool]
) -> frozenset[str]:
    """The paths of what was signed that may be on this person's paper."""
    goes = going(form, state, "family").values
    classes = {bind.template: bind.own.get("class", "ordinary") for bind in form.binds.values()}
    dangerous = tuple(f"{row}/" for row in _dangerous_rows(state))
    return frozenset(
        path
        for path in signed
        if path in goes
        and is_own(path)
        and classes.get(template_of(form, path), "ordinary") not in NOT_ON_PAPER
        and not path.startswith(dangerous)
    )


def _dangerous_rows(state: Mapping[str, Value]) -> set[str]:
    """The rows of agencies whose topics name what a paper must not."""
    topics = {path: value for path, value in state.items() if path.endswith("/topics") and isinstance(value, list)}
    return {row_of(path) or path for path, value in topics.items() if UNSPOKEN_TOPIC in value}


def code_of(copy: Copy) -> str:
    """The short code by which a giver names this copy, also to take it back."""
    return f"{copy.bundle_hash[:4]}-{copy.bundle_hash[4:8]}-{copy.bundle_hash[8:12]}".upper()


def told(copy: Copy) -> list[tuple[str, list[str]]]:
    """The copy in plain words: headings and what stands below."""
    say = _WORDS[copy.language if copy.language in _WORDS else "en"]
    word = say["methods"].get(copy.method, copy.method)
    answers = [f"{label}: {value}" for label, value in copy.lines]
    place = say["page"] if copy.place == ON_PAGE else copy.place
    where = [say["where"].format(place)] if place else []
    where += [copy.translation] if copy.translation else []
    parts = [
        (say["what"], [copy.title, say["said"][copy.agreed].format(copy.giver), word, copy.on, *where]),
        (say["told"], answers),
        (say["back"], [f"{say['all'].get(agency, agency)}: {since[:10]}" for agency, since in copy.taken_back]),
        (say["rights"], [line.format(council=copy.council, code=code_of(copy)) for line in say["lines"]]),
        (say["ask"], [copy.contact or copy.council]),
    ]
    return [(heading, lines) for heading, lines in parts if lines]


def text(copy: Copy) -> str:
    """Plain text, one thing a line."""
    parts = ["\n".join([heading.upper(), *lines]) for heading, lines in told(copy)]
    return "\n\n".join([f"{copy.council}\n{code_of(copy)}", *parts]) + "\n"


def html(copy: Copy, large: bool) -> str:
    """One page without scripts, pictures or addresses: headings, lists, and print that can be read at arm's length."""
    size = 20 if large else 13
    style = (
        f"body{{font:{size}pt/1.5 Arial,sans-serif;max-width:38em;margin:2em;color:#000;background:#fff}}"
        "h1{font-size:1.3em}h2{font-size:1.1em;margin:1.2em 0 .2em}ul{list-style:none;padding:0;margin:0}"
        "li{margin:.3em 0;white-space:pre-wrap}"
    )
    body = "".join(
        f"<h2>{escape(heading)}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        for heading, lines in told(copy)
    )
    language = escape(copy.language)
    head = f'<meta charset="utf-8"><title>{escape(code_of(copy))}</title><style>{style}</style>'
    return (
        f'<!doctype html><html lang="{language}"><head>{head}</head><body><main>'
        f"<h1>{escape(copy.council)} · {escape(code_of(copy))}</h1>{body}</main></body></html>\n"
    )


def machine(copy: Copy) -> dict[str, Any]:
    """The sections of ISO/IEC TS 27560:2023 (header, processing, parties, events) in terms of the W3C DPV.

    Agreement to a service is not the lawful basis of processing: that is the public task, and the receipt says so.
    """
    controller = {"@id": "#council", "@type": ["dpv:DataController"], "dpv:hasName": copy.council}
    record = {
        "@id": f"urn:uuid:{copy.record}",
        "@type": "dpv:ConsentRecord",
        "dpv:hasIdentifier": copy.record,
        "dct:conformsTo": "ISO/IEC TS 27560:2023",
        "dct:hasVersion": "1",
        "dpv:hasDataSubject": {"@id": f"urn:uuid:{copy.person}"} if copy.person else {"dpv:hasName": copy.giver},
        "dpv:hasNotice": {"@type": "dpv:ConsentNotice", "dct:identifier": copy.form, "dct:language": copy.language},
        "dpv:hasProcess": [_process(copy, agency, decision) for agency, decision in copy.agencies],
        "dpv:hasDataController": {"@id": "#council"},
        "dpv:hasLegalBasis": {"@id": "eu-gdpr:A6-1-e"},
        "dpv:hasJurisdiction": "GB",
        "dpv:hasConsentStatus": {"@id": f"dpv:{_status(copy)}"},
        "dct:hasPart": _events(copy),
    }
    return {
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
            "dct": "http://purl.org/dc/terms/",
        },
        "@id": f"urn:uuid:{copy.id}",
        "@type": "dpv:ConsentReceipt",
        "dpv:hasIdentifier": copy.id,
        "dct:created": copy.made_at,
        "dct:hasPart": record,
        "dct:contributor": [controller, *({"@type": "dpv:Recipient", "dpv:hasName": a} for a, _ in copy.agencies)],
        "dpv:hasWithdrawalMethod": code_of(copy),
        "dct:source": {"dct:identifier": f"sha256:{copy.bundle_hash}"},
    }


def _process(copy: Copy, agency: str, decision: str) -> dict[str, Any]:
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {"@type": "dpv:Purpose", "dct:title": copy.title},
        "dpv:hasProcessing": {"@id": "dpv:Share"},
        "dpv:hasRecipient": agency,
        "dpv:hasConsentStatus": {"@id": f"dpv:{_STATUS.get(decision, 'ConsentUnknown')}"},
    }


def _status(copy: Copy) -> str:
    if copy.agreed:
        return "ConsentGiven"
    return "ConsentRequestDeferred" if copy.method == "not-today" else "ConsentRefused"


def _events(copy: Copy) -> list[dict[str, Any]]:
    given = {"@type": f"dpv:{_status(copy)}", "dct:date": copy.at, "dpv:isIndicatedBy": copy.giver}
    back = [
        {
            "@type": "dpv:ConsentWithdrawn",
            "dct:date": since,
            "dpv:isIndicatedBy": copy.giver,
            "dpv:hasRecipient": agency,
        }
        for agency, since in copy.taken_back
    ]
    return [{**given, "dpv:hasIndicationMethod": copy.method}, *back]


def as_document(copy: Copy, way: str, large: bool) -> bytes:
    """The copy in one of `WAYS`."""
    if way == "machine":
        return (json.dumps(machine(copy), ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    return (html(copy, large) if way == "html" else text(copy)).encode("utf-8")


_STATUS = {
    "yes": "ConsentGiven",
    "topics": "ConsentGiven",
    "no": "ConsentRefused",
    "not_asked": "ConsentUnknown",
    "ask_first": "ConsentRequestDeferred",
    "withdrawn": "ConsentWithdrawn",
}
_WORDS: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "what": "What this is",
        "said": {True: "{} agreed.", False: "{} did not agree."},
        "methods": {
            "drawn": "Signed on the screen.",
            "typed": "Name typed.",
            "paper": "Signed on paper.",
            "witnessed": "Said aloud, and somebody heard it.",
            "phone": "Said by phone, and read back.",
            "participation": "Said by taking part.",
            "referral": "Said when help was asked for.",
            "refused": "The answer was no.",
            "not-today": "The answer was: not today.",
        },
        "where": "Place: {}",
        "page": "on the laptop, on its page for touch",
        "told": "What you told us",
        "back": "What you took back",
        "all": {"@all": "Sharing with anybody", "@service": "Working with us"},
        "rights": "What you can do",
        "lines": (
            "You can change your mind at any time. Tell us, and give this code: {code}.",
            "You can see what we have written, ask us to correct it, and complain.",
            "What is already written stays on file. If somebody is not safe we may have to act, even if you say no.",
        ),
        "ask": "Who to ask",
    },
    "pl": {
        "what": "Co to jest",
        "said": {True: "{}: zgoda wyrażona.", False: "{}: zgoda niewyrażona."},
        "methods": {
            "drawn": "Podpis na ekranie.",
            "typed": "Imię i nazwisko wpisane.",
            "paper": "Podpis na papierze.",
            "witnessed": "Powiedziane na głos przy świadku.",
            "phone": "Powiedziane przez telefon i odczytane.",
            "participation": "Przez udział.",
            "referral": "Przy zgłoszeniu po pomoc.",
            "refused": "Odpowiedź brzmiała: nie.",
            "not-today": "Odpowiedź brzmiała: nie dzisiaj.",
        },
        "where": "Miejsce: {}",
        "page": "na laptopie, na stronie dotykowej",
        "told": "Co nam Państwo powiedzieli",
        "back": "Co zostało wycofane",
        "all": {"@all": "Przekazywanie komukolwiek", "@service": "Współpraca z nami"},
        "rights": "Co można zrobić",
        "lines": (
            "Zdanie można zmienić w każdej chwili. Proszę nam o tym powiedzieć i podać ten kod: {code}.",
            "Można zobaczyć nasze zapisy, poprosić o poprawki i złożyć skargę.",
            "To, co już zapisano, pozostaje w aktach. Jeśli ktoś nie jest bezpieczny, musimy działać mimo odmowy.",
        ),
        "ask": "Kogo pytać",
    },
}
