"""Agreement: the plain text that is read before signing, made from the answers; and permission by giver and agency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from fieldkit.casework.translations import Translation, last_line

WORDING = "2026.1"
"""The version of the wording below; it is part of every frozen text."""
OPENING = "\n".join(
    (
        "We write down what we talk about and what we plan together. We do this as part of the council's duties; "
        "your agreement is to the help, and you can stop it. What is already written stays on file.",
        "You can see it, ask us to correct it, and complain: we leave you the address.",
        "If a child is in danger or the law says so we must tell others, even then. "
        "Saying no may mean we can offer less.",
    )
)


OTHER_OPENINGS = {
    "pl": "\n".join(
        (
            "Zapisujemy to, o czym rozmawiamy i co razem planujemy. Robimy to w ramach obowiązków gminy; "
            "Państwa zgoda dotyczy pomocy i można ją wycofać. To, co już zapisano, pozostaje w aktach.",
            "Mogą Państwo zobaczyć te zapisy, poprosić o poprawki i złożyć skargę: zostawiamy adres.",
            "Jeśli dziecko jest w niebezpieczeństwie albo wymaga tego prawo, musimy powiadomić innych, nawet wtedy. "
            "Odmowa może oznaczać, że będziemy mogli zaproponować mniej.",
        )
    )
}
"""The same in other languages. What is not here is put across by an interpreter, and the text shown is English."""
_AGREED_BY = {"en": "Agreed by", "pl": "Zgodę wyraża"}
_WORDING = {"en": "wording", "pl": "wersja tekstu"}


@dataclass(frozen=True, slots=True)
class Line:
    """One question and its answer, as they are read out."""

    label: str
    value: str = field(repr=False)
    path: str = ""


NOT_TRANSLATED = Translation()


def text_to_sign(
    title: str, giver: str, lines: Sequence[Line], language: str = "en", translation: Translation = NOT_TRANSLATED
) -> str:
    """The exact text that a giver reads and signs; in another language it ends with who certified the translation."""
    answers = "\n".join(f"{line.label}: {line.value}" for line in lines)
    opening = translation.opening or OTHER_OPENINGS.get(language, OPENING)
    head = f"{title} ({_WORDING.get(language, _WORDING['en'])} {WORDING})"
    by = _AGREED_BY.get(language, _AGREED_BY["en"])
    certified = last_line(language, translation)
    return f"{head}\n\n{opening}\n\n{answers}\n\n{by}: {giver}\n" + (f"\n{certified}\n" if certified else "")


def written_in(languages: Sequence[str], asked: str, wordings: Collection[str] = ()) -> tuple[str, str]:
    """The language of the text (its code, and its name in the form): the one asked for, where both know it.

    `wordings`: the languages for which the council has a wording of its own.
    """
    if asked in OTHER_OPENINGS or asked in wordings:
        for name in languages:
            if name.endswith(f"({asked})"):
                return asked, name
    return "en", "default"


@dataclass(frozen=True, slots=True)
class Told:
    """What an agreement form tells of its giver."""

    name: str = field(repr=False)
    capacity: str
    responsibility: str
    competence: str
    language: str


def giver_told(state: Mapping[str, object]) -> Told:
    """What a form tells of the one who gives it; found by the ends of its paths, blank where it does not tell."""
    ends = {path.rpartition("/")[2]: value for path, value in state.items() if "@" not in path}
    competence = ends.get("competence")
    could = " ".join(map(str, competence)) if isinstance(competence, list) else ""
    decides = str(ends.get("competent") or "")
    giver, capacity, source, language = (
        str(ends.get(name) or "") for name in ("giver_name", "capacity", "pr_source", "language")
    )
    return Told(giver, capacity, source, f"{could}: {decides}" if decides else "", language)


def permissions(state: Mapping[str, object]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(agency, decision, topics) of every agency row in an agreement's answers, in order."""
    rows: dict[str, dict[str, object]] = {}
    for path, value in state.items():
        parts = path.split("/")
        at = next((place for place, part in enumerate(parts) if part[:1].isdigit()), None)
        if at is not None and "@" not in path:
            rows.setdefault("/".join(parts[: at + 1]), {})[parts[-1]] = value
    found = []
    for row in rows.values():
        agency = str(row.get("agency_name") or row.get("agency") or "")
        decision = str(row.get("decision") or row.get("permission") or row.get("may") or "")
        topics = row.get("topics")
        if agency and decision:
            found.append((agency, decision, tuple(map(str, topics)) if isinstance(topics, list) else ()))
    return tuple(found)
