"""Files beside records: sent and fetched in pieces, each a request of its own, so that a cut line loses one piece.

A piece travels as one line of JSON that says what it is, a line feed, and the bytes as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.errors import MISSHAPEN, Malformed
from sync.protocol.wire import parse

BYTES = "application/octet-stream"
PIECE = 128 << 10
"""Bytes of a piece: a second and a half on 256 kbit/s is four."""
LARGEST = 10 << 20
"""Bytes of a file."""


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a record names in an answer: its seal (SHA-256) and its size."""

    record: str
    seal: str
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a file from a place on; without bytes it only asks how much has arrived."""

    named: Named
    at: int
    content: bytes = field(default=b"", repr=False)


def seals_in(state: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Seal and size of every file that a record's contents name."""
    for value in state.values():
        if isinstance(value, dict) and isinstance(value.get("hash"), str) and isinstance(value.get("size"), int):
            yield value["hash"], value["size"]


def pack_piece(piece: Piece) -> bytes:
    """A piece as it travels."""
    named = piece.named
    head = {"record": named.record, "hash": named.seal, "size": named.size, "at": piece.at}
    return json.dumps(head).encode() + b"\n" + piece.content


def read_piece(body: bytes) -> Piece:
    """The piece of such a body; Malformed when it is none."""
    head, found, content = body.partition(b"\n")
    try:
        told = parse(head)
        named = Named(str(told["record"]), str(told["hash"]), int(told["size"]))
        at = int(told["at"])
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    sound = len(named.seal) == 64 and 0 <= named.size <= LARGEST and 0 <= at <= named.size
    if not found or not sound or len(content) > min(PIECE, named.size - at):
        raise Malformed
    return Piece(named, at, content)
