"""Rows out of single pages of a database: enough of SQLite's file format to read a leaf whose tree is broken."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fieldkit.store.pages import USABLE

Cell = int | float | str | bytes | None
_TABLE_LEAF, _TABLE_INNER, _INDEX_LEAF, _INDEX_INNER = 0x0D, 0x05, 0x0A, 0x02
_LEAST = (USABLE - 12) * 32 // 255 - 23
_MOST = {
    _TABLE_LEAF: USABLE - 35,
    _INDEX_LEAF: (USABLE - 12) * 64 // 255 - 23,
    _INDEX_INNER: (USABLE - 12) * 64 // 255 - 23,
}
_NUMBERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number (None in an index), and its cells."""

    number: int | None
    cells: tuple[Cell, ...] = field(repr=False)


class Broken(Exception):
    """A row of which a part lies on a damaged page."""


def children(page: bytes, number: int) -> list[int]:
    """The pages under an inner page."""
    start = 100 if number == 1 else 0
    if page[start] not in (_TABLE_INNER, _INDEX_INNER):
        return []
    cells = _cells(page, start)
    return [struct.unpack(">I", page[at : at + 4])[0] for at in cells] + [
        struct.unpack(">I", page[start + 8 : start + 12])[0]
    ]


def holds_rows(page: bytes, number: int) -> bool:
    """Whether a page is of a tree and has rows."""
    return page[100 if number == 1 else 0] in _MOST


def rows(pages: Mapping[int, bytes], number: int) -> Iterator[Row | None]:
    """The rows of a page; None for each that a damaged page cut short."""
    page = pages[number]
    start = 100 if number == 1 else 0
    kind = page[start]
    if kind not in _MOST:
        return
    for at in _cells(page, start):
        try:
            yield _row(pages, page, kind, at)
        except (Broken, IndexError, struct.error, UnicodeDecodeError):
            yield None


def _cells(page: bytes, start: int) -> list[int]:
    many = struct.unpack(">H", page[start + 3 : start + 5])[0]
    first = start + (12 if page[start] in (_TABLE_INNER, _INDEX_INNER) else 8)
    return list(struct.unpack(f">{many}H", page[first : first + 2 * many])) if first + 2 * many <= USABLE else []


def _row(pages: Mapping[int, bytes], page: bytes, kind: int, at: int) -> Row:
    at += 4 if kind == _INDEX_INNER else 0
    size, at = _varint(page, at)
    number: int | None = None
    if kind == _TABLE_LEAF:
        number, at = _varint(page, at)
    return Row(number, tuple(_record(_payload(pages, page, at, size, _MOST[kind]))))


def _payload(pages: Mapping[int, bytes], page: bytes, at: int, size: int, most: int) -> bytes:
    if size <= most:
        return page[at : at + size]
    spread = _LEAST + (size - _LEAST) % (USABLE - 4)
    local = spread if spread <= most else _LEAST
    content = bytearray(page[at : at + local])
    following = struct.unpack(">I", page[at + local : at + local + 4])[0]
    while len(content) < size:
        if following not in pages:
            raise Broken
        more = pages[following]
        content += more[4 : min(USABLE, 4 + size - len(content))]
        following = struct.unpack(">I", more[:4])[0]
    return bytes(content)


def _record(payload: bytes) -> Iterator[Cell]:
    head, at = _varint(payload, 0)
    types = []
    while at < head:
        kind, at = _varint(payload, at)
        types.append(kind)
    for kind in types:
        size = _size(kind)
        yield _cell(kind, payload[at : at + size])
        at += size
    if at > len(payload):
        raise Broken


def _size(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    return _NUMBERS.get(kind, 8 if kind == 7 else 0)


def _cell(kind: int, content: bytes) -> Cell:
    if kind >= 12:
        return content.decode() if kind % 2 else content
    if kind in _NUMBERS:
        return int.from_bytes(content, "big", signed=True)
    if kind == 7:
        return float(struct.unpack(">d", content)[0])
    return {8: 0, 9: 1}.get(kind)


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(9):
        each = content[at + place]
        if place == 8:
            return (value << 8) | each, at + 9
        value = (value << 7) | (each & 0x7F)
        if not each & 0x80:
            return value, at + place + 1
    raise Broken
