"""The survey sheet as lines that know where they stand: group, repeat, path.

Reading only; what is right or wrong about a line is for the lint modules. XLSForm has several spellings for most
columns; the rules know one of each (`plain`), so that none of them is passed by with another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

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
SURVEY_HEADINGS = {
    "calculate": "calculation",
    "bind::calculate": "calculation",
    "relevance": "relevant",
    "bind::relevant": "relevant",
    "bind::constraint": "constraint",
    "bind::required": "required",
    "bind::readonly": "readonly",
    "read_only": "readonly",
    "constraining_message": "constraint_message",
    "bind::jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "bind::jr:requiredmsg": "required_message",
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "body::jr:count": "repeat_count",
    "control::jr:count": "repeat_count",
    "body::appearance": "appearance",
    "control::appearance": "appearance",
}
CHOICE_HEADINGS = {"value": "name", "caption": "label"}
SETTING_HEADINGS = {"title": "form_title", "set_form_title": "form_title", "id_string": "form_id"} | {
    "set_form_id": "form_id"
}
CHOICE_COLUMNS = frozenset({"list_name", "name", "label"})
YES = frozenset({"yes", "true", "true()"})
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_SINGLE_COLON = re.compile(r"^(bind|body|control|instance|label|hint|media)\s*:(?!:)")
_PULLED = re.compile(r"\bpulldata\s*\(\s*['\"]([^'\"]+)['\"]")
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


def plain(workbook: Workbook) -> Workbook:
    """The same sheets with each column in its one spelling, as pyxform will read them."""
    settings = {SETTING_HEADINGS.get(_snake(name), _snake(name)): told for name, told in workbook.settings.items()}
    return replace(
        workbook,
        survey=tuple(Row(row.number, _spelt(row.cells)) for row in workbook.survey),
        choices=tuple(
            Row(row.number, {_choice_heading(name): told for name, told in row.cells.items()})
            for row in workbook.choices
        ),
        settings={**workbook.settings, **settings},
    )


def _spelt(cells: Mapping[str, str]) -> dict[str, str]:
    # A spreadsheet turns quotation marks into curly ones as one types; pyxform turns them back.
    return {_survey_heading(name): told.translate(_QUOTES) for name, told in cells.items()}


def _snake(name: str) -> str:
    return "_".join(name.split()).lower()


def _survey_heading(name: str) -> str:
    head, *rest = (part.strip() for part in _SINGLE_COLON.sub(r"\1::", name.strip()).split("::"))
    spelt = "::".join([SURVEY_HEADINGS.get(_snake(head), _snake(head)), *rest])
    return SURVEY_HEADINGS.get(spelt.lower(), spelt)


def _choice_heading(name: str) -> str:
    head, *rest = (part.strip() for part in name.split("::"))
    spelt = CHOICE_HEADINGS.get(_snake(head), _snake(head))
    return "::".join([spelt, *rest]) if spelt in CHOICE_COLUMNS else name


def lines(workbook: Workbook) -> tuple[Line, ...]:
    """Every line of the survey sheet that is not disabled, with its path."""
    path: list[str] = []
    repeats: list[tuple[str, ...]] = []
    found = []
    for row in plain(workbook).survey:
        if row.get("disabled").strip().lower() in YES:
            continue
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
    endings = {"csv-external": ".csv", "xml-external": ".xml"}
    listed = [line.listed] if line.kind in {"select_one_from_file", "select_multiple_from_file"} else []
    listed += [line.name + endings[line.kind]] if line.kind in endings else []
    pulled = (name for text in line.row.cells.values() for name in _PULLED.findall(text))
    listed += [name if name.endswith(".csv") else f"{name}.csv" for name in pulled]
    return tuple(dict.fromkeys(listed))


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
