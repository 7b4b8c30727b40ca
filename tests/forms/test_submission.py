"""ODK submissions: what is written, what reads back, what is refused."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings

from forms.answers import NOT_RECORDED, Value, path_of
from forms.errors import FormError
from forms.instance import walk
from forms.interview import Interview
from forms.submission import of_interview, to_xml
from forms.submission_reading import NotASubmission, UnknownPlaces, from_xml, read
from forms.xform import load
from tests.forms.sent_values import ID, NESTED, every_form, flat_values, nested, opened


@pytest.mark.parametrize("id", sorted(every_form()))
def test_what_was_exported_reads_back_the_same(id: str) -> None:
    form = every_form()[id]

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(flat_values(form))
    def holds(values: dict[str, Value]) -> None:
        assert from_xml(form, to_xml(form, values, instance_id=ID)) == values
        some = to_xml(form, values, instance_id=ID, asked=lambda path: len(path) % 3 != 0)
        assert from_xml(form, some) == values

    holds()


@pytest.mark.parametrize("id", sorted(every_form()))
def test_an_empty_form_is_a_submission_that_says_nothing(id: str) -> None:
    form = every_form()[id]
    sent = read(form, to_xml(form, {}, instance_id=ID))
    assert (sent.values, sent.orphans, sent.instance_id, sent.version) == ({}, (), ID, form.version)


def test_a_draft_survives_being_sent_and_opened_again() -> None:
    interview = opened(nested())
    house = interview.add_row("house")
    room = interview.add_row(f"{house}/room")
    interview.answer(f"{room}/use", "attic")
    window = interview.add_row(f"{room}/window")
    interview.answer(f"{window}/glass", "clear")
    interview.answer("street", "Mill Lane")
    interview.answer("after", "said before")
    interview.not_recorded(f"{house}/number", "not-known")
    interview.voice(f"{house}/note", "child")
    interview.answer(f"{room}/use", "cellar")
    interview.answer("street", "")
    interview.answer("photo", {"hash": "ab12", "name": "door.png"})
    values = interview.values()
    sent = of_interview(interview).xml
    assert b"<glass" not in sent
    assert b"<after" not in sent
    assert opened(nested(), from_xml(nested(), sent)).values() == values
    assert {"after", f"{window}/glass"} <= values.keys()


ODD = (
    "]]>",
    "\x00\x1b",
    "👩‍👧",
    "\u202eשלום",
    "&<'\"",
    " x ",
    "\r\n",
    "e\u0301",
    "\uffff",
    "1",
    "2026-01-02",
    "yes",
    "NaN",
    "OK",
    "a b",
)


def disturb(interview: Interview, chance: random.Random) -> None:
    """One thing that somebody does to a form, sensible or not."""
    nodes = list(walk(interview.instance.root))
    node = chance.choice([each for each in nodes if each.template in interview.kinds])
    path = path_of(node)
    if chance.random() < 0.25:
        parents = [(each, r) for each in nodes for r in interview.form.rows if r.rpartition("/")[0] == each.template]
        parent, repeat = chance.choice(parents or [(node, "none/none")])
        interview.add_row(f"{path_of(parent)}/{repeat.rpartition('/')[2]}".strip("/"))
    verbs: list[Callable[[], object]] = [
        lambda: interview.not_recorded(path, chance.choice(NOT_RECORDED)),
        lambda: interview.voice(path, chance.choice(ODD)),
        lambda: interview.answer(path, [chance.choice(ODD), "a"]),
        lambda: interview.answer(path, {"hash": "ab", "name": chance.choice(ODD)}),
        lambda: interview.answer(path, chance.choice(ODD)),
        lambda: interview.answer(path, None),
    ]
    chance.choice(verbs)()


@pytest.mark.parametrize("id", sorted(every_form()))
def test_any_sitting_goes_out_and_comes_back(id: str) -> None:
    form = every_form()[id]
    for seed in range(4):
        interview, chance = opened(form), random.Random(seed)
        for _ in range(40):
            with suppress(FormError):
                disturb(interview, chance)
        sent = read(form, of_interview(interview).xml)
        assert opened(form, sent.restoring).values() == interview.values(), seed
        assert read(form, of_interview(interview, marks=False).xml).orphans == (), seed


WRITTEN = """
| case              | answers                             | holds                                             |
| plain             | street=Mill Lane                    | <street>Mill Lane</street>                        |
| blank             |                                     | <street/>                                         |
| markup            | street=a<b&c]]>                     | <street>a&lt;b&amp;c]]&gt;</street>               |
| emoji             | street=🧒                           | <street>🧒</street>                               |
| composed          | street=e\u0301                      | <street>\u00e9</street>                           |
| id and version    |                                     | <data id="houses" version="3">                    |
| not asked is out  | street=                             | <street/><photo/>                                 |
| asked is in       | street=x                            | <street>x</street><after/>                        |
| namespaced meta   |                                     | <orx:instanceID>uuid:0                            |
| own marks are out | street=\x1b                         | <street>\ufffd</street>                           |
| a file is named   | photo=door.png                      | <photo>door.png</photo>                           |
"""


def test_a_plain_submission_is_what_other_odk_programs_send() -> None:
    for case, answers, holds in re.findall(r"^\| ([^|]+?) +\| ([^|]*?) *\| ([^|]+?) +\|$", WRITTEN, re.M)[1:]:
        interview = opened(nested())
        for answer in filter(None, answers.split(";")):
            path, _, value = answer.partition("=")
            interview.answer(path, value)
        text = of_interview(interview, marks=False).xml.decode()
        plain = text.replace(' xmlns:orx="http://openrosa.org/xforms"', "")
        assert holds in plain, case
        assert "fieldkit" not in text, case


def test_an_answer_that_cannot_stand_is_sent_blank_and_kept() -> None:
    interview = opened(nested())
    row = interview.add_row("house")
    interview.answer(f"{row}/number", "about four")
    values = interview.values()
    assert values[f"{row}/number"] == "about four"
    assert b"about four" not in of_interview(interview, marks=False).xml
    sent = of_interview(interview).xml
    assert opened(nested(), from_xml(nested(), sent)).values() == values
    assert from_xml(nested(), sent.replace(b'fp:shown=""/>', b'fp:shown="">5</number>'))[f"{row}/number"] == "5"


def test_a_default_that_somebody_took_away_stays_away() -> None:
    form = load(NESTED.replace(b"<street/>", b"<street>Mill Lane</street>"))
    sent = read(form, b'<data id="houses" version="3"><street/></data>')
    assert (sent.values, sent.cleared) == ({}, ("street",))
    assert opened(form, sent.restoring).values() == {}
    assert read(form, b'<data id="houses" version="3"/>').cleared == ()


def test_rows_stand_where_the_form_has_them_in_their_order() -> None:
    interview = opened(nested())
    first, second = interview.add_row("house"), interview.add_row("house")
    for row, number in ((first, "1"), (second, "2")):
        interview.answer(f"{row}/number", number)
    text = of_interview(interview, marks=False).xml.decode()
    assert re.search(r"<street/><house><number>1<.*</house><house><number>2<.*</house><photo/>", text)
    interview.remove_row(first)
    assert "<number>1" not in of_interview(interview, marks=False).xml.decode()


def test_a_form_without_meta_is_given_its_id() -> None:
    bare = load(NESTED.replace(b"<orx:meta><orx:instanceID/></orx:meta>", b""))
    text = to_xml(bare, {}, instance_id=ID).decode()
    assert 'xmlns:orx="http://openrosa.org/xforms"' in text
    assert re.search(r"<orx:meta[^>]*><orx:instanceID[^>]*>uuid:", text)
    assert read(bare, text.encode()).instance_id == ID


def test_rows_of_another_program_are_given_ids_and_places() -> None:
    sent = b'<data id="houses" version="3"><house><number>4</number></house>\n<house><number>6</number></house></data>'
    assert from_xml(nested(), sent) == {
        "house/1/@order": "a0000001",
        "house/1/number": "4",
        "house/2/@order": "a0000002",
        "house/2/number": "6",
    }
    made = iter(["7aa", "7bb"])
    assert "house/7bb/number" in from_xml(nested(), sent, new_id=lambda: next(made))


def test_an_answer_changed_by_another_program_is_taken_as_changed() -> None:
    sent = to_xml(nested(), {"photo": {"hash": "ab", "name": "a.png"}, "street": "\x01"}, instance_id=ID)
    changed = read(nested(), sent.replace(b">a.png<", b">b.png<").replace("\ufffd".encode(), b"Mill"))
    assert changed.values == {"photo": "b.png", "street": "Mill"}
    assert changed.told


UNKNOWN = {
    "an unknown question": ("<roof>red</roof>", ["roof"]),
    "an unknown group": ("<roof><tile>1</tile><tile>2</tile></roof>", ["roof/tile", "roof/tile"]),
    "a question twice": ("<street>a</street><street>b</street>", ["street"]),
    "a question with parts": ("<street><end>b</end></street>", ["street/end"]),
    "loose words": ("<house>words<number>1</number></house>", ["house/1"]),
    "an unknown reason": (
        '<street xmlns:f="urn:fieldkit:form" f:not-recorded="because">a</street>',
        ["street@not-recorded"],
    ),
}


def test_what_the_form_has_no_place_for_is_refused_by_name_or_kept() -> None:
    for case, (inside, places) in UNKNOWN.items():
        sent = f'<data id="houses" version="3">{inside}</data>'.encode()
        with pytest.raises(UnknownPlaces) as refused:
            from_xml(nested(), sent)
        assert list(refused.value.places) == places, case
        assert "red" not in str(refused.value)
        kept = read(nested(), sent, keep_unknown=True)
        assert [orphan.path for orphan in kept.orphans] == places, case


LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
)
HOSTILE = {
    "not XML": b"street",
    "nothing": b"",
    "half": b"<data><street>",
    "another form": b'<data id="flats" version="3"/>',
    "another root": b'<form id="houses" version="3"/>',
    "another version": b'<data id="houses" version="2"/>',
    "a laugh": f'{LAUGHS}]><data id="houses" version="3"><street>&m;</street></data>'.encode(),
    "a file": b'<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    b'<data id="houses" version="3"><street>&f;</street></data>',
    "a bare document type": b'<!DOCTYPE data><data id="houses" version="3"/>',
    "an outside one": b'<!DOCTYPE data SYSTEM "http://localhost:9/x"><data id="houses" version="3"/>',
    "deep": b'<data id="houses" version="3">' + b"<house>" * 10_000 + b"</house>" * 10_000 + b"</data>",
    "wide": b'<data id="houses" version="3">' + b"<x/>" * 300_000 + b"</data>",
    "huge": b" " * 20_000_001,
    "halves": b'<data id="houses" version="3"><street>&#xD800;</street></data>',
    "a control": b'<data id="houses" version="3"><street>&#1;</street></data>',
}


def test_hostile_submissions_are_refused_by_name() -> None:
    for case, sent in HOSTILE.items():
        with pytest.raises(NotASubmission) as refused:
            read(nested(), sent, keep_unknown=case == "wide")
        assert refused.value.said, case


def test_hostile_marks_are_contained() -> None:
    own = 'xmlns:f="urn:fieldkit:form"'
    for inside in (
        '<house f:row="../../x"><number>1</number></house>',
        '<house f:row="1@kind" f:order="\u202e"><number>1</number></house>',
        '<house f:row="1"><number>1</number></house><house f:row="1"><number>2</number></house>',
        '<street f:exact="[1,2]">a</street>',
        f'<street f:exact="{"[" * 5000}">a</street>',
    ):
        told = read(nested(), f'<data {own} id="houses" version="3">{inside}</data>'.encode())
        assert told.told, inside
        assert all(re.fullmatch(r"street|house/\d+/(number|@order)", path) for path in told.values), inside
    beside = '<f:beside><f:kept path="@kind">"person"</f:kept><f:kept path="x">{</f:kept></f:beside>'
    kept = read(nested(), f'<data {own} id="houses" version="3">{beside}</data>'.encode(), keep_unknown=True)
    assert not kept.values
    assert len(kept.orphans) == 2


def test_many_rows_are_read_in_the_time_of_reading() -> None:
    rows = "".join(f'<house f:row="{at % 7 if at % 2 else "x"}"><number>1</number></house>' for at in range(20_000))
    sent = f'<data xmlns:f="urn:fieldkit:form" id="houses" version="3">{rows}</data>'.encode()
    values = from_xml(nested(), sent)
    assert len(values) == 40_000
    assert len(set(values)) == 40_000


def test_a_megabyte_reads_back_the_same() -> None:
    values: dict[str, Value] = {"street": "né ]]> 👩‍👧 \u202e\r\n" * 60_000}
    assert from_xml(nested(), to_xml(nested(), values, instance_id=ID)) == values
