"""The change: one saved edit, immutable, chained by hash per device; and the paths, values and hashes it is made of.

Nothing here knows forms, a database or a network. `sync/README.md` gives the same in words, with test vectors.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NewType

from sync.errors import TooLarge

RecordId = NewType("RecordId", str)
DeviceId = NewType("DeviceId", str)

Value = str | list[str] | dict[str, Any] | None
"""Text of the bind's type, a set in choice order, an attachment, or None: cleared (only in a patch)."""
Patch = Mapping[str, Value]
State = Mapping[str, Value]

SCHEMA = 2
"""The newest way of writing a change. 2: a change says how far its author had read central's ledger (`seen`)."""
KINDS = ("create", "set", "append", "add", "remove", "delete", "restore", "resolve")
START = "0" * 64
"""The hash before the first change of a device."""
NO_TRUNK = (0, "")
"""The trunk of a record that central did not have when it was written."""
NOTHING_SEEN = (0, "")
"""What an author had read of central's ledger: nothing, or nobody knows."""
SEEN_HASH = 16
"""Hexadecimal digits of a ledger hash that a change carries: enough to tell a restored central from the one it was."""
RESERVED = ("@kind", "@scope", "@form")
NOT_RECORDED = ("not-asked", "not-known", "prefers-not-to-say", "not-applicable", "not-safe-to-ask-now")

MOST_LINE = 4 << 20
"""Bytes of one change: none is made that is longer, or it could never be sent and all behind it would wait."""
SALT = 32
"""Hexadecimal digits of a change's salt."""
SALTED, WORDS = ',"salt":"', '","payload":'
"""What stands before the salt and before the words in a change's line."""
ERASED = ',"erased":"'
"""What stands before the hash of words that were erased."""
_HEX = re.compile(r"[0-9a-f]*")
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode
_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


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
    seen: tuple[int, str] = NOTHING_SEEN
    """How far its author had read central's ledger, and the beginning of that row's hash: it orders changes of
    different records, which `trunk` cannot. Since schema 2."""
    schema: int = SCHEMA
    prev_hash: str = START
    person: str = ""
    """Who was at the keyboard of a device that several people share, by its own id; empty: the device's own worker."""
    salt: str = field(default="", repr=False)
    hash: str = ""
    line: str = field(default="", repr=False, compare=False)
    """The change as it travels and is kept: one JSON object whose last members are `salt` and `payload`."""

    @property
    def payload(self) -> str:
        """What an erasure takes away: patch and was, as JSON text."""
        return _PLAIN([self.patch, self.was])

    @property
    def head(self) -> str:
        """What stays after an erasure: everything but the words, as the beginning of a JSON object."""
        told = {
            "record": self.record,
            "kind": self.kind,
            "trunk": list(self.trunk),
            "actor": self.actor,
            "occurred_at": self.occurred_at,
            "recorded_at": self.recorded_at,
            "zone": self.zone,
            "clock_offset": self.clock_offset,
            "ev": self.ev,
            "schema": self.schema,
        }
        told |= {"seen": list(self.seen)} if self.schema > 1 else {}
        told |= {"person": self.person} if self.person else {}
        return _PLAIN(told)[:-1]

    def sealed(self) -> Change:
        """The same with its salt (made when missing), its line and its hash; TooLarge beyond `MOST_LINE`."""
        salt = self.salt or secrets.token_hex(SALT // 2)
        head, payload = self.head, self.payload
        known = link(self.prev_hash, self.device, self.seq, head, payload_hash(salt, payload))
        line = f"{head}{SALTED}{salt}{WORDS}{payload}}}"
        if len(line) > MOST_LINE or len(line.encode("utf-8", "surrogatepass")) > MOST_LINE:
            raise TooLarge
        return replace(self, salt=salt, line=line, hash=known)

    @classmethod
    def of_line(cls, line: str, device: str, seq: int, prev_hash: str, known: str = "") -> Change:
        """The change of a line at its place in a device's chain; ValueError, KeyError or TypeError when it is none.

        Its hash is that of the characters of the line, in whatever order and spelling its author wrote them, or
        `known` where it was computed before.
        """
        if is_erased(line):
            head, words = hashed(line)
            salt, payload = "", "[{},{}]"
        else:
            head, salt, payload = parted(line)
            words = payload_hash(salt, payload)
        told, (patch, was) = json.loads(f"{head}}}"), json.loads(payload)
        version, version_hash = told["trunk"]
        read, read_hash = told.get("seen", NOTHING_SEEN)
        if not isinstance(patch, dict) or not isinstance(was, dict):
            raise ValueError("not a change")
        return cls(
            device=device,
            seq=seq,
            record=str(told["record"]),
            kind=str(told["kind"]),
            trunk=(int(version), str(version_hash)),
            patch=patch,
            was=was,
            actor=str(told["actor"]),
            occurred_at=str(told["occurred_at"]),
            recorded_at=str(told["recorded_at"]),
            zone=str(told["zone"]),
            clock_offset=int(told["clock_offset"]),
            ev=int(told["ev"]),
            seen=(int(read), str(read_hash)),
            schema=int(told["schema"]),
            prev_hash=prev_hash,
            person=str(told.get("person", "")),
            salt=salt,
            hash=known or link(prev_hash, device, seq, head, words),
            line=line,
        )


def parted(line: str) -> tuple[str, str, str]:
    """A line as head, salt and payload; ValueError when it is not so built."""
    at = line.index(SALTED) + len(SALTED)
    salt, words = line[at : at + SALT], at + SALT + len(WORDS)
    if line[at + SALT : words] != WORDS or line[-1] != "}" or not _HEX.fullmatch(salt):
        raise ValueError("not a change")
    return line[: at - len(SALTED)], salt, line[words:-1]


def is_erased(line: str) -> bool:
    """Whether salt and words were taken out of a line."""
    return SALTED not in line


def erased(line: str) -> str:
    """The line without salt and words: their hash stands for them, so that the chain still holds."""
    head, words = hashed(line)
    return f'{head}{ERASED}{words}"}}'


def hashed(line: str) -> tuple[str, str]:
    """A line as its head and the hash of its words, erased or not; ValueError when it is not so built."""
    if not is_erased(line):
        head, salt, payload = parted(line)
        return head, payload_hash(salt, payload)
    at = line.index(ERASED) + len(ERASED)
    words = line[at:-2]
    if line[-2:] != '"}' or len(words) != 64 or not _HEX.fullmatch(words):
        raise ValueError("not a change")
    return line[: at - len(ERASED)], words


def payload_hash(salt: str, payload: str) -> str:
    """The hash that stands for the words in a chain, so that salt and words can be erased."""
    return digest(bytes.fromhex(salt) + payload.encode("utf-8", "surrogatepass"))


def link(prev_hash: str, device: str, seq: int, head: str, words: str) -> str:
    """The hash of a change in its device's chain: over the change before it, its head, and the hash of its words."""
    return digest(f"{prev_hash}\n{device}\n{seq}\n{head}\n{words}".encode("utf-8", "surrogatepass"))


def chain_holds(changes: Iterable[Change], after: str) -> bool:
    """Whether every change names the one before it (the first: `after`) and its line has the hash it says."""
    for change in changes:
        known = link(after, change.device, change.seq, *hashed(change.line))
        if change.prev_hash != after or change.hash != known:
            return False
        after = change.hash
    return True


def version_hash(record: str, version: int, state: State) -> str:
    """The hash of a record's contents at a central version."""
    return text_hash(record, version, state_text(state))


def state_text(state: State) -> str:
    """A record's contents as canonical JSON: what is stored, sent and hashed."""
    return _ENCODE(state)


def text_hash(record: str, version: int, text: str) -> str:
    """The same hash, of contents that are canonical JSON already."""
    return digest(f'["{record}",{version},{text}]'.encode("utf-8", "surrogatepass"))


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
