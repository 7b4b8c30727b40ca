"""Bodies: NDJSON in one zstd frame, never unfolded or nested further than allowed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sync.changes import Change, canonical
from sync.errors import Malformed, TooLarge
from sync.protocol.limits import LEVEL, MOST_DEPTH, MOST_PLAIN, VERSION
from sync.protocol.messages import PushAnswer, Receipt

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def pack(objects: Iterable[Mapping[str, Any]]) -> bytes:
    """Objects as NDJSON in one zstd frame."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
    return pack_lines(map(encode, objects))


def pack_lines(lines: Iterable[str]) -> bytes:
    """Lines that are JSON already, in one zstd frame."""
    return zstd.compress("\n".join(lines).encode("utf-8", "surrogatepass"), LEVEL)


def unpack(body: bytes, most: int = MOST_PLAIN) -> Iterator[dict[str, Any]]:
    """The objects of such a body; TooLarge before it unfolds too far, Malformed when it is none."""
    for line in unfold(body, most).split(b"\n"):
        yield parse(line)


def unfold(body: bytes, most: int = MOST_PLAIN) -> bytes:
    """The plain bytes of one zstd frame, never more than `most`."""
    try:
        opened = zstd.ZstdDecompressor()
        plain = opened.decompress(body, max_length=most + 1)
    except zstd.ZstdError as wrong:
        raise Malformed from wrong
    if len(plain) > most:
        raise TooLarge
    if not opened.eof:
        raise Malformed
    return plain


def parse(line: bytes) -> dict[str, Any]:
    """One JSON object; Malformed for anything else, or when it is nested too deep."""
    try:
        if line.count(b"[") + line.count(b"{") > MOST_DEPTH:
            _check_depth(line)
        made = json.loads(line)
    except (ValueError, RecursionError) as wrong:
        raise Malformed from wrong
    if not isinstance(made, dict):
        raise Malformed
    return made


def _check_depth(line: bytes) -> None:
    depth, quoted, escaped = 0, False, False
    for byte in line:
        if quoted:
            escaped, quoted = byte == 0x5C and not escaped, escaped or byte != 0x22
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            if depth > MOST_DEPTH:
                raise Malformed
        elif byte in b"]}":
            depth -= 1


def push_body(changes: Iterable[Change], signature: bytes) -> bytes:
    """A push: a first line with the batch's signature, then one change a line."""
    head = {"v": VERSION, "signature": signature.hex()}
    return pack([head, *(change.to_json() for change in changes)])


def read_push(body: bytes) -> tuple[bytes, list[Change]]:
    """The batch's signature and its changes."""
    lines = unpack(body)
    try:
        head = next(lines)
        if head["v"] != VERSION:
            raise Malformed
        return bytes.fromhex(head["signature"]), [Change.from_json(raw) for raw in lines]
    except (KeyError, ValueError, TypeError, StopIteration) as wrong:
        raise Malformed from wrong


def batch_message(device: str, changes: list[Change]) -> bytes:
    """What a device signs for a batch: its id, and the chain's first and last hash."""
    ends = [changes[0].seq, changes[0].hash, changes[-1].seq, changes[-1].hash] if changes else []
    return canonical(["fieldkit-batch-1", device, *ends])


def answer_body(answer: PushAnswer) -> bytes:
    """A push's answer: a first line that says where central stands, then one receipt a line."""
    names = ("acked_seq", "epoch", "server_time", "durable_seq")
    return pack([{name: getattr(answer, name) for name in names}, *(r.to_json() for r in answer.receipts)])


def read_answer(body: bytes) -> PushAnswer:
    """The answer of such a body; Malformed when it is none."""
    lines = unpack(body)
    try:
        head = next(lines)
        receipts = tuple(Receipt.from_json(raw) for raw in lines)
        stand = (int(head["acked_seq"]), str(head["epoch"]), str(head["server_time"]), int(head["durable_seq"]))
        return PushAnswer(*stand, receipts)
    except (KeyError, ValueError, TypeError, StopIteration) as wrong:
        raise Malformed from wrong
