"""The draft key: copies of drafts are sealed to its public half; the private half opens with the worker's passphrase.

Each device has a pair of its own, kept in its encrypted store: no secret has to travel between laptops, and two of one
worker need not agree. For central the private half is wrapped by passphrase → Argon2id (own salt) → HKDF → AES-256-GCM,
once for each person of the device, at the cost of the dearest slot of the key file: who has a wrap may try passphrases,
and no try is cheaper than one at the laptop itself. A wrap follows the key file: opened with another one than it was
made for (passphrase or cost was changed, on whatever way, recovery too), it is made anew with the passphrase that has
just opened the device, and goes to central with the next sync. So nothing that changes a passphrase has to know of it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit.config import KdfPolicy
from fieldkit.errors import StoreDamaged, WrongPassphrase
from fieldkit.sealing import Pair, new_pair
from fieldkit.store.store import Store
from fieldkit.vault import stretching

VERSION = 1
INFO = b"fieldkit draft key 1"
MOST_WRAPS = 40
PAIR, WRAPPED, WRAPPED_FOR = "draft_key", "draft_key_wrapped", "draft_key_wrapped_for"


@dataclass(frozen=True, slots=True)
class Opener:
    """Who has just opened the device, and with what."""

    key_file: bytes = field(repr=False)
    passphrase: str = field(repr=False)
    person: str = ""
    """Whose slot it was, where a device has several."""


def settle(store: Store, opener: Opener, kdf: KdfPolicy) -> None:
    """Have a draft key, wrapped for who opened this key file; one derivation when it is not so, none otherwise."""
    opened_with = hashlib.sha256(opener.key_file).hexdigest()
    made_for = _said(store, WRAPPED_FOR)
    if made_for.get(opener.person) == opened_with:
        return
    pair = kept(store) or new_pair()
    wrapped = _said(store, WRAPPED) | {opener.person: wrap(pair, opener.passphrase, _as_dear(opener.key_file, kdf))}
    with store.transaction():
        store.set_meta(PAIR, json.dumps([pair.public.hex(), pair.private.hex()]))
        store.set_meta(WRAPPED, json.dumps(wrapped))
        store.set_meta(WRAPPED_FOR, json.dumps(made_for | {opener.person: opened_with}))


def forget(store: Store, person: str) -> None:
    """Somebody works on this device no more: central gets no wrap of theirs again."""
    with store.transaction():
        for name in (WRAPPED, WRAPPED_FOR):
            store.set_meta(name, json.dumps({who: said for who, said in _said(store, name).items() if who != person}))


def kept(store: Store) -> Pair | None:
    """This device's pair; None before it was settled."""
    found = store.meta(PAIR)
    return Pair(*(bytes.fromhex(half) for half in json.loads(found))) if found else None


def for_central(store: Store) -> str:
    """The wraps as they go to central: a list, without saying whose each is. Blank before it was settled."""
    wraps = list(_said(store, WRAPPED).values())
    return json.dumps(wraps[-MOST_WRAPS:]) if wraps else ""


def wrap(pair: Pair, passphrase: str, kdf: KdfPolicy) -> dict[str, Any]:
    """The private half as only the passphrase opens it."""
    header = {"version": VERSION, "public": pair.public.hex(), **stretching.parameters(kdf)}
    nonce = secrets.token_bytes(12)
    sealed = nonce + AESGCM(_key(header, passphrase)).encrypt(nonce, pair.private, _bound(header))
    return header | {"wrapped": base64.b64encode(sealed).decode("ascii")}


def unwrap(wraps: str, public: str, passphrase: str, kdf: KdfPolicy) -> Pair:
    """The pair; WrongPassphrase, WeakKeyFile when a wrap asks for less or far more work than we accept, StoreDamaged.

    As many derivations as the device has people, at most.
    """
    try:
        told = json.loads(wraps)[:MOST_WRAPS]
    except (ValueError, TypeError, RecursionError):
        raise StoreDamaged from None
    for each in told:
        private = _tried(each, public, passphrase, kdf)
        if private is not None:
            return Pair(bytes.fromhex(public), private)
    raise WrongPassphrase


def _tried(told: Any, public: str, passphrase: str, kdf: KdfPolicy) -> bytes | None:
    try:
        header = dict(told)
        sealed = base64.b64decode(header.pop("wrapped"), validate=True)
        if header["version"] != VERSION or header["public"] != public:
            raise StoreDamaged
        stretching.check(header, kdf)
        return AESGCM(_key(header, passphrase)).decrypt(sealed[:12], sealed[12:], _bound(header))
    except (KeyError, TypeError, ValueError):
        raise StoreDamaged from None
    except InvalidTag:
        return None


def _as_dear(key_file: bytes, kdf: KdfPolicy) -> KdfPolicy:
    """The policy at the cost of the dearest slot of a key file that has just opened."""
    found = list(_costs(json.loads(key_file)))
    memory = max([kdf.memory_kib, *(memory for memory, _ in found)])
    passes = max([kdf.time_cost, *(passes for _, passes in found)])
    return replace(kdf, memory_kib=memory, time_cost=passes)


def _costs(told: Any) -> Iterator[tuple[int, int]]:
    if isinstance(told, dict):
        if "memory_kib" in told and "time_cost" in told:
            yield int(told["memory_kib"]), int(told["time_cost"])
        told = list(told.values())
    if isinstance(told, list):
        for each in told:
            yield from _costs(each)


def kinds_of_slots(key_file: bytes) -> dict[str, int]:
    """How many slots of which kind a key file has; a passphrase that needs the device's secret too is a kind apart."""
    told = json.loads(key_file)
    slots = told.get("slots", [told])
    kinds = [str(each.get("slot")) + (" and device secret" if each.get("device_secret") else "") for each in slots]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def _key(header: dict[str, Any], passphrase: str) -> bytes:
    return stretching.derived(stretching.stretched(header, passphrase), INFO)


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii")


def _said(store: Store, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(store.meta(name) or "{}")
    return told
