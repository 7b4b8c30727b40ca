"""FHIR R4: every form as a Questionnaire, every value in its response, judged by an outside library too."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import given, settings

from forms.answers import NOT_RECORDED, Value
from forms.definition import Form, short
from forms.fhir import questionnaire
from forms.fhir_response import REASONS, SAID, Told, response
from forms.xform import load
from tests.forms.sent_values import NESTED, NOW, ZONE, every_form, filled, flat_values, nested

TOLD = Told(NOW, completed=True, id="uuid:0000", zone=ZONE)
HL7 = "http://hl7.org/fhir/StructureDefinition/"


@cache
def made(id: str) -> dict[str, Any]:
    return questionnaire(every_form()[id])


def items(of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in of.get("item", ()):
        yield item
        yield from items(item)


def own(of: dict[str, Any], name: str) -> Any:
    return next((each for each in of.get("extension", ()) if each["url"].endswith(name)), None)


def text_of(extension: dict[str, Any]) -> Any:
    if "valueString" in extension:
        return extension["valueString"]
    return json.loads(base64.b64decode(extension["valueBase64Binary"]))


def said(answer: dict[str, Any]) -> Any:
    """What a person said, from one answer."""
    exact = own(answer, "said")
    if exact is not None:
        return text_of(exact)
    (value,) = (value for name, value in answer.items() if name.startswith("value"))
    if value is True:
        return "OK"
    return value["code"] if isinstance(value, dict) and "code" in value else str(value)


def listed(form: Form) -> set[str]:
    kinds = ("select_multiple", "rank")
    return {short(template) for template, control in form.controls.items() if control.kind in kinds}


def alike(form: Form, values: dict[str, Value]) -> dict[str, Value]:
    """A single word where several may be chosen is a list of one."""
    many = {path for path in values if re.sub(r"/\d[^/]*(?=/|$)", "", path) in listed(form)}
    return {path: [value] if path in many and isinstance(value, str) else value for path, value in values.items()}


def read_back(form: Form, of: dict[str, Any]) -> dict[str, Value]:
    """All the values of a response."""
    found: dict[str, Value] = {}

    def walk(at: dict[str, Any], path: str) -> None:
        for item in at.get("item", ()):
            here = f"{path}/{item['linkId'].rpartition('/')[2]}" if path else item["linkId"].rpartition("/")[2]
            if own(item, "fhir:row") is not None:
                here += "/" + text_of(own(item, "fhir:row"))
                found[f"{here}/@order"] = text_of(own(item, "fhir:order"))
            for mark in ("not-recorded", "voice"):
                if own(item, mark) is not None:
                    found[f"{here}@{mark}"] = text_of(own(item, mark))
            answers = [said(answer) for answer in item.get("answer", ())]
            if answers:
                many = item["linkId"] in listings and isinstance(answers[0], str)
                found[here] = answers if many else answers[0]
            walk(item, here)

    listings = listed(form)
    walk(of, "")
    for kept in of.get("extension", ()):
        path, value = (text_of(each) for each in kept["extension"])
        found[path] = value
    return found


@pytest.mark.parametrize("id", sorted(every_form()))
def test_every_form_is_a_questionnaire_that_others_can_read(id: str) -> None:
    told = made(id)
    Questionnaire.model_validate(told)
    links = Counter(item["linkId"] for item in items(told))
    assert [link for link, times in links.items() if times > 1] == []
    for item in items(told):
        assert item["type"] != "display" or not {"required", "repeats", "readOnly", "initial"} & item.keys()
        assert all(when["question"] in links for when in item.get("enableWhen", ())), item["linkId"]
        sets = [f"#{each['id']}" for each in told.get("contained", ())]
        assert item.get("answerValueSet", "#") in [*sets, "#"], item["linkId"]


@pytest.mark.parametrize("id", sorted(every_form()))
def test_every_right_answer_has_its_item_and_its_type(id: str) -> None:
    form = every_form()[id]
    values = filled(form)
    sent = response(form, values, TOLD)
    QuestionnaireResponse.model_validate(sent)
    kinds = {item["linkId"]: item["type"] for item in items(made(id))}
    for item in items(sent):
        kind = kinds[item["linkId"]]
        for answer in item.get("answer", ()):
            assert not any(each.get("valueCode") == "as-text" for each in answer.get("extension", ())), item["linkId"]
            (name,) = (name for name in answer if name.startswith("value"))
            assert name.lower() == f"value{ {'choice': 'coding', 'text': 'string'}.get(kind, kind) }".lower()
    assert read_back(form, sent) == values
    assert sent["questionnaire"] == f"{made(id)['url']}|{form.version}"


@pytest.mark.parametrize("id", sorted(every_form()))
def test_no_value_is_lost_whatever_was_said(id: str) -> None:
    form = every_form()[id]

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(flat_values(form))
    def holds(values: dict[str, Value]) -> None:
        sent = response(form, values, TOLD)
        QuestionnaireResponse.model_validate(json.loads(json.dumps(sent)))
        assert read_back(form, sent) == alike(form, values)

    holds()


def test_a_form_without_answers_is_a_response_without_items() -> None:
    sent = response(nested(), {}, Told(datetime(2026, 11, 2, 9, 0, tzinfo=ZONE), completed=False))
    QuestionnaireResponse.model_validate(sent)
    assert sent == {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "urn:fieldkit:form:houses|3",
        "status": "in-progress",
        "authored": "2026-11-02T09:00:00+00:00",
    }


def test_every_reason_for_no_answer_stays_its_own() -> None:
    assert tuple(REASONS) == NOT_RECORDED
    for code, absent in REASONS.items():
        (item,) = response(nested(), {"street@not-recorded": code}, TOLD)["item"]
        assert "answer" not in item
        assert own(item, "data-absent-reason")["valueCode"] == absent, code
        assert text_of(own(item, "not-recorded")) == code


def test_rows_are_repeated_items_in_their_order() -> None:
    values: dict[str, Value] = {"house/2b/@order": "a0", "house/2b/number": "8", "house/1a/@order": "a1"}
    rows = response(nested(), values, TOLD)["item"]
    assert [(row["linkId"], text_of(own(row, "fhir:row"))) for row in rows] == [("house", "2b"), ("house", "1a")]


ANSWERED: dict[str, tuple[str, Value, str | None]] = {
    "a number that is none": ("house/1a/number", "about four", None),
    "a number too large": ("house/1a/number", "99999999999", None),
    "a choice not offered": ("house/1a/room/1b/window/1c/sorts", ["z"], None),
    "a choice offered": ("house/1a/room/1b/window/1c/sorts", ["a"], "valueCoding"),
    "a number": ("house/1a/number", "4", "valueInteger"),
    "a number with a sign": ("house/1a/number", "+4", "valueInteger"),
    "words with controls": ("street", "a\x1b[2J", "valueString"),
    "only blanks": ("street", "  ", None),
}


def test_what_the_type_cannot_hold_is_said_beside_it() -> None:
    rows: dict[str, Value] = {
        "house/1a/@order": "a0",
        "house/1a/room/1b/@order": "a0",
        "house/1a/room/1b/window/1c/@order": "a0",
    }
    for case, (path, value, name) in ANSWERED.items():
        sent = response(nested(), {**rows, path: value}, TOLD)
        (answer,) = (answer for item in items(sent) for answer in item.get("answer", ()))
        assert next((each for each in answer if each.startswith("value")), None) == name, case
        assert bool(name) or own(answer, "data-absent-reason")["valueCode"] == "as-text", case
        whole = value[0] if isinstance(value, list) else value
        assert said(answer) == whole, case
        assert "\x1b" not in json.dumps(answer.get("valueString", ""), ensure_ascii=False), case
    assert SAID.endswith("said")


RULES = """
| relevant                                                | means                                               |
| /data/street = 'Mill'                                   | street = Mill                                       |
| /data/street = ''                                       | street exists False                                 |
| /data/street != ''                                      | street exists True                                  |
| /data/street != 'Mill'                                  |                                                     |
| selected(/data/street, 'Mill')                          |                                                     |
| ../street = 'a' and ../photo != ''                      | street = a; photo exists True; all                  |
| ../street = 'a or b' or ../photo != ''                  | street = a or b; photo exists True; any             |
| ../street = 'a' or ../photo != '' and ../photo = ''     |                                                     |
| (../street = 'a' or ../street = 'b')                    |                                                     |
| not(../street = 'a')                                    |                                                     |
| count(/data/house) > 1                                  |                                                     |
| /data/house/number > 3                                  |                                                     |
| true()                                                  |                                                     |
| ../street > 3                                           |                                                     |
"""


def test_a_relevance_is_said_in_fhir_only_where_it_means_the_same() -> None:
    for line in RULES.strip().splitlines()[1:]:
        _, rule, means, _ = (cell.strip() for cell in line.split("|"))
        form = load(NESTED.replace(b"/data/street != ''", rule.replace("<", "&lt;").encode()))
        (item,) = (item for item in items(questionnaire(form)) if item["linkId"] == "after")
        told = [
            f"{when['question']} {when['operator']} {next(v for k, v in when.items() if k.startswith('answer'))}"
            for when in item.get("enableWhen", ())
        ] + ([item["enableBehavior"]] if "enableBehavior" in item else [])
        assert "; ".join(told) == means, rule
        assert (own(item, "fhir:relevant") is None) == bool(means), rule


def test_a_translation_stands_beside_the_words() -> None:
    translated = [item for item in items(made("agreement")) if "_text" in item]
    assert translated
    for item in translated:
        (each,) = item["_text"]["extension"]
        assert each["url"] == f"{HL7}translation"
        assert each["extension"][0] == {"url": "lang", "valueCode": "pl"}
        assert each["extension"][1]["valueString"].strip()
