"""Events and actions: what is set when a form is opened, a value changes, a row is added."""

from __future__ import annotations

import pytest

from forms.errors import FormError
from forms.headless import open_form
from tests.forms.conformance.xforms import xform


def setvalue(event: str, ref: str, value: str = "", text: str = "") -> str:
    told = f' value="{value}"' if value else ""
    return f'<setvalue event="{event}" ref="{ref}"{told}>{text}</setvalue>'


FIRST, EVERY, CHANGED, NEW = "odk-instance-first-load", "odk-instance-load", "xforms-value-changed", "odk-new-repeat"
AT_OPENING = [
    (FIRST, "4 * 4", "", "16"),
    ("xforms-ready", "4 * 4", "", "16"),
    (EVERY, "4 * 4", "", "16"),
    (f"{FIRST} {CHANGED}", "'x'", "", "x"),
    (FIRST, "", "plain words", "plain words"),
    (FIRST, "", "", ""),
    (FIRST, "''", "", ""),
    (FIRST, "../b", "", "5"),
    (FIRST, "/data/b + 1", "", "6"),
    (FIRST, "concat(., '!')", "", "12!"),
    (FIRST, "position(..)", "", "1"),
    (CHANGED, "4 * 4", "", "12"),
]


@pytest.mark.parametrize(("event", "value", "text", "wanted"), AT_OPENING)
@pytest.mark.parametrize("place", ["model", "question", "group"])
def test_opening_sets_a_value_wherever_the_action_stands(
    event: str, value: str, text: str, wanted: str, place: str
) -> None:
    action = setvalue(event, "/data/a", value, text)
    body = {"question": f"<input ref='/data/b'>{action}</input>", "group": f"<group ref='/data/g'>{action}</group>"}
    sitting = open_form(xform("<a>12</a><b>5</b><g><c/></g>", action if place == "model" else "", body.get(place, "")))
    assert sitting.value("/data/a") == wanted


def test_only_what_happens_at_every_opening_happens_again() -> None:
    body = "<input ref='/data/a'/><input ref='/data/b'/>"
    form = xform("<a/><b/>", setvalue(FIRST, "/data/a", "'first'") + setvalue(EVERY, "/data/b", "'every'"), body)
    sitting = open_form(form)
    sitting.answer("/data/a", "mine")
    sitting.answer("/data/b", "mine")
    again = open_form(form, submission=sitting.submission())
    assert (again.value("/data/a"), again.value("/data/b")) == ("mine", "every")


ON_CHANGE = [
    ("/data/t", "4 * 4", "", "16"),
    ("/data/t", "", "seven", "seven"),
    ("/data/t", "", "", ""),
    ("../t", "4 * 4", "", "16"),
    ("/data/t", "/data/s", "", "9"),
    ("/data/t", "../s * 2", "", "18"),
    ("/data/t", "/data/double", "", "18"),
    ("/data/t", "concat(., 'x')", "", "0x"),
    ("/data/g/u", "'in'", "", "in"),
    ("/data/r[position() = 1]/v", "/data/s", "", "9"),
    ("/data/r[position() = 2]/v", "/data/s", "", "9"),
    ("/data/r[w = 'b']/v", "../w", "", "b"),
    ("/data/ro", "/data/s", "", "9"),
]
CHANGING = "<s/><t>0</t><double/><g><u/></g><ro/><r><w>a</w><v/></r><r><w>b</w><v/></r>"
RULES = '<bind nodeset="/data/double" calculate="/data/s * 2"/><bind nodeset="/data/ro" readonly="true()"/>'


@pytest.mark.parametrize(("ref", "value", "text", "wanted"), ON_CHANGE)
def test_a_changed_answer_sets_a_value_once_and_the_same_answer_nothing(
    ref: str, value: str, text: str, wanted: str
) -> None:
    body = f"<input ref='/data/s'>{setvalue(CHANGED, ref, value, text)}</input><repeat nodeset='/data/r'/>"
    sitting = open_form(xform(CHANGING, RULES, body))
    place = ref.replace("..", "/data")
    sitting.answer("/data/s", "9")
    assert sitting.value(place) == wanted
    sitting.answer("/data/s", "9")
    assert sitting.value(place) == wanted


def test_an_action_goes_on_to_the_next() -> None:
    body = "".join(
        f"<input ref='/data/{one}'>{setvalue(CHANGED, f'/data/{other}', f'/data/{one} + 1')}</input>"
        for one, other in ("ab", "bc", "cd")
    )
    sitting = open_form(xform("<a/><b/><c/><d/>", "", body))
    sitting.answer("/data/a", "1")
    assert [sitting.value(f"/data/{name}") for name in "abcd"] == ["1", "2", "3", "4"]


def test_two_that_set_each_other_come_to_rest() -> None:
    body = "".join(
        f"<input ref='/data/{one}'>{setvalue(CHANGED, f'/data/{other}', f'/data/{one}')}</input>"
        for one, other in ("ab", "ba")
    )
    sitting = open_form(xform("<a/><b/>", "", body))
    sitting.answer("/data/a", "1")
    sitting.answer("/data/b", "2")
    assert (sitting.value("/data/a"), sitting.value("/data/b")) == ("2", "2")


IN_ROWS = [
    ("/data/r/v", "4 * position(..)", "[][8]"),
    ("/data/r/v", "../w", "[][x]"),
    ("../v", "../w", "[][x]"),
    ("/data/t", "concat(., ../r[2]/w)", "[][]"),
    ("/data/r/s/k", "../../w", "[][]"),
]


@pytest.mark.parametrize(("ref", "value", "wanted"), IN_ROWS)
def test_a_change_in_a_row_sets_its_own_row(ref: str, value: str, wanted: str) -> None:
    body = (
        f"<repeat nodeset='/data/r'><input ref='/data/r/w'>{setvalue(CHANGED, ref, value)}</input>"
        "<repeat nodeset='/data/r/s'><input ref='/data/r/s/k'/></repeat></repeat>"
    )
    sitting = open_form(xform("<t/><r><w/><v/><s><k/></s></r><r><w/><v/><s><k/></s></r>", "", body))
    sitting.answer("/data/r[2]/w", "x")
    assert f"[{sitting.value('/data/r[1]/v')}][{sitting.value('/data/r[2]/v')}]" == wanted
    assert sitting.value("/data/t") == ("x" if ref == "/data/t" else "")
    inner = [sitting.value(f"/data/r[{at}]/s/k") for at in (1, 2)]
    assert inner == (["", "x"] if ref.endswith("k") else ["", ""])


NEW_ROWS = [
    ("'d'", ["", "d", "d"]),
    ("position(..)", ["", "2", "3"]),
    ("../../n + 2", ["", "14", "14"]),
    ("/data/n + position(..)", ["", "14", "15"]),
    ("count(/data/r)", ["", "2", "3"]),
    ("concat(/data/r[position() = position(current()/..) - 1]/q, 'x')", ["", "x", "xx"]),
    ("../preceding-sibling::r[1]/w", ["", "a", "a"]),
]


@pytest.mark.parametrize(("value", "wanted"), NEW_ROWS)
@pytest.mark.parametrize("place", ["repeat", "question"])
def test_a_new_row_is_set_and_no_other(value: str, wanted: list[str], place: str) -> None:
    action = setvalue(NEW, "/data/r/q", value)
    outer, inner = (action, "") if place == "repeat" else ("", action)
    body = f"<repeat nodeset='/data/r'>{outer}<input ref='/data/r/q'>{inner}</input></repeat>"
    sitting = open_form(xform("<n>12</n><r><w>a</w><q/></r>", "", body))
    sitting.add_row("/data/r")
    sitting.add_row("/data/r")
    assert [sitting.value(f"/data/r[{at}]/q") for at in (1, 2, 3)] == wanted


def test_rows_of_a_count_are_new_rows_too() -> None:
    body = (
        "<input ref='/data/n'/><repeat nodeset='/data/r' jr:count='/data/n'>"
        f"{setvalue(NEW, '/data/r/q', 'position(..)')}<input ref='/data/r/q'/></repeat>"
    )
    sitting = open_form(xform("<n>2</n><r jr:template=''><q/></r>", "", body))
    sitting.answer("/data/r[1]/q", "mine")
    sitting.answer("/data/n", "4")
    assert [sitting.value(f"/data/r[{at}]/q") for at in (1, 2, 3, 4)] == ["mine", "2", "3", "4"]


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (setvalue(NEW, "/data/r/q", "1"), "<repeat nodeset='/data/r'/>"),
        (setvalue("my-own-event", "/data/a", "1"), ""),
        (setvalue(f"{FIRST} odk-inftance-load", "/data/a", "1"), ""),
        (setvalue(FIRST, "/data/a", "1 +"), ""),
        (setvalue(FIRST, "/data/a", "balloon()"), ""),
    ],
)
def test_an_action_that_can_never_happen_is_refused(model: str, body: str) -> None:
    with pytest.raises(FormError):
        open_form(xform("<a/><r><q/></r>", model, body))


def test_an_action_that_cannot_tell_its_row_is_refused_when_it_happens() -> None:
    body = f"<input ref='/data/a'>{setvalue(CHANGED, '/data/r/q', '1')}</input><repeat nodeset='/data/r'/>"
    sitting = open_form(xform("<a/><r><q/></r><r><q/></r>", "", body))
    with pytest.raises(FormError):
        sitting.answer("/data/a", "1")
