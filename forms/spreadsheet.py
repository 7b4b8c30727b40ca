"""A form's sheets as a spreadsheet that people edit, or as Markdown tables that versions are compared in.

Both can be published again and give the same form. Needs the `author` extra, imported inside the function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from forms.authoring_errors import AuthorExtraMissing
from forms.xlsform import Workbook, read_workbook

WIDEST = 60
"""Characters a column is at most wide."""
Table = tuple[tuple[str, ...], tuple[Mapping[str, str], ...]]


def write_spreadsheet(source: Path, target: Path) -> None:
    """Write the sheets of a Markdown or .xlsx form as .xlsx. Every cell is text: nothing in it is ever worked out."""
    try:
        from openpyxl import Workbook as Book
        from openpyxl.styles import Font
    except ImportError as missing:
        raise AuthorExtraMissing from missing
    book = Book()
    book.remove(book.active)
    for name, (columns, rows) in tables(read_workbook(source)).items():
        sheet = book.create_sheet(name)
        for at, line in enumerate([dict(zip(columns, columns, strict=True)), *rows], 1):
            for place, column in enumerate(columns, 1):
                if line.get(column):
                    cell = sheet.cell(at, place)
                    cell.value = line[column]
                    # A cell that begins with = would be a formula: it is the author's words.
                    cell.data_type = "s"
                    cell.font = Font(bold=at == 1)
        for place, column in enumerate(columns, 1):
            widest = max(len(line.get(column, "")) for line in [{column: column}, *rows])
            sheet.column_dimensions[sheet.cell(1, place).column_letter].width = min(widest + 2, WIDEST)
        sheet.freeze_panes = "C2"
    book.save(target)


def write_markdown(source: Path, target: Path) -> None:
    """Write the sheets of a form as Markdown tables."""
    blocks = ["\n".join(_lines(name, *table)) for name, table in tables(read_workbook(source)).items()]
    target.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def tables(workbook: Workbook) -> dict[str, Table]:
    """Every sheet that holds something: its columns, and its rows."""
    sheets = {
        "survey": [row.cells for row in workbook.survey],
        "choices": [row.cells for row in workbook.choices],
        "settings": [workbook.settings] if workbook.settings else [],
        **{name: [row.cells for row in rows] for name, rows in workbook.others.items()},
    }
    return {name: (_columns(workbook, name, rows), tuple(rows)) for name, rows in sheets.items() if rows}


def _columns(workbook: Workbook, name: str, rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The author's columns in their order, but for those that are empty."""
    filled = {column for row in rows for column in row}
    return tuple(column for column in workbook.columns[name] if column in filled)


def _lines(name: str, columns: tuple[str, ...], rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield f"| {name} |" + " |" * len(columns)
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        yield "| | " + " | ".join(_escaped(row.get(column, "")) for column in columns) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
