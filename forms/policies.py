"""The policy table of a form: how each of its paths is merged, how it is classed, what it is ordered by.

The table is compiled when a form is published and is all that central needs to know of a form (SYNC section 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from forms.sheets import SILENT, Line

PREFIX = "bind::fp:"
SCALAR = frozenset({"last", "ask", "first", "local"})
ORDERED = SCALAR | {"max", "min"}
FITS = {
    "text": SCALAR | {"text"},
    "integer": ORDERED,
    "decimal": ORDERED,
    "range": ORDERED,
    "date": ORDERED,
    "time": ORDERED,
    "dateTime": ORDERED,
    "select_one": SCALAR,
    "select_one_from_file": SCALAR,
    "select_multiple": SCALAR | {"set"},
    "select_multiple_from_file": SCALAR | {"set"},
    "rank": SCALAR,
    "acknowledge": SCALAR,
    "image": SCALAR,
    "audio": SCALAR,
    "video": SCALAR,
    "file": SCALAR,
    "geopoint": SCALAR,
    "barcode": SCALAR,
    "hidden": SCALAR,
    "begin_repeat": frozenset({"set", "append"}),
}
"""Which policies fit which type. A type that is missing takes none."""
POLICIES = frozenset().union(*FITS.values())
SENSITIVITIES = frozenset(
    {"ordinary", "special", "criminal", "third-party", "staff-only", "childs-confidence", "restricted"}
)
CONFLICT_CLASSES = frozenset({"A", "B", "C"})
DATA_TYPES = {
    "text": "string",
    "integer": "int",
    "decimal": "decimal",
    "range": "int",
    "date": "date",
    "time": "time",
    "dateTime": "dateTime",
    "select_multiple": "list",
    "select_multiple_from_file": "list",
    "rank": "list",
    "image": "attachment",
    "audio": "attachment",
    "video": "attachment",
    "file": "attachment",
    "geopoint": "geopoint",
    "begin_repeat": "rows",
}
"""The type a path's values have; what is missing is a string."""
_BETWEEN = re.compile(r"[\s<]+")


def column(line: Line, name: str) -> str:
    """What one of fieldkit's own columns says for a line."""
    return line.cell(PREFIX + name)


def order_of(line: Line) -> list[str]:
    """Its choices from less to more protective, as its author gave them."""
    return [word for word in _BETWEEN.split(column(line, "order")) if word]


def policy_of(line: Line) -> str:
    """The declared policy, or the one its type has by default."""
    declared = column(line, "merge")
    if declared:
        return declared
    if line.kind in {"select_multiple", "select_multiple_from_file", "begin_repeat"}:
        return "set"
    return "text" if line.kind == "text" and "multiline" in line.appearances else "last"


def conflict_class(line: Line) -> str:
    """A for safeguarding (`ask`), unless the author named another; else C."""
    return column(line, "conflict") or ("A" if policy_of(line) == "ask" else "C")


def policy_table(survey: Iterable[Line]) -> dict[str, dict[str, object]]:
    """The policy of each path that is answered, computed or repeated."""
    table: dict[str, dict[str, object]] = {}
    units: dict[tuple[str, ...], str] = {}
    for line in survey:
        if line.kind == "begin_group" and column(line, "unit"):
            units[line.path] = line.template
        if line.kind == "calculate":
            table[line.template] = {"policy": "last", "class": "C", "computed": True, "type": "string"}
        elif line.kind in FITS:
            table[line.template] = _entry(line, _unit(line, units))
    return table


def _unit(line: Line, units: dict[tuple[str, ...], str]) -> str:
    around = [units[line.path[:depth]] for depth in range(1, len(line.path)) if line.path[:depth] in units]
    return around[0] if around else ""


def _entry(line: Line, unit: str) -> dict[str, object]:
    entry: dict[str, object] = {
        "policy": policy_of(line),
        "class": conflict_class(line),
        "type": DATA_TYPES.get(line.kind, "string"),
        "sensitivity": column(line, "class") or "ordinary",
    }
    optional = {"order": order_of(line), "unit": unit, "export": column(line, "export"), "was": column(line, "was")}
    return entry | {name: value for name, value in optional.items() if value}


def asks(line: Line) -> bool:
    """Whether the line asks somebody something."""
    return line.kind not in SILENT and not line.kind.startswith(("begin_", "end_"))
