"""The change: one saved edit, immutable, chained by hash per device; and the paths, values and hashes it is made of.

Nothing here knows forms, a database or a network. `sync/README.md` gives the same in words, with test vectors.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NewType

RecordId = NewType("RecordId", str)
DeviceId = NewType("DeviceId", str)

Value = str | list[str] | dict[str, Any] | None
"""Text of the bind's type, a set in choice order, an attachment, or None: cleared (only in a patch)."""
Patch = Mapping[str, Value]
State = Mapping[str, Value]

SCHEMA = 1
KINDS = ("create", "set", "append", "add", "remove", "delete", "restore", "resolve")
START = "0" * 64
"""The hash before the first change of a device."""
NO_TRUNK = (0, "")
"""The trunk of a record that central did not have when it was written."""
RESERVED = ("@kind", "@scope", "@form")
NOT_RECORDED = ("not-asked", "not-known", "prefers-not-to-say", "not-applicable", "not-safe-to-ask-now")

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def canonical(value: object) -> bytes:
    """The one way to write what is hashed or signed: RFC 8785 for text, whole numbers and ASCII keys."""
    return _ENCODE(value).encode("utf-8", "surrogatepass")


def digest(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def is_row(segment: str) -> bool:
    """Whether a path's segment is a row's id: those begin with a digit, names never do."""
    return segment[:1].isdigit()


def template(path: str) -> str:
    """The path with every row id replaced by `*`, and without the mark behind `@` of a not-recorded code."""
    base = path.removesuffix("@not-recorded")
    if not any(character.isdigit() for character in base):
        return base
    return "/".join("*" if is_row(segment) else segment for segment in base.split("/"))


def row_of(path: str) -> str | None:
    """The innermost row that a path lies in, as a path; None outside repeats."""
    parts = path.split("/")
    for place in range(len(parts) - 1, -1, -1):
        if is_row(parts[place]):
            return "/".join(parts[: place + 1])
    return None


@dataclass(frozen=True, slots=True)
class Change:
    """One saved edit, as its author saw the record then (SYNC section 3)."""

    device: str
    seq: int
    """Gapless from 1 on this device."""
    record: str
    kind: str
    trunk: tuple[int, str]
    """The last central version of the record that the author had seen, and its hash; (0, "") when none."""
    patch: Patch = field(repr=False)
    was: Patch = field(repr=False)
    """What the author saw under the paths of the patch; a path that was blank is absent."""
    actor: str = ""
    occurred_at: str = ""
    """When it happened, as the worker says: an ISO instant."""
    recorded_at: str = ""
    """When it was written, by the device's clock: an ISO instant."""
    zone: str = "Europe/London"
    clock_offset: int = 0
    """Seconds that central's clock was ahead of the device's at the last sync."""
    ev: int = 0
    schema: int = SCHEMA
    prev_hash: str = START
    salt: str = field(default="", repr=False)
    hash: str = ""

    def payload(self) -> bytes:
        """What an erasure takes away: patch and was."""
        return canonical([self.patch, self.was])

    def header(self, payload_hash: str) -> bytes:
        """What stays after an erasure: everything but the words."""
        return canonical(
            [
                self.prev_hash,
                self.device,
                self.seq,
                self.record,
                self.kind,
                list(self.trunk),
                self.actor,
                self.occurred_at,
                self.recorded_at,
                self.zone,
                self.clock_offset,
                self.ev,
                self.schema,
                payload_hash,
            ]
        )

    def computed_hash(self) -> str:
        """The hash this change must have: over the previous hash, the header and the salted payload."""
        return digest(self.header(digest(bytes.fromhex(self.salt) + self.payload())))

    def sealed(self) -> Change:
        """The same with its salt (made when missing) and its hash."""
        salted = self if self.salt else replace(self, salt=secrets.token_hex(16))
        return replace(salted, hash=salted.computed_hash())

    def to_json(self) -> dict[str, Any]:
        """The change as it travels and is kept: one JSON object."""
        return {
            "device": self.device,
            "seq": self.seq,
            "prev_hash": self.prev_hash,
            "record": self.record,
            "kind": self.kind,
            "schema": self.schema,
            "trunk": list(self.trunk),
            "patch": dict(self.patch),
            "was": dict(self.was),
            "occurred_at": self.occurred_at,
            "recorded_at": self.recorded_at,
            "zone": self.zone,
            "clock_offset": self.clock_offset,
            "actor": self.actor,
            "ev": self.ev,
            "salt": self.salt,
            "hash": self.hash,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Change:
        """The change of such an object; ValueError, KeyError or TypeError when it is none."""
        version, known = raw["trunk"]
        if raw["kind"] not in KINDS or not isinstance(raw["patch"], dict) or not isinstance(raw["was"], dict):
            raise ValueError("not a change")
        return cls(
            device=str(raw["device"]),
            seq=int(raw["seq"]),
            prev_hash=str(raw["prev_hash"]),
            record=str(raw["record"]),
            kind=str(raw["kind"]),
            schema=int(raw["schema"]),
            trunk=(int(version), str(known)),
            patch=raw["patch"],
            was=raw["was"],
            occurred_at=str(raw["occurred_at"]),
            recorded_at=str(raw["recorded_at"]),
            zone=str(raw["zone"]),
            clock_offset=int(raw["clock_offset"]),
            actor=str(raw["actor"]),
            ev=int(raw["ev"]),
            salt=str(raw["salt"]),
            hash=str(raw["hash"]),
        )


def chain_holds(changes: Iterable[Change], after: str) -> bool:
    """Whether every change names the one before it (the first: `after`) and has the hash it must have."""
    for change in changes:
        if change.prev_hash != after or change.hash != change.computed_hash():
            return False
        after = change.hash
    return True


def version_hash(record: str, version: int, state: State) -> str:
    """The hash of a record's contents at a central version."""
    return digest(canonical([record, version, state]))


def apply(state: State, patch: Patch) -> dict[str, Value]:
    """The state after a patch: None takes a path away, anything else stands."""
    after = dict(state)
    for path, value in patch.items():
        if value is None:
            after.pop(path, None)
        else:
            after[path] = value
    return after


@dataclass(frozen=True, slots=True)
class Policy:
    """How one path template is merged (SYNC section 6)."""

    merge: str = "last"
    klass: str = "C"
    """A safeguarding, B agreement and plans, C ordinary."""
    order: tuple[str, ...] = ()
    """Values from the least to the most protective."""
    unit: str | None = None
    type: str = "string"

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Policy:
        """The policy of one row of a published policy table."""
        return cls(
            merge=str(raw.get("policy", "last")),
            klass=str(raw.get("class", "C")),
            order=tuple(raw.get("order") or ()),
            unit=raw.get("unit") or None,
            type=str(raw.get("type", "string")),
        )


Policies = Mapping[str, Policy]
"""The policies of one kind of record, by path template; a template that is missing merges as `Policy()`."""
