"""Who gets which answers: what is left out is left out whole, and counted."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from fieldkit.errors import Refused
from fieldkit.exports.audience import AUDIENCES, FOLLOWS, NHS, NOT_FOR_OTHERS, going
from fieldkit.exports.documents import IN_WORDS, KINDS, Filed, document
from forms.answers import Value
from forms.submission_reading import from_xml
from forms.xform import load
from tests.forms.sent_values import ID, ZONE, every_form, filled

TEXTS = tuple(kind for kind in KINDS if not kind.startswith("pdf"))
AT = datetime(2026, 11, 22, 12, 0, tzinfo=ZONE)
VISITED = load(b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:fp="urn:fieldkit:form"><h:head><h:title>V</h:title><model>
 <instance><data id="v" version="1"><plain/><hazard/><neighbour/><alone/><never/><seen/><ring/><page><inside/></page>
 <count/><child jr:template=""><nhs_number/><nhs_optout/></child></data></instance>
 <bind nodeset="/data/plain"/><bind nodeset="/data/hazard" fp:class="staff-only"/>
 <bind nodeset="/data/neighbour" fp:class="third-party"/><bind nodeset="/data/alone" fp:room="alone"/>
 <bind nodeset="/data/never" fp:export="never-family"/><bind nodeset="/data/seen" fp:class="special"/>
 <bind nodeset="/data/ring" relevant="/data/hazard = 'dog'"/><bind nodeset="/data/page" relevant="/data/count = 2"/>
 <bind nodeset="/data/page/inside"/><bind nodeset="/data/count" calculate="string-length(/data/hazard)"/>
 <bind nodeset="/data/child/nhs_number"/><bind nodeset="/data/child/nhs_optout"/>
 </model></h:head><h:body><input ref="/data/plain"/><input ref="/data/hazard"/><input ref="/data/neighbour"/>
 <input ref="/data/alone"/><input ref="/data/never"/><input ref="/data/seen"/><input ref="/data/ring"/>
 <group ref="/data/page"><input ref="/data/page/inside"/></group>
 <group ref="/data/child"><repeat nodeset="/data/child"><input ref="/data/child/nhs_number"/>
 <input ref="/data/child/nhs_optout"/></repeat></group></h:body></h:html>""")
SAID: dict[str, Value] = {
    "@kind": "v",
    "plain": "a",
    "plain@not-recorded": "not-safe-to-ask-now",
    "hazard": "dog",
    "hazard@voice": "worker",
    "neighbour": "b",
    "alone": "c",
    "never": "d",
    "seen": "e",
    "ring": "f",
    "page/inside": "g",
    "count": "3",
    "old/place": "h",
    "child/1/@order": "a0",
    "child/1/nhs_number": "999 123 4567",
    "child/1/nhs_optout": "yes",
    "child/2/@order": "a1",
    "child/2/nhs_number": "999 765 4321",
}
CHILDREN = ["child/1/@order", "child/1/nhs_optout", "child/2/@order", "child/2/nhs_number"]
GOES = {
    "family": ["plain", "plain@not-recorded", "seen", *CHILDREN],
    "outside": ["plain", "plain@not-recorded", "alone", "never", "seen", *CHILDREN],
    "full": [path for path in SAID if path not in ("@kind", "child/1/nhs_number")],
}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_each_audience_gets_what_is_for_it(audience: str) -> None:
    goes = going(VISITED, SAID, audience)
    assert list(goes.values) == GOES[audience]
    told = sum(1 for path in SAID if path not in goes.values and not path.startswith("@") and "@" not in path)
    assert sum(goes.left_out.values()) == told
    assert goes.left_out[NHS] == 1
    assert audience == "full" or goes.left_out[FOLLOWS] == 3


def test_not_safe_to_ask_is_told_to_nobody_outside() -> None:
    said = {audience: going(VISITED, SAID, audience).values["plain@not-recorded"] for audience in AUDIENCES}
    assert said == {"family": "not-asked", "outside": "not-asked", "full": "not-safe-to-ask-now"}


def test_one_no_for_all_keeps_every_nhs_number_back() -> None:
    goes = going(VISITED, {**SAID, "choices/nhs_use": "no"}, "full")
    assert not [path for path in goes.values if path.endswith("nhs_number")]


@pytest.mark.parametrize("id", sorted(every_form()))
def test_nothing_marked_leaves_in_any_document_of_any_form(id: str) -> None:
    form = every_form()[id]
    filed = Filed(ID, AT, lambda _path: True)
    marked = [b.template for b in form.binds.values() if b.own.get("class") in NOT_FOR_OTHERS]
    values = filled(form)
    for audience in ("family", "outside"):
        goes = going(form, values, audience)
        names = {"/".join([form.model.template, *re.sub(r"/\d[^/]*", "", path).split("/")]) for path in goes.values}
        assert not names.intersection(marked)
        for kind in TEXTS:
            text = document(kind, form, goes, filed).decode()
            assert kind in ("odk", "fhir-questionnaire", *IN_WORDS) or json.loads(text)
        assert from_xml(form, document("odk", form, goes, filed)) == goes.values


def test_not_even_the_empty_place_of_what_was_left_out_is_shown() -> None:
    goes = going(VISITED, SAID, "family")
    text = document("odk", VISITED, goes, Filed(ID, AT, lambda _path: True)).decode()
    assert "<plain" in text
    assert not [name for name in ("hazard", "ring", "page", "count", "neighbour") if f"<{name}" in text]


def test_a_document_holds_nothing_that_a_terminal_could_obey() -> None:
    values: dict[str, Value] = {"plain": "a\x9b[2J\u202eb\x1b"}
    filed = Filed(ID, AT, lambda _path: True)
    for kind in TEXTS:
        text = document(kind, VISITED, going(VISITED, values, "full"), filed).decode()
        assert not set(text) & set("\x1b\x9b\u202e"), kind
    assert from_xml(VISITED, document("odk", VISITED, going(VISITED, values, "full"), filed)) == values


def test_a_pdf_holds_what_goes_and_refuses_a_letter_that_it_cannot_show() -> None:
    filed = Filed(ID, AT, lambda _path: True)
    for kind in ("pdf", "pdf-large"):
        made = document(kind, VISITED, going(VISITED, {"plain": "said aloud", "hazard": "a dog"}, "family"), filed)
        assert (b"said aloud" in made, b"a dog" in made) == (True, False)
        with pytest.raises(Refused):
            document(kind, VISITED, going(VISITED, {"plain": "a\x1b"}, "full"), filed)
