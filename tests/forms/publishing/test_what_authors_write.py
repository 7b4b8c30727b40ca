"""What spreadsheets really hold: columns under other names, empty rows, curly quotes, references to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from forms.linting import lint
from forms.publishing import publish
from forms.xlsform import read_workbook

SETTINGS = """
| settings | | | | |
| | form_id | form_title | version | namespaces |
| | t | T | 1 | fp="urn:fieldkit:form" |
"""
CHOICES = """
| choices | | | | |
| | list_name | name | label | town |
| | l | a | A | north |
| | l | b | B | south |
"""


def sheet(columns: str, *rows: str, choices: str = CHOICES, settings: str = SETTINGS) -> str:
    """A form; cells of a row stand between semicolons."""
    told = [columns, *rows]
    lines = ["| | " + " | ".join(each.replace("|", "\\|").split(";")) + " |" for each in told]
    return f"| survey |{' |' * len(columns.split(';'))}\n" + "\n".join(lines) + "\n" + choices + settings


Q = "type;name;label;"
CASES: dict[str, tuple[str, str, str]] = {
    # What stands in the sheet, what is told, each as `row word` or `row ~word` for a warning.
    "calculate for calculation": (Q + "calculate", "calculate;c;;today();text;q;Q;", "2 ~today()"),
    "relevance for relevant": (Q + "relevance", "text;q;Q;frob()", "2 frob"),
    "a column in capitals": (Q + "Relevant", "text;q;Q;id('x') = 1", "2 id("),
    "a bind column": (Q + "bind::constraint", "text;q;Q;. = $who", "2 $variable"),
    "a bind column with one colon": (Q + "bind:relevant", "text;q;Q;frob()", "2 frob"),
    "read only with a blank": (Q + "read only", "text;q;Q;frob()", "2 frob"),
    "count for repeat_count": (Q + "count", "begin repeat;r;R;count();text;q;Q;;end repeat;;;", "2 count"),
    "a default that computes": (Q + "default", "text;q;Q;frob(1)", "2 frob"),
    "a default that is words": (Q + "default", "text;q;Q;see note b", ""),
    "a disabled line": (Q + "disabled", "text;q;Q;;geotrace;g;G;yes", ""),
    "curly quotes": (Q + "relevant", "text;q;Q;;text;p;P;${q} = \u2018a\u2019", ""),
    "a path to nothing, relative": (Q + "relevant", "text;q;Q;../nothing = 1", "2 /data/nothing"),
    "a prefix on a node": (Q + "relevant", "text;q;Q;../zz:q = 1", "2 /data/zz:q"),
    "a prefix on a function": (Q + "relevant", "text;q;Q;zz:today() = 1", "2 zz"),
    "meta is there": (Q + "calculation", "text;q;Q;;calculate;c;;/data/meta/instanceID", ""),
    "a list that is not there": (Q + "calculation", "text;q;Q;;calculate;c;;count(instance('no')/root/item)", "3 no"),
    "a list that is there": (Q + "calculation", "select_one l;q;Q;;calculate;c;;count(instance('l')/root/item)", ""),
    "a filter by a column": (Q + "choice_filter", "select_one l;q;Q;town = 'north'", ""),
    "a filter by no column": (Q + "choice_filter", "select_one l;q;Q;city = 'north'", "2 city"),
    "an unknown digest": (Q + "constraint", "text;q;Q;digest(concat(., 'x'), 'ROT13') != ''", "2 ROT13"),
    "a weak digest of a call": (Q + "constraint", "text;q;Q;digest(concat(., 'x'), 'SHA-1') != ''", "2 ~SHA-1"),
    "one part once, one not": (Q + "calculation", "text;q;Q;;calculate;c;;concat(once(uuid()), now())", "3 ~now()"),
    "all of it once": (Q + "calculation", "text;q;Q;;calculate;c;;once(concat(uuid(), now()))", ""),
    "a sum from a row within": (
        Q + "calculation",
        "begin repeat;r;R;;integer;x;X;;begin repeat;s;S;;text;q;Q;;calculate;c;;sum(${x});end repeat;;;;end repeat;;;",
        "6 ~sum(${x})",
    ),
    "a sum of rows within": (
        Q + "calculation",
        "begin repeat;r;R;;begin repeat;s;S;;integer;x;X;;end repeat;;;;calculate;c;;sum(${x});end repeat;;;",
        "",
    ),
    "a hundred and one rows": (Q + "repeat_count", "begin repeat;r;R;101;text;q;Q;;end repeat;;;", "2 ~101"),
    "voice": (Q + "bind::fp:voice", "text;q;Q;maybe", "2 bind::fp:voice = maybe"),
    "export": (Q + "bind::fp:export", "text;q;Q;family", "2 bind::fp:export = family"),
    "upgrade": (Q + "bind::fp:upgrade", "text;q;Q;always", "2 bind::fp:upgrade = always"),
    "where it was": (Q + "bind::fp:was", "text;q;Q;a/b/c", ""),
    "where it never was": (Q + "bind::fp:was", "text;q;Q;over there", "2 bind::fp:was = over there"),
    "an end that is a number only": (Q + "bind::fp:anchors", "range;q;Q;0 |10 ", "2 q"),
    "no question": (Q + "calculation", "note;n;N;;calculate;c;;1", "0 type"),
} | {
    f"a reference to nothing in {column}": (Q + column, "text;q;Q;${nobody}", "2 nobody")
    for column in ("hint", "constraint_message", "required_message", "default", "trigger", "relevant", "constraint")
}


def cut(cells: str, width: int) -> list[str]:
    """One row after another, from cells in a line."""
    told = cells.split(";")
    told += [""] * (-len(told) % width)
    return [";".join(told[at : at + width]) for at in range(0, len(told), width)]


def told(path: Path) -> str:
    """What was found, as the cases have it."""
    found = lint(read_workbook(path))
    every = sorted((*found.refused, *found.warned), key=lambda each: each.row)
    assert all(each.instead for each in every)
    return "|".join(f"{each.row} {'~' if each.warning else ''}{each.word}" for each in every)


@pytest.mark.parametrize("case", CASES)
def test_what_stands_in_a_cell_is_judged_whatever_its_column_is_called(tmp_path: Path, case: str) -> None:
    columns, cells, expected = CASES[case]
    (tmp_path / "t.md").write_text(sheet(columns, *cut(cells, len(columns.split(";")))), encoding="utf-8")
    assert told(tmp_path / "t.md") == expected


def test_a_choice_that_speaks_of_nobody_is_told_by_its_own_row(tmp_path: Path) -> None:
    choices = CHOICES + "| | l | c | Like ${nobody} | north |\n"
    (tmp_path / "t.md").write_text(sheet("type;name;label", "select_one l;q;Q", choices=choices), encoding="utf-8")
    assert told(tmp_path / "t.md") == "4 nobody"


@pytest.mark.parametrize(("name", "value"), [("form_id", "a/b"), ("form_id", "a b"), ("version", "1@2")])
def test_a_form_and_its_version_are_named_by_plain_letters(tmp_path: Path, name: str, value: str) -> None:
    settings = SETTINGS.replace("| t |", f"| {value} |") if name == "form_id" else SETTINGS.replace("| 1 |", "| 1@2 |")
    (tmp_path / "t.md").write_text(sheet("type;name;label", "text;q;Q", settings=settings), encoding="utf-8")
    assert told(tmp_path / "t.md") == f"2 {value}"


def test_an_attribute_of_the_form_needs_its_prefix_too(tmp_path: Path) -> None:
    settings = "\n| settings | | | | |\n| | form_id | form_title | version | attribute::zz:x |\n| | t | T | 1 | y |\n"
    (tmp_path / "t.md").write_text(sheet("type;name;label", "text;q;Q", settings=settings), encoding="utf-8")
    assert told(tmp_path / "t.md") == "2 attribute::zz:x"


def test_a_file_that_a_calculation_looks_things_up_in_goes_with_the_form(tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_text("name,post\nhill,H1\n", encoding="utf-8")
    row = "calculate;c;;pulldata('towns', 'post', 'name', ${q})"
    (tmp_path / "t.md").write_text(sheet(Q + "calculation", "text;q;Q;", row), encoding="utf-8")
    assert dict(publish(tmp_path / "t.md").files) == {"towns.csv": "name,post\nhill,H1\n"}


def test_empty_rows_of_a_spreadsheet_count_but_are_not_read(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in {
        "survey": [
            ["type", "name", "label"],
            ["text", "q", "Q"],
            [],
            [],
            ["geotrace", "g", "G"],
            ["select_one l", "s", "S"],
        ],
        "choices": [["list_name", "name", "label"], ["l", "a", "A"], [], [], ["l", "a", "B"]],
        "settings": [["form_id", "form_title", "version"], ["t", "T", "1"]],
    }.items():
        written = book.create_sheet(name)
        for row in rows:
            written.append(row)
    book.save(tmp_path / "t.xlsx")
    found = lint(read_workbook(tmp_path / "t.xlsx"))
    assert [(each.sheet, each.row, each.word) for each in found.refused] == [
        ("choices", 5, "a"),
        ("survey", 5, "geotrace"),
    ]
