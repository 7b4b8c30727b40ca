"""The slots of a key file: who can open the store, and the council's way in. Values and ciphers; no file is touched.

A person's passphrase unwraps a private key of their own and the *file key*; to that private key the store's key is
sealed. So the store's key can be changed for everyone without anybody else's passphrase, and the file key seals the
file as a whole (`key_file`). All that a slot says, its parameters and its file's id are authenticated with the wrap.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit.config import KdfPolicy
from fieldkit.errors import NotSealedForThis, StoreDamaged, WrongPassphrase
from fieldkit.sealing import new_pair, open_with, seal_to
from fieldkit.vault import stretching
from fieldkit.vault.files import as_bytes, as_text

VERSION = 2
KEY_BYTES = 48
"""SQLCipher's raw key (32) and salt (16)."""
FILE_KEY_BYTES = 32
WORKER, REGISTER = "worker", "register"
ROLES = (WORKER, REGISTER)
INFO = b"fieldkit key slot 2"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works on this device."""

    id: str
    handle: str
    """What they are called at the door. It stands in the clear: initials do."""
    role: str = WORKER
    worker: str = ""
    """Their account at central; empty: the one the device was enrolled for."""


@dataclass(frozen=True, slots=True)
class PersonSlot:
    """One person's way in."""

    id: str
    person: Person
    said: dict[str, Any] = field(repr=False)
    """What Argon2id costs here, and its salt."""
    device_secret: bool
    public: str
    nonce: str = ""
    wrapped: str = field(default="", repr=False)
    """The private key and the file key."""
    sealed: str = field(default="", repr=False)
    """The store's key."""
    following: str = field(default="", repr=False)
    """The store's key that comes next, while it is being changed."""

    def bound(self, file_id: str) -> bytes:
        """What is authenticated with the wrap."""
        told = self.told()
        return canonical([VERSION, file_id, {name: told[name] for name in told if name not in _CIPHERS}])

    def told(self) -> dict[str, Any]:
        """The slot as it stands in the file."""
        person = {name: getattr(self.person, name) for name in ("id", "handle", "role", "worker")}
        rest = {name: getattr(self, name) for name in ("device_secret", "public", *_CIPHERS)}
        return {"slot": "passphrase", "id": self.id, "person": person, **self.said, **rest}


@dataclass(frozen=True, slots=True)
class CouncilSlot:
    """The council's way in: the store's key and the file key, sealed to its public half."""

    id: str
    number: int
    public: str
    device: str
    sealed: str = field(repr=False)
    following: str = field(default="", repr=False)

    def told(self) -> dict[str, Any]:
        """The slot as it stands in the file."""
        names = ("id", "number", "public", "device", "sealed", "following")
        return {"slot": "council", **{name: getattr(self, name) for name in names}}


_CIPHERS = ("nonce", "wrapped", "sealed", "following")


@dataclass(frozen=True, slots=True)
class Secret:
    """What a passphrase is stretched with: itself, and the device's secret where the slot asks for it."""

    passphrase: str = field(repr=False)
    device: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """What an opened slot gives."""

    store: bytes = field(repr=False)
    file: bytes = field(repr=False)
    following: bytes = field(default=b"", repr=False)
    private: bytes = field(default=b"", repr=False)
    """The private key of the person whose slot it was."""


def new_slot(file_id: str, person: Person, secret: Secret, keys: Keys, kdf: KdfPolicy) -> PersonSlot:
    """A slot made now for somebody."""
    pair = new_pair()
    said = stretching.parameters(kdf)
    slot = PersonSlot(secrets.token_hex(8), person, said, bool(secret.device), pair.public.hex())
    return sealed_for(_wrapped(slot, file_id, secret, pair.private + keys.file), file_id, keys)


def new_council_slot(file_id: str, public: bytes, number: int, device: str, keys: Keys) -> CouncilSlot:
    """A council slot made now."""
    return sealed_for_council(CouncilSlot(secrets.token_hex(8), number, public.hex(), device, ""), file_id, keys)


def opened(slot: PersonSlot, file_id: str, secret: Secret) -> Keys:
    """What the slot gives for this passphrase; WrongPassphrase, StoreDamaged. Its parameters were checked before."""
    content = _content(slot, file_id, secret)
    private, file_key = content[:32], content[32:]
    store = _open(private, slot.sealed, place(file_id, slot.id))
    following = _open(private, slot.following, place(file_id, slot.id)) if slot.following else b""
    return Keys(store, file_key, following, private)


def rewrapped(slot: PersonSlot, file_id: str, keys: Keys, new: Secret, kdf: KdfPolicy) -> PersonSlot:
    """The same slot under another passphrase or at another cost."""
    bare = replace(slot, said=stretching.parameters(kdf), device_secret=bool(new.device))
    return _wrapped(bare, file_id, new, keys.private + keys.file)


def sealed_for(slot: PersonSlot, file_id: str, keys: Keys) -> PersonSlot:
    """The slot with the store's key, and the one that follows when there is one."""
    public, where = bytes.fromhex(slot.public), place(file_id, slot.id)
    following = as_text(seal_to(public, keys.following, where)) if keys.following else ""
    return replace(slot, sealed=as_text(seal_to(public, keys.store, where)), following=following)


def sealed_for_council(slot: CouncilSlot, file_id: str, keys: Keys) -> CouncilSlot:
    """The same for the council, with the file key."""
    public, where = bytes.fromhex(slot.public), place(file_id, slot.id, slot.device)
    following = as_text(seal_to(public, keys.following + keys.file, where)) if keys.following else ""
    return replace(slot, sealed=as_text(seal_to(public, keys.store + keys.file, where)), following=following)


def place(file_id: str, slot: str, device: str = "") -> bytes:
    """Where something sealed belongs: it opens nowhere else."""
    return canonical(["fieldkit key slot", VERSION, file_id, slot, device])


def canonical(value: Any) -> bytes:
    """What is authenticated, in one spelling."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _wrapped(slot: PersonSlot, file_id: str, secret: Secret, content: bytes) -> PersonSlot:
    nonce = secrets.token_bytes(12)
    made = AESGCM(_key_key(slot, secret)).encrypt(nonce, content, slot.bound(file_id))
    return replace(slot, nonce=as_text(nonce), wrapped=as_text(made))


def _content(slot: PersonSlot, file_id: str, secret: Secret) -> bytes:
    try:
        opener = AESGCM(_key_key(slot, secret))
        return opener.decrypt(as_bytes(slot.nonce), as_bytes(slot.wrapped), slot.bound(file_id))
    except InvalidTag as wrong:
        raise WrongPassphrase from wrong
    except ValueError:
        raise StoreDamaged from None


def _key_key(slot: PersonSlot, secret: Secret) -> bytes:
    device = secret.device if slot.device_secret else b""
    return stretching.derived(stretching.stretched(slot.said, secret.passphrase) + device, INFO)


def _open(private: bytes, sealed: str, where: bytes) -> bytes:
    try:
        return open_with(private, as_bytes(sealed), where)
    except (NotSealedForThis, ValueError):
        raise StoreDamaged from None
