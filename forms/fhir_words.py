"""Words, codes and values as FHIR writes them: texts with translations, lists as value sets, one answer of a type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, tzinfo
from typing import Any
from urllib.parse import quote

from forms.definition import Form, Itemset, Text, short
from forms.nodes import Node
from forms.submission import printable

HL7 = "http://hl7.org/fhir/StructureDefinition/"
FP = "urn:fieldkit:fhir:"
EXPRESSION = "text/x-odk-xpath"
LONGEST_LIST = 5000
LARGEST_INTEGER = 2_147_483_647
_CODE = re.compile(r"\S+( \S+)*")
_LANGUAGE = re.compile(r"(?:.*\()?([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)?")
_LIST = re.compile(r"\s*instance\(\s*['\"]([^'\"]+)['\"]\s*\)/root/item")
_ID = re.compile(r"[^A-Za-z0-9.-]")


def canonical(form: Form) -> str:
    """What a response names its Questionnaire by: url|version."""
    return f"urn:fieldkit:form:{quote(form.id)}" + (f"|{quote(form.version)}" if form.version else "")


def extension(url: str, name: str, value: Any) -> dict[str, Any]:
    """One extension."""
    return {"url": url, name: value}


def said(text: str) -> str:
    """A text as a FHIR string: without what no document may hold."""
    return "".join(each if each in "\t\r\n" or each >= " " else "\ufffd" for each in printable(text))


class Words:
    """The words of a form in all its languages."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.languages = [(language, _code(language)) for language in form.languages]
        self._codings: dict[str, dict[str, dict[str, Any]]] = {}

    def text(self, name: str, text: Text, form: str = "long") -> dict[str, Any]:
        """A text under a name, with its translations beside it; nothing when it is blank."""
        first, *others = [(code, self._in(language, text, form)) for language, code in self.languages]
        if not first[1]:
            return {}
        told = [_translation(code, words) for code, words in others if words and code]
        return {name: first[1]} | ({f"_{name}": {"extension": told}} if told else {})

    def plain(self, text: Text) -> str:
        """A text in the form's first language."""
        return self._in(self.languages[0][0], text, "long")

    def _in(self, language: str, text: Text, form: str) -> str:
        if text.id:
            found = self.form.texts.get(language, {}).get(text.id, {}).get(form)
            return _joined(found) if found is not None else ""
        return _joined(text) if form == "long" else ""

    def fixed(self, template: str) -> list[dict[str, Any]]:
        """The choices written beside a question."""
        return list(self.codings(template).values())

    def codings(self, template: str) -> dict[str, dict[str, Any]]:
        """Every choice a question can ever offer, by its value."""
        if template not in self._codings:
            control = self.form.controls.get(template)
            itemset = control.choices if control is not None else None
            told = dict(self._listed(template, itemset)) if itemset is not None else {}
            self._codings[template] = told if told or itemset is None else Outside(self._system(template, itemset))
        return self._codings[template]

    def _listed(self, template: str, itemset: Itemset) -> Iterator[tuple[str, dict[str, Any]]]:
        name, system = _list_of(itemset), self._system(template, itemset)
        for value, label in itemset.fixed:
            yield value, _coding(system, value, self.text("display", label))
        for item in self._items(name):
            value = _below(item, itemset.value)
            yield value, _coding(system, value, self.text("display", _label(item, itemset.label)))

    def _system(self, template: str, itemset: Itemset) -> str:
        return re.sub(r"\s", "-", f"urn:fieldkit:form:{self.form.id}:{_list_of(itemset) or short(template)}")

    def _items(self, name: str) -> list[Node]:
        found = self.form.instances.get(name) if name else None
        if found is None or "src" in found.attributes:
            return []
        root = found.children[0] if found.children and found.children[0].name != "item" else found
        items = [item for item in root.children if item.name == "item"]
        return items if len(items) <= LONGEST_LIST else []

    def value_set(self, template: str) -> dict[str, Any]:
        """The contained list a question chooses from; nothing when it is kept outside the form."""
        control = self.form.controls[template]
        name = _list_of(control.choices) if control.choices is not None else ""
        return {"answerValueSet": f"#{_safe(name)}"} if self._items(name) else {}

    def value_sets(self) -> Iterator[dict[str, Any]]:
        """Every list the questions choose from, once."""
        done: set[str] = set()
        for template, control in self.form.controls.items():
            name = _list_of(control.choices) if control.choices is not None else ""
            if name and name not in done and self._items(name):
                done.add(name)
                yield self._set(name, list(self.codings(template).values()))

    def _set(self, name: str, codings: list[dict[str, Any]]) -> dict[str, Any]:
        concepts = [{key: value for key, value in coding.items() if key != "system"} for coding in codings]
        include = {"system": codings[0]["system"], "concept": concepts}
        return {"resourceType": "ValueSet", "id": _safe(name), "status": "active", "compose": {"include": [include]}}


def _safe(name: str) -> str:
    return _ID.sub("-", name)[:64]


def _code(language: str) -> str:
    """The code of a language as forms name them: `Polish (pl)`; the unnamed one is English."""
    found = _LANGUAGE.fullmatch(language)
    return "en" if language == "default" else found[1] if found else ""


def _translation(code: str, words: str) -> dict[str, Any]:
    told = [extension("lang", "valueCode", code), extension("content", "valueString", words)]
    return {"url": f"{HL7}translation", "extension": told}


def _joined(text: Text) -> str:
    """A text as it stands in a form: what is worked out while asking shows as its expression."""
    return said("".join(each if isinstance(each, str) else f"[{each.text}]" for each in text.pieces).strip())


def _list_of(itemset: Itemset) -> str:
    found = _LIST.match(itemset.nodes.text) if itemset.nodes is not None else None
    return found[1] if found else ""


def _label(item: Node, label: str) -> Text:
    if label.startswith("jr:itext("):
        return Text(id=_below(item, label[9:-1].strip()))
    return Text((_below(item, label),))


def _below(item: Node, name: str) -> str:
    return next((child.text for child in item.children if child.name == name), "")


def _coding(system: str, value: str, display: Mapping[str, Any]) -> dict[str, Any]:
    return {"system": system, "code": value, **display}


class Outside(dict[str, dict[str, Any]]):
    """The choices of a list that is kept beside the form: any code may be one of them."""

    def __init__(self, system: str) -> None:
        super().__init__()
        self.system = system

    def get(self, code: str, _otherwise: Any = None) -> Any:
        """A code as a coding without its words."""
        return {"system": self.system, "code": code}


NAMES = {"choice": "Coding", "text": "String", "dateTime": "DateTime"}


def value_name(kind: str) -> str:
    """`valueInteger`, `valueCoding` …, by an item's type."""
    return f"value{NAMES.get(kind) or kind[:1].upper() + kind[1:]}"


def value_of_type(kind: str, text: str, codings: Mapping[str, Any], zone: tzinfo | None = None) -> Any:
    """A text as FHIR's value of a type; None when it is no such value."""
    try:
        return _READ[kind](text, codings, zone)
    except (ValueError, OverflowError):
        return None


def _string(text: str, _codings: Mapping[str, Any], _zone: tzinfo | None) -> str | None:
    return said(text) if text.strip() and len(text) <= 1_048_576 else None


def _integer(text: str, _codings: Mapping[str, Any], _zone: tzinfo | None) -> int | None:
    value = int(text) if re.fullmatch(r"[-+]?\d{1,10}", text, re.ASCII) else None
    return value if value is not None and abs(value) <= LARGEST_INTEGER else None


def _decimal(text: str, _codings: Mapping[str, Any], _zone: tzinfo | None) -> float | None:
    return float(text) if re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,15})?", text, re.ASCII) else None


def _date(text: str, _codings: Mapping[str, Any], _zone: tzinfo | None) -> str | None:
    return date.fromisoformat(text).isoformat() if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None


def _time(text: str, _codings: Mapping[str, Any], _zone: tzinfo | None) -> str | None:
    return time.fromisoformat(text).replace(tzinfo=None, microsecond=0).isoformat()


def _instant(text: str, _codings: Mapping[str, Any], zone: tzinfo | None) -> str | None:
    value = datetime.fromisoformat(text)
    value = value.replace(tzinfo=zone) if value.tzinfo is None else value
    return value.isoformat(timespec="seconds") if value.tzinfo is not None and "T" in text else None


def _coded(text: str, codings: Mapping[str, Any], _zone: tzinfo | None) -> Any:
    found = codings.get(text)
    return found if found is not None and _CODE.fullmatch(text) else None


def _agreed(text: str, _codings: Mapping[str, Any], _zone: tzinfo | None) -> bool | None:
    return {"OK": True, "true": True, "1": True, "false": False, "0": False}.get(text)


_READ: Mapping[str, Callable[[str, Mapping[str, Any], tzinfo | None], Any]] = {
    "string": _string,
    "text": _string,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "dateTime": _instant,
    "choice": _coded,
    "boolean": _agreed,
    "attachment": lambda text, _codings, _zone: {"title": said(text)} if text.strip() else None,
    "display": lambda *_: None,
}
