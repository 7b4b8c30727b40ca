"""Copies of drafts over the line: sealed before they come here, opened after they leave. Only bytes and counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sync.client import courier
from sync.errors import MISSHAPEN, Malformed
from sync.protocol import JSON
from sync.protocol.attachments import BYTES
from sync.protocol.copies import GET, LARGEST_COPY, LIST, MOST_ENDED, PUT, TELL, Copy, pack_copy
from sync.protocol.wire import parse

__all__ = [
    "LARGEST_COPY",
    "MOST_ENDED",
    "Answered",
    "Copy",
    "Listed",
    "Listing",
    "Told",
    "WrappedKey",
    "ask",
    "get",
    "label",
    "put",
]

KEPT, OTHER, GONE = "kept", "other", "gone"
"""What becomes of a copy: central has it; another stands in its place, which it is not to replace; it was erased."""


class Line(Protocol):
    """The line to central, as copies need it."""

    def send(self, path: str, body: bytes, kind: str) -> bytes:
        """One request; the bytes of the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """One copy at central, not opened."""

    copy: str
    device: str
    label: str
    key: str
    version: int
    at: str
    size: int


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A device's draft key as central keeps it."""

    device: str
    public: str
    wrapped: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """What central has for a worker."""

    copies: tuple[Listed, ...]
    keys: tuple[WrappedKey, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a device says beside its copies."""

    key: tuple[str, str] | None = field(default=None, repr=False)
    """Its draft key, public and wrapped, when central has not this one."""
    ended: Sequence[tuple[str, int]] = ()
    team: bool = False
    """Whether it asks how many drafts there are of whom (answered to leads)."""
    standing: Mapping[str, Any] | None = None
    """What central is to know on the day on which this device is lost, when it changed."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What central tells a lead of the team, and nobody else."""

    drafts: Sequence[Mapping[str, Any]] = ()
    """Of each worker that has any: how many drafts have a copy, and how old."""
    people: Sequence[Mapping[str, Any]] = ()
    """Who holds what this lead holds too: name, role, last sync, what waited then, scopes."""


def label(device: str, about: Sequence[str], seal_key: bytes) -> bytes:
    """What a copy is about, as only central's seal key opens it."""
    return courier.seal(device, [json.dumps(list(about)).encode()], seal_key)


def put(line: Line, copy: Copy) -> str:
    """Send a copy; what became of it."""
    return str(parse(line.send(PUT, pack_copy(copy), BYTES)).get("became", ""))


def tell(line: Line, told: Told) -> Answered:
    """Say what is done with, and the key; the team where it was asked for and may be told."""
    said: dict[str, Any] = {"ended": [list(each) for each in told.ended], "team": told.team}
    if told.standing is not None:
        said["standing"] = dict(told.standing)
    if told.key is not None:
        said["key"] = dict(zip(("public", "wrapped"), told.key, strict=True))
    heard = parse(line.send(TELL, _json(said), JSON))
    return Answered(_rows(heard.get("team")), _rows(heard.get("people")))


def _rows(told: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(each for each in told if isinstance(each, dict)) if isinstance(told, list) else ()


def ask(line: Line, of: str = "", *, keys: bool = False) -> Listing:
    """What central has of this worker, or of one whose copies were opened to us."""
    told = parse(line.send(LIST, _json({"of": of, "keys": keys}), JSON))
    try:
        found = tuple(_listed(each) for each in told["copies"])
        wrapped = tuple(WrappedKey(each["device"], each["public"], str(each["wrapped"])) for each in told["keys"])
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    return Listing(found, wrapped)


def _listed(each: dict[str, Any]) -> Listed:
    copy, device, called, key = (str(each[name]) for name in ("copy", "device", "label", "key"))
    return Listed(copy, device, called, key, int(each["version"]), str(each["at"]), int(each["size"]))


def get(line: Line, copy: str) -> bytes:
    """The sealed bytes of a copy."""
    return line.send(GET, _json({"copy": copy}), JSON)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
