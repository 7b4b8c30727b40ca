"""Lists that come in files beside a form: CSV, XML and GeoJSON, read from bytes that the caller hands in by name.

Nothing is fetched: a form names its files (`jr://file-csv/x.csv`), the caller has them or the form is refused by name.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from lxml import etree

from forms.definition import Form
from forms.errors import FormError
from forms.lists import Column, instance_of, listed
from forms.nodes import Node

Files: TypeAlias = Mapping[str, bytes | str]
"""The files beside a form, by name (`schools.csv`)."""
LARGEST = 20_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 500
DEEPEST = 64
LAST_SAVED = "jr://instance/last-saved"
_SEPARATORS = ",;\t|"


class MissingList(FormError):
    """A list that a form needs is not beside it."""

    said = "A list that the form needs is not beside it."
    cure = "Put the file beside the form, then publish or open it again."


class BadList(FormError):
    """A list beside a form cannot be read."""

    said = "A list beside the form cannot be read."
    cure = "Correct the file and publish the form again."


class NoFiles(Mapping[str, bytes | str]):
    """Every file there could be, and nothing in any: for looking at a form without its lists."""

    def __getitem__(self, name: str) -> bytes:
        return b""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def with_last_saved(form: Form, xml: bytes | None) -> Form:
    """The form as it is opened after a response was saved; one that is none of this form's leaves it blank."""
    names = [name for name, node in form.instances.items() if node.attributes.get("src") == LAST_SAVED]
    if xml is None or not names:
        return form
    root = _xml("the last response", xml)
    if root.attributes.get("id", form.id) != form.id:
        return form
    return replace(form, instances={**form.instances, **{name: instance_of(name, root, LAST_SAVED) for name in names}})


def file_name(source: str) -> str:
    """The name of the file that an instance's source means; empty when it means none."""
    place, _, name = source.partition("://")
    kind, _, name = name.partition("/")
    return name if place == "jr" and kind in {"file", "file-csv", "files"} else ""


def read_external(name: str, source: str, files: Files) -> Node:
    """The instance that a form calls `name`. Raises MissingList or BadList."""
    if source == LAST_SAVED:
        return instance_of(name, Node("data", template="/data"), LAST_SAVED)
    file = file_name(source)
    if not file:
        raise BadList("A list of the form comes from a place that fieldkit does not read.", "Put it in a file.")
    if file not in files:
        raise MissingList(f"The form needs the list “{file}”, which is not beside it.")
    told = files[file]
    data = told.encode() if isinstance(told, str) else told
    if len(data) > LARGEST:
        raise BadList(f"The list “{file}” is larger than fieldkit reads.", "Leave out what the form does not use.")
    return instance_of(name, _READERS.get(file.rpartition(".")[2].lower(), _xml)(file, data), source)


def _text(file: str, data: bytes) -> str:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadList(f"The list “{file}” is not written in UTF-8.", "Save it again as CSV UTF-8.") from wrong
    if "\0" in text:
        raise BadList(f"The list “{file}” holds a character that no text has.")
    return text


def _csv(file: str, data: bytes) -> Node:
    text = _text(file, data).rstrip("\r\n")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True))
    except csv.Error as wrong:
        raise BadList(f"The list “{file}” is not well-formed CSV.") from wrong
    if not lines:
        return listed((), 0)
    headings = lines[0]
    if len(headings) > MOST_COLUMNS or len(lines) > MOST_ROWS:
        raise BadList(f"The list “{file}” has too many rows or columns.", "Leave out what the form does not use.")
    rows = _rows(file, headings, lines[1:])
    columns = zip(*rows, strict=True) if rows else ((),) * len(headings)
    named = [(heading.strip(), column) for heading, column in zip(headings, columns, strict=True)]
    return listed([(heading, column) for heading, column in named if heading], len(rows))


def _separator(text: str) -> str:
    """The one that parts the headings into most columns; a comma when none does."""
    head = text[:10_000].splitlines()[:1]
    return max(_SEPARATORS, key=lambda sign: len(next(csv.reader(head, delimiter=sign), [])))


def _rows(file: str, headings: list[str], lines: list[list[str]]) -> list[list[str]]:
    """The rows, each as wide as the headings. A row that is empty or too wide is named."""
    wide = len(headings)
    while lines and not any(lines[-1]):
        lines.pop()
    rows = []
    for number, line in enumerate(lines, 2):
        if len(line) != wide:
            if any(line[wide:]):
                raise BadList(f"Row {number} of the list “{file}” has more cells than there are headings.")
            line = line[:wide] + [""] * (wide - len(line))
        if not any(line):
            raise BadList(f"Row {number} of the list “{file}” is empty.", "Take the empty row out.")
        rows.append(line)
    return rows


def _xml(file: str, data: bytes) -> Node:
    if not data.strip():
        return listed((), 0)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root: Any = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise BadList(f"The list “{file}” is not well-formed XML.") from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadList(f"The list “{file}” has a document type; lists may not.")
    return list_of_element(root)


def list_of_element(root: Any) -> Node:
    """A list written as XML: columns when it is long and its rows are plain, else nodes as they stand."""
    items = [each for each in root if isinstance(each.tag, str)]
    plain = len(items) > 200 and _local(root) == "root" and not root.attrib
    if plain:
        columns = _columns(items)
        if columns is not None:
            return listed(columns, len(items))
    return node_of(root, None, "", 0)


def _columns(items: list[Any]) -> list[tuple[str, Column]] | None:
    found: dict[str, list[str | None]] = {}
    for at, item in enumerate(items):
        if item.attrib or _local(item) != "item":
            return None
        seen = set()
        for cell in item:
            name = _local(cell)
            if not name or name in seen or len(cell) or cell.attrib:
                return None
            seen.add(name)
            found.setdefault(name, [None] * len(items))[at] = cell.text or ""
    orders = {tuple(_local(cell) for cell in item) for item in items}
    # Rows whose cells stand in another order would be told in the wrong one.
    return list(found.items()) if len(orders) == 1 else None


def node_of(element: Any, parent: Node | None, above: str, depth: int) -> Node:
    """An element with all below it as nodes. Raises FormError when it is nested too deeply."""
    if depth > DEEPEST:
        raise FormError("The form is nested deeper than fieldkit reads.")
    name = _local(element)
    node = Node(name=name, parent=parent, template=f"{above}/{name}")
    node.text = (element.text or "") if not len(element) else ""
    node.attributes = {str(key): str(value) for key, value in element.attrib.items()}
    node.children = [node_of(child, node, node.template, depth + 1) for child in element if isinstance(child.tag, str)]
    return node


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _geojson(file: str, data: bytes) -> Node:
    if not data.strip():
        return listed((), 0)
    try:
        told = json.loads(_text(file, data))
        items = [_feature(each) for each in told["features"]]
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError, OverflowError) as wrong:
        raise BadList(f"The list “{file}” is not GeoJSON of points, lines and areas.") from wrong
    if len(items) > MOST_ROWS or told.get("type") != "FeatureCollection":
        raise BadList(f"The list “{file}” is not a collection of features that fieldkit reads.")
    names = list(dict.fromkeys(name for item in items for name in item))
    if len(names) > MOST_COLUMNS:
        raise BadList(f"The list “{file}” has too many properties.")
    return listed([(name, [item.get(name) for item in items]) for name in names], len(items))


def _feature(told: Any) -> dict[str, str]:
    if told["type"] != "Feature":
        raise ValueError
    properties = dict(told.get("properties") or {})
    name = told.get("id", properties.pop("id", None))
    properties.pop("id", None)
    row = {"geometry": "; ".join(_points(told["geometry"]))}
    row |= {} if name is None else {"id": _plain(name)}
    return row | {str(key): _plain(value) for key, value in properties.items()}


def _points(geometry: Any) -> list[str]:
    kind, places = geometry["type"], geometry["coordinates"]
    if kind == "Polygon" and len(places) > 1:
        raise ValueError
    lines: dict[str, Any] = {"Point": [places], "LineString": places, "Polygon": [*places, []][0]}
    return [f"{_plain(lat)} {_plain(lon)} 0 0" for lon, lat in ((float(x), float(y)) for x, y in lines[kind])]


def _plain(value: Any) -> str:
    """A JSON value as other engines write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


_READERS = {"csv": _csv, "geojson": _geojson, "json": _geojson}
