"""What is said on the wire: receipts, answers, questions, and the frames of a pull."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sync.changes import State
from sync.errors import MISSHAPEN, Malformed
from sync.protocol.digests import BUCKETS, MODULUS
from sync.protocol.limits import MOST_NUMBER, PAGE
from sync.protocol.reasons import Outcome


@dataclass(frozen=True, slots=True)
class Receipt:
    """Central's word on one change."""

    seq: int
    outcome: Outcome
    version: int = 0
    version_hash: str = ""
    reason: str = ""
    echo: bool = False
    """Whether the record will come with the next pull although this device wrote it last."""

    def line(self) -> str:
        """The receipt as one line of the answer: only what is not usual is said."""
        told: dict[str, Any] = {"seq": self.seq, "outcome": str(self.outcome)}
        if self.version:
            told |= {"version": self.version, "version_hash": self.version_hash}
        if self.reason:
            told["reason"] = self.reason
        if self.echo:
            told["echo"] = True
        return json.dumps(told)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Receipt:
        """The receipt of such a line; ValueError for an outcome nobody knows."""
        word = (int(raw.get("version", 0)), str(raw.get("version_hash", "")), str(raw.get("reason", "")))
        return cls(int(raw["seq"]), Outcome(raw["outcome"]), *word, echo=bool(raw.get("echo", False)))


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What central says to a push: one receipt a change, and where it stands."""

    acked_seq: int
    epoch: str
    server_time: str
    durable_seq: int
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class PullAsk:
    """What a device asks for. `head_seen` is the highest (ledger number, hash) it has been told."""

    epoch: str
    since: int
    head_seen: tuple[int, str]
    ev: int
    limit: int = PAGE
    schema: int = 1
    last_seq: int = 0
    after: str = ""
    """Where a backfill of newly granted scopes goes on, as central said in `after` of the last page."""
    whole: bool = False
    """Whether the device starts anew (after a rewind): then its own changes are sent to it as well."""
    digest: str = ""
    """The root over all it holds; empty while it is not at the head."""

    def to_json(self) -> dict[str, Any]:
        """The question as JSON."""
        return {
            "epoch": self.epoch,
            "since": self.since,
            "head_seen": list(self.head_seen),
            "ev": self.ev,
            "limit": self.limit,
            "schema": self.schema,
            "last_seq": self.last_seq,
            "after": self.after,
            "whole": self.whole,
            "digest": self.digest,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> PullAsk:
        """The question of such an object."""
        number, known = raw["head_seen"]
        head = (int(number), str(known))
        limit = min(max(int(raw["limit"]), 1), PAGE)
        places = (int(raw["since"]), head[0], int(raw["ev"]), int(raw["last_seq"]))
        if not all(0 <= place < MOST_NUMBER for place in places):
            raise ValueError("not a place")
        rest = {"schema": int(raw["schema"]), "last_seq": int(raw["last_seq"]), "after": str(raw["after"])}
        rest |= {"whole": bool(raw.get("whole", False)), "digest": str(raw.get("digest", ""))}
        return cls(str(raw["epoch"]), int(raw["since"]), head, int(raw["ev"]), limit=limit, **rest)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Put:
    """A record as central has it now."""

    record: str
    kind: str
    scope: str
    form: str
    version: int
    version_hash: str
    actor: str
    device: str
    at: str
    text: str = field(repr=False)
    """Its contents as canonical JSON."""

    @property
    def state(self) -> State:
        """Its contents."""
        return cast(State, json.loads(self.text))


@dataclass(frozen=True, slots=True)
class Tomb:
    """A record that was deleted (`gone`: erased)."""

    record: str
    scope: str
    version: int
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ScopeGained:
    """A scope this device may hold from now on; its records follow."""

    scope: str


@dataclass(frozen=True, slots=True)
class ScopeLost:
    """A scope to remove from this device."""

    scope: str


@dataclass(frozen=True, slots=True)
class PageEnd:
    """The last line of a page: where to go on."""

    next: int
    head: tuple[int, str]
    more: bool
    epoch: str
    ev: int
    server_time: str
    durable_seq: int = 0
    last_seq: int = 0
    """The highest seq of this device that central has: lower than the device's own means central was restored."""
    after: str = ""
    agrees: bool = True
    """False when the device is at the head and its digest is not what central would have."""
    scopes: Sequence[str] = ()
    """Then the scopes to compare."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Which parts of a scope are not the same: the device's sums, part by part."""

    scope: str
    sums: Mapping[int, int]

    def to_json(self) -> dict[str, Any]:
        """The question as JSON."""
        return {"scope": self.scope, "sums": {str(part): f"{value:064x}" for part, value in self.sums.items()}}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Compare:
        """The question of such an object; ValueError, KeyError or TypeError when it is none."""
        sums = {int(part): int(value, 16) for part, value in raw["sums"].items()}
        if not all(0 <= part < BUCKETS and 0 <= value < MODULUS for part, value in sums.items()):
            raise ValueError("not sums")
        return cls(str(raw["scope"]), sums)


@dataclass(frozen=True, slots=True)
class Held:
    """What central has in the parts of a scope that differ: ids; their contents came before."""

    scope: str
    parts: Sequence[int]
    records: Sequence[str]


Frame = Put | Tomb | ScopeGained | ScopeLost | Held | PageEnd

_PUT = ("record", "kind", "scope", "form", "version", "version_hash", "actor", "device", "at")
STATE = ',"state":'
"""What stands before the contents in the line of a put: they are its last member."""
_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def frame_line(frame: Frame) -> str:
    """A frame of a pull as one line."""
    if isinstance(frame, Put):
        head = {"f": "put"} | {name: getattr(frame, name) for name in _PUT}
        return f"{_LINE(head)[:-1]}{STATE}{frame.text}}}"
    return _LINE(_frame_json(frame))


def frame_of_line(line: str) -> Frame:
    """The frame of such a line; Malformed when it is none."""
    try:
        at = line.find(STATE)
        if at < 0:
            return _frame_of(json.loads(line))
        head = json.loads(f"{line[:at]}}}")
        if head.pop("f") != "put" or line[-1] != "}":
            raise Malformed
        return Put(**head, text=line[at + len(STATE) : -1])
    except MISSHAPEN as wrong:
        raise Malformed from wrong


def _frame_json(frame: Tomb | ScopeGained | ScopeLost | Held | PageEnd) -> dict[str, Any]:
    match frame:
        case Tomb():
            return {
                "f": "tomb",
                "record": frame.record,
                "scope": frame.scope,
                "version": frame.version,
                "gone": frame.gone,
            }
        case ScopeGained():
            return {"f": "scope+", "scope": frame.scope}
        case ScopeLost():
            return {"f": "scope-", "scope": frame.scope}
        case Held():
            return {"f": "held", "scope": frame.scope, "parts": list(frame.parts), "records": list(frame.records)}
        case PageEnd():
            names = ["next", "more", "epoch", "ev", "server_time", "durable_seq", "last_seq", "after"]
            names += [] if frame.agrees else ["agrees", "scopes"]
            return {"f": "end", "head": list(frame.head)} | {name: getattr(frame, name) for name in names}


def _frame_of(raw: Mapping[str, Any]) -> Frame:
    rest = {name: value for name, value in raw.items() if name != "f"}
    if raw["f"] == "end":
        number, known = rest.pop("head")
        return PageEnd(head=(int(number), str(known)), **rest)
    return cast(Frame, _FRAMES[raw["f"]](**rest))


_FRAMES: Mapping[str, Any] = {"tomb": Tomb, "scope+": ScopeGained, "scope-": ScopeLost, "held": Held}
