"""A form goes out as a spreadsheet, is edited by people, and is published again: the same form, word for word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from forms.authoring_errors import SheetsNotHeld
from forms.library import NotPublished, sealed, shipped
from forms.publishing import DEFINITIONS, before, definition_of, publish
from forms.spreadsheet import write_markdown, write_spreadsheet

HOSTILE = """
| survey | | | |
| | type | name | label |
| | text | a | =HYPERLINK("file:x";"y") |
| | text | b | +1 \\| @sum -2 |

| settings | | | |
| | form_id | form_title | version |
| | trial | =1+1 | 1 |
"""


@pytest.mark.parametrize("form", sorted(shipped()))
def test_a_spreadsheet_of_a_form_publishes_the_same_form(form: str, tmp_path: Path) -> None:
    write_spreadsheet(DEFINITIONS / f"{form}.md", tmp_path / "sheet.xlsx")
    assert publish(tmp_path / "sheet.xlsx").hash == shipped()[form].hash


def test_tables_from_a_spreadsheet_publish_the_same_form(tmp_path: Path) -> None:
    write_spreadsheet(DEFINITIONS / "agreement.md", tmp_path / "sheet.xlsx")
    write_markdown(tmp_path / "sheet.xlsx", tmp_path / "again.md")
    assert publish(tmp_path / "again.md").hash == shipped()["agreement"].hash


def test_nothing_in_a_spreadsheet_is_a_formula(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    (tmp_path / "form.md").write_text(HOSTILE, encoding="utf-8")
    write_spreadsheet(tmp_path / "form.md", tmp_path / "sheet.xlsx")
    sheets = load_workbook(tmp_path / "sheet.xlsx")
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert '=HYPERLINK("file:x";"y")' in [cell.value for cell in cells]


def test_a_change_made_in_the_spreadsheet_is_told_before_it_ships(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    write_spreadsheet(DEFINITIONS / "visit.md", tmp_path / "sheet.xlsx")
    book = load_workbook(tmp_path / "sheet.xlsx")
    for row in book["survey"].iter_rows():
        if row[1].value == "purpose":
            row[1].value = "aim"
    book["settings"]["C2"].value = "2026.2"
    book.save(tmp_path / "sheet.xlsx")
    plan = before(publish(tmp_path / "sheet.xlsx"), shipped()["visit"])
    assert [(step.what, step.path) for step in plan.steps if step.what != "carried"] == [("orphaned", "a/when/purpose")]


def test_a_published_form_becomes_a_spreadsheet_of_the_definition_that_publishes_the_same(tmp_path: Path) -> None:
    (tmp_path / "sent.json").write_text(shipped()["session"].to_json(), encoding="utf-8")
    assert definition_of(tmp_path / "sent.json") == DEFINITIONS / "session.md"
    (tmp_path / "form.md").write_text(HOSTILE.replace("=1+1", "Trial"), encoding="utf-8")
    form = publish(tmp_path / "form.md")
    (tmp_path / "form.json").write_text(form.to_json(), encoding="utf-8")
    assert definition_of(tmp_path / "form.json") == tmp_path / "form.md"
    write_spreadsheet(tmp_path / "form.md", tmp_path / "kept.xlsx")
    (tmp_path / "kept.json").write_text(form.to_json(), encoding="utf-8")
    assert publish(definition_of(tmp_path / "kept.json")).hash == form.hash


def test_a_published_form_without_its_definition_is_refused_with_the_cure(tmp_path: Path) -> None:
    form = shipped()["session"]
    for stem, beside in (("alone", ""), ("changed", HOSTILE), ("broken", "| survey | |\n| | type |\n| | osm |\n")):
        (tmp_path / f"{stem}.json").write_text(sealed(replace(form, title=stem)).to_json(), encoding="utf-8")
        if beside:
            (tmp_path / f"{stem}.md").write_text(beside, encoding="utf-8")
        with pytest.raises(SheetsNotHeld) as refused:
            definition_of(tmp_path / f"{stem}.json")
        assert "published from" in refused.value.cure
    (tmp_path / "none.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NotPublished):
        definition_of(tmp_path / "none.json")
