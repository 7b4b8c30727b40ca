"""Repeats: rows that stand, are counted, added at a place and taken out; what their expressions see."""

from __future__ import annotations

from itertools import product

import pytest

from forms.errors import FormError
from forms.headless import Sitting, open_form
from tests.forms.conformance.xforms import xform

INNER = "<repeat nodeset='/data/r/s'><input ref='/data/r/s/k'/><input ref='/data/r/s/v'/></repeat>"


def repeat(attributes: str = "", inner: str = "") -> str:
    return (
        f"<group ref='/data/r'><repeat nodeset='/data/r'{attributes}><input ref='/data/r/q'/>{inner}</repeat></group>"
    )


def rows(said: str) -> str:
    return "".join(f"<r><q>{word}</q><v/></r>" for word in said)


def column(sitting: Sitting, name: str = "q") -> str:
    return "".join(f"[{sitting.value(f'/data/r[{at}]/{name}')}]" for at in range(1, sitting.count("/data/r") + 1))


COUNTS = [
    ("0", 0), ("1", 1), ("3", 3), ("2.9", 2), ("2.1", 2), ("0.9", 0), ("-1", 0), ("-0.5", 0), ("", 0), ("many", 0),
    ("1e1", 0), (" 4 ", 4), ("007", 7),
]  # fmt: skip


@pytest.mark.parametrize(("said", "wanted"), COUNTS)
@pytest.mark.parametrize("standing", ["", "x", "xyz"])
def test_a_count_makes_that_many_rows(said: str, wanted: int, standing: str) -> None:
    model = f"<n/><r jr:template=''><q/><v/></r>{rows(standing)}"
    sitting = open_form(xform(model, "", "<input ref='/data/n'/>" + repeat(" jr:count='/data/n'")))
    sitting.answer("/data/n", said)
    assert sitting.count("/data/r") == wanted
    with pytest.raises(FormError):
        sitting.add_row("/data/r")


@pytest.mark.parametrize(("first", "then", "last"), list(product((0, 1, 3), repeat=3)))
def test_rows_of_a_count_come_and_go_from_the_end(first: int, then: int, last: int) -> None:
    sitting = open_form(
        xform("<n/><r jr:template=''><q/><v/></r>", "", "<input ref='/data/n'/>" + repeat(" jr:count='/data/n'"))
    )
    sitting.answer("/data/n", str(first))
    for at in range(first):
        sitting.answer(f"/data/r[{at + 1}]/q", str(at))
    sitting.answer("/data/n", str(then))
    sitting.answer("/data/n", str(last))
    kept = min(first, then, last)
    assert column(sitting) == "".join(f"[{at}]" for at in range(kept)) + "[]" * (last - kept)


PLACES = [(None, "[a][b][]"), (1, "[][a][b]"), (2, "[a][][b]"), (3, "[a][b][]"), (9, "[a][b][]"), (0, "[a][b][]")]


@pytest.mark.parametrize(("at", "wanted"), PLACES)
def test_a_row_goes_in_at_its_place(at: int | None, wanted: str) -> None:
    rule = "<bind nodeset='/data/r/v' calculate='position(..)'/>"
    sitting = open_form(xform(f"<r jr:template=''><q/><v/></r>{rows('ab')}", rule, repeat()))
    sitting.add_row("/data/r", at)
    assert (column(sitting), column(sitting, "v")) == (wanted, "[1][2][3]")
    again = open_form(
        xform(f"<r jr:template=''><q/><v/></r>{rows('ab')}", rule, repeat()), submission=sitting.submission()
    )
    assert column(again) == wanted


SEEN = [
    ("position(..)", "[1][2][3]", "[1][2]"),
    ("count(../../r)", "[3][3][3]", "[2][2]"),
    ("count(/data/r)", "[3][3][3]", "[2][2]"),
    ("../q * 2", "[2][4][6]", "[4][6]"),
    ("sum(../../r/q)", "[6][6][6]", "[5][5]"),
    ("sum(/data/r/q)", "[6][6][6]", "[5][5]"),
    ("/data/r[1]/q", "[1][1][1]", "[2][2]"),
    ("/data/r[last()]/q", "[3][3][3]", "[3][3]"),
    ("/data/r[position() = 2]/q", "[2][2][2]", "[3][3]"),
    ("../preceding-sibling::r[1]/q", "[][1][2]", "[][2]"),
    ("../following-sibling::r[1]/q", "[2][3][]", "[3][]"),
    ("count(../preceding-sibling::r)", "[0][1][2]", "[0][1]"),
    ("count(../following-sibling::r)", "[2][1][0]", "[1][0]"),
    ("indexed-repeat(/data/r/q, /data/r, 2)", "[2][2][2]", "[3][3]"),
    ("indexed-repeat(/data/r/q, /data/r, position(..) - 1)", "[][1][2]", "[][2]"),
    ("/data/r[position() = position(current()/..) - 1]/q", "[][1][2]", "[][2]"),
    ("count(/data/r[q > current()/../q])", "[2][1][0]", "[1][0]"),
    ("max(/data/r/q)", "[3][3][3]", "[3][3]"),
    ("min(/data/r/q)", "[1][1][1]", "[2][2]"),
    ("join('', /data/r/q)", "[123][123][123]", "[23][23]"),
    ("concat(/data/r/q)", "[123][123][123]", "[23][23]"),
    ("count(//q)", "[3][3][3]", "[2][2]"),
    ("string(current()/../q)", "[1][2][3]", "[2][3]"),
    ("if(position(..) = 1, 'first', 'later')", "[first][later][later]", "[first][later]"),
]


@pytest.mark.parametrize(("told", "before", "after"), SEEN, ids=[told for told, _, _ in SEEN])
def test_what_a_row_sees_moves_when_a_row_goes(told: str, before: str, after: str) -> None:
    rule = f'<bind nodeset="/data/r/v" calculate="{told.replace("<", "&lt;").replace(">", "&gt;")}"/>'
    sitting = open_form(xform(rows("123"), rule, repeat()))
    assert column(sitting, "v") == before
    sitting.remove_row("/data/r[1]")
    assert column(sitting, "v") == after


OUTSIDE = [
    ("count(/data/r)", "3", "2"),
    ("sum(/data/r/q)", "6", "4"),
    ("count(/data/r[q > 1])", "2", "1"),
    ("/data/r[2]/q", "2", "3"),
    ("/data/r/q", "1", "1"),
    ("/data/r[q = 3]/q", "3", "3"),
    ("join('-', /data/r/q)", "1-2-3", "1-3"),
    ("string-length(concat(/data/r/q))", "3", "2"),
    ("indexed-repeat(/data/r/q, /data/r, 2)", "2", "3"),
    ("count-non-empty(/data/r/q)", "3", "2"),
    ("/data/r[last()]/q", "3", "3"),
    ("count(//r)", "3", "2"),
    ("sum(//q)", "6", "4"),
    ("position(/data/r[3])", "3", ""),
]


@pytest.mark.parametrize(("told", "before", "after"), OUTSIDE, ids=[told for told, _, _ in OUTSIDE])
def test_what_stands_outside_sees_rows_go(told: str, before: str, after: str) -> None:
    rule = f'<bind nodeset="/data/t" calculate="{told.replace("<", "&lt;").replace(">", "&gt;")}"/>'
    sitting = open_form(xform(rows("123") + "<t/>", rule, repeat()))
    seen = sitting.value("/data/t")
    sitting.remove_row("/data/r[2]")
    assert seen == before
    assert sitting.value("/data/t") == after or after == ""


NESTED = "<r jr:template=''><q/><s jr:template=''><k/><v/></s></r><r><q>1</q><s><k>2</k><v/></s><s><k>3</k><v/></s></r>"
INSIDE = [
    ("position(..)", "1 2 1"),
    ("position(../..)", "1 1 2"),
    ("../../q", "1 1 "),
    ("count(../../s)", "2 2 1"),
    ("sum(../../s[k != '']/k)", "5 5 0"),
    ("count(/data/r/s)", "3 3 3"),
    ("count(../../../r)", "2 2 2"),
    ("../k + 1", "3 4 "),
    ("concat(position(../..), '.', position(..))", "1.1 1.2 2.1"),
    ("indexed-repeat(/data/r/s/k, /data/r, 1, /data/r/s, 2)", "3 3 3"),
]


@pytest.mark.parametrize(("told", "wanted"), INSIDE, ids=[told for told, _ in INSIDE])
def test_a_row_in_a_row_sees_its_own(told: str, wanted: str) -> None:
    sitting = open_form(xform(NESTED, f'<bind nodeset="/data/r/s/v" calculate="{told}"/>', repeat(inner=INNER)))
    sitting.add_row("/data/r")
    sitting.add_row("/data/r[2]/s")
    places = ("/data/r[1]/s[1]/v", "/data/r[1]/s[2]/v", "/data/r[2]/s[1]/v")
    assert " ".join(sitting.value(place) for place in places) == wanted


def test_a_repeat_without_adding_and_removing_stays_as_it_is() -> None:
    sitting = open_form(xform(rows("ab"), "", repeat(" jr:noAddRemove='true()'")))
    for change in (lambda: sitting.add_row("/data/r"), lambda: sitting.remove_row("/data/r[1]")):
        with pytest.raises(FormError):
            change()
    assert column(sitting) == "[a][b]"


def test_only_what_is_no_template_stands_at_opening_and_a_new_row_is_the_template() -> None:
    sitting = open_form(xform("<r jr:template=''><q>t</q><v/></r><r><q>a</q><v/></r>", "", repeat()))
    sitting.add_row("/data/r")
    assert column(sitting) == "[a][t]"
    assert open_form(xform("<r jr:template=''><q/></r>", "", repeat())).count("/data/r") == 0


def test_counts_wait_for_counts() -> None:
    body = "<input ref='/data/n'/>" + repeat(
        " jr:count='/data/n'", "<repeat nodeset='/data/r/s' jr:count='../q'><input ref='/data/r/s/k'/></repeat>"
    )
    model = "<n>2</n><r jr:template=''><q>2</q><s jr:template=''><k/></s></r><t/>"
    sitting = open_form(xform(model, "<bind nodeset='/data/t' calculate='count(/data/r/s)'/>", body))
    seen = [sitting.value("/data/t")]
    for place, said in (("/data/r[1]/q", "3"), ("/data/n", "3"), ("/data/r[3]/q", "0"), ("/data/n", "1")):
        sitting.answer(place, said)
        seen.append(sitting.value("/data/t"))
    assert seen == ["4", "5", "7", "5", "3"]


def test_repeats_run_five_deep() -> None:
    model, body, path = "<k/>", "", "/data"
    names = ("e1", "e2", "e3", "e4", "e5")
    deepest = "/data/" + "/".join(names)
    for name in reversed(names):
        model = f"<{name}>{model}</{name}>"
    body = f"<input ref='{deepest}/k'/>"
    for end in range(len(names), 0, -1):
        body = f"<repeat nodeset='/data/{'/'.join(names[:end])}'>{body}</repeat>"
    sitting = open_form(xform(model + "<t/>", f"<bind nodeset='/data/t' calculate='sum({deepest}/k)'/>", body))
    for name in names[:-1]:
        path += f"/{name}[1]"
    sitting.add_row(f"{path}/e5")
    sitting.answer(f"{path}/e5[1]/k", "4")
    sitting.answer(f"{path}/e5[2]/k", "5")
    assert sitting.value("/data/t") == "9"
