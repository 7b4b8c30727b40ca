"""A submission opened once more: what it says stands, what it leaves out is as the form begins."""

from __future__ import annotations

from forms.headless import Sitting, open_form

PAGE = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>T</h:title><model>
 <instance>{data}</instance>{binds}</model></h:head><h:body>{body}</h:body></h:html>"""


def form(data: str, binds: str, body: str) -> str:
    return PAGE.format(data=data, binds=binds, body=body)


def again(xform: str, sitting: Sitting) -> Sitting:
    return open_form(xform, submission=sitting.submission())


HEATED = form(
    '<data id="heat" version="1"><has>yes</has><fuel>gas</fuel><where><floor>ground</floor></where></data>',
    '<bind nodeset="/data/fuel" relevant="/data/has = \'yes\'"/>'
    '<bind nodeset="/data/where" relevant="/data/has = \'yes\'"/><bind nodeset="/data/where/floor"/>',
    '<input ref="/data/has"/><input ref="/data/fuel"/>'
    '<group ref="/data/where"><input ref="/data/where/floor"/></group>',
)


def test_what_was_not_asked_begins_anew_once_it_is_asked() -> None:
    sitting = open_form(HEATED)
    sitting.answer("/data/has", "no")
    opened = again(HEATED, sitting)
    assert (opened.relevant("/data/fuel"), opened.relevant("/data/where")) == (False, False)
    opened.answer("/data/has", "yes")
    assert (opened.value("/data/fuel"), opened.value("/data/where/floor")) == ("gas", "ground")


def test_what_was_cleared_stays_clear() -> None:
    sitting = open_form(HEATED)
    sitting.answer("/data/fuel", None)
    assert not again(HEATED, sitting).value("/data/fuel")


PETS = form(
    '<data id="pets" version="1"><many/><pet jr:template=""><legs>4</legs><double/></pet></data>',
    '<bind nodeset="/data/many" type="int"/><bind nodeset="/data/pet/legs" type="int"/>'
    '<bind nodeset="/data/pet/double" calculate="../legs * 2"/>',
    '<input ref="/data/many"/><group ref="/data/pet"><repeat nodeset="/data/pet"{count}>'
    '<input ref="/data/pet/legs"/></repeat></group>',
)
COUNTED, FREE = PETS.format(count=' jr:count="/data/many"'), PETS.format(count="")
SENT = {
    "no rows": ("2", "", ["4", "4"]),
    "too few rows": ("3", "<pet><legs>2</legs></pet>", ["2", "4", "4"]),
    "rows without parts": ("2", "<pet/><pet><double>9</double></pet>", ["4", "4"]),
    "as many as counted": ("2", "<pet><legs>8</legs></pet><pet><legs>0</legs></pet>", ["8", "0"]),
}


def test_rows_that_are_counted_are_as_many_as_counted_and_say_what_was_sent() -> None:
    for case, (many, rows, legs) in SENT.items():
        sent = f'<data id="pets" version="1"><many>{many}</many>{rows}</data>'.encode()
        opened = open_form(COUNTED, submission=sent)
        places = range(1, opened.count("/data/pet") + 1)
        assert [opened.value(f"/data/pet[{at}]/legs") for at in places] == legs, case
        assert [opened.value(f"/data/pet[{at}]/double") for at in places] == [str(2 * int(n)) for n in legs], case


def test_rows_come_back_in_their_order_and_a_new_one_follows() -> None:
    sitting = open_form(FREE)
    for legs in ("3", None, "6"):
        row = sitting.add_row("/data/pet")
        if legs is not None:
            sitting.answer(f"{row}/legs", legs)
    opened = again(FREE, sitting)
    opened.add_row("/data/pet", at=2)
    assert [opened.value(f"/data/pet[{at}]/legs") for at in range(1, 5)] == ["3", "4", "4", "6"]


STANDING = form(
    '<data id="stand" version="1"><pet><legs>4</legs></pet><pet><legs>2</legs></pet><meta><instanceID/></meta></data>',
    '<bind nodeset="/data/pet/legs" type="int"/><bind nodeset="/data/meta/instanceID" jr:preload="uid"/>',
    '<group ref="/data/pet"><repeat nodeset="/data/pet"><input ref="/data/pet/legs"/></repeat></group>',
)


def test_rows_that_stand_in_the_form_stand_only_once_and_can_be_gone() -> None:
    sitting = open_form(STANDING)
    assert again(STANDING, sitting).count("/data/pet") == 2
    assert again(STANDING, sitting).submission() == sitting.submission()
    sitting.remove_row("/data/pet[1]")
    assert again(STANDING, sitting).value("/data/pet[1]/legs") == "2"
    sitting.remove_row("/data/pet[1]")
    assert again(STANDING, sitting).count("/data/pet") == 0
