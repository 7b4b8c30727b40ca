"""Small forms as their authors write them, compiled and run: defaults, triggers, new rows, choice filters, size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forms.errors import FormError
from forms.headless import open_form
from forms.interview import Interview
from forms.xform import LARGEST, load
from forms.xlsform import compile_form
from tests.forms.definitions.sitting import TODAY, row_ids, world

SETTINGS = "\n| settings | | | |\n| | form_title | form_id | version |\n| | Trial | trial | 1 |\n"
Scenario = Callable[..., Interview]


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """Opens a form from its Markdown sheets; `answers` restores instead of beginning."""

    def opened(sheets: str, answers: object = None) -> Interview:
        file = tmp_path / "trial.md"
        file.write_text("\n".join(line.strip() for line in sheets.splitlines()) + SETTINGS, "utf-8")
        ids = row_ids()
        form = load(compile_form(file).xml.encode())
        return Interview(form, world(TODAY), new_id=lambda: next(ids), answers=answers, begins_empty=True)  # type: ignore[arg-type]

    return opened


def test_a_hidden_question_is_not_asked_for(scenario: Scenario) -> None:
    visit = scenario("""
        | survey |         |          |          |          |             |
        |        | type    | name     | label    | required | relevant    |
        |        | integer | age      | Age      | yes      |             |
        |        | text    | guardian | Guardian | yes      | ${age} < 18 |
    """)
    visit.answer("age", "34")
    assert visit.missing() == ()
    visit.answer("age", "12")
    assert [each.path for each in visit.missing()] == ["guardian"]


DEFAULTS = """
    | survey |              |       |       |                |
    |        | type         | name  | label | default        |
    |        | date         | seen  | Seen  | today()        |
    |        | text         | place | Place | home           |
    |        | begin_repeat | kids  | Kid   |                |
    |        | date         | since | Since | today()        |
    |        | text         | order | Order | position(..)   |
    |        | end_repeat   |       |       |                |
"""


def test_defaults_stand_when_a_form_is_begun_and_not_when_it_is_resumed(scenario: Scenario) -> None:
    begun = scenario(DEFAULTS)
    assert (begun.question("seen").value, begun.question("place").value) == (TODAY.isoformat(), "home")
    begun.answer("seen", "2026-02-27")
    begun.answer("place", None)
    again = scenario(DEFAULTS, begun.values())
    assert again.question("seen").value == "2026-02-27"


def test_a_new_row_begins_with_its_own_defaults(scenario: Scenario) -> None:
    form = scenario(DEFAULTS)
    rows = [form.add_row("kids"), form.add_row("kids")]
    assert [form.question(f"{row}/since").value for row in rows] == [TODAY.isoformat()] * 2
    form.answer(f"{rows[0]}/since", "2025-01-01")
    form.add_row("kids")
    assert form.question(f"{rows[0]}/since").value == "2025-01-01"


def test_a_trigger_sets_its_target_when_its_source_changes_and_never_else(scenario: Scenario) -> None:
    form = scenario("""
        | survey |           |         |          |              |           |
        |        | type      | name    | label    | calculation  | trigger   |
        |        | text      | wish    | Wish     |              |           |
        |        | text      | other   | Other    |              |           |
        |        | text      | marked  | Marked   | concat('on ', ${wish}) | ${wish} |
    """)
    assert form.question("marked").value is None
    form.answer("other", "x")
    assert form.question("marked").value is None
    form.answer("wish", "sleep")
    assert form.question("marked").value == "on sleep"


def test_choices_are_narrowed_by_another_answer_and_a_choice_that_went_is_told(scenario: Scenario) -> None:
    form = scenario("""
        | survey  |                  |        |        |                 |
        |         | type             | name   | label  | choice_filter   |
        |         | select_one area  | area   | Area   |                 |
        |         | select_one place | place  | Place  | area=${area}    |
        | choices |                  |        |        |                 |
        |         | list_name        | name   | label  | area            |
        |         | area             | north  | North  |                 |
        |         | area             | south  | South  |                 |
        |         | place            | mill   | Mill   | north           |
        |         | place            | ferry  | Ferry  | south           |
        |         | place            | quarry | Quarry | south           |
    """)
    assert form.question("place").choices == ()
    form.answer("area", "south")
    assert [choice.value for choice in form.question("place").choices] == ["ferry", "quarry"]
    form.answer("place", "quarry")
    assert form.violations() == ()
    form.answer("area", "north")
    assert form.question("place").value == "quarry"
    assert [(each.path, each.why) for each in form.violations()] == [("place", "constraint")]


def test_several_choices_are_a_list_in_the_order_of_the_choices(scenario: Scenario) -> None:
    form = scenario("""
        | survey  |                      |       |       |
        |         | type                 | name  | label |
        |         | select_multiple need | needs | Needs |
        | choices |                      |       |       |
        |         | list_name            | name  | label |
        |         | need                 | food  | Food  |
        |         | need                 | rent  | Rent  |
    """)
    form.answer("needs", ["rent", "food"])
    assert form.values()["needs"] == ["food", "rent"]
    assert form.answer("needs", ["rent", "gold"]).violations[0].message == "This is none of the choices."


def test_a_form_of_unreasonable_size_is_refused_unread() -> None:
    with pytest.raises(FormError, match="larger"):
        load(b" " * (LARGEST + 1))


def test_questions_may_be_called_as_xforms_calls_its_own_parts() -> None:
    xml = (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>T</h:title>'
        '<model><itext><translation lang="en"><text id="l"><value>Words</value></text></translation></itext>'
        '<instance><data id="t"><translation/><setvalue/><itext/><model/><bind/></data></instance>'
        '<bind nodeset="/data/translation" type="string"/><bind nodeset="/data/setvalue" type="string"/></model>'
        '</h:head><h:body><input ref="/data/translation"><label ref="jr:itext(\'l\')"/></input>'
        '<input ref="/data/setvalue"><label>S</label></input></h:body></h:html>'
    )
    sitting = open_form(xml)
    sitting.answer("/data/setvalue", "x")
    assert sitting.label("/data/translation") == "Words"
    assert sitting.value("/data/setvalue") == "x"
    assert sitting.languages == ("en",)
