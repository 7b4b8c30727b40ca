"""A record as a document: an ODK submission, a FHIR Questionnaire or its response, plain JSON, a table, or a PDF."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fieldkit.casework.text import BIDI
from fieldkit.exports import pdf, tables
from fieldkit.exports.audience import Going, template_of
from fieldkit.exports.paper import Block, Paper
from forms.definition import Form
from forms.fhir import questionnaire
from forms.fhir_response import Told, response
from forms.submission import to_xml

_OBEYED = re.compile(f"[\x7f-\x9f{BIDI}]")
KINDS = ("odk", "fhir-questionnaire", "fhir-response", "json", "csv", "html", "pdf", "pdf-large")
IN_WORDS = ("csv", "html", "pdf", "pdf-large")
"""Those that are read by people: questions and answers stand in them in the form's words."""
"""Those that people read, in the form's words."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What is known of a filed record besides its answers."""

    id: str
    """As it is known outside: `uuid:…`."""
    at: datetime
    """When it was filed, in the council's zone."""
    asked: Callable[[str], bool]
    """Whether a path is asked, by the form's own rules."""
    moved: tuple[str, ...] = ()
    """The paths whose answers are not as they were signed."""
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    """By path, a question and its answer as people read them; a table shows a path without them as it is."""


def document(kind: str, form: Form, going: Going, filed: Filed) -> bytes:
    """The document of one of `KINDS`."""
    if kind == "odk":
        shown = _Shown(form, going, filed)
        return _quiet(to_xml(form, going.values, instance_id=filed.id, asked=shown))
    if kind == "fhir-questionnaire":
        return _json(questionnaire(form))
    if kind == "fhir-response":
        zone = filed.at.tzinfo
        told = Told(filed.at, True, filed.id, zone) if zone is not None else Told(filed.at, True, filed.id)
        return _json(response(form, going.values, told))
    if kind in IN_WORDS:
        return _in_words(kind, form.title, tables.rows(going.values, filed.words, filed.moved))
    told_as = {"form": form.name, "hash": form.hash, "id": filed.id, "filed": filed.at.isoformat()}
    return _json({**told_as, "values": dict(going.values), "changed_after_signing": list(filed.moved)})


def _in_words(kind: str, title: str, table: Sequence[Sequence[str]]) -> bytes:
    if kind == "csv":
        return tables.as_csv(table)
    if kind == "html":
        return tables.as_html(title, table)
    blocks = [Block("H1", title), *_blocks(table)]
    return pdf.made(Paper(title, "en-GB", blocks, large=kind == "pdf-large"))


def _blocks(table: Sequence[Sequence[str]]) -> Iterator[Block]:
    """What was said below its question, by whom, and whether it was changed after signing."""
    for _, question, answer, why_not, whose, moved in table:
        said = [f"said by {whose}"] if whose else []
        said += ["changed after signing"] if moved else []
        lines = (answer or why_not.replace("-", " ")).splitlines() or [""]
        told = "\n".join(tables.quiet(line) for line in [*lines, *([f"({', '.join(said)})"] if said else [])])
        yield Block("LI", told, tables.quiet(question))


@dataclass(frozen=True, slots=True)
class _Shown:
    """Asked, and nothing that is left out: an empty place would tell that something was said there."""

    form: Form
    going: Going
    filed: Filed

    def __call__(self, path: str) -> bool:
        return template_of(self.form, path) not in self.going.hidden and self.filed.asked(path)


def _quiet(xml: bytes) -> bytes:
    """The same XML with nothing in it that a terminal or a reader's eye could obey: such characters by number."""
    return _OBEYED.sub(lambda found: f"&#{ord(found[0])};", xml.decode()).encode()


def _json(made: dict[str, Any]) -> bytes:
    return (json.dumps(made, indent=1) + "\n").encode()
