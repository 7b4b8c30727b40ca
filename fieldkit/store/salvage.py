"""What can still be read of a damaged store, row by row, from the pages that are whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit.store.cells import Cell, Row, children, holds_rows, rows
from fieldkit.store.pages import Pages, read_pages

Cells = tuple[Cell, ...]


def _begins(cell: Cell, beginning: str) -> bool:
    return isinstance(cell, str) and cell.startswith(beginning)


STATES = ("waiting", "sent", "answered", "settled", "parked")
LOOKS: Mapping[str, Callable[[Cells], bool]] = {
    "outbox": lambda c: len(c) in (5, 6) and c[0] is None and _begins(c[4], '{"'),
    "sending": lambda c: len(c) == 5 and c[0] is None and c[1] in STATES,
    "journal": lambda c: len(c) == 4 and isinstance(c[1], int) and _begins(c[3], "{"),
    "draft": lambda c: len(c) == 13 and _begins(c[4], "["),
    "draft_upgrade": lambda c: len(c) == 7 and isinstance(c[1], int) and _begins(c[5], "{") and _begins(c[6], "{"),
    "record": lambda c: len(c) in (11, 12) and isinstance(c[4], int) and (_begins(c[6], "{") or _begins(c[7], "{")),
    "attachment": lambda c: len(c) == 5 and isinstance(c[0], str) and isinstance(c[2], bytes),
    "form_version": lambda c: len(c) == 5 and _begins(c[3], "{"),
    "meta": lambda c: len(c) == 2 and isinstance(c[0], str) and isinstance(c[1], str),
    "audit": lambda c: len(c) == 6 and c[0] is None and isinstance(c[5], str) and len(c[5]) == 64,
    "sealed": lambda c: len(c) == 4 and c[0] is None and isinstance(c[3], bytes),
    "purge": lambda c: len(c) == 4 and isinstance(c[0], str) and all(isinstance(each, int) for each in c[1:]),
}
"""How a row of each table that is rebuilt looks, for pages whose tree is broken. All else is made anew from these."""


@dataclass(slots=True)
class Salvaged:
    """Rows by table, and what is known to be missing."""

    rows: dict[str, list[Cells]] = field(default_factory=lambda: defaultdict(list), repr=False)
    pages: int = 0
    damaged: int = 0
    """Pages that are not whole."""
    cut: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By table: rows of which a part is on a damaged page."""
    holes: set[str] = field(default_factory=set)
    """Tables whose tree has a page that is not whole: rows may be missing."""
    all_saves: bool = True
    """Whether every save that was acknowledged is in the log."""


def salvage(store: Path, key: bytes) -> Salvaged:
    """Everything that can be read of a store; nothing is written."""
    pages = read_pages(store, key)
    found = Salvaged(pages=len(pages.whole) + len(pages.damaged), damaged=len(pages.damaged))
    found.all_saves = pages.all_saves
    trees = _trees(pages)
    owners = {number: name for name, (numbers, _) in trees.items() for number in numbers}
    found.holes = {name for name in LOOKS if name not in trees or trees[name][1]}
    for number, content in pages.whole.items():
        if holds_rows(content, number) and owners.get(number, "") in ("", *LOOKS):
            _take(found, owners.get(number, ""), list(rows(pages.whole, number)))
    return found


def _take(found: Salvaged, owner: str, page: Sequence[Row | None]) -> None:
    for row in page:
        if row is None:
            found.cut[owner or "unknown"] += 1
            continue
        table = owner or next((name for name, looks in LOOKS.items() if looks(row.cells)), "")
        if table and LOOKS[table](row.cells):
            own = (row.number, *row.cells[1:]) if row.number is not None and row.cells[0] is None else row.cells
            found.rows[table].append(own)


def _trees(pages: Pages) -> dict[str, tuple[set[int], bool]]:
    """By name, as far as page 1 can be read: the pages of each tree, and whether one of them is not whole."""
    if 1 not in pages.whole:
        return {}
    schema, _ = _walk(pages.whole, 1)
    told = (row.cells for number in schema for row in rows(pages.whole, number) if row is not None)
    roots = {str(cells[1]): cells[3] for cells in told if len(cells) == 5 and isinstance(cells[3], int) and cells[3]}
    return {"sqlite_master": (schema, False)} | {name: _walk(pages.whole, int(root)) for name, root in _pairs(roots)}


def _pairs(roots: Mapping[str, Cell]) -> Iterator[tuple[str, int]]:
    yield from ((name, root) for name, root in roots.items() if isinstance(root, int))


def _walk(whole: Mapping[int, bytes], root: int) -> tuple[set[int], bool]:
    seen: set[int] = set()
    hole, coming = False, [root]
    while coming:
        number = coming.pop()
        if number in seen:
            continue
        if number not in whole:
            hole = True
            continue
        seen.add(number)
        coming += children(whole[number], number)
    return seen, hole
