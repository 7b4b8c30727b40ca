"""XLSForm in: the one place that knows pyxform.

A form is read as sheets of rows (for the checks that speak of a sheet and a row) and compiled to an ODK XForm. pyxform
belongs to the `author` extra and is imported inside the functions, so no device ever needs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from forms.authoring_errors import AuthorExtraMissing, Finding, FormRefused, NotCompiled

ROOT = "data"
LARGEST = 50_000_000
"""Bytes of an author's file, unpacked."""
MOST_ROWS = 20_000
"""Rows of one sheet; what is longer belongs in a file beside the form."""
SHEETS = ("survey", "choices", "settings", "entities")
_ROW = re.compile(r"\[row : (\d+)\]")
_SHEET = re.compile(r"[Oo]n the '(\w+)' sheet")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet, with the number an author sees in a spreadsheet."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The text of a cell, or nothing."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a form as its author wrote them."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: Mapping[str, str]
    others: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    """Further sheets by name: entities."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By sheet: its columns as their author ordered them."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An XForm, and what pyxform had to say about it."""

    xml: str
    warnings: tuple[Finding, ...]


def read_workbook(path: Path) -> Workbook:
    """The sheets of a Markdown or .xlsx form."""
    try:
        from pyxform.xls2json_backends import get_xlsform
    except ImportError as missing:
        raise AuthorExtraMissing from missing
    if _is_too_large(path):
        why = "this is larger than any form"
        raise FormRefused((Finding("file", 0, path.name, why, "keep long lists in .csv files beside the form"),))
    try:
        sheets = get_xlsform(path.read_text(encoding="utf-8") if path.suffix == ".md" else path)
    except (
        Exception
    ) as unread:  # a spreadsheet's reader raises whatever its file makes it raise; none of it is for authors
        raise FormRefused((_unread(path),)) from unread
    for name in SHEETS:
        if len(getattr(sheets, name) or ()) > MOST_ROWS:
            why = f"it has more than {MOST_ROWS:,} rows"
            raise FormRefused((Finding(name, MOST_ROWS, name, why, "keep long lists in .csv files beside the form"),))
    settings = sheets.settings[0] if sheets.settings else {}
    return Workbook(
        survey=_rows(sheets.survey),
        choices=_rows(sheets.choices),
        settings={str(key): str(value) for key, value in settings.items()},
        others={"entities": _rows(sheets.entities)} if sheets.entities else {},
        columns={name: _heading(getattr(sheets, f"{name}_header")) for name in SHEETS},
    )


def _is_too_large(path: Path) -> bool:
    """Whether a file holds more than fieldkit reads, packed or unpacked."""
    size = path.stat().st_size
    with suppress(BadZipFile), ZipFile(path) as packed:
        size = sum(each.file_size for each in packed.infolist())
    return size > LARGEST


def _unread(path: Path) -> Finding:
    why = "no sheet of a form could be read from it"
    return Finding("file", 0, path.name, why, "save it as .xlsx, or as .md in UTF-8 with a table for each sheet")


def _heading(told: list[dict[str, None]] | None) -> tuple[str, ...]:
    return tuple(str(column) for column in (told or [{}])[0])


def _rows(lines: list[dict[str, str]] | None) -> tuple[Row, ...]:
    """The rows that hold something; an empty one counts, but is not read."""
    return tuple(
        Row(number, {str(key): str(value) for key, value in line.items()})
        for number, line in enumerate(lines or [], 2)
        if line
    )


def computes(default: str, kind: str) -> bool:
    """Whether pyxform takes a default for an expression, not for a value."""
    try:
        from pyxform.utils import default_is_dynamic
    except ImportError as missing:
        raise AuthorExtraMissing from missing
    return bool(default_is_dynamic(default, kind))


def compile_form(path: Path) -> Compiled:
    """The XForm of a Markdown or .xlsx file."""
    if path.suffix == ".md":
        return compile_markdown(path.read_text(encoding="utf-8"))
    return _compile(path, path.suffix)


def compile_markdown(text: str) -> Compiled:
    """The XForm of a form written as Markdown tables."""
    return _compile(text, ".md")


def _compile(form: str | Path, suffix: str) -> Compiled:
    try:
        from pyxform.errors import PyXFormError
        from pyxform.xls2xform import convert
    except ImportError as missing:
        raise AuthorExtraMissing from missing
    try:
        done = convert(form, file_type=suffix, form_name=ROOT)
    except PyXFormError as refused:
        raise NotCompiled((_finding(str(refused)),)) from refused
    return Compiled(str(done.xform), tuple(_finding(str(warning)).told() for warning in done.warnings))


def _finding(message: str) -> Finding:
    """What pyxform refuses, as a finding with its sheet and row where it names them."""
    row = _ROW.search(message)
    sheet = _SHEET.search(message)
    return Finding(
        sheet=sheet.group(1) if sheet else "survey",
        row=int(row.group(1)) if row else 0,
        word=_quoted(message),
        why=_ROW.sub("", message).strip(),
        instead="correct the cell and publish again",
    )


def _quoted(message: str) -> str:
    """The last word pyxform puts in quotation marks: the one it stumbled over."""
    words = re.findall(r"'([^']+)'", message)
    return words[-1] if words else "form"
