"""What is said on the wire: receipts, answers, questions, and the frames of a pull."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sync.changes import State
from sync.protocol.digests import BUCKETS, MODULUS
from sync.protocol.limits import MOST_NUMBER, MOST_PLACES, PAGE
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
    frames: tuple[Frame, ...] = ()
    """The first page of the pull that was asked for with the push, its end last; none where a pull must be asked."""
    anchored: Mapping[str, Any] | None = None
    """Central's word on the head of the device's audit chain, as it travels; none where it was not told one."""


@dataclass(frozen=True, slots=True)
class Place:
    """One page of what a scope held at a ledger number."""

    scope: str
    number: int
    page: int


@dataclass(frozen=True, slots=True)
class Purged:
    """A device's receipt for a scope that it lost: what it removed, and what is still there."""

    scope: str
    ev: int
    rows: int
    files: int
    left: int
    """Changes that wait for central and drafts somebody is writing: with none left no byte of the scope is there."""


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
    held: Sequence[int] = ()
    """The seqs of its own that it was told are held: it learns what became of them."""
    snapshots: bool = False
    """Whether it takes what a scope holds by pages."""
    places: Sequence[Place] = ()
    """The pages it wants now, in this order, instead of news."""
    room: int = 0
    """Bytes it wants at once: one page always comes, another only while there is room."""
    purged: Sequence[Purged] = ()
    """What it has removed since central last heard of it."""

    def to_json(self) -> dict[str, Any]:
        """The question as JSON: what is not usual only when it is said."""
        more: dict[str, Any] = {"held": list(self.held)} if self.held else {}
        if self.places:
            more |= {"places": [[each.scope, each.number, each.page] for each in self.places], "room": self.room}
        if self.purged:
            more["purged"] = [[each.scope, each.ev, each.rows, each.files, each.left] for each in self.purged]
        return more | {
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
            "snapshots": self.snapshots,
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
        rest |= {"held": tuple(int(seq) for seq in raw.get("held", ()))}
        rest |= {"whole": bool(raw.get("whole", False)), "digest": str(raw.get("digest", ""))}
        rest |= {"snapshots": bool(raw.get("snapshots", False)), "room": int(raw.get("room", 0))}
        rest |= {"places": _places(raw.get("places", ())), "purged": _purged(raw.get("purged", ()))}
        return cls(str(raw["epoch"]), int(raw["since"]), head, int(raw["ev"]), limit=limit, **rest)  # type: ignore[arg-type]


def _places(raw: Sequence[Any]) -> tuple[Place, ...]:
    return tuple(Place(str(scope), int(number), int(page)) for scope, number, page in raw[:MOST_PLACES])


def _purged(raw: Sequence[Any]) -> tuple[Purged, ...]:
    """The receipts of a question; a ValueError when a count is not one."""
    told = [Purged(str(scope), *(int(each) for each in counts)) for scope, *counts in raw[:MOST_PLACES]]
    if any(min(each.rows, each.files, each.left) < 0 for each in told):
        raise ValueError("not counts")
    return tuple(told)


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
    """A scope this device may hold from now on; its records follow, or are to be fetched by pages."""

    scope: str
    number: int = 0
    """The ledger number of the pages: what came later comes as news."""
    pages: int = 0
    """How many pages there are; with none its records follow."""


@dataclass(frozen=True, slots=True)
class PageBegins:
    """A page of a snapshot follows: it is here once this answer is."""

    scope: str
    number: int
    page: int


@dataclass(frozen=True, slots=True)
class ScopeLost:
    """A scope to remove from this device."""

    scope: str


@dataclass(frozen=True, slots=True)
class Retold:
    """Central's word on a change that it held and has tried again since: it stands instead of the receipt."""

    receipt: Receipt


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
    root: str = ""
    """Behind a push: the root over all that the device should hold now. Empty while more is to come."""


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


Frame = Put | Tomb | ScopeGained | ScopeLost | PageBegins | Held | Retold | PageEnd
