"""Every bind type: what XPath reads of what was typed, what is told of it, and that it is kept as it was typed."""

from __future__ import annotations

import pytest

from forms.interview import Interview
from tests.forms.conformance.xforms import read, sit, xform

OK, TOLD = "", "told"
INT = [
    ("0", "0", OK),
    ("7", "7", OK),
    ("-7", "-7", OK),
    ("+7", "7", OK),
    ("007", "7", OK),
    ("-0", "0", OK),
    (" 5 ", "5", OK),
    ("1e3", "1000", OK),
    ("3.0", "3", OK),
    ("10.1", "10", TOLD),
    ("1.9", "1", TOLD),
    ("-1.9", "-1", TOLD),
    (".5", "0", TOLD),
    ("2147483647", "2147483647", OK),
    ("-2147483648", "-2147483648", OK),
    ("2147483648", "", TOLD),
    ("-2147483649", "", TOLD),
    ("99999999999999999999", "", TOLD),
    ("1e999", "", TOLD),
    ("four", "", TOLD),
    ("4 5", "", TOLD),
    ("4,5", "", TOLD),
    ("0x10", "", TOLD),
    ("NaN", "", TOLD),
    ("Infinity", "", TOLD),
    ("٣", "", TOLD),
    ("--4", "", TOLD),
    ("9" * 5000, "", TOLD),
]
DECIMAL = [
    ("0", "0", OK),
    ("4.5", "4.5", OK),
    ("-4.5", "-4.5", OK),
    ("1.50", "1.50", OK),
    ("+1.5", "1.5", OK),
    (".5", "0.5", OK),
    ("5.", "5", OK),
    (" 2.5 ", "2.5", OK),
    ("1e3", "1000", OK),
    ("1e-2", "0.01", OK),
    ("2147483648", "2147483648", OK),
    ("0.1", "0.1", OK),
    ("1,5", "", TOLD),
    ("1.2.3", "", TOLD),
    ("half", "", TOLD),
    ("1e999", "", TOLD),
    ("Infinity", "", TOLD),
    (".", "", TOLD),
    ("-", "", TOLD),
    ("9" * 5000, "", TOLD),
]
DATE = [
    ("2026-03-02", "2026-03-02", OK),
    ("2024-02-29", "2024-02-29", OK),
    ("1899-12-31", "1899-12-31", OK),
    (" 2026-03-02 ", "2026-03-02", OK),
    ("2026-03-02T14:30:00", "2026-03-02", OK),
    ("2026-03-02T14:30:00.250", "2026-03-02", OK),
    ("2025-02-29", "", TOLD),
    ("2026-13-01", "", TOLD),
    ("2026-23-23", "", TOLD),
    ("2026-3-2", "", TOLD),
    ("02/03/2026", "", TOLD),
    ("13:30:55", "", TOLD),
    ("today", "", TOLD),
    ("2026-03-02T14:30:00Z", "", TOLD),
    ("2026-03-02T14:30:00-08:00", "", TOLD),
    ("2026-03-02T14:30:00+never", "", TOLD),
    ("20260302", "", TOLD),
]
TIME = [
    ("14:30", "14:30", OK),
    ("14:30:05", "14:30:05", OK),
    ("14:30:05.250", "14:30:05.250", OK),
    ("14:30:00.000+01:00", "14:30:00.000+01:00", OK),
    ("00:00", "00:00", OK),
    ("24:30", "24:30", TOLD),
    ("14:61", "14:61", TOLD),
    ("noon", "noon", TOLD),
]
INSTANT = [
    ("2026-03-02T14:30:00", "2026-03-02T14:30:00", OK),
    ("2026-03-02T14:30:00.000Z", "2026-03-02T14:30:00.000Z", OK),
    ("2026-03-02T14:30:00.000+01:00", "2026-03-02T14:30:00.000+01:00", OK),
    ("2026-03-02T25:30:00", "2026-03-02T25:30:00", TOLD),
    ("yesterday", "yesterday", TOLD),
]
POINT = [
    ("51.5 -0.12", "51.5 -0.12", OK),
    ("51.5 -0.12 10", "51.5 -0.12 10", OK),
    ("51.5 -0.12 10 5", "51.5 -0.12 10 5", OK),
    ("-5.299 46.663 0 5", "-5.299 46.663 0 5", OK),
    ("51.50 -0.10", "51.5 -0.1", OK),
    ("  51.5   -0.12 ", "51.5 -0.12", OK),
    ("90 180", "90 180", OK),
    ("-90 -180", "-90 -180", OK),
    ("99 179.9 1200 0", "", TOLD),
    ("89.9 180.1 1300 0", "", TOLD),
    ("north west", "", TOLD),
    ("51.5 -0.12 high 5", "", TOLD),
    ("51.5 -0.12 10 near", "", TOLD),
    ("51.5", "", TOLD),
    ("0 0 0 0", "", TOLD),
    ("51.5, -0.12", "", TOLD),
]
LINE = [
    ("51 -1;52 -2", "51 -1;52 -2", OK),
    ("51 -1 0 0; 52 -2 0 0;", "51 -1 0 0;52 -2 0 0", OK),
    ("51 -1", "", TOLD),
    ("51 -1;north", "", TOLD),
    ("51 -1;;52 -2", "", TOLD),
]
SHAPE = [
    ("51 -1;52 -2;53 -1;51 -1", "51 -1;52 -2;53 -1;51 -1", OK),
    ("51 -1;52 -2", "", TOLD),
    ("51 -1;52 -2;199 0", "", TOLD),
]
TRUTH = [("true", "true", OK), ("false", "false", OK), ("1", "1", OK), ("0", "0", OK), ("maybe", "maybe", TOLD)]
ANY = ["plain", " two  spaces ", "a\nb", "12", "<b>&amp;", "żółw", "1e3", "x" * 3000]
TYPES = {
    "int": INT,
    "integer": INT[:4],
    "xsd:int": INT[:4],
    "decimal": DECIMAL,
    "date": DATE,
    "time": TIME,
    "dateTime": INSTANT,
    "geopoint": POINT,
    "geotrace": LINE,
    "geoshape": SHAPE,
    "boolean": TRUTH,
    **{name: [(each, each, OK) for each in ANY] for name in ("string", "barcode", "intent", "binary", "unheard-of")},
}
CASES = [(name, *case) for name, cases in TYPES.items() for case in cases]


@pytest.fixture(scope="module")
def forms() -> dict[str, Interview]:
    """One sitting for every type: a question, and what the form works out from it."""
    return {
        name: sit(
            xform(
                "<q/><seen/><same/>",
                f'<bind nodeset="/data/q" type="{name}"/><bind nodeset="/data/seen" calculate="/data/q"/>'
                f'<bind nodeset="/data/same" type="{name}" calculate="/data/q"/>',
                '<input ref="/data/q"/>',
            )
        )
        for name in TYPES
    }


@pytest.mark.parametrize(("name", "typed", "expected", "told"), CASES, ids=[f"{c[0]}-{c[1][:30]!r}" for c in CASES])
def test_a_type_reads_what_was_typed(
    forms: dict[str, Interview], name: str, typed: str, expected: str, told: str
) -> None:
    sitting = forms[name]
    wrong = sitting.answer("q", typed).violations
    assert [read(sitting, each) for each in ("q", "seen", "same")] == [expected] * 3
    assert bool(wrong) == bool(told)
    assert all(
        each.why == "constraint" and each.message and (len(typed) < 3 or typed not in each.message) for each in wrong
    )
    assert told == OK or sitting.values()["q"] == typed, "what was typed is lost"
    again = sit_again(sitting)
    assert read(again, "q") == expected
    assert bool(again.violations()) == bool(told)
    sitting.answer("q", None)
    assert (read(sitting, "q"), "q" in sitting.values(), sitting.violations()) == ("", False, ())


def sit_again(sitting: Interview) -> Interview:
    """The same draft, resumed."""
    return Interview(sitting.form, sitting.world, new_id=lambda: "1", answers=sitting.values())


GIVEN = [
    ("int", "2.5", "2"),
    ("int", "many", ""),
    ("decimal", "2.50", "2.50"),
    ("date", "2026-03-02T10:00:00", "2026-03-02"),
    ("geopoint", "51.5 -0.12 0 0", "51.5 -0.12 0 0"),
    ("string", " as it is ", " as it is "),
]


@pytest.mark.parametrize(("name", "held", "expected"), GIVEN)
def test_what_the_form_itself_holds_is_read_by_its_type(name: str, held: str, expected: str) -> None:
    body = '<input ref="/data/q"/>'
    assert read(sit(xform(f"<q>{held}</q>", f'<bind nodeset="/data/q" type="{name}"/>', body)), "q") == expected


WORKED_OUT = [
    ("int", "5.5", "5"),
    ("int", "7 div 2", "3"),
    ("int", "-7 div 2", "-3"),
    ("int", "'x'", ""),
    ("int", "/data/none", ""),
    ("int", "3000000000", ""),
    ("decimal", "7 div 2", "3.5"),
    ("decimal", "1 div 0", ""),
    ("decimal", "0 div 0", ""),
    ("date", "today()", "2026-03-02"),
    ("date", "now()", "2026-03-02"),
    ("date", "date('2026-03-02') + 1", ""),
    ("date", "format-date(date('2026-03-02') + 1, '%Y-%m-%d')", "2026-03-03"),
    ("string", "7 div 2", "3.5"),
    ("boolean", "1 = 1", "true"),
]


@pytest.mark.parametrize(("name", "expression", "expected"), WORKED_OUT)
def test_what_is_worked_out_is_read_by_its_type(name: str, expression: str, expected: str) -> None:
    sitting = sit(xform("<q/>", f'<bind nodeset="/data/q" type="{name}" calculate="{expression}"/>'))
    assert (read(sitting, "q"), sitting.violations()) == (expected, ())


RANGES = [
    (("1", "5", "1"), "int", "1", OK),
    (("1", "5", "1"), "int", "5", OK),
    (("1", "5", "1"), "int", "6", TOLD),
    (("1", "5", "1"), "int", "0", TOLD),
    (("1", "9", "2"), "int", "3", OK),
    (("1", "9", "2"), "int", "4", TOLD),
    (("0", "1", "0.1"), "decimal", "0.3", OK),
    (("0", "1", "0.1"), "decimal", "0.35", TOLD),
    (("10", "0", "1"), "int", "4", OK),
    (("10", "0", "1"), "int", "11", TOLD),
    (("-5", "5", "5"), "int", "-5", OK),
    (("-5", "5", "5"), "int", "0", OK),
    (("", "", ""), "int", "400", OK),
    (("1", "5", "0"), "int", "3", OK),
]


@pytest.mark.parametrize(("ends", "name", "typed", "told"), RANGES)
def test_an_answer_off_its_scale_is_kept_and_told(ends: tuple[str, str, str], name: str, typed: str, told: str) -> None:
    start, end, step = ends
    body = f'<range ref="/data/q" start="{start}" end="{end}" step="{step}"/>'
    sitting = sit(xform("<q/>", f'<bind nodeset="/data/q" type="{name}"/>', body))
    assert bool(sitting.answer("q", typed).violations) == bool(told)
    assert (read(sitting, "q"), sitting.values()["q"]) == (typed, typed)


def test_a_count_takes_the_whole_part_of_a_typed_number() -> None:
    repeat = '<repeat nodeset="/data/kid" jr:count="/data/n"><input ref="/data/kid/a"/></repeat>'
    body = f'<input ref="/data/n"/><group ref="/data/kid">{repeat}</group>'
    model = '<bind nodeset="/data/n" type="int"/>'
    sitting = sit(xform("<n>2.5</n><kid jr:template=''><a/></kid>", model, body))
    rows = [child for child in sitting.instance.root.children if child.name == "kid"]
    assert len(rows) == 2
    sitting.answer("n", "4.5")
    assert len([child for child in sitting.instance.root.children if child.name == "kid"]) == 4


def test_a_relevant_question_that_is_hidden_reads_blank_and_keeps_what_was_typed() -> None:
    model = '<bind nodeset="/data/q" type="int" relevant="/data/on = 1"/>'
    model += '<bind nodeset="/data/seen" calculate="/data/q"/>'
    sitting = sit(xform("<on>1</on><q/><seen/>", model, '<input ref="/data/on"/><input ref="/data/q"/>'))
    sitting.answer("q", "four")
    sitting.answer("on", "0")
    assert (read(sitting, "seen"), sitting.violations(), sitting.values()["q"]) == ("", (), "four")
    sitting.answer("on", "1")
    assert [each.message for each in sitting.violations()] == ["A whole number."]
