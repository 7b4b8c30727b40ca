"""Lists beside the answers: what `instance('x')` finds. Short ones are nodes; long ones are columns with an index.

A long list keeps the ordinary meaning: whoever walks it meets nodes, made as they are met. Only a filter that asks for
a value, a beginning, a part or a selection is answered from the columns. Lists never change while a form is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from forms.nodes import Node

LONG = 200
"""A list with more rows is kept as columns."""
Column: TypeAlias = Sequence[str | None]
"""The texts of one column by row; None where a row has no such cell."""
Rows: TypeAlias = "int | list[int]"
_NO_ATTRIBUTES: dict[str, str] = {}
_ITEM = "/root/item"


class Item(Node):
    """One row of a long list; its cells become nodes when somebody asks for them."""

    __slots__ = ("_cells", "at", "table")

    def __init__(self, table: Table, at: int) -> None:
        self.name, self.parent, self.text, self.relevant, self.row = "item", table, "", True, None
        self.attributes, self.template = _NO_ATTRIBUTES, _ITEM
        self.table, self.at = table, at
        self._cells: list[Node] | None = None

    @property
    def children(self) -> list[Node]:
        """The cells as nodes."""
        if self._cells is None:
            named = ((name, column[self.at]) for name, column in self.table.columns)
            self._cells = [
                Node(name, self, [], text, template=f"{_ITEM}/{name}") for name, text in named if text is not None
            ]
        return self._cells

    @children.setter
    def children(self, cells: list[Node]) -> None:
        self._cells = cells


class Table(Node):
    """The `root` of a long list."""

    __slots__ = ("_all", "_indexes", "_made", "columns", "length")

    def __init__(self, columns: Sequence[tuple[str, Column]], length: int) -> None:
        self.name, self.parent, self.text, self.relevant, self.row = "root", None, "", True, None
        self.attributes, self.template = {}, "/root"
        self.columns, self.length = tuple(columns), length
        self._made: dict[int, Item] = {}
        self._indexes: dict[str, dict[str, Rows]] = {}
        self._all: list[Node] | None = None

    @property
    def children(self) -> list[Node]:
        """Every row as a node: what a walk over the whole list costs."""
        if self._all is None:
            self._all = [self.item(at) for at in range(self.length)]
        return self._all

    @children.setter
    def children(self, rows: list[Node]) -> None:
        self._all = rows

    def item(self, at: int) -> Item:
        """The node of one row, the same one each time."""
        made = self._made.get(at)
        if made is None:
            made = self._made[at] = Item(self, at)
        return made

    def named(self, name: str) -> list[Column]:
        """The columns of a name; a file may have a heading twice."""
        return [column for heading, column in self.columns if heading == name]

    def first(self, at: int, name: str) -> str:
        """The first cell of a name in a row; blank when there is none."""
        return next((text for column in self.named(name) if (text := column[at]) is not None), "")

    def equal(self, name: str, wanted: Iterable[str]) -> list[int]:
        """The rows with a cell of one of these texts, in order."""
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = _indexed(self.named(name))
        found = [index.get(text, ()) for text in dict.fromkeys(wanted)]
        rows = [(each,) if isinstance(each, int) else each for each in found]
        return list(rows[0]) if len(rows) == 1 else sorted({at for each in rows for at in each})

    def texts(self, name: str, rows: Iterable[int] | None) -> Iterable[tuple[int, str]]:
        """Row and text of a column, for all rows or some; a missing cell is blank, as text() has it."""
        columns = self.named(name)
        among = range(self.length) if rows is None else rows
        if len(columns) == 1 and rows is None:
            return enumerate("" if text is None else text for text in columns[0])
        return ((at, self.first(at, name)) for at in among)


def _indexed(columns: list[Column]) -> dict[str, Rows]:
    """Rows by text. Most texts of a key stand once, so a single row is kept without a list of its own."""
    index: dict[str, Rows] = {}
    for column in columns:
        for at, text in enumerate(column):
            known = index.get(text) if text is not None else at
            if known is None and text is not None:
                index[text] = at
            elif isinstance(known, list):
                known.append(at)
            elif known != at and text is not None and isinstance(known, int):
                index[text] = [known, at]
    if len(columns) < 2:
        return index
    return {text: rows if isinstance(rows, int) else sorted(set(rows)) for text, rows in index.items()}


def listed(columns: Sequence[tuple[str, Column]], length: int) -> Node:
    """A list of rows as an `instance` takes it: nodes when it is short, columns when it is long."""
    if length > LONG:
        return Table(columns, length)
    root = Node("root", template="/root")
    root.children = [_row(root, columns, at) for at in range(length)]
    return root


def _row(root: Node, columns: Sequence[tuple[str, Column]], at: int) -> Node:
    item = Node("item", root, template=_ITEM)
    named = ((name, column[at]) for name, column in columns)
    item.children = [Node(name, item, [], text, template=f"{_ITEM}/{name}") for name, text in named if text is not None]
    return item


def instance_of(name: str, root: Node, source: str = "") -> Node:
    """The `instance` element around a list's root."""
    made = Node("instance", attributes={"id": name} | ({"src": source} if source else {}), children=[root])
    root.parent = made
    return made


def cell(item: Node, name: str) -> str:
    """A row's value by name, `@name` for an attribute; blank when there is none."""
    if isinstance(item, Item):
        return item.table.first(item.at, name)
    if name.startswith("@"):
        return item.attributes.get(name[1:], "")
    return next((below.text for below in item.children if below.name == name), "")


def pulled(instance: Node, wanted: str, column: str, key: str) -> str:
    """The cell of the first row whose column has the key; blank when no row has."""
    for root in instance.children:
        if isinstance(root, Table):
            rows = root.equal(column, [key])
            if rows:
                return root.first(rows[0], wanted)
            continue
        for item in root.children:
            if _holds(item, column, key):
                return cell(item, wanted)
    return ""


def _holds(item: Node, name: str, text: str) -> bool:
    if name.startswith("@"):
        return item.attributes.get(name[1:]) == text
    return any(below.name == name and below.text == text for below in item.children)
