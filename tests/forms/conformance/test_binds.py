"""Binds: relevance, read only, required, constraint, calculate, and how a form may name its nodes."""

from __future__ import annotations

from itertools import product

import pytest

from forms.errors import FormError
from forms.headless import Sitting, open_form
from tests.forms.conformance.xforms import xform


def bind(ref: str, **rules: str) -> str:
    said = "".join(f' {name}="{told.replace("<", "&lt;").replace(">", "&gt;")}"' for name, told in rules.items())
    return f'<bind nodeset="{ref}"{said}/>'


def opened(rules: str, model: str = "<s/><a>7</a><g><b>8</b><h><c>9</c></h></g><t/>") -> Sitting:
    body = (
        "<input ref='/data/s'/><input ref='/data/a'/><group ref='/data/g'><input ref='/data/g/b'/>"
        "<group ref='/data/g/h'><input ref='/data/g/h/c'/></group></group>"
    )
    return open_form(xform(model, rules, body))


ASKED = ["/data/a", "/data/g", "/data/g/b", "/data/g/h", "/data/g/h/c"]


@pytest.mark.parametrize(("owner", "place"), list(product(ASKED, ASKED)))
def test_what_lies_in_something_not_asked_is_not_asked_and_reads_blank(owner: str, place: str) -> None:
    rules = bind(owner, relevant="/data/s = 'yes'") + bind("/data/t", calculate=f"concat('[', {place}, ']')")
    sitting = opened(rules)
    lies_in = f"{place}/".startswith(f"{owner}/")
    seen = (sitting.relevant(place), sitting.value("/data/t") == "[]")
    sitting.answer("/data/s", "yes")
    assert seen[0] is not lies_in
    if place in ("/data/a", "/data/g/b", "/data/g/h/c"):
        assert seen[1] is lies_in
        assert sitting.value("/data/t") != "[]"
    assert sitting.relevant(place)


@pytest.mark.parametrize(("owner", "place"), list(product(ASKED, ASKED)))
def test_what_lies_in_something_read_only_is_read_only(owner: str, place: str) -> None:
    sitting = opened(bind(owner, readonly="/data/s = 'yes'"))
    assert not sitting.readonly(place)
    sitting.answer("/data/s", "yes")
    assert sitting.readonly(place) is f"{place}/".startswith(f"{owner}/")


TRUTHS = [
    ("true()", True), ("false()", False), ("1", True), ("0", False), ("'x'", True), ("''", False), ("/data/a", True),
    ("/data/s", True), ("/data/nowhere", False), ("/data/a = 7", True), ("/data/a < 7", False),
    ("not(/data/a > 7)", True),
    ("/data/s = ''", True), ("string-length(/data/s) > 0", False), ("count(/data/g/b) = 1", True),
    ("../../../a > 6", True),
    ("number('x')", False), ("/data/a and /data/g/b", True), ("/data/a = 1 or /data/g/b = 8", True), ("-1", True),
]  # fmt: skip


@pytest.mark.parametrize(("told", "wanted"), TRUTHS, ids=[told for told, _ in TRUTHS])
@pytest.mark.parametrize("rule", ["relevant", "required", "readonly"])
def test_a_rule_holds_when_its_expression_is_true(told: str, wanted: bool, rule: str) -> None:
    sitting = opened(bind("/data/g/h/c", **{rule: told}))
    assert getattr(sitting, rule)("/data/g/h/c") is wanted


CONSTRAINTS = [
    (". > 5", "6", "ok"), (". > 5", "5", "violated"), (". > 5", None, "ok"), ("false()", None, "ok"),
    ("false()", "x", "violated"), (". = /data/a", "7", "ok"), (". = ../../a", "8", "violated"),
    ("regex(., '^[a-z]+$')", "abc", "ok"), ("regex(., '^[a-z]+$')", "ab1", "violated"),
    ("string-length(.) <= 3", "abcd", "violated"), (". != ''", None, "ok"), ("../b = 8", "x", "ok"),
    ("/data/nowhere", "x", "violated"), ("current() = 3", "3", "ok"), (". >= 1 and . <= 3", "4", "violated"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "said", "wanted"), CONSTRAINTS)
def test_a_constraint_is_tested_when_there_is_an_answer(told: str, said: str | None, wanted: str) -> None:
    told = told.replace("../b", "../../b") if told.startswith("../b") else told
    sitting = opened(bind("/data/g/h/c", constraint=told.replace("../../a", "/data/a")))
    sitting.answer("/data/g/h/c", said)
    assert sitting.constraint("/data/g/h/c") == wanted
    assert sitting.valid("/data/g/h/c") is (wanted == "ok")


@pytest.mark.parametrize(("required", "asked", "said"), list(product((True, False), (True, False), ("", "x"))))
def test_only_what_is_asked_and_required_and_blank_is_missing(required: bool, asked: bool, said: str) -> None:
    rules = bind("/data/g/b", required=f"{str(required).lower()}()", relevant=f"{str(asked).lower()}()")
    sitting = opened(rules)
    sitting.answer("/data/g/b", said)
    missing = [each.path for each in sitting.violations() if each.why == "required"]
    assert missing == (["g/b"] if required and asked and not said else [])
    assert sitting.valid("/data/g") is not bool(missing)


def test_an_answer_comes_back_when_it_is_asked_again() -> None:
    sitting = opened(bind("/data/g", relevant="/data/s = ''") + bind("/data/t", calculate="/data/g/h/c * 2"))
    sitting.answer("/data/g/h/c", "21")
    seen = [sitting.value("/data/t")]
    for said in ("x", None):
        sitting.answer("/data/s", said)
        seen.append(sitting.value("/data/t"))
    assert seen == ["42", "", "42"]


CALCULATED = [
    ("/data/a + 1", "8"), ("/data/a div 2", "3.5"), ("concat(/data/a, '-', /data/g/b)", "7-8"), ("../a", "7"),
    ("sum(/data/g/*)", "17"), ("if(/data/s = '', 'none', 'some')", "none"), ("coalesce(/data/s, /data/a)", "7"),
    ("'text'", "text"), ("/data/nowhere", ""), ("/data/s + 1", ""), ("count(/data/g/*)", "2"), ("true()", "true"),
    ("1 = 2", "false"), ("/data/g/h/c", "9"), ("string(/data/g/b)", "8"), ("0.1 + 0.2 > 0.3", "true"), ("-0", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "wanted"), CALCULATED[:4] + CALCULATED[5:], ids=lambda each: each)
def test_a_value_is_worked_out_and_cannot_be_answered(told: str, wanted: str) -> None:
    sitting = opened(bind("/data/t", calculate=told))
    assert sitting.value("/data/t") == wanted
    assert sitting.readonly("/data/t")
    with pytest.raises(FormError):
        sitting.answer("/data/t", "x")


@pytest.mark.parametrize("ref", ["/data/g/b", "g/b", "./g/b", " /data/g/b ", "/data/g/h/../b"])
def test_a_bind_may_name_its_node_from_the_root(ref: str) -> None:
    assert opened(bind(ref, required="true()")).required("/data/g/b") is True


def test_two_binds_of_one_node_both_hold() -> None:
    rules = bind("/data/a", type="int") + bind("/data/a", required="true()") + bind("/data/a", readonly="/data/s = 'x'")
    sitting = opened(rules)
    sitting.answer("/data/s", "x")
    assert (sitting.required("/data/a"), sitting.readonly("/data/a"), sitting.value("/data/a")) == (True, True, "7")


def test_questions_may_be_named_from_where_they_stand() -> None:
    inputs = "<input ref='b'><label>B</label></input><input ref='../a'><label>A</label></input>"
    body = f"<group ref='g'><label>G</label>{inputs}</group>"
    sitting = open_form(xform("<a/><g><b/></g>", "", body))
    assert [sitting.label(ref) for ref in ("/data/g", "/data/g/b", "/data/a")] == ["G", "B", "A"]


def test_what_has_no_bind_and_a_bind_of_no_node_do_no_harm() -> None:
    sitting = opened(bind("/data/gone", calculate="1", relevant="/data/a = 7"))
    sitting.answer("/data/a", "3")
    assert sitting.value("/data/a") == "3"
    assert sitting.valid("/data")


def test_nodes_with_prefixes_are_known_by_their_own_names() -> None:
    rules = bind("/data/orx:meta/orx:instanceName", calculate="concat('Visit ', /data/a)")
    sitting = open_form(xform("<a>7</a><orx:meta><orx:instanceID/><orx:instanceName/></orx:meta>", rules, ""))
    assert sitting.value("/data/orx:meta/orx:instanceName") == sitting.value("/data/meta/instanceName") == "Visit 7"
