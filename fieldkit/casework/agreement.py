"""Agreement: the plain text that is read before signing, made from the answers; and permission by giver and agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Line:
    """One question and its answer, as they are read out."""

    label: str
    value: str = field(repr=False)


def text_to_sign(title: str, giver: str, lines: Sequence[Line]) -> str:
    """The exact text that a giver reads and signs."""
    answers = "\n".join(f"{line.label}: {line.value}" for line in lines)
    return f"{title} (wording {WORDING})\n\n{OPENING}\n\n{answers}\n\nAgreed by: {giver}\n"


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
