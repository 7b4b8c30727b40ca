"""A form as a FHIR R4 Questionnaire: plain dicts, no dependency. The answers are in `forms.fhir_response`.

A question's linkId is its path without rows (`b/children/who/dob`). What FHIR cannot say exactly (XPath rules, texts
worked out while asking) is carried as our own extension with the expression, never left out and never approximated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forms import asking
from forms.definition import NO_TEXT, Bind, Control, Form, Group, Text, short
from forms.fhir_rules import Known, bounds, enable_when
from forms.fhir_words import EXPRESSION, FP, HL7, Words, canonical, extension, value_name, value_of_type
from forms.instance import walk

CHOOSING = frozenset({"select_one", "select_multiple", "rank"})
TYPES: Mapping[str, str] = {
    "text": "string",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "dateTime",
    "select_one": "choice",
    "select_multiple": "choice",
    "rank": "choice",
    "acknowledge": "boolean",
    "geopoint": "string",
    "barcode": "string",
    "image": "attachment",
    "audio": "attachment",
    "video": "attachment",
    "file": "attachment",
    "signature": "attachment",
    "note": "display",
}
"""By kind of question; what is missing goes by the bind's type."""
OF_BIND = {"int": "integer", "integer": "integer", "decimal": "decimal", "date": "date", "time": "time"}
OF_BIND |= {"dateTime": "dateTime", "boolean": "boolean", "binary": "attachment"}
ITEM_CONTROL = "http://hl7.org/fhir/questionnaire-item-control"
RULES = ("relevant", "constraint", "required", "readonly", "calculate")


def questionnaire(form: Form) -> dict[str, Any]:
    """The Questionnaire of a form."""
    return _Maker(form).questionnaire()


def item_types(form: Form) -> dict[str, str]:
    """The FHIR type of every question by template; what has parts is no question."""
    kinds = asking.kinds(form)
    return {template: _type(form, template, kinds[template]) for template in form.places if template in kinds}


def _type(form: Form, template: str, kind: str) -> str:
    control, bind = form.controls.get(template), form.binds.get(template, Bind(template))
    if kind == "text" and control is not None and "multiline" in control.appearance.split():
        return "text"
    return TYPES.get(kind) or OF_BIND.get(bind.type, "string")


class _Maker:
    """Makes the items of one form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.words = Words(form)
        self.kinds = asking.kinds(form)
        self.types = item_types(form)
        self.known = Known(form, self.kinds, self.types, self.words.codings)
        nodes = (node for start in (form.model, *form.rows.values()) for node in walk(start))
        self.plain = {node.template: node.text for node in nodes if node.text.strip()}
        self.below: dict[str, list[str]] = {}
        for template in form.places:
            self.below.setdefault(template.rpartition("/")[0], []).append(template)

    def questionnaire(self) -> dict[str, Any]:
        url, version = canonical(self.form).partition("|")[0], self.form.version
        lists = list(self.words.value_sets())
        made: dict[str, Any] = {"resourceType": "Questionnaire", "url": url}
        made |= {"language": self.words.languages[0][1]} if self.words.languages[0][1] else {}
        made |= {"contained": lists} if lists else {}
        made |= {"version": version} if version else {}
        made |= {"title": self.form.title.strip() or self.form.id or "form", "status": "active"}
        items = [self._item(template) for template in self.below.get(self.form.model.template, [])]
        return made | ({"item": items} if items else {})

    def _item(self, template: str) -> dict[str, Any]:
        parts = self.below.get(template, [])
        kind = self.types.get(template)
        if kind is None or parts:
            return self._group(template, parts)
        return self._question(template, kind)

    def _group(self, template: str, parts: list[str]) -> dict[str, Any]:
        group = self.form.groups.get(template) or Group(template, NO_TEXT, "", ())
        item = {"linkId": short(template)} | self.words.text("text", group.label) | {"type": "group"}
        item |= {"repeats": True} if template in self.form.rows else {}
        extensions = [_expression("count", group.count.text)] if group.count is not None else []
        self._rules(item, template, extensions)
        return item | ({"item": [self._item(part) for part in parts]} if parts else {})

    def _question(self, template: str, kind: str) -> dict[str, Any]:
        control = self.form.controls.get(template) or Control("hidden", template)
        bind = self.form.binds.get(template, Bind(template))
        item: dict[str, Any] = {"linkId": short(template), **self.words.text("text", control.label), "type": kind}
        extensions = list(self._facts(template, control, bind, kind))
        if kind == "choice":
            self._choices(item, template, control, extensions)
        self._rules(item, template, extensions)
        if kind != "display":
            self._initial(item, template, kind)
        below = list(self._notes(template, control, bind))
        return item | ({"item": below} if below else {})

    def _facts(self, template: str, control: Control, bind: Bind, kind: str) -> Iterator[dict[str, Any]]:
        if template not in self.form.controls:
            yield extension(f"{HL7}questionnaire-hidden", "valueBoolean", True)
        if control.kind == "range":
            yield _control("slider")
            yield from _bounded(self._range(control), kind)
            if control.range[2].isdigit():
                yield extension(f"{HL7}questionnaire-sliderStepValue", "valueInteger", int(control.range[2]))
        elif bind.constraint is not None:
            yield from _bounded(bounds(bind.constraint.text), kind)
        if "class" in bind.own:
            yield extension(f"{FP}class", "valueCode", bind.own["class"])
        for action in self.form.actions:
            if action.target == template:
                said = action.value.text if action.value is not None else action.text
                yield _expression(f"set:{action.event}", said or "''")

    @staticmethod
    def _range(control: Control) -> list[tuple[str, str]]:
        return [(name, text) for name, text in zip(("minValue", "maxValue"), control.range, strict=False) if text]

    def _choices(self, item: dict[str, Any], template: str, control: Control, extensions: list[dict[str, Any]]) -> None:
        if self.kinds[template] != "select_one":
            item["repeats"] = True
        if self.kinds[template] == "rank":
            extensions.append(extension(f"{FP}ordered", "valueBoolean", True))
        if control.choices is None:
            return
        if control.choices.nodes is None:
            item["answerOption"] = [{"valueCoding": each} for each in self.words.fixed(template)]
            return
        item |= self.words.value_set(template)
        if "answerValueSet" not in item or "[" in control.choices.nodes.text:
            extensions.append(_expression("choices", control.choices.nodes.text))

    def _rules(self, item: dict[str, Any], template: str, extensions: list[dict[str, Any]]) -> None:
        bind = self.form.binds.get(template, Bind(template))
        rules: dict[str, Any] = {name: getattr(bind, name) for name in RULES}
        shown = item["type"] == "display"
        if bind.relevant is not None:
            when = enable_when(self.known, template, bind.relevant.text)
            item |= when
            rules["relevant"] = None if when else bind.relevant
        if not shown and bind.required is not None and bind.required.text.strip() == "true()":
            item["required"], rules["required"] = True, None
        if not shown and (bind.always_readonly or bind.calculate is not None):
            item["readOnly"], rules["readonly"] = True, None
        for name, rule in rules.items():
            if rule is not None:
                extensions.append(_expression(name, rule.text, self.words.plain(_message(bind, name))))
        if extensions:
            item["extension"] = extensions

    def _initial(self, item: dict[str, Any], template: str, kind: str) -> None:
        text = self.plain.get(template, "")
        many = text.split() if self.kinds[template] in asking.LISTS else [text] if text else []
        made = [value_of_type(kind, each, self.words.codings(template)) for each in many]
        if made and all(value is not None for value in made):
            item["initial"] = [{value_name(kind): value} for value in made]

    def _notes(self, template: str, control: Control, bind: Bind) -> Iterator[dict[str, Any]]:
        """What stands beside a question: its hint, its guidance, what both ends of its scale mean."""
        for which, form, control_code in (("hint", "long", "inline"), ("guidance", "guidance", "help")):
            said = self.words.text("text", control.hint, form)
            if said:
                yield _display(f"{short(template)}#{which}", said, control_code)
        anchors = [part.strip() for part in bind.own.get("anchors", "").split("|") if part.strip()]
        for which, words in zip(("lower", "upper"), anchors, strict=False):
            yield _display(f"{short(template)}#{which}", {"text": words}, which)


def _message(bind: Bind, rule: str) -> Text:
    return {"constraint": bind.constraint_message, "required": bind.required_message}.get(rule, NO_TEXT)


def _display(link: str, said: dict[str, Any], code: str) -> dict[str, Any]:
    return {"extension": [_control(code)], "linkId": link, **said, "type": "display"}


def _control(code: str) -> dict[str, Any]:
    coding = [{"system": ITEM_CONTROL, "code": code}]
    return extension(f"{HL7}questionnaire-itemControl", "valueCodeableConcept", {"coding": coding})


def _bounded(found: list[tuple[str, str]], kind: str) -> Iterator[dict[str, Any]]:
    for name, text in found:
        value = value_of_type(kind, text, {})
        if kind in ("integer", "decimal", "date") and value is not None:
            yield extension(f"{HL7}{name}", value_name(kind), value)


def _expression(name: str, text: str, said: str = "") -> dict[str, Any]:
    told = {"language": EXPRESSION, "expression": text} | ({"description": said} if said else {})
    return extension(f"{FP}{name}", "valueExpression", told)
