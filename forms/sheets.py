"""The survey sheet as lines that know where they stand: group, repeat, path.

Reading only; what is right or wrong about a line is for the lint modules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from forms.xlsform import Row, Workbook

ALIASES = {
    "begin group": "begin_group",
    "end group": "end_group",
    "begin repeat": "begin_repeat",
    "end repeat": "end_repeat",
    "begin loop": "begin_loop",
    "end loop": "end_loop",
    "select one": "select_one",
    "select1": "select_one",
    "select multiple": "select_multiple",
    "select all that apply": "select_multiple",
    "select one external": "select_one_external",
    "int": "integer",
    "string": "text",
    "datetime": "dateTime",
    "photo": "image",
    "trigger": "acknowledge",
    "calculation": "calculate",
    "gps": "geopoint",
    "location": "geopoint",
}
SELECTS = frozenset({"select_one", "select_multiple", "rank", "select_one_from_file", "select_multiple_from_file"})
SILENT = frozenset({"note", "calculate", "hidden", "start", "end", "today", "username", "deviceid"})
"""Lines that ask nobody anything."""
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the survey sheet in its place."""

    row: Row
    kind: str
    """The question type in its one spelling: `select_one`, `begin_repeat` …"""
    listed: str
    """The choice list or file a select names."""
    name: str
    path: tuple[str, ...]
    repeats: tuple[tuple[str, ...], ...]
    """The paths of the repeats around it, outermost first."""

    @property
    def number(self) -> int:
        """The row as a spreadsheet numbers it."""
        return self.row.number

    @property
    def template(self) -> str:
        """Its path in the words of sync: rows as `*`, without the root."""
        steps: list[str] = []
        for depth, name in enumerate(self.path, 1):
            steps.append(name)
            if self.path[:depth] in self.repeats:
                steps.append("*")
        return "/".join(steps)

    def cell(self, column: str) -> str:
        """The text of one of its cells, or nothing."""
        return self.row.get(column)

    @property
    def appearances(self) -> tuple[str, ...]:
        """The words of its appearance."""
        return tuple(self.cell("appearance").split())


def lines(workbook: Workbook) -> tuple[Line, ...]:
    """Every line of the survey sheet, with its path."""
    path: list[str] = []
    repeats: list[tuple[str, ...]] = []
    found = []
    for row in workbook.survey:
        kind, listed = kind_of(row.get("type"))
        name = row.get("name")
        if kind.startswith("end_"):
            _step_out(path, repeats)
            continue
        here = (*path, name)
        if kind == "begin_repeat":
            repeats.append(here)
        found.append(Line(row, kind, listed, name, here, tuple(repeats)))
        if kind.startswith("begin_"):
            path.append(name)
    return tuple(found)


def files_of(line: Line) -> tuple[str, ...]:
    """The files beside the form that a line reads: a list to choose from, or one for its calculations."""
    if line.kind in {"select_one_from_file", "select_multiple_from_file"}:
        return (line.listed,)
    endings = {"csv-external": ".csv", "xml-external": ".xml"}
    return (line.name + endings[line.kind],) if line.kind in endings else ()


def _step_out(path: list[str], repeats: list[tuple[str, ...]]) -> None:
    if repeats and repeats[-1] == tuple(path):
        repeats.pop()
    if path:
        path.pop()


def kind_of(cell: str) -> tuple[str, str]:
    """The type in its one spelling, and the list it names."""
    text = _SPACES.sub(" ", cell.strip())
    for words in (3, 2, 1):
        head = " ".join(text.split(" ")[:words])
        rest = text[len(head) :].strip()
        if head.lower() in ALIASES:
            return ALIASES[head.lower()], rest.split(" ")[0]
    head, _, rest = text.partition(" ")
    return head, rest.split(" ")[0]
