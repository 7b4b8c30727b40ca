"""The key file: its slots as one sealed whole, read within bounds, replaced atomically, with a copy beside it.

The seal is an HMAC under the file key, which every slot gives: a slot, a role or a name that somebody put in, took out
or altered is noticed by the next who opens. What it cannot show is that the *whole* file is an older one; for that the
store keeps the highest `generation` it has seen.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fieldkit.config import KdfPolicy
from fieldkit.errors import KeyFileDamaged, NewerSchema, NoDevice, Shredded, StoreDamaged, WeakKeyFile
from fieldkit.vault import files, first_version, stretching
from fieldkit.vault.files import KEPT_FILE, KEY_FILE, SHREDDED, as_bytes
from fieldkit.vault.slots import FILE_KEY_BYTES, ROLES, VERSION, CouncilSlot, Person, PersonSlot, canonical

LARGEST = 128 << 10
"""Bytes of a key file; a larger one is not even read whole."""
MOST_PEOPLE = 40
LONGEST_TEXT = 4_096
WRAPPED_BYTES = 32 + FILE_KEY_BYTES + 16


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file of version 2."""

    id: str
    generation: int
    """How often it was written."""
    people: tuple[PersonSlot, ...]
    council: CouncilSlot | None = None
    seal: str = field(default="", repr=False)

    def told(self) -> dict[str, Any]:
        """The file without its seal."""
        slots = [each.told() for each in self.people] + ([self.council.told()] if self.council else [])
        return {"version": VERSION, "id": self.id, "generation": self.generation, "slots": slots}

    def sealed(self, file_key: bytes) -> KeyFile:
        """The file as its writer leaves it."""
        return replace(self, seal=self._mac(file_key))

    def check(self, file_key: bytes) -> None:
        """WeakKeyFile when anything in it was not put there by somebody who could open the store."""
        if not hmac.compare_digest(self._mac(file_key), self.seal):
            raise WeakKeyFile

    def _mac(self, file_key: bytes) -> str:
        return hmac.new(file_key, canonical(self.told()), "sha256").hexdigest()

    def with_slot(self, slot: PersonSlot) -> KeyFile:
        """The file with this slot, in place of the one of that id."""
        others = tuple(each for each in self.people if each.id != slot.id)
        return replace(self, people=(*others, slot))

    def without(self, person: str) -> KeyFile:
        """The file without anybody of that id."""
        return replace(self, people=tuple(each for each in self.people if each.person.id != person))


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: a file of this version or of the first, and whether the kept copy stood in for it."""

    file: KeyFile | None
    first: dict[str, Any] | None = field(default=None, repr=False)
    from_copy: bool = False


def new(people: tuple[PersonSlot, ...], file_id: str) -> KeyFile:
    """A first key file."""
    return KeyFile(file_id, 0, people)


def new_id() -> str:
    """An id for a key file, which every slot is bound to."""
    return secrets.token_hex(16)


def write(home: Path, file: KeyFile, file_key: bytes, name: str = KEY_FILE) -> KeyFile:
    """Put it in place of the one before, then its copy; what stands now. OSError leaves the old one."""
    fresh = replace(file, generation=file.generation + 1).sealed(file_key)
    told = fresh.told() | {"seal": fresh.seal}
    files.write_whole(home / name, told)
    if name == KEY_FILE:
        files.write_whole(home / KEPT_FILE, told)
    return fresh


def keep_copy(home: Path) -> None:
    """Make the copy what the file is, where a power cut came between the two, and the other way round."""
    with suppress(OSError):
        first, copy = home / KEY_FILE, home / KEPT_FILE
        content = first.read_bytes()
        if not copy.exists() or copy.read_bytes() != content:
            files.write_whole(copy, json.loads(content))


def read(home: Path, kdf: KdfPolicy) -> Found:
    """The key file, or its copy when the first is broken; Shredded, KeyFileDamaged, WeakKeyFile, NoDevice and more."""
    if (home / SHREDDED).exists():
        raise Shredded
    try:
        return parse(files.read(home / KEY_FILE, LARGEST), kdf)
    except StoreDamaged:
        if not (home / KEPT_FILE).exists():
            raise (KeyFileDamaged if (home / KEY_FILE).exists() else NoDevice) from None
    try:
        return replace(parse(files.read(home / KEPT_FILE, LARGEST), kdf), from_copy=True)
    except StoreDamaged:
        raise KeyFileDamaged from None


def id_of(file: Path) -> str:
    """The id that a key file gives itself, unread otherwise; nothing where there is none."""
    with suppress(StoreDamaged):
        said = str(files.read(file, LARGEST).get("id"))
        return said if re.fullmatch("[0-9a-f]{32}", said) else ""
    return ""


def parse(raw: dict[str, Any], kdf: KdfPolicy) -> Found:
    """What a file's object says, all of it looked at before any work is done for it."""
    version = raw.get("version")
    if version == first_version.VERSION and type(version) is int:
        return Found(None, raw)
    if type(version) is int and version > VERSION:
        raise NewerSchema
    if version != VERSION:
        raise StoreDamaged
    try:
        slots = raw["slots"]
        people = tuple(_person_slot(each, kdf) for each in slots if each["slot"] == "passphrase")
        councils = [_council_slot(each) for each in slots if each["slot"] == "council"]
        made = KeyFile(_text(raw["id"]), _number(raw["generation"]), people, None, _text(raw["seal"]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise StoreDamaged from None
    if not people or len(people) > MOST_PEOPLE or len(councils) > 1 or len(slots) != len(people) + len(councils):
        raise StoreDamaged
    return Found(replace(made, council=councils[0] if councils else None))


def _person_slot(raw: dict[str, Any], kdf: KdfPolicy) -> PersonSlot:
    said = {name: raw[name] for name in ("kdf", "memory_kib", "time_cost", "lanes", "salt")}
    if any(type(said[name]) is not int for name in ("memory_kib", "time_cost", "lanes")):
        raise StoreDamaged
    stretching.check(said, kdf)
    person = Person(**{name: _text(raw["person"][name]) for name in ("id", "handle", "role", "worker")})
    texts = {name: _text(raw[name]) for name in ("public", "nonce", "wrapped", "sealed", "following")}
    lengths = [len(as_bytes(texts["nonce"])), len(bytes.fromhex(texts["public"])), len(as_bytes(texts["wrapped"]))]
    if person.role not in ROLES or lengths != [12, 32, WRAPPED_BYTES]:
        raise StoreDamaged
    return PersonSlot(_text(raw["id"]), person, said, raw["device_secret"] is True, **texts)


def _council_slot(raw: dict[str, Any]) -> CouncilSlot:
    texts = {name: _text(raw[name]) for name in ("public", "device", "sealed", "following")}
    if len(bytes.fromhex(texts["public"])) != 32:
        raise StoreDamaged
    return CouncilSlot(_text(raw["id"]), _number(raw["number"]), **texts)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise StoreDamaged
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise StoreDamaged
    return int(value)
