"""A record's flat values as a FHIR R4 QuestionnaireResponse: plain dicts, no dependency.

Every value is in it: where FHIR's type cannot hold what was said, the words said stand in an extension beside it, and
what has no place among the questions is kept in an extension of the whole. Reasons for no answer are FHIR's own codes,
with ours beside them, because two of ours would become one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from mimetypes import guess_type
from typing import Any

from forms import asking
from forms.answers import CODE, ORDER, VOICE, Value, path_of, value_of
from forms.definition import Form, short
from forms.fhir import item_types
from forms.fhir_words import FP, HL7, Words, canonical, extension, said, value_name, value_of_type
from forms.nodes import Node
from forms.submission import planted

REASONS: Mapping[str, str] = {
    "not-asked": "not-asked",
    "not-known": "asked-unknown",
    "prefers-not-to-say": "asked-declined",
    "not-applicable": "not-applicable",
    "not-safe-to-ask-now": "not-asked",
}
"""Our reasons for no answer, as FHIR's data-absent-reason."""
AS_TEXT = extension(f"{HL7}data-absent-reason", "valueCode", "as-text")
SAID = f"{FP}said"


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of the response as a whole."""

    authored: datetime
    completed: bool
    id: str = ""
    """Known outside by this: `uuid:…`."""
    zone: tzinfo = UTC


def response(form: Form, values: Mapping[str, Value], told: Told) -> dict[str, Any]:
    """The QuestionnaireResponse of these values."""
    root, kept = planted(form, values)
    writer = _Writer(form, told.zone)
    items = writer.items(root)
    made: dict[str, Any] = {"resourceType": "QuestionnaireResponse", "questionnaire": canonical(form)}
    kept = {**kept, **writer.kept}
    if kept:
        made["extension"] = [_kept(path, value) for path, value in kept.items()]
    if told.id:
        made["identifier"] = {"system": "urn:ietf:rfc:3986", "value": said(told.id).replace("uuid:", "urn:uuid:", 1)}
    made["status"] = "completed" if told.completed else "in-progress"
    made["authored"] = told.authored.astimezone(told.zone).isoformat(timespec="seconds")
    return made | ({"item": items} if items else {})


class _Writer:
    """Writes the items of one response."""

    def __init__(self, form: Form, zone: tzinfo) -> None:
        self.form = form
        self.zone = zone
        self.kinds = asking.kinds(form)
        self.types = item_types(form)
        self.words = Words(form)
        self.kept: dict[str, Value] = {}

    def items(self, node: Node) -> list[dict[str, Any]]:
        """The items of what a node holds, in form order; rows in theirs."""
        places = self.form.places
        below = sorted(node.children, key=lambda child: places.get(child.template, len(places)))
        made = (self._item(child) for child in below)
        return [item for item in made if item is not None]

    def _item(self, node: Node) -> dict[str, Any] | None:
        if node.template in self.types and not node.children:
            return self._question(node)
        items = self.items(node)
        extensions = [] if node.row is None else list(_row(node))
        if not items and not extensions:
            return None
        made: dict[str, Any] = {"extension": extensions} if extensions else {}
        group = self.form.groups.get(node.template)
        named = self._text(self.words.plain(group.label)) if group is not None else {}
        return made | {"linkId": short(node.template)} | named | ({"item": items} if items else {})

    def _question(self, node: Node) -> dict[str, Any] | None:
        value = value_of(node, self.kinds[node.template])
        extensions = list(_marks(node))
        if self.types[node.template] == "display":
            self.kept |= {path_of(node): value} if value is not None else {}
            value = None
        if value is None and not extensions:
            return None
        made: dict[str, Any] = {"extension": extensions} if extensions else {}
        control = self.form.controls.get(node.template)
        made |= {"linkId": short(node.template)} | (self._text(self.words.plain(control.label)) if control else {})
        return made | ({"answer": list(self._answers(node, value))} if value is not None else {})

    @staticmethod
    def _text(words: str) -> dict[str, Any]:
        return {"text": words} if words else {}

    def _answers(self, node: Node, value: Value) -> Iterator[dict[str, Any]]:
        kind = self.types[node.template]
        if isinstance(value, dict):
            yield _attachment(value) if kind == "attachment" else _as_said(value)
            return
        if isinstance(value, list) and self.kinds[node.template] not in asking.LISTS:
            yield _as_said(value)
            return
        for each in value if isinstance(value, list) else [value or ""]:
            yield self._answer(node.template, kind, each)

    def _answer(self, template: str, kind: str, text: str) -> dict[str, Any]:
        value = value_of_type(kind, text, self.words.codings(template), self.zone)
        if value is None:
            return _as_said(text)
        same = kind == "choice" or _shown(value) == text
        return {value_name(kind): value} | ({} if same else {"extension": [_exact(text)]})


def _shown(value: object) -> str:
    return {True: "OK"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _marks(node: Node) -> Iterator[dict[str, Any]]:
    code = node.attributes.get(CODE, "")
    if code in REASONS:
        yield extension(f"{HL7}data-absent-reason", "valueCode", REASONS[code])
    if code:
        yield _with(f"{FP}not-recorded", code)
    if VOICE in node.attributes:
        yield _with(f"{FP}voice", node.attributes[VOICE])


def _row(node: Node) -> Iterator[dict[str, Any]]:
    yield _with(f"{FP}row", node.row or "")
    yield _with(f"{FP}{ORDER}", node.attributes.get(ORDER, ""))


def _attachment(value: Mapping[str, Any]) -> dict[str, Any]:
    """A file by name and hash; the file itself travels apart."""
    name = said(str(value.get("name", ""))) or "file"
    kind, _ = guess_type(name)
    attached = {"contentType": kind} if kind else {}
    return {"extension": [_exact(dict(value))], "valueAttachment": attached | {"title": name}}


def _as_said(value: Value) -> dict[str, Any]:
    return {"extension": [AS_TEXT, _exact(value)]}


def _exact(value: Value) -> dict[str, Any]:
    """The words said: as they are when a document can hold them, else as JSON in base64."""
    return _with(SAID, value)


def _with(url: str, value: Value) -> dict[str, Any]:
    if isinstance(value, str) and value.strip() and said(value) == value and len(value) <= 1_048_576:
        return extension(url, "valueString", value)
    return extension(url, "valueBase64Binary", base64.b64encode(json.dumps(value).encode()).decode())


def _kept(path: str, value: Value) -> dict[str, Any]:
    return {"url": f"{FP}kept", "extension": [_with("path", path), _with("value", value)]}
