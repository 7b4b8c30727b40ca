"""What the routes take and answer, as an OpenAPI description: data beside the routes, made from their table.

Bodies that travel packed (NDJSON in zstd, a line and bytes) are described as they are before they are packed. The app
serves no description and no pages; `fieldkit-central openapi` prints it for whoever writes or tests a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.changes import KINDS, SCHEMA
from sync.protocol import JSON, MOST_CHANGES, PAGE, SENTENCES, STREAM, VERSION, Reason
from sync.protocol.attachments import BYTES, LARGEST
from sync.server.app import ROUTES, STATUS
from sync.server.key_events import WHAT as KEY_EVENTS

Schema = Mapping[str, Any]

_WHOLE: Schema = {"type": "integer", "minimum": 0, "maximum": (1 << 53) - 1}
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ID: Schema = {"type": "string", "pattern": "^[0-9A-Za-z-]{1,64}$"}
_TEXT: Schema = {"type": "string", "maxLength": 200}
_FLAG: Schema = {"type": "boolean"}
_VALUE: Schema = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}],
    "description": "Text, a set, or null: cleared. A file is an object with hash, name and size.",
}
_PATCH: Schema = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-z@][a-z0-9@/_-]{0,40}$"},
    "additionalProperties": _VALUE,
    "maxProperties": 8,
}


def _object(members: Mapping[str, Schema], *optional: str) -> Schema:
    return {
        "type": "object",
        "properties": dict(members),
        "required": [name for name in members if name not in optional],
        "additionalProperties": False,
    }


_CHANGE = _object(
    {
        "record": _ID,
        "kind": {"enum": list(KINDS)},
        "trunk": {"type": "array", "prefixItems": [_WHOLE, _TEXT], "minItems": 2, "maxItems": 2, "items": False},
        "actor": _TEXT,
        "occurred_at": _TEXT,
        "recorded_at": _TEXT,
        "zone": _TEXT,
        "clock_offset": _WHOLE,
        "ev": _WHOLE,
        "seen": {"type": "array", "prefixItems": [_WHOLE, _TEXT], "minItems": 2, "maxItems": 2, "items": False},
        "schema": {"type": "integer", "minimum": 1, "maximum": SCHEMA + 1},
        "person": _TEXT,
        "salt": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "payload": {"type": "array", "prefixItems": [_PATCH, _PATCH], "minItems": 2, "maxItems": 2, "items": False},
    },
    "person",
)
_PUSH = _object(
    {
        "v": {"const": VERSION},
        "from": {"type": "integer", "minimum": 1, "maximum": (1 << 53) - 1},
        "after": _HASH,
        "signature": {"type": "string", "pattern": "^[0-9a-f]{128}$"},
        "changes": {"type": "array", "items": _CHANGE, "maxItems": MOST_CHANGES},
    }
)


def _rows(*members: Schema) -> Schema:
    row = {"type": "array", "prefixItems": list(members), "minItems": len(members), "maxItems": len(members)}
    return {"type": "array", "items": {**row, "items": False}, "maxItems": 5}


_PULL = _object(
    {
        "epoch": _TEXT,
        "since": _WHOLE,
        "head_seen": {"type": "array", "prefixItems": [_WHOLE, _TEXT], "minItems": 2, "maxItems": 2, "items": False},
        "ev": _WHOLE,
        "limit": {"type": "integer", "minimum": 1, "maximum": PAGE},
        "schema": _WHOLE,
        "last_seq": _WHOLE,
        "after": _TEXT,
        "whole": _FLAG,
        "digest": _TEXT,
        "held": {"type": "array", "items": _WHOLE, "maxItems": 20},
        "snapshots": _FLAG,
        "places": _rows(_TEXT, _WHOLE, _WHOLE),
        "room": _WHOLE,
        "purged": _rows(_TEXT, _WHOLE, _WHOLE, _WHOLE, _WHOLE),
    },
    "whole",
    "digest",
    "held",
    "snapshots",
    "places",
    "room",
    "purged",
)
_COMPARE = _object(
    {
        "scope": _TEXT,
        "sums": {
            "type": "object",
            "propertyNames": {"pattern": "^(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$"},
            "additionalProperties": _HASH,
        },
    }
)
_PIECE = _object(
    {
        "record": _ID,
        "hash": _HASH,
        "size": {"type": "integer", "minimum": 0, "maximum": LARGEST},
        "at": {"type": "integer", "minimum": 0, "maximum": LARGEST},
        "content": {"type": "string", "maxLength": 200, "description": "The bytes that follow the line."},
    }
)
_HEAD: Schema = {"type": "array", "prefixItems": [_WHOLE, _TEXT], "minItems": 2, "maxItems": 2, "items": False}
_KEY_EVENT = _object(
    {
        "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "what": {"enum": sorted(KEY_EVENTS)},
        "about": {"type": "string", "pattern": "^[0-9a-z -]{0,80}$"},
        "at": {"type": "string", "pattern": "^[0-9TZ:.+-]{10,40}$"},
    }
)
_KEY_EVENTS = _object({"events": {"type": "array", "items": _KEY_EVENT, "maxItems": 200}})
_SIGN_IN = _object({"id_token": _TEXT, "salt": _TEXT, "flow": {"enum": ["browser", "device-code"]}, "next": _HASH})
_ENROL = _object({"code": _TEXT, "public_key": _HASH, "label": _TEXT, "sign_in": _SIGN_IN}, "sign_in")
_COPY_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_COPY = _object(
    {
        "copy": _COPY_ID,
        "version": {"type": "integer", "minimum": 1, "maximum": (1 << 53) - 1},
        "mark": _COPY_ID,
        "before": {"type": "array", "items": _COPY_ID, "maxItems": 2},
        "key": _HASH,
        "label": {"type": "string", "maxLength": 4_000, "description": "Sealed to the seal key, in base64."},
        "content": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The sealed bytes."},
    }
)
_ENDED: Schema = {
    "type": "array",
    "items": {"type": "array", "prefixItems": [_COPY_ID, _WHOLE], "minItems": 2, "maxItems": 2, "items": False},
    "maxItems": 5,
}
_DRAFT_KEY = _object({"public": _HASH, "wrapped": _TEXT})

BODIES: Mapping[str, tuple[str, Schema, str]] = {
    "/enrol": ("Spend a one-time code.", _ENROL, JSON),
    "/sync/push": ("Send a run of the device's chain.", _PUSH, STREAM),
    "/sync/pull": ("Ask for what is new.", _PULL, STREAM),
    "/sync/compare": ("Ask for what differs in one scope.", _COMPARE, STREAM),
    "/sync/file/put": ("Send a piece of a file.", _PIECE, JSON),
    "/sync/file/get": ("Fetch a piece of a file.", _PIECE, BYTES),
    "/sync/shredded": ("What a revoked device is to do; that it has.", _object({"done": _FLAG}), JSON),
    "/sync/anchor": ("Countersign the device's audit chain.", _object({"head": _HEAD, "known": _HEAD}), JSON),
    "/sync/courier": ("Hand on a colleague's sealed file.", {"type": "string", "maxLength": 2_000}, BYTES),
    "/sync/draft/put": ("Keep a sealed copy of a draft.", _COPY, JSON),
    "/sync/draft/tell": (
        "Which copies are done with; the wrapped draft key; to a lead the counts.",
        _object(
            {"key": _DRAFT_KEY, "ended": _ENDED, "team": _FLAG, "standing": {"type": "object", "maxProperties": 8}},
            "key",
            "ended",
            "team",
            "standing",
        ),
        JSON,
    ),
    "/sync/draft/list": ("A worker's copies.", _object({"of": _TEXT, "keys": _FLAG}, "of", "keys"), JSON),
    "/sync/draft/get": ("Fetch a sealed copy.", _object({"copy": _COPY_ID}), BYTES),
    "/sync/keys": ("What was done with the keys of this device.", _KEY_EVENTS, JSON),
    "/sign-in/about": ("Where and how to sign in.", _object({"public_key": _HASH}), JSON),
    "/sign-in/session": ("Begin a session with an ID token.", _SIGN_IN, JSON),
    "/sign-in/refresh": (
        "Renew a session.",
        _object({"refresh": _TEXT, "next": _HASH, "id_token": _TEXT}, "id_token"),
        JSON,
    ),
    "/sign-in/end": ("End a session.", _object({}), JSON),
}
"""By route: what it does, the body before it is packed, and the type of the answer."""

_SIGNED = ("content-digest", "signature-input", "signature")


def description() -> dict[str, Any]:
    """The whole description; KeyError for a route that nobody described."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "fieldkit central", "version": VERSION, "description": "The words are in sync/README.md."},
        "paths": {path: {"post": _operation(path, kind)} for path, kind, _ in ROUTES},
        "components": {
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": name, "description": "RFC 9421, RFC 9530"}
                for name in _SIGNED
            }
        },
        "security": [{name: [] for name in _SIGNED}],
    }


def _operation(path: str, kind: str) -> dict[str, Any]:
    said, body, answer = BODIES[path]
    return {
        "summary": said,
        "operationId": path.strip("/").replace("/", "-"),
        "requestBody": {"required": True, "content": {kind: {"schema": body}}},
        "responses": {
            "200": {"description": "Signed by the receipt key.", "content": {answer: {}}},
            **_refusals(),
            "503": {"description": "The database does not answer; come again."},
        },
    }


def _refusals() -> dict[str, Any]:
    """A refusal by its status, with the reasons it may have."""
    by_status: dict[int, list[str]] = {}
    for reason in Reason:
        by_status.setdefault(STATUS.get(reason, 400), []).append(str(reason))
    return {
        str(status): {
            "description": " ".join(SENTENCES[Reason(reason)] for reason in reasons if Reason(reason) in STATUS),
            "content": {JSON: {"schema": _object({"reason": {"enum": reasons}, "said": _TEXT, "device": _TEXT})}},
        }
        for status, reasons in sorted(by_status.items())
    }
