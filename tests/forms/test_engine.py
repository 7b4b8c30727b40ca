"""The engine: what is run again after an edit is always what a whole run would give; rows, languages, restoring."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.definition import Form
from forms.errors import FormError
from forms.instance import walk
from forms.interview import Interview, UnknownPath
from forms.library import shipped
from forms.xform import load
from tests.forms.definitions.sitting import TODAY, row_ids, world

HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa" xmlns:fp="urn:fieldkit:form"><h:head><h:title>T</h:title><model>'
)
SYNTHETIC = f"""{HEAD}
<itext>
 <translation lang="en" default="true()"><text id="q"><value>How many?</value></text></translation>
 <translation lang="pl"><text id="q"><value>Ile?</value></text></translation>
</itext>
<instance><data id="t" version="1"><many/><show/><total/><names/><risk/>
 <kids jr:template=""><name/><age/><adult/><note/><toys jr:template=""><toy/><price/></toys><cost/><place/></kids>
 <slots jr:template=""><word/><at/></slots><half/><deep/></data></instance>
<bind nodeset="/data/many" type="int" constraint=". &lt;= 6" jr:constraintMsg="Six at the most." required="true()"/>
<bind nodeset="/data/show" type="string"/>
<bind nodeset="/data/total" type="string" calculate="sum(/data/kids/cost) + count(/data/kids[age &gt; 17])"/>
<bind nodeset="/data/names" type="string" calculate="join(',', /data/kids/name)"/>
<bind nodeset="/data/risk" type="string" relevant="/data/show = 'yes'" fp:merge="ask"/>
<bind nodeset="/data/kids" relevant="/data/show != 'none'"/>
<bind nodeset="/data/kids/name" type="string" required="../age != ''"/>
<bind nodeset="/data/kids/age" type="int"/>
<bind nodeset="/data/kids/adult" type="string" calculate="if(../age &gt; 17, 'yes', 'no')"/>
<bind nodeset="/data/kids/note" type="string" relevant="../adult = 'yes'"/>
<bind nodeset="/data/kids/toys/toy" type="string"/>
<bind nodeset="/data/kids/toys/price" type="int" relevant="../toy != ''"/>
<bind nodeset="/data/kids/cost" type="string" calculate="sum(../toys/price)"/>
<bind nodeset="/data/kids/place" type="string" calculate="position(..)"/>
<bind nodeset="/data/slots/at" type="string" calculate="concat(../word, position(..))"/>
<bind nodeset="/data/half" type="string" calculate="/data/total div 2"/>
<bind nodeset="/data/deep" type="string" calculate="count(/data/kids//*[. = 'x'])"/>
</model></h:head><h:body>
<input ref="/data/many"><label ref="jr:itext('q')"/></input><input ref="/data/show"><label>Show</label></input>
<input ref="/data/risk"><label>Risk</label></input>
<group ref="/data/kids"><label>Kid</label><repeat nodeset="/data/kids"><input ref="/data/kids/name"><label>Name</label>
</input><input ref="/data/kids/age"><label>Age of <output value="../name"/></label></input>
<input ref="/data/kids/note"><label>Note</label></input><group ref="/data/kids/toys"><label>Toy</label>
<repeat nodeset="/data/kids/toys"><input ref="/data/kids/toys/toy"><label>Toy</label></input>
<input ref="/data/kids/toys/price"><label>Price</label></input></repeat></group></repeat></group>
<group ref="/data/slots"><label>Slot</label><repeat nodeset="/data/slots" jr:count="/data/many">
<input ref="/data/slots/word"><label>Word</label></input></repeat></group>
</h:body></h:html>"""
WORDS = ("", "x", "yes", "none", "3", "18", "40")


@cache
def synthetic() -> Form:
    return load(SYNTHETIC.encode())


def opened(form: Form, answers: Any = None) -> Interview:
    ids = row_ids()
    return Interview(form, world(TODAY), new_id=lambda: next(ids), answers=answers, begins_empty=True)


def state(interview: Interview) -> list[tuple[str, str | None, str, bool]]:
    return [(node.template, node.row, node.text, node.relevant) for node in walk(interview.instance.root)]


def full(interview: Interview) -> list[tuple[str, str | None, str, bool]]:
    interview.instance.run_all()
    interview.instance.settle()
    return state(interview)


def edits(data: st.DataObject, interview: Interview, most: int) -> None:
    """A random run of answers, rows added and rows taken out."""
    for _ in range(data.draw(st.integers(1, most))):
        nodes = list(walk(interview.instance.root))
        rows = [n for n in nodes if n.row is not None and interview.form.groups[n.template].count is None]
        verb = data.draw(st.sampled_from(("answer", "answer", "answer", "add", "remove")))
        if verb == "remove" and rows:
            interview.remove_row(path_of(data.draw(st.sampled_from(rows))))
        elif verb == "add":
            repeats = [f"{path_of(n)}/{short}".lstrip("/") for n in nodes for short in repeats_below(interview, n)]
            if repeats and len(rows) < 12:
                interview.add_row(data.draw(st.sampled_from(repeats)))
        else:
            asked = [n for n in nodes if interview.kinds.get(n.template, "calculate") not in ("calculate", "note")]
            node = data.draw(st.sampled_from(asked))
            choices = [choice.value for choice in interview.question(path_of(node)).choices]
            interview.answer(path_of(node), data.draw(st.sampled_from(choices or WORDS)))


def path_of(node: Any) -> str:
    from forms.answers import path_of as told

    return told(node)


def repeats_below(interview: Interview, node: Any) -> list[str]:
    free = [template for template in interview.form.rows if interview.form.groups[template].count is None]
    own = [template for template in free if template.rpartition("/")[0] == node.template]
    return [template.rpartition("/")[2] for template in own]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_run_again_is_what_a_whole_run_gives(data: st.DataObject) -> None:
    interview = opened(synthetic())
    edits(data, interview, 25)
    assert state(interview) == full(interview)


@pytest.mark.parametrize("name", sorted(shipped()))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_same_holds_for_every_shipped_form(name: str, data: st.DataObject) -> None:
    interview = opened(load_shipped(name))
    edits(data, interview, 20)
    assert state(interview) == full(interview)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", sorted(shipped()))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_same_holds_for_many_runs(name: str, data: st.DataObject) -> None:
    interview = opened(load_shipped(name))
    edits(data, interview, 60)
    assert state(interview) == full(interview)


@cache
def load_shipped(name: str) -> Form:
    return load(shipped()[name].xml.encode())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_was_typed_is_restored_as_it_was(data: st.DataObject) -> None:
    interview = opened(synthetic())
    edits(data, interview, 20)
    again = opened(synthetic(), interview.values())
    assert again.values() == interview.values()
    assert again.filed() == interview.filed()


def test_a_nested_repeat_counts_only_its_own_row() -> None:
    form = opened(synthetic())
    rows = [form.add_row("kids"), form.add_row("kids")]
    for row, price in zip(rows, ("2", "5"), strict=True):
        toy = form.add_row(f"{row}/toys")
        form.answer(f"{toy}/toy", "bear")
        form.answer(f"{toy}/price", price)
    assert [form.question(f"{row}/cost").value for row in rows] == ["2", "5"]
    assert form.question("total").value == "7"
    assert [form.question(f"{row}/place").value for row in rows] == ["1", "2"]
    form.remove_row(rows[0])
    assert form.question(f"{rows[1]}/place").value == "1"
    assert form.question("half").value == "2.5"


def test_a_computed_number_of_rows_is_kept_and_its_words_stay_while_it_grows() -> None:
    form = opened(synthetic())
    form.answer("many", "2")
    first = next(path for path in form.values() if path.startswith("slots/")).rsplit("/", 1)[0]
    form.answer(f"{first}/word", "hello")
    form.answer("many", "4")
    assert sum(path.endswith("/@order") for path in form.values()) == 4
    assert form.question(f"{first}/word").value == "hello"
    form.answer("many", "0")
    assert not any(path.startswith("slots/") for path in form.values())


def test_rows_that_the_form_counts_are_not_added_or_taken_out_by_hand() -> None:
    form = opened(synthetic())
    form.answer("many", "1")
    with pytest.raises(FormError):
        form.add_row("slots")
    with pytest.raises(FormError):
        form.remove_row(next(path for path in form.values() if path.startswith("slots/")).rpartition("/")[0])


def test_what_is_worked_out_cannot_be_answered() -> None:
    with pytest.raises(FormError):
        opened(synthetic()).answer("total", "7")


def test_a_question_that_is_not_asked_keeps_its_answer_in_the_draft_and_leaves_on_filing() -> None:
    form = opened(synthetic())
    form.answer("show", "yes")
    row = form.add_row("kids")
    form.answer(f"{row}/age", "40")
    form.answer(f"{row}/note", "tall")
    form.answer(f"{row}/age", "4")
    assert form.values()[f"{row}/note"] == "tall"
    assert f"{row}/note" not in form.filed()


def test_a_safeguarding_answer_is_filed_even_when_it_is_no_longer_asked() -> None:
    form = opened(synthetic())
    form.answer("show", "yes")
    form.answer("risk", "high")
    form.answer("show", "no")
    assert form.filed()["risk"] == "high"


def test_a_wrong_answer_is_kept_and_told() -> None:
    form = opened(synthetic())
    assert form.answer("many", "lots").violations[0].message == "A whole number."
    assert form.answer("many", "7").violations[0].message == "Six at the most."
    assert form.question("many").value == "7"
    assert form.answer("many", "6").violations == ()


def test_a_reason_for_no_answer_satisfies_and_reads_blank_and_is_never_an_answer() -> None:
    form = opened(synthetic())
    assert [each.path for each in form.missing()] == ["many"]
    form.not_recorded("many", "not-known")
    assert form.missing() == ()
    assert form.values()["many@not-recorded"] == "not-known"
    assert "many" not in form.values()
    form.answer("many", "1")
    assert "many@not-recorded" not in form.values()
    with pytest.raises(FormError):
        form.not_recorded("many", "because")


def test_the_five_reasons_stay_apart_from_blank_and_from_each_other() -> None:
    codes = ("not-asked", "not-known", "prefers-not-to-say", "not-applicable", "not-safe-to-ask-now")
    filed = []
    for code in codes:
        form = opened(synthetic())
        form.not_recorded("show", code)
        filed.append(form.filed()["show@not-recorded"])
    assert filed == list(codes)
    assert "show@not-recorded" not in opened(synthetic()).filed()


def test_labels_follow_answers_and_languages() -> None:
    form = opened(synthetic())
    row = form.add_row("kids")
    form.answer(f"{row}/name", "Ada [Smith]")
    assert form.question(f"{row}/age").label == "Age of Ada [Smith]"
    assert form.question("many").label == "How many?"
    form.set_language("pl")
    assert form.question("many").label == "Ile?"


@pytest.mark.parametrize("path", ["", "nowhere", "kids", "kids/1/name", "many/many", "../data", "kids/", "@order"])
def test_a_path_that_is_not_there_is_told(path: str) -> None:
    with pytest.raises(UnknownPath):
        opened(synthetic()).answer(path, "x")


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]>' + SYNTHETIC.encode(),
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        ("<a>" * 5_000 + "</a>" * 5_000).encode(),
        SYNTHETIC.replace("<many/>", "<d>" * 100 + "</d>" * 100).encode(),
        SYNTHETIC.replace("/data/total div 2", "/data/deep")
        .replace("count(/data/kids//*[. = 'x'])", "/data/half")
        .encode(),
        SYNTHETIC.replace("position(..)", "(1 +").encode(),
        SYNTHETIC.replace("position(..)", "balloon(1)").encode(),
    ],
    ids=[
        "empty",
        "cut",
        "no-form",
        "doctype",
        "entity",
        "deep",
        "deep-instance",
        "cycle",
        "syntax",
        "unknown-function",
    ],
)
def test_a_hostile_or_broken_form_is_refused_by_the_engines_own_error(xml: bytes) -> None:
    with pytest.raises(FormError):
        load(xml)


def test_a_cycle_is_refused_by_naming_both_nodes() -> None:
    looped = SYNTHETIC.replace("/data/total div 2", "/data/deep").replace("count(/data/kids//*[. = 'x'])", "/data/half")
    with pytest.raises(FormError, match=r"/data/(half|deep) and /data/(half|deep)"):
        load(looped.encode())
