"""A draft as one opaque sealed block, and back: pure, no store and no line.

The content (packed, filled up to whole blocks so that its length tells little) is sealed by AES-256-GCM under a key of
its own; that key is sealed to the worker's draft key and, where there is one, to the council's key. What the sealing
device alone can make is a MAC under a key derived from the draft key's private half: the public half is no secret, and
nobody who knows only that one can pass off words as the worker's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldkit.errors import NotSealedForThis
from fieldkit.sealing import Pair, open_with, seal_to
from fieldkit.store.drafts import Draft
from sync.changes import Value, canonical

MAGIC = b"fieldkit-draft-1\n"
BLOCK = 4_096
"""A sealed draft is a whole number of these long, and a little more."""
MOST_UNPACKED = 64 << 20
CONTENT_KEY_BYTES = 32
_NONCE = bytes(12)  # each content key seals one block only


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft with its answers, as it is copied."""

    draft: Draft
    values: dict[str, Value]
    revision: int


@dataclass(frozen=True, slots=True)
class Place:
    """Whose copy it is, which, and its version: authenticated, so that a copy opens nowhere else."""

    worker: str
    copy: str
    version: int

    @property
    def bound(self) -> bytes:
        """The bytes of it."""
        return canonical(["fieldkit-draft-1", self.worker, self.copy, self.version])


def to_bytes(kept: Kept) -> bytes:
    """A draft as bytes, its answers in the order in which they were given: the same draft, the same bytes."""
    draft = kept.draft
    told = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
    told |= {"was": dict(draft.was), "trunk": list(draft.trunk), "room": list(draft.room)}
    return json.dumps({"draft": told, "values": kept.values, "revision": kept.revision}).encode("ascii")


def from_bytes(content: bytes) -> Kept:
    """The draft of such bytes; members that a newer fieldkit adds are passed over. NotSealedForThis when it is none."""
    try:
        told = json.loads(content)
        draft: dict[str, Any] = {k: v for k, v in told["draft"].items() if k in Draft.__dataclass_fields__}
        version, known = draft["trunk"]
        draft |= {"trunk": (int(version), str(known)), "room": tuple(draft["room"])}
        return Kept(Draft(**draft), dict(told["values"]), int(told["revision"]))
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise NotSealedForThis from wrong


def mark(pair: Pair, copy: str, content: bytes) -> str:
    """By which a device knows a version again; tells nobody else anything."""
    return hmac.new(_derived(pair, b"fieldkit draft mark"), copy.encode() + content, hashlib.sha256).hexdigest()[:32]


def seal(content: bytes, pair: Pair, council: bytes | None, place: Place) -> bytes:
    """The block that central keeps."""
    key = secrets.token_bytes(CONTENT_KEY_BYTES)
    packed = zlib.compress(content, 6)
    sealed = AESGCM(key).encrypt(_NONCE, packed + bytes(-len(packed) % BLOCK), place.bound)
    head = {"worker": seal_to(pair.public, key, place.bound).hex()}
    head |= {"council": seal_to(council, key, place.bound).hex() if council else ""}
    head |= {"mac": _mac(pair, head, sealed, place)}
    return MAGIC + canonical(head) + b"\n" + sealed


def opened(block: bytes, pair: Pair, place: Place) -> bytes:
    """The content, by the worker's draft key. NotSealedForThis when another sealed it, or it was altered or moved."""
    head, sealed = _parted(block)
    if not hmac.compare_digest(str(head.get("mac", "")).encode(), _mac(pair, head, sealed, place).encode()):
        raise NotSealedForThis
    return _content(_unsealed(pair.private, head, "worker", place), sealed, place)


def opened_by_council(block: bytes, private: bytes, place: Place) -> bytes:
    """The content, by the council's key. That the worker's device sealed it cannot be checked with this key."""
    head, sealed = _parted(block)
    return _content(_unsealed(private, head, "council", place), sealed, place)


def _parted(block: bytes) -> tuple[dict[str, Any], bytes]:
    head, found, sealed = block.removeprefix(MAGIC).partition(b"\n")
    try:
        told = json.loads(head)
    except (ValueError, RecursionError) as wrong:
        raise NotSealedForThis from wrong
    if not (block.startswith(MAGIC) and found and isinstance(told, dict)):
        raise NotSealedForThis
    return told, sealed


def _unsealed(private: bytes, head: dict[str, Any], to: str, place: Place) -> bytes:
    try:
        return open_with(private, bytes.fromhex(str(head.get(to, ""))), place.bound)
    except ValueError as wrong:
        raise NotSealedForThis from wrong


def _content(key: bytes, sealed: bytes, place: Place) -> bytes:
    try:
        packed = AESGCM(key).decrypt(_NONCE, sealed, place.bound)
        return zlib.decompressobj().decompress(packed, MOST_UNPACKED)
    except (InvalidTag, ValueError, zlib.error) as wrong:
        raise NotSealedForThis from wrong


def _mac(pair: Pair, head: dict[str, Any], sealed: bytes, place: Place) -> str:
    said = canonical([str(head.get("worker", "")), str(head.get("council", "")), hashlib.sha256(sealed).hexdigest()])
    return hmac.new(_derived(pair, b"fieldkit draft mac"), place.bound + said, hashlib.sha256).hexdigest()


def _derived(pair: Pair, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(pair.private)
