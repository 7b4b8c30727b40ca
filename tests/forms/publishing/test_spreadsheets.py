"""A form goes out as a spreadsheet, is edited by people, and is published again: the same form, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from forms.library import shipped
from forms.publishing import DEFINITIONS, before, publish
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
