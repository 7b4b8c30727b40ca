"""The evidence bundle: exact text, answers, who agreed and how, sealed by the device's key.

A bundle is one canonical JSON object (RFC 8785). Its seal is Ed25519 over the bytes of the bundle without `seal`.
Anybody can check it with the public key and `fieldkit/README.md`. The seal is the device's, never the signer's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.changes import Value, canonical, digest

BUNDLE_VERSION = 1
METHODS = (
    "drawn",
    "typed",
    "paper",
    "witnessed",
    "phone",
    "participation",
    "referral",
    "refused",
    "not-today",
)
"""Kinds of evidence, all of equal rank; the last two are ordinary answers and never agreement."""
NOT_AGREED = frozenset({"refused", "not-today"})


@dataclass(frozen=True, slots=True)
class Sealing:
    """The facts of the moment: who keeps the laptop, which device, what time, what came before."""

    worker: str
    device: str
    at: str
    zone: str
    last_central_time: str
    previous: str
    """The hash of the last audit entry."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the giver did, as plain values."""

    method: str
    name: str = field(repr=False)
    role: str
    capacity: str
    statement: str = field(repr=False)
    strokes: Sequence[Sequence[Sequence[float]]] = field(repr=False)
    witness: str = field(repr=False)
    place: str = field(repr=False)
    interpreter: str = field(repr=False)


def text_hash(text: str) -> str:
    """SHA-256 of the exact text shown, as UTF-8."""
    return digest(text.encode("utf-8"))


def answers_hash(answers: Mapping[str, Value]) -> str:
    """SHA-256 of the answers shown, as canonical JSON."""
    return digest(canonical(dict(answers)))


def lacking(said: Said) -> str:
    """What this kind of evidence still needs, in plain words; empty when it is whole."""
    if said.method not in METHODS:
        return "That is no kind of evidence."
    if said.method == "drawn" and not any(len(stroke) > 1 for stroke in said.strokes):
        return "Nothing has been drawn yet."
    if said.method in ("typed", "participation", "phone", "paper") and not said.name.strip():
        return "The name is needed."
    if said.method == "typed" and not said.statement.strip():
        return "A typed name needs a statement beside it."
    if said.method == "witnessed" and not (said.witness.strip() and said.statement.strip()):
        return "The words and the witness are needed."
    if said.method == "paper" and not said.place.strip():
        return "Where is the paper kept?"
    return ""


def bundle(text: str, answers: Mapping[str, Value], form: str, said: Said, sealing: Sealing) -> dict[str, Any]:
    """The bundle before it is sealed. Numbers of strokes are kept as text, so that every machine writes the same."""
    strokes = [[[f"{number:.3f}" for number in point] for point in stroke] for stroke in said.strokes]
    return {
        "bundle": BUNDLE_VERSION,
        "form": form,
        "text": text,
        "text_hash": text_hash(text),
        "answers": dict(answers),
        "answers_hash": answers_hash(answers),
        "method": said.method,
        "name": said.name,
        "role": said.role,
        "capacity": said.capacity,
        "statement": said.statement,
        "strokes": strokes,
        "witness": said.witness,
        "place": said.place,
        "interpreter": said.interpreter,
        "worker": sealing.worker,
        "device": sealing.device,
        "at": sealing.at,
        "zone": sealing.zone,
        "last_central_time": sealing.last_central_time,
        "previous": sealing.previous,
    }


def seal(made: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """The sealed bundle, as the text that is kept and sent."""
    public = key.public_key().public_bytes_raw().hex()
    signed = key.sign(canonical(dict(made) | {"public_key": public})).hex()
    return canonical(dict(made) | {"public_key": public, "seal": signed}).decode("utf-8")


def is_whole(sealed: str) -> bool:
    """Whether a sealed bundle is as it was sealed: its hashes and its seal agree."""
    try:
        raw = json.loads(sealed)
        signed = bytes.fromhex(raw.pop("seal"))
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw["public_key"]))
        key.verify(signed, canonical(raw))
        return bool(text_hash(raw["text"]) == raw["text_hash"] and answers_hash(raw["answers"]) == raw["answers_hash"])
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
        return False


def changed_since(sealed: str, now: Mapping[str, Value]) -> tuple[str, ...]:
    """The paths whose answers are no longer those that were signed."""
    signed: Mapping[str, Value] = json.loads(sealed)["answers"]
    return tuple(sorted(path for path in {*signed, *now} if signed.get(path) != now.get(path)))
