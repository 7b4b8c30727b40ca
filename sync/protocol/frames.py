"""The frames of a pull as lines, and back. A put's contents are never read and written anew: they travel as hashed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from sync.errors import MISSHAPEN, Malformed
from sync.protocol.messages import (
    Frame,
    Held,
    PageBegins,
    PageEnd,
    Put,
    Receipt,
    Retold,
    ScopeGained,
    ScopeLost,
    Tomb,
)

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
        if head["f"] != "put" or line[-1] != "}":
            raise Malformed
        told: Any = {name: head[name] for name in _PUT}
        return Put(**told, text=line[at + len(STATE) : -1])
    except MISSHAPEN as wrong:
        raise Malformed from wrong


def _frame_json(frame: Tomb | ScopeGained | ScopeLost | PageBegins | Held | Retold | PageEnd) -> dict[str, Any]:
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
            paged = {"number": frame.number, "pages": frame.pages} if frame.pages else {}
            return {"f": "scope+", "scope": frame.scope} | paged
        case PageBegins():
            return {"f": "page", "scope": frame.scope, "number": frame.number, "page": frame.page}
        case ScopeLost():
            return {"f": "scope-", "scope": frame.scope}
        case Held():
            return {"f": "held", "scope": frame.scope, "parts": list(frame.parts), "records": list(frame.records)}
        case Retold():
            return {"f": "retold", **json.loads(frame.receipt.line())}
        case PageEnd():
            names = ["next", "more", "epoch", "ev", "server_time", "durable_seq", "last_seq", "after"]
            names += [] if frame.agrees else ["agrees", "scopes"]
            names += ["root"] if frame.root else []
            return {"f": "end", "head": list(frame.head)} | {name: getattr(frame, name) for name in names}


def known_frame(line: str) -> Frame | None:
    """The frame of such a line; None for a kind that a newer central has and we do not know."""
    if STATE not in line and line.startswith('{"f":"') and line[6:].partition('"')[0] not in _FRAMES:
        return None
    return frame_of_line(line)


def _frame_of(raw: Mapping[str, Any]) -> Frame:
    """The frame of an object; members that a newer central adds are passed over."""
    if raw["f"] == "retold":
        return Retold(Receipt.from_json(raw))
    kind = _FRAMES[raw["f"]]
    told = {each.name: raw[each.name] for each in fields(kind) if each.name in raw}
    if kind is PageEnd:
        number, known = told["head"]
        told["head"] = (int(number), str(known))
    return cast(Frame, kind(**told))


_FRAMES: Mapping[str, Any] = {
    "tomb": Tomb,
    "scope+": ScopeGained,
    "scope-": ScopeLost,
    "page": PageBegins,
    "held": Held,
    "retold": Retold,
    "end": PageEnd,
}
