"""Which members a bundle has, by version, and of what kind: a sealed bundle with others is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Shape = Mapping[str, Any]
"""By name: a type, or the shape of an object below."""

_FIRST = (
    "form text text_hash answers_hash method name role capacity statement witness place interpreter worker device at"
    " zone last_central_time previous public_key"
)
SHAPES: Mapping[int, Shape] = {
    1: {"bundle": int, "answers": dict, "strokes": list, **dict.fromkeys(_FIRST.split(), str)},
    2: {
        "bundle": int,
        "record": str,
        "form": dict.fromkeys(("id", "version", "hash"), str),
        "shown": {
            **dict.fromkeys(("text", "text_hash", "language", "read_out"), str),
            **dict.fromkeys(("bytes", "read_to"), int),
        },
        "answers": dict,
        "answers_hash": str,
        "signer": dict.fromkeys(
            ("name", "role", "capacity", "person", "responsibility", "competence", "judged_by"), str
        ),
        "help": {
            **dict.fromkeys(("interpreter", "interpreter_language", "supporter", "only_spoken"), str),
            "read_back": bool,
        },
        "said": {
            **dict.fromkeys(("method", "statement", "witness", "place"), str),
            "agreed": bool,
            "strokes": list,
        },
        "worker": dict.fromkeys(("id", "role"), str),
        "device": dict.fromkeys(("id", "app"), str),
        "time": {
            **dict.fromkeys(("at", "local", "zone", "running", "boot", "central_at"), str),
            "central_offset": int,
            "doubts": list,
            "clock_unverified": bool,
        },
        "previous": {"number": int, "hash": str},
        "public_key": str,
    },
}

RECEIPT: Shape = {
    **dict.fromkeys(("record", "bundle_hash", "device", "change", "received_at", "public_key"), str),
    **dict.fromkeys(("receipt", "number"), int),
    "clock": list,
}
"""Central's receipt for a bundle, without its seal."""


def is_shaped(raw: Mapping[str, Any]) -> bool:
    """Whether a bundle without its seal has the members of its version, no more and no fewer."""
    shape = SHAPES.get(raw["bundle"]) if type(raw["bundle"]) is int else None
    return shape is not None and fits(raw, shape)


def fits(raw: Mapping[str, Any], shape: Shape) -> bool:
    """Whether an object has these members, of these kinds, and no others."""
    return raw.keys() == shape.keys() and all(
        isinstance(raw[name], dict) and fits(raw[name], kind) if isinstance(kind, Mapping) else type(raw[name]) is kind
        for name, kind in shape.items()
    )
