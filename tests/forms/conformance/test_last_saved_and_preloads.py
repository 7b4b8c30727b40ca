"""What a form begins with: the response saved before it, and what the device fills in."""

from __future__ import annotations

import pytest

from forms.headless import open_form
from forms.interview import Interview
from forms.preloads import fill_at_end
from forms.xform import load
from tests.forms.conformance.xforms import NOW, read, sit, xform

LAST = '<instance id="last-saved" src="jr://instance/last-saved"/>'
FIRST = '<setvalue event="odk-instance-first-load" ref="/data/{0}" value="instance(\'last-saved\')/data/{1}"/>'
FORM = xform(
    "<street/><worker/><kid><name/></kid><first/>",
    LAST
    + FIRST.format("street", "street")
    + FIRST.format("worker", "worker")
    + FIRST.format("first", "kid[2]/name")
    + '<bind nodeset="/data/street" type="string"/><bind nodeset="/data/worker" type="string"/>',
    '<input ref="/data/street"/><input ref="/data/worker"/>',
)


def saved(inside: str, form: str = "trial") -> bytes:
    """A response as it was saved."""
    return f'<data id="{form}" version="0">{inside}</data>'.encode()


CASES = [
    (None, "street", ""),
    (saved("<street>Mill Lane</street>"), "street", "Mill Lane"),
    (saved("<street>Mill Lane</street>"), "worker", ""),
    (saved("<street/>"), "street", ""),
    (saved("<other>x</other>"), "street", ""),
    (saved("<kid><name>A</name></kid><kid><name>B</name></kid>"), "first", "B"),
    (saved("<street>Mill Lane</street>", form="another"), "street", ""),
    (b"<data><street>Mill Lane</street></data>", "street", "Mill Lane"),
    (saved("<street>a &amp; b</street>"), "street", "a & b"),
]


@pytest.mark.parametrize(("last", "path", "expected"), CASES)
def test_a_form_begins_with_what_was_saved_last(last: bytes | None, path: str, expected: str) -> None:
    assert read(sit(FORM, last_saved=last), path) == expected


def test_the_same_loaded_form_serves_those_who_saved_and_those_who_did_not() -> None:
    form = load(FORM)
    sit(FORM, last_saved=saved("<street>Mill Lane</street>"))
    assert form.instances["last-saved"].children[0].children == []


def test_a_resumed_draft_keeps_what_it_began_with() -> None:
    begun = sit(FORM, last_saved=saved("<street>Mill Lane</street>"))
    again = sit(FORM, last_saved=saved("<street>Elsewhere</street>"), answers=begun.values())
    assert read(again, "street") == "Mill Lane"


KNOWN = {"username": "m.ferrow", "email": "m@example.org", "phonenumber": "01632 960001"}
PRELOADS = [
    ("uid", "", "string", "uuid:6f2c"),
    ("date", "today", "date", "2026-03-02"),
    ("date", "tomorrow", "date", ""),
    ("timestamp", "start", "dateTime", "2026-03-02T09:15:00.000+00:00"),
    ("timestamp", "end", "dateTime", ""),
    ("property", "username", "string", "m.ferrow"),
    ("property", "email", "string", "m@example.org"),
    ("property", "phonenumber", "string", "01632 960001"),
    ("property", "deviceid", "string", ""),
    ("property", "subscriberid", "string", ""),
    ("patient", "name", "string", ""),
    ("", "", "string", ""),
]


def preloaded(kind: str, which: str, type_name: str, held: str = "") -> Interview:
    """A form with one node that the device fills in."""
    told = f'jr:preload="{kind}" jr:preloadParams="{which}"' if kind else ""
    model = f'<bind nodeset="/data/it" type="{type_name}" {told}/>'
    return sit(xform(f"<it>{held}</it>", model), properties=KNOWN)


@pytest.mark.parametrize(("kind", "which", "type_name", "expected"), PRELOADS)
def test_the_device_fills_in_what_policy_lets_it_know(kind: str, which: str, type_name: str, expected: str) -> None:
    assert read(preloaded(kind, which, type_name), "it") == expected


def test_a_new_response_has_an_id_of_its_own_and_a_draft_keeps_its() -> None:
    assert read(preloaded("uid", "", "string", held="uuid:old"), "it") == "uuid:6f2c"
    xml = xform("<it/>", '<bind nodeset="/data/it" type="string" jr:preload="uid"/>')
    assert read(sit(xml, answers={"it": "uuid:mine"}), "it") == "uuid:mine"


def test_the_end_is_filled_in_when_a_response_is_finished() -> None:
    sitting = preloaded("timestamp", "end", "dateTime")
    fill_at_end(sitting.instance, sitting.form, NOW)
    assert read(sitting, "it") == "2026-03-02T09:15:00.000+00:00"


def test_an_attribute_can_be_filled_in() -> None:
    sitting = sit(xform('<it mark=""/>', '<bind nodeset="/data/it/@mark" jr:preload="uid"/>'))
    node = sitting.instance.find("it")
    assert node is not None
    assert node.attributes["mark"] == "uuid:6f2c"


def test_a_submission_carries_the_time_it_was_finished() -> None:
    model = '<bind nodeset="/data/it" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/>'
    sitting = open_form(xform("<it/>", model), now=NOW)
    assert sitting.value("/data/it") == ""
    assert b"<it>2026-03-02T09:15:00.000+00:00</it>" in sitting.submission()
