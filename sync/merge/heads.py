"""What a merge looks at and what it gives back. Plain values: central reads them from its tables in one batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.changes import Change, State, Value, state_text, text_hash

CREATED = ""
"""The key in `Head.touched` for every path that stands as it was created."""
DELETED = "@deleted"
"""The path a conflict between a deletion and an edit is about."""


class Touch(NamedTuple):
    """Who last said a value, and with which change; a JSON list where it is stored."""

    version: int
    device: str
    actor: str
    occurred_at: str
    recorded_at: str
    change: str
    moved: Mapping[str, int] = {}
    """Of a set: what this device put in (the version) or took out (the version, below zero), by entry."""

    @classmethod
    def of(cls, change: Change, version: int, moved: Mapping[str, int] | None = None) -> Touch:
        """What this change says, once it has a version."""
        when = (change.occurred_at, change.recorded_at)
        return cls(version, change.device, change.actor, *when, change.hash, moved or {})


Touches = Mapping[str, tuple[Touch, ...]]
"""By path, the latest saying of each of the two devices that spoke last, newest first."""


def touches_of(raw: Mapping[str, Any]) -> dict[str, tuple[Touch, ...]]:
    """The touches as they come out of JSON."""
    return {path: tuple(Touch(*said) for said in touches) for path, touches in raw.items()}


@dataclass(frozen=True, slots=True)
class Head:
    """A record as it stands at central. A conflict is a record too, of kind `conflict`."""

    record: str
    kind: str
    scope: str
    form: str = ""
    version: int = 0
    version_hash: str = ""
    state: State = field(default_factory=dict, repr=False)
    touched: Touches = field(default_factory=dict, repr=False)
    conflicts: Mapping[str, Head] = field(default_factory=dict, repr=False)
    """The open conflicts, by path or unit (`state["path"]` of the conflict)."""
    known: Mapping[int, str] = field(default_factory=dict, repr=False)
    """Hashes of earlier versions central has; those that changes name as trunk are enough."""
    deleted: bool = False
    echo: bool = False
    """Whether who wrote last cannot know this state by adding the patch to what was seen: the next pull brings it."""
    text: str = field(default="", repr=False, compare=False)
    """The state as canonical JSON; empty where nobody made it yet."""

    def at(self, version: int, state: State, touched: Touches | None = None) -> Head:
        """The record at another version, with that version's hash; the hash it had is among the known ones.

        `touched` when somebody spoke about more of it.
        """
        text = state_text(state)
        # By hand: this is done for every change, and `replace` takes three times as long.
        return Head(
            self.record,
            self.kind,
            self.scope,
            self.form,
            version,
            text_hash(self.record, version, text),
            state,
            self.touched if touched is None else touched,
            self.conflicts,
            {**self.known, self.version: self.version_hash} if self.version else self.known,
            self.deleted,
            self.echo,
            text,
        )

    def has_seen(self, trunk: tuple[int, str]) -> bool:
        """Whether central itself gave out this version with this hash; a restored central may not have."""
        version, known = trunk
        if version == 0:
            return True
        return known in (self.version_hash if version == self.version else None, self.known.get(version))

    def last_by_other(self, path: str, device: str) -> Touch | None:
        """The latest saying about a path by another device."""
        return next((touch for touch in self.sayings(path) if touch.device != device), None)

    def last_of_others(self, device: str) -> int:
        """The latest version at which another device said anything in this record."""
        versions = (said.version for touches in self.touched.values() for said in touches if said.device != device)
        return max(versions, default=0)

    def sayings(self, path: str) -> tuple[Touch, ...]:
        """Who spoke last about a path, newest first."""
        found = self.touched.get(path)
        if found is None and path in self.state:
            return self.touched.get(CREATED, ())
        return found or ()


@dataclass(frozen=True, slots=True)
class Merge:
    """What becomes of a change: the record after it, and the other records it makes or changes."""

    outcome: str
    """A `sync.protocol.Outcome`."""
    head: Head
    """The record after the change (as it was, when refused)."""
    reason: str = ""
    """A `sync.protocol.Reason`."""
    also: tuple[Head, ...] = ()
    """Further records as they stand after it: conflicts opened or added to; of a resolve the record it is about."""
    urgent: bool = False
    """Whether it touches safeguarding and goes to the front of every pull."""

    @property
    def echo(self) -> bool:
        """Whether the author has to be sent the record, although nobody else changed it."""
        return self.head.echo

    @property
    def stands(self) -> bool:
        """Whether the change is part of the record's history from now on."""
        return self.outcome in ("applied", "merged", "conflict")


@dataclass(frozen=True, slots=True)
class Decision:
    """One path (or unit), decided: what is shown from now on, and whether people must look."""

    value: Value = field(repr=False)
    contested: bool = False
    merged: bool = False
