"""Whose word counts when a form, a device, a response, a rule and an action give one place a value."""

from __future__ import annotations

import pytest

from forms.headless import open_form
from tests.forms.conformance.xforms import NOW, xform

DEVICE, RULE = 'jr:preload="date" jr:preloadParams="today"', "calculate=\"'worked out'\""
ACTION = '<setvalue event="odk-instance-load" ref="/data/it">set</setvalue>'
FIRST = '<setvalue event="odk-instance-first-load" ref="/data/it">set first</setvalue>'
RESPONSE = b'<data id="trial" version="1"><it>answered</it></data>'
ORDER = [
    # what the bind says, the actions, a response taken up again; the value after opening
    ("", "", None, "held"),
    (DEVICE, "", None, "2026-03-02"),
    (DEVICE, "", RESPONSE, "answered"),
    (DEVICE + " " + RULE, "", None, "worked out"),
    (DEVICE + " " + RULE, "", RESPONSE, "worked out"),
    (DEVICE + " " + RULE, ACTION, None, "set"),
    (DEVICE + " " + RULE, ACTION, RESPONSE, "set"),
    (DEVICE + " " + RULE, ACTION + FIRST, None, "set first"),
    (DEVICE, FIRST, RESPONSE, "answered"),
    ("", FIRST, None, "set first"),
]


@pytest.mark.parametrize(("bind", "actions", "response", "value"), ORDER)
def test_the_later_word_counts(bind: str, actions: str, response: bytes | None, value: str) -> None:
    form = xform(
        "<it>held</it>", f'<bind nodeset="/data/it" type="string" {bind}/>{actions}', "<input ref='/data/it'/>"
    )
    assert open_form(form, now=NOW, submission=response).value("/data/it") == value


def test_what_an_action_sets_in_a_worked_out_place_stands_until_what_it_is_worked_out_from_moves() -> None:
    model = '<bind nodeset="/data/sum" calculate="/data/a + 1"/>'
    action = '<setvalue event="odk-instance-first-load" ref="/data/sum" value="100"/>'
    sitting = open_form(xform("<a>1</a><sum/><b/>", model + action, "<input ref='/data/a'/><input ref='/data/b'/>"))
    sitting.answer("/data/b", "x")
    assert sitting.value("/data/sum") == "100"
    sitting.answer("/data/a", "5")
    assert sitting.value("/data/sum") == "6"


def test_an_action_reads_what_is_worked_out_and_what_is_not_asked_as_blank() -> None:
    model = '<bind nodeset="/data/twice" calculate="/data/a * 2"/><bind nodeset="/data/no" relevant="/data/a &gt; 5"/>'
    action = "<setvalue event='odk-instance-first-load' ref='/data/it' value=\"concat(/data/twice, '-', /data/no)\"/>"
    sitting = open_form(xform("<a>2</a><twice/><no>here</no><it/>", model + action, "<input ref='/data/it'/>"))
    assert sitting.value("/data/it") == "4-"
