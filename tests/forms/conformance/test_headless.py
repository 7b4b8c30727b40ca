"""The door for judges: a form opened headless, its rows as the model has them, its state by XPath reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from forms.errors import FormError
from forms.headless import open_form
from forms.interview import UnknownPath

HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Boats</h:title><model>'
)
BOATS = f"""{HEAD}
<itext><translation lang="English" default="true()"><text id="n"><value>Name</value></text></translation>
<translation lang="Polish"><text id="n"><value>Imię</value></text></translation></itext>
<instance><data id="boats" version="3"><crew><name>Ola</name><age/><tools jr:template=""><tool/></tools>
<tools><tool>rope</tool></tools></crew><crew><name>Jan</name><age>41</age></crew><sum/><wet>no</wet><late/></data></instance>
<bind nodeset="/data/crew/age" type="int" constraint=". &lt; 100" required="../name != ''"/>
<bind nodeset="/data/sum" type="int" calculate="sum(/data/crew[age != '']/age)"/>
<bind nodeset="/data/late" relevant="/data/wet = 'yes'" readonly="/data/sum &gt; 50"/>
</model></h:head><h:body><group ref="/data/crew"><label>Crew</label><repeat nodeset="/data/crew">
<input ref="/data/crew/name"><label ref="jr:itext('n')"/><hint>As on the list</hint></input>
<input ref="/data/crew/age"><label>Age</label></input>
<repeat nodeset="/data/crew/tools"><input ref="/data/crew/tools/tool"><label>Tool</label></input></repeat>
</repeat></group>
<select1 ref="/data/wet"><label>Wet?</label><item><label>Yes</label><value>yes</value></item>
<item><label>No</label><value>no</value></item></select1>
<input ref="/data/late"><label>Late</label></input></h:body></h:html>"""


def test_rows_that_stand_in_the_model_stand_at_opening() -> None:
    sitting = open_form(BOATS)
    assert [sitting.count(ref) for ref in ("/data/crew", "/data/crew[1]/tools", "/data/crew[2]/tools")] == [2, 1, 0]
    assert sitting.value("/data/crew[1]/tools/tool") == "rope"
    assert sitting.value("/data/sum") == "41"


def test_rows_are_added_at_a_place_and_taken_out() -> None:
    sitting = open_form(BOATS)
    sitting.add_row("/data/crew", at=2)
    assert [sitting.value(f"/data/crew[{at}]/name") for at in (1, 2, 3)] == ["Ola", "Ola", "Jan"]
    sitting.answer("/data/crew[2]/age", "9")
    assert sitting.value("/data/sum") == "50"
    sitting.add_row("/data/crew[3]/tools")
    sitting.remove_row("/data/crew[1]")
    assert [sitting.value(f"/data/crew[{at}]/age") for at in (1, 2)] == ["9", "41"]
    assert sitting.count("/data/crew[2]/tools") == 1


def test_the_state_of_a_question_is_told() -> None:
    sitting = open_form(BOATS)
    assert sitting.required("/data/crew[1]/age")
    assert not sitting.required("/data/wet")
    assert not sitting.valid("/data/crew[1]/age")
    assert sitting.valid("/data/crew[2]")
    sitting.answer("/data/crew[1]/age", "120")
    assert sitting.constraint("/data/crew[1]/age") == "violated"
    assert [each.why for each in sitting.violations()] == ["constraint"]
    sitting.answer("/data/crew[1]/age", "12")
    assert (sitting.constraint("/data/crew[1]/age"), sitting.valid("/data")) == ("ok", True)
    assert not sitting.relevant("/data/late")
    sitting.answer("/data/wet", "yes")
    assert sitting.relevant("/data/late")
    assert sitting.readonly("/data/late")
    assert sitting.readonly("/data/sum")
    assert sitting.choices("/data/wet") == (("yes", "Yes"), ("no", "No"))


def test_words_follow_the_language() -> None:
    sitting = open_form(BOATS, lang="Polish")
    assert (sitting.languages, sitting.label("/data/crew[1]/name")) == (("English", "Polish"), "Imię")
    sitting.set_language("English")
    assert (sitting.label("/data/crew[1]/name"), sitting.hint("/data/crew[2]/name")) == ("Name", "As on the list")
    assert sitting.label("/data/crew") == "Crew"


def test_expressions_are_run_from_a_place() -> None:
    sitting = open_form(BOATS)
    assert sitting.evaluate("count(/data/crew)") == 2
    assert sitting.evaluate("concat(../name, position(..))", "/data/crew[2]/age") == "Jan2"


def test_what_was_sent_is_opened_once_more() -> None:
    sitting = open_form(BOATS)
    sitting.answer("/data/crew[1]/name", "Ewa")
    sitting.remove_row("/data/crew[2]")
    again = open_form(BOATS, submission=sitting.submission())
    assert (again.count("/data/crew"), again.value("/data/crew/name"), again.value("/data/sum")) == (1, "Ewa", "0")
    assert again.value("/data/crew/tools/tool") == "rope"


def test_a_form_is_opened_from_a_file_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "boats.xml"
    file.write_text(BOATS, "utf-8")
    assert open_form(file).count("/data/crew") == 2
    for wrong in (tmp_path / "none.xml", "<a/>", b""):
        with pytest.raises(FormError):
            open_form(wrong)
    for ref in ("/data/nowhere", "/data/crew[9]", "nowhere"):
        with pytest.raises(UnknownPath):
            open_form(file).value(ref)
