"""Rows counted by what the rows themselves say: one more as long as somebody says yes, in a row and in rows."""

from __future__ import annotations

import pytest

from forms.headless import Sitting, open_form
from tests.forms.conformance.xforms import xform


def repeat(at: str, count: str, inside: str) -> str:
    return f'<group ref="{at}"><repeat nodeset="{at}" jr:count="{count}">{inside}</repeat></group>'


def until(above: str, said: str = "more") -> str:
    """The rule that authors write: as many rows as there are, and one more when the last says yes."""
    last = f"{above}/row[position() = {above}/have]/{said} = 'yes'"
    more = f"if({above}/have = 0 or {last}, {above}/have + 1, {above}/have)"
    return f'calculate="{more}"'


def plain() -> Sitting:
    binds = f'<bind nodeset="/data/have" calculate="count(/data/row)"/><bind nodeset="/data/want" {until("/data")}/>'
    body = repeat("/data/row", "/data/want", "<input ref='/data/row/more'/>")
    return open_form(xform("<have/><want/><row><more/></row>", binds, body))


def test_one_more_row_comes_as_long_as_the_last_says_yes() -> None:
    sitting = plain()
    seen = [sitting.count("/data/row")]
    for place, said in ((1, "yes"), (2, "yes"), (3, "no"), (3, "yes")):
        sitting.answer(f"/data/row[{place}]/more", said)
        seen.append(sitting.count("/data/row"))
    assert seen == [1, 2, 3, 3, 4]


def test_the_same_inside_the_rows_of_another_repeat() -> None:
    binds = '<bind nodeset="/data/o/have" calculate="count(../row)"/>' + f'<bind nodeset="/data/o/want" {until("..")}/>'
    inner = repeat("/data/o/row", "../want", "<input ref='/data/o/row/more'/>")
    body = f'<group ref="/data/o"><repeat nodeset="/data/o">{inner}</repeat></group>'
    sitting = open_form(xform("<o><have/><want/><row><more/></row></o>", binds, body))
    sitting.answer("/data/o[1]/row[1]/more", "yes")
    sitting.add_row("/data/o")
    sitting.answer("/data/o[2]/row[1]/more", "yes")
    sitting.answer("/data/o[2]/row[2]/more", "yes")
    assert (sitting.count("/data/o[1]/row"), sitting.count("/data/o[2]/row")) == (2, 3)


@pytest.mark.timeout(20)
def test_rows_that_would_never_end_are_ended() -> None:
    binds = '<bind nodeset="/data/n" calculate="count(/data/row) + 1"/>'
    body = repeat("/data/row", "/data/n", "<input ref='/data/row/x'/>")
    assert 1 <= open_form(xform("<n/><row><x/></row>", binds, body)).count("/data/row") <= 1_000
