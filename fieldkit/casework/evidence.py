"""The evidence bundle: exact text, answers, who agreed and how, sealed by the device's key.

A bundle is one canonical JSON object (RFC 8785). Its seal is Ed25519 over the bytes of the bundle without `seal`.
Anybody can check it with `fieldkit/README.md` alone; `packaging/verify_evidence.py` was written that way. The seal is
the device's, never the signer's own. Version 1 is made no more and still holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fieldkit.casework.evidence_shape import RECEIPT, fits, is_shaped
from sync.changes import Value, canonical, digest

BUNDLE_VERSION = 2
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


ON_PAGE = "on this laptop, on the page for touch"
"""Where it was drawn, when it was not in the terminal: the bundle's `place`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What lay before the giver: the record, the form as published, the exact text, the answers in it."""

    record: str
    form: str
    """Form and version: `agreement@2026.1`."""
    form_hash: str
    text: str = field(repr=False)
    language: str
    answers: Mapping[str, Value] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """When it was, and how far that can be believed."""

    at: str
    """The wall clock, UTC."""
    local: str
    """The same instant on the council's wall, with its offset: the night with two hours of one name stays clear."""
    zone: str
    running: str
    """Seconds since the machine was started, as text with three decimals."""
    boot: str
    central_at: str
    """Central's time when it was last heard; empty when never."""
    central_offset: int
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealing:
    """Who keeps the laptop, which device and program it is, when, and what came before."""

    worker: str
    role: str
    device: str
    app: str
    moment: Moment
    entry: int
    """The number of the last audit entry."""
    previous: str
    """Its hash."""


@dataclass(frozen=True, slots=True)
class Standing:
    """In whose place somebody speaks, and who judged that they may."""

    person: str = ""
    """The person's record; empty when they are not one of the family's."""
    responsibility: str = ""
    """Where parental responsibility comes from: birth mother, married, court order …"""
    competence: str = field(default="", repr=False)
    """Of a young person or an adult whose capacity was looked at: what they could do."""
    judged_by: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """Who helped, and how it was put across."""

    interpreter_language: str = ""
    read_back: bool = False
    supporter: str = field(default="", repr=False)
    only_spoken: str = field(default="", repr=False)
    """Why there are only words, where there are."""
    read_to: int = -1
    """How much of the text had been on the screen, in hundredths; -1 where nobody counted."""
    read_out: str = ""
    """Who read it out: worker, interpreter, supporter."""


FOR_THEMSELVES = Standing()
BY_THEMSELVES = Support()


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
    standing: Standing = FOR_THEMSELVES
    support: Support = BY_THEMSELVES


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


def bundle(seen: Seen, said: Said, sealing: Sealing) -> dict[str, Any]:
    """The bundle before it is sealed. Numbers of strokes are kept as text, so that every machine writes the same."""
    form, _, version = seen.form.partition("@")
    moment = sealing.moment
    return {
        "bundle": BUNDLE_VERSION,
        "record": seen.record,
        "form": {"id": form, "version": version, "hash": seen.form_hash},
        "shown": {
            "text": seen.text,
            "text_hash": text_hash(seen.text),
            "bytes": len(seen.text.encode("utf-8")),
            "language": seen.language,
            "read_to": said.support.read_to,
            "read_out": said.support.read_out,
        },
        "answers": dict(seen.answers),
        "answers_hash": answers_hash(seen.answers),
        "signer": {"name": said.name, "role": said.role, "capacity": said.capacity, **asdict(said.standing)},
        "help": {
            "interpreter": said.interpreter,
            "interpreter_language": said.support.interpreter_language,
            "read_back": said.support.read_back,
            "supporter": said.support.supporter,
            "only_spoken": said.support.only_spoken,
        },
        "said": {
            "method": said.method,
            "agreed": said.method not in NOT_AGREED,
            "statement": said.statement,
            "strokes": [[[f"{number:.3f}" for number in point] for point in stroke] for stroke in said.strokes],
            "witness": said.witness,
            "place": said.place,
        },
        "worker": {"id": sealing.worker, "role": sealing.role},
        "device": {"id": sealing.device, "app": sealing.app},
        "time": {**asdict(moment), "doubts": list(moment.doubts), "clock_unverified": bool(moment.doubts)},
        "previous": {"number": sealing.entry, "hash": sealing.previous},
    }


def seal(made: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """The sealed bundle, as the text that is kept and sent."""
    public = key.public_key().public_bytes_raw().hex()
    signed = key.sign(canonical(dict(made) | {"public_key": public})).hex()
    return canonical(dict(made) | {"public_key": public, "seal": signed}).decode("utf-8")


def is_whole(sealed: str) -> bool:
    """Whether a sealed bundle is as it was sealed: its form, its hashes and its seal agree."""
    try:
        raw = _unsealed(sealed)
        shown = raw["shown"] if raw["bundle"] == BUNDLE_VERSION else raw
        hashes = (text_hash(shown["text"]), answers_hash(raw["answers"]))
        agreeing = hashes == (shown["text_hash"], raw["answers_hash"]) and _is_of(raw, raw["public_key"])
        return is_shaped(raw) and agreeing and (raw["bundle"] == 1 or _is_of_one_mind(raw))
    except _NOT_ONE:
        return False


def is_receipt(receipt: str, sealed: str, central: str) -> bool:
    """Whether this is central's receipt for a bundle; `central` is its public key, empty when none is known."""
    try:
        raw, about = _unsealed(receipt), json.loads(sealed)["device"]
        device = about if isinstance(about, str) else about["id"]
        same = (raw["bundle_hash"], raw["device"]) == (digest(sealed.encode("utf-8")), device)
        return fits(raw, RECEIPT) and raw["receipt"] == 1 and same and central in ("", raw["public_key"])
    except _NOT_ONE:
        return False


_NOT_ONE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature)
"""What reading something that is no bundle may raise."""


def _unsealed(sealed: str) -> dict[str, Any]:
    """What was sealed, without the seal; one of `_NOT_ONE` when it is not canonical, or the seal is not over it."""
    raw: dict[str, Any] = json.loads(sealed)
    if canonical(raw) != sealed.encode("utf-8"):
        raise ValueError("not canonical")
    signed = raw.pop("seal")
    Ed25519PublicKey.from_public_bytes(_bytes(raw["public_key"])).verify(_bytes(signed), canonical(raw))
    return raw


def _bytes(told: str) -> bytes:
    """Bytes of lower-case hexadecimal digits: there is one way to write them."""
    made = bytes.fromhex(told)
    if made.hex() != told:
        raise ValueError("not as hexadecimal digits are written")
    return made


def _is_of_one_mind(raw: Mapping[str, Any]) -> bool:
    """Whether what a bundle tells twice is the same both times."""
    method, shown, time = raw["said"]["method"], raw["shown"], raw["time"]
    agreed = method in METHODS and raw["said"]["agreed"] == (method not in NOT_AGREED)
    counted = shown["bytes"] == len(shown["text"].encode("utf-8"))
    return agreed and counted and time["clock_unverified"] == bool(time["doubts"])


def _is_of(raw: Mapping[str, Any], key: str) -> bool:
    """Whether the device named is the one whose key this is: its id is the beginning of the key's hash."""
    device = raw["device"] if raw["bundle"] == 1 else raw["device"]["id"]
    return bool(digest(bytes.fromhex(key))[:32] == device)


def signed_answers(sealed: str) -> Mapping[str, Value]:
    """The answers that were signed."""
    answers: Mapping[str, Value] = json.loads(sealed)["answers"]
    return answers


def shown_text(sealed: str) -> str:
    """The exact text that was shown, byte for byte, whatever has become of its form."""
    raw = json.loads(sealed)
    return str(raw["text"] if raw["bundle"] == 1 else raw["shown"]["text"])


def language_of(sealed: str) -> str:
    """The language it was signed in."""
    raw = json.loads(sealed)
    return "en" if raw["bundle"] == 1 else str(raw["shown"]["language"])


def signer_of(sealed: str) -> tuple[str, str]:
    """Who gave it: their person's record, if known, and the name as stated."""
    raw = json.loads(sealed)
    if raw["bundle"] == 1:
        return "", str(raw["name"])
    return str(raw["signer"]["person"]), str(raw["signer"]["name"])


def previous_of(sealed: str) -> tuple[int, str]:
    """The place in the device's audit chain that it was sealed after, and its hash; version 1 tells no place."""
    raw = json.loads(sealed)
    return (0, "") if raw["bundle"] == 1 else (int(raw["previous"]["number"]), str(raw["previous"]["hash"]))


def changed_since(sealed: str, now: Mapping[str, Value]) -> tuple[str, ...]:
    """The paths whose answers are no longer those that were signed."""
    signed = signed_answers(sealed)
    return tuple(sorted(path for path in {*signed, *now} if signed.get(path) != now.get(path)))
