"""Bodies: NDJSON in one zstd frame, never unfolded or nested further than allowed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.changes import NO_TRUNK, Change, canonical, hashed, link
from sync.errors import MISSHAPEN, Malformed, TooLarge
from sync.protocol.anchors import Claimed
from sync.protocol.frames import known_frame
from sync.protocol.limits import (
    LEVEL,
    MOST_CHANGES,
    MOST_DEPTH,
    MOST_FRAMES,
    MOST_PLAIN,
    MOST_PUSH,
    MOST_WINDOW,
    VERSION,
)
from sync.protocol.messages import Frame, PageEnd, PullAsk, PushAnswer, Receipt

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
    yield from _objects(unfold(body, most))


def _objects(plain: bytes) -> Iterator[dict[str, Any]]:
    if plain.count(b"\n") > MOST_FRAMES:
        raise TooLarge
    for line in plain.split(b"\n"):
        yield parse(line)


def unfold(body: bytes, most: int = MOST_PLAIN) -> bytes:
    """The plain bytes of one zstd frame, never more than `most`."""
    plain, rest = _opened(body, most)
    if rest:
        raise Malformed
    return plain


def unfolds_to(body: bytes) -> int:
    """How many bytes the frame says it unfolds to, and cannot exceed; the most there may be where it says nothing."""
    try:
        told = zstd.get_frame_info(body).decompressed_size
    except zstd.ZstdError as wrong:
        raise Malformed from wrong
    return MOST_PUSH if told is None else told


def unfold_all(body: bytes, most: int = MOST_PLAIN) -> bytes:
    """The plain bytes of one zstd frame after another: pages that were packed before, and an end."""
    whole, rest = bytearray(), body
    while rest:
        plain, rest = _opened(rest, most - len(whole))
        whole += plain
    return bytes(whole)


def _opened(body: bytes, most: int) -> tuple[bytes, bytes]:
    """The plain bytes of the first frame, and what follows it."""
    try:
        opened = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: MOST_WINDOW})
        plain = opened.decompress(body, max_length=most + 1)
    except zstd.ZstdError as wrong:
        raise Malformed from wrong
    if len(plain) > most:
        raise TooLarge
    if not opened.eof:
        raise Malformed
    return plain, opened.unused_data


def parse(line: bytes) -> dict[str, Any]:
    """One JSON object; Malformed for anything else, or when it is nested too deep."""
    try:
        if line.count(b"[") + line.count(b"{") > MOST_DEPTH:
            _check_depth(line)
        made = json.loads(line)
    except MISSHAPEN as wrong:
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


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of a device's chain, as it travels: lines are never made anew."""

    first: int
    """The seq of the first line."""
    after: str
    """The hash of the change before it."""
    lines: Sequence[str] = field(repr=False)
    hash: str
    """The hash of the last line; `after` when there is none."""
    ask: PullAsk | None = None
    """What is pulled in the same request, where nothing but news can come of it."""

    @property
    def last(self) -> int:
        """The seq of the last line."""
        return self.first + len(self.lines) - 1

    @classmethod
    def of(cls, changes: Sequence[Change]) -> Batch:
        """The batch of one or more changes that follow on each other."""
        return cls(changes[0].seq, changes[0].prev_hash, [change.line for change in changes], changes[-1].hash)


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push as central reads it."""

    signature: bytes
    first: int
    after: str
    changes: list[Change] = field(repr=False)
    ask: PullAsk | None = None
    """What the device asks for in the same request."""
    anchor: Claimed | None = None
    """How far its audit chain is, to be countersigned in the same request."""

    def message(self, device: str) -> bytes:
        """What the device must have signed."""
        last = self.changes[-1].hash if self.changes else self.after
        return batch_message(device, self.first, self.after, len(self.changes), last)


def push_body(batch: Batch, signature: bytes, anchor: Claimed | None = None) -> bytes:
    """A push: a first line with the batch's place and signature, then one change a line.

    `anchor`: the head of the device's audit chain, to be countersigned in the same request.
    """
    head = {"v": VERSION, "from": batch.first, "after": batch.after, "signature": signature.hex()}
    head |= {"pull": batch.ask.to_json()} if batch.ask else {}
    head |= {"anchor": anchor.to_json()} if anchor else {}
    return pack_lines([json.dumps(head), *batch.lines])


def read_push(body: bytes, device: str) -> Pushed:
    """A push of this device: its changes with the hashes that their lines have at their places."""
    plain = unfold(body, MOST_PUSH)
    if plain.count(b"\n") > MOST_CHANGES:
        raise TooLarge
    try:
        first_line, *lines = plain.decode("utf-8", "surrogatepass").split("\n")
        head = json.loads(first_line)
        if head["v"] != VERSION:
            raise Malformed
        first, after = int(head["from"]), str(head["after"])
        ask = PullAsk.from_json(head["pull"]) if "pull" in head else None
        anchor = Claimed.from_json(head["anchor"]) if "anchor" in head else None
        pushed = Pushed(bytes.fromhex(head["signature"]), first, after, [], ask, anchor)
        for seq, line in enumerate(lines, first):
            change = _change_of(line, device, seq, after)
            after = change.hash
            pushed.changes.append(change)
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    return pushed


def _change_of(line: str, device: str, seq: int, after: str) -> Change:
    """The change of a line. One that only its hash can be taken of has no record and no verb: it is refused alone.

    Where that is all there is the chain still goes on, and what follows need not wait for ever.
    """
    try:
        if line.count("[") + line.count("{") > MOST_DEPTH:
            _check_depth(line.encode("utf-8", "surrogatepass"))
        return Change.of_line(line, device, seq, after)
    except (Malformed, *MISSHAPEN):
        head, words = hashed(line)
        known = link(after, device, seq, head, words)
        return Change(
            device, seq, "", "", NO_TRUNK, {}, {}, schema=_schema_of(head), prev_hash=after, hash=known, line=line
        )


def _schema_of(head: str) -> int:
    """The schema that a line says it is of, so that what a newer fieldkit wrote in a new way is held; else 0."""
    try:
        return int(parse(f"{head}}}".encode("utf-8", "surrogatepass"))["schema"])
    except (Malformed, *MISSHAPEN):
        return 0


def batch_message(device: str, first: int, after: str, count: int, last: str) -> bytes:
    """What a device signs for a batch: its id, where it goes on in its chain, how many follow, the hash at the end."""
    return canonical(["fieldkit-batch-1", device, first, after, count, last])


def answer_body(answer: PushAnswer) -> bytes:
    """A push's answer: a first line that says where central stands, then one receipt a line."""
    return answer_lines(answer, (receipt.line() for receipt in answer.receipts))


def answer_lines(answer: PushAnswer, lines: Iterable[str]) -> bytes:
    """The same from receipts that are lines already."""
    names = ("acked_seq", "epoch", "server_time", "durable_seq")
    anchored = {"anchor": answer.anchored} if answer.anchored else {}
    return pack_lines([json.dumps({name: getattr(answer, name) for name in names} | anchored), *lines])


def read_answer(body: bytes) -> PushAnswer:
    """The answer of such a body, with the page behind it if there is one; Malformed when it is none."""
    plain, rest = _opened(body, MOST_PLAIN)
    try:
        lines = _objects(plain)
        head = next(lines)
        receipts = tuple(Receipt.from_json(raw) for raw in lines)
        stand = (int(head["acked_seq"]), str(head["epoch"]), str(head["server_time"]), int(head["durable_seq"]))
        frames = tuple(read_page(rest, MOST_PLAIN - len(plain))) if rest else ()
        whole = bool(frames) and isinstance(frames[-1], PageEnd)
        return PushAnswer(*stand, receipts, frames if whole else (), head.get("anchor"))
    except (StopIteration, *MISSHAPEN) as wrong:
        raise Malformed from wrong


def read_page(body: bytes, most: int = MOST_PLAIN) -> list[Frame]:
    """The frames of a page, those of kinds that we know. Malformed when it is none."""
    plain = unfold_all(body, most)
    if plain.count(b"\n") > MOST_FRAMES:
        raise TooLarge
    try:
        lines = plain.decode("utf-8", "surrogatepass").split("\n")
    except UnicodeDecodeError as wrong:
        raise Malformed from wrong
    return [frame for line in lines if (frame := known_frame(line)) is not None]
