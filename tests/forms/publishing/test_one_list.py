"""Whoever finds it (we, pyxform or the engine): an author gets one list, by sheet and row, each row told once."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from forms.authoring_errors import Finding, FormRefused, NotCompiled
from forms.publishing import check, in_order, publish
from forms.xlsform import LARGEST, MOST_ROWS

SETTINGS = "\n| settings | | | |\n| | form_id | form_title | version |\n| | trial | A trial | 1 |\n"
HEAD = "| survey | | | | | |\n| | type | name | label | calculation | appearance |\n"
ROWS = {
    "fine": "| | text | {n} | Fine | | |",
    "ours": "| | geotrace | {n} | Ours | | |",
    "ours too": "| | text | {n} | Ours | | annotate |",
    "pyxform": "| | text | {n} x | A space in the name | | |",
    "engine": "| | calculate | {n} | | ${{{n}}} + 1 | |",
    "a list": "| | select_one_from_file parks.csv | {n} | Park | | |",
    "more": "| | csv-external | more | | | |",
}
CASES: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...] = (
    (("fine", "engine"), (3,)),
    (("pyxform", "fine"), (2,)),
    (("engine", "fine", "ours", "fine"), (2, 4)),
    (("ours too", "fine", "engine", "ours"), (2, 4, 5)),
    (("pyxform", "ours"), (2, 3)),
    (("a list", "ours"), (2, 3)),
    (("ours", "ours"), (2, 3)),
)


def form(folder: Path, kinds: tuple[str, ...]) -> Path:
    file = folder / "trial.md"
    rows = "\n".join(ROWS[kind].format(n=f"q{at}") for at, kind in enumerate(kinds))
    file.write_text(HEAD + rows + "\n" + SETTINGS, encoding="utf-8")
    return file


def test_what_everybody_found_stands_in_one_list_by_row(tmp_path: Path) -> None:
    for kinds, rows in CASES:
        with pytest.raises(FormRefused) as refused:
            publish(form(tmp_path, kinds))
        assert tuple(each.row for each in refused.value.findings) == rows, kinds


def test_a_form_that_only_pyxform_stumbles_over_is_said_not_to_compile(tmp_path: Path) -> None:
    with pytest.raises(NotCompiled):
        publish(form(tmp_path, ("pyxform", "fine")))


def test_a_row_that_is_told_is_not_told_again_and_nothing_is_said_of_no_row() -> None:
    ours = (Finding("survey", 4, "x", "", ""), Finding("choices", 9, "x", "", ""))
    further = (Finding("survey", 4, "y", "", ""), Finding("survey", 0, "y", "", ""), Finding("survey", 2, "y", "", ""))
    told = [(each.sheet, each.row, each.word) for each in in_order(ours, further)]
    assert told == [("choices", 9, "x"), ("survey", 2, "y"), ("survey", 4, "x")]
    assert in_order((), further[1:2]) == further[1:2]


def test_check_counts_the_lists_beside_a_form(tmp_path: Path) -> None:
    for name in ("parks", "more"):
        (tmp_path / f"{name}.csv").write_text("name,label\np1,Mill Meadow\n", encoding="utf-8")
    counted = check(form(tmp_path, ("a list", "a list", "more", "fine")))
    assert counted.lists == 2
    assert check(form(tmp_path, ("fine",))).lists == 0


def test_a_spreadsheet_that_unpacks_to_far_more_than_a_form_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "trial.xlsx"
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (LARGEST + 1))
    with pytest.raises(FormRefused) as refused:
        check(file)
    assert (refused.value.findings[0].sheet, refused.value.findings[0].word) == ("file", "trial.xlsx")


def test_a_sheet_of_more_rows_than_fieldkit_reads_is_refused_by_its_name(tmp_path: Path) -> None:
    choices = "| choices | | | |\n| | list_name | name | label |\n" + "| | l | n | N |\n" * (MOST_ROWS + 1)
    file = form(tmp_path, ("fine",))
    file.write_text(choices + file.read_text("utf-8"), encoding="utf-8")
    with pytest.raises(FormRefused) as refused:
        check(file)
    assert (refused.value.findings[0].sheet, refused.value.findings[0].row) == ("choices", MOST_ROWS)


@pytest.mark.parametrize(
    ("name", "held"),
    [("trial.xlsx", b"no spreadsheet"), ("trial.xlsx", b""), ("trial.md", b""), ("trial.md", b"\xff\xfe| survey |")],
)
def test_a_file_that_is_no_form_is_refused_by_its_name(tmp_path: Path, name: str, held: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(held)
    with pytest.raises(FormRefused) as refused:
        check(file)
    (found,) = refused.value.findings
    assert (found.sheet, found.row, found.word) == ("file", 0, name)
