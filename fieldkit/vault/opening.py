"""Making, opening and destroying a vault; the thin part that does what the other files decide."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO

from fieldkit.config import REAL_KDF, Clock, KdfPolicy, SystemClock
from fieldkit.errors import (
    DeviceThere,
    DiskTrouble,
    NoDevice,
    NoDeviceSecret,
    NoMemory,
    Shredded,
    StoreDamaged,
    UnknownPerson,
    WhoIsIt,
)
from fieldkit.store.database import connect
from fieldkit.store.migrate import migrate
from fieldkit.vault import files, first_version, key_file, lock, rotation, slots, stretching
from fieldkit.vault.files import KEPT_FILE, KEY_FILE, RECOVERY_FILE, SHREDDED, STORE_FILE, TRIES_FILE, UNFINISHED
from fieldkit.vault.key_file import Found, KeyFile
from fieldkit.vault.keyring import SECRET_BYTES, Keyring, NoKeyring
from fieldkit.vault.slots import Keys, Person, PersonSlot, Secret
from fieldkit.vault.tries import tried

FROM_COPY = "The key file was broken; its copy opened the store, and both are whole again."
UPGRADED = "The key file was brought up to date."


@dataclass(frozen=True, slots=True)
class Door:
    """Who asks to be let in, and the keyring of this machine."""

    person: str = ""
    """Handle or id; empty where only one person works here."""
    keyring: Keyring = field(default_factory=NoKeyring)


@dataclass(slots=True)
class Vault:
    """An opened vault: the store's place and raw key, who opened it, and the lock that keeps a second fieldkit out."""

    home: Path
    key: bytes = field(repr=False)
    lock: IO[bytes] | None = field(repr=False)
    file_key: bytes = field(default=b"", repr=False)
    file: KeyFile = field(default=KeyFile("", 0, ()), repr=False)
    person: Person = field(default=Person("", ""), repr=False)
    keyring: Keyring = field(default_factory=NoKeyring, repr=False)
    private: bytes = field(default=b"", repr=False)
    """The private key of the person's slot."""
    told: tuple[str, ...] = ()
    """What whoever opened it should be told."""

    @property
    def store_path(self) -> Path:
        """Where the encrypted database is."""
        return self.home / STORE_FILE

    @property
    def slot(self) -> PersonSlot:
        """The slot that was opened."""
        return next(each for each in self.file.people if each.person.id == self.person.id)

    def close(self) -> None:
        """Let another fieldkit in, and drop the keys."""
        self.key = self.file_key = self.private = b""
        if self.lock is not None:
            self.lock.close()
            self.lock = None


def refuse_made(home: Path) -> None:
    """DeviceThere when there is a device in a folder already; one that was cut off while it was made is none."""
    unfinished = home / UNFINISHED
    if (home / KEY_FILE).exists() or ((home / STORE_FILE).exists() and not unfinished.exists()):
        raise DeviceThere


def create(home: Path, passphrase: str, kdf: KdfPolicy = REAL_KDF, door: Door | None = None) -> Vault:
    """Make the folder and the key file; DeviceThere when there is one already."""
    refuse_made(home)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError:
        raise DiskTrouble from None
    held = lock.take(home)
    try:
        return _made(home, passphrase, stretching.calibrated(kdf), door or Door(), held)
    except BaseException:
        held.close()
        raise


def _made(home: Path, passphrase: str, kdf: KdfPolicy, door: Door, held: IO[bytes]) -> Vault:
    keys = Keys(secrets.token_bytes(slots.KEY_BYTES), secrets.token_bytes(slots.FILE_KEY_BYTES))
    person = Person(secrets.token_hex(8), door.person or "worker")
    file_id = key_file.new_id()
    secret = Secret(passphrase, _new_device_secret(door.keyring, file_id))
    try:
        for left in home.glob(STORE_FILE + "*"):
            left.unlink()
        slot = slots.new_slot(file_id, person, secret, keys, kdf)
        file = key_file.write(home, key_file.new((slot,), file_id), keys.file, UNFINISHED)
        os.close(os.open(home / STORE_FILE, os.O_WRONLY | os.O_CREAT, 0o600))  # the WAL takes its mode from this one
        connection = connect(home / STORE_FILE, keys.store)
        migrate(connection)
        connection.close()
        (home / UNFINISHED).replace(home / KEY_FILE)
        files.sync_folder(home)
        key_file.keep_copy(home)
    except OSError:
        raise DiskTrouble from None
    return Vault(home, keys.store, held, keys.file, file, person, door.keyring)


def _new_device_secret(keyring: Keyring, file_id: str) -> bytes:
    if not keyring.is_there():
        return b""
    made = secrets.token_bytes(SECRET_BYTES)
    keyring.put(file_id, made)
    return made


def people(home: Path, kdf: KdfPolicy = REAL_KDF) -> tuple[Person, ...]:
    """Who has a slot, as the door shows it: nothing vouches for it before somebody opens."""
    found = key_file.read(home, kdf)
    return tuple(slot.person for slot in found.file.people) if found.file else ()


def unlock(
    home: Path, passphrase: str, kdf: KdfPolicy = REAL_KDF, clock: Clock | None = None, door: Door | None = None
) -> Vault:
    """Open the vault; WrongPassphrase, TooSoon, WhoIsIt, StoreDamaged, WeakKeyFile, AlreadyOpen, NoDevice.

    The store is not changed. The key file is only where it is of the first version, asks for less work than is wanted
    by now, or was left between two states by a kill; a disk that takes none of that is no reason to stay shut.
    """
    door = door or Door()
    _refuse_closed(home, door.keyring)
    held = lock.take(home)
    try:
        return _opened(home, passphrase, (kdf, clock or SystemClock()), door, held)
    except BaseException:
        held.close()
        raise


def _refuse_closed(home: Path, keyring: Keyring) -> None:
    stands = (home / STORE_FILE).exists()
    if (home / SHREDDED).exists():
        shred(home, keyring)  # a second time does no harm, and ends what a power cut broke off
        raise Shredded
    there = [file for file in (home / KEY_FILE, home / KEPT_FILE) if file.exists()]
    if not there:
        raise StoreDamaged if stands and not (home / UNFINISHED).exists() else NoDevice
    if not stands:
        raise StoreDamaged
    files.refuse_open(home, *there)


def _opened(home: Path, passphrase: str, means: tuple[KdfPolicy, Clock], door: Door, held: IO[bytes]) -> Vault:
    kdf, clock = means
    found = key_file.read(home, kdf)
    told = (FROM_COPY,) if found.from_copy else ()
    if found.file is None:
        vault = _first(home, passphrase, means, found, held)
        return _with_word(vault, told)
    file = found.file
    slot = chosen(file, door.person)
    secret = Secret(passphrase, device_secret(slot, file.id, door.keyring))
    keys = tried(home, clock, file.id.encode() + secret.device, lambda: slots.opened(slot, file.id, secret))
    file.check(keys.file)
    vault = Vault(home, keys.store, held, keys.file, file, slot.person, door.keyring, keys.private, told)
    rotation.settle(vault, keys.following)
    if found.from_copy:
        _rewrite(vault)
    else:
        key_file.keep_copy(home)
    if not kdf.is_content_with(slot.said["memory_kib"], slot.said["time_cost"]):
        _bring_up(vault, secret, kdf)
    return vault


def _first(home: Path, passphrase: str, means: tuple[KdfPolicy, Clock], found: Found, held: IO[bytes]) -> Vault:
    """A device of the first version: opened as it was, and written anew where the disk takes it."""
    kdf, clock = means
    raw = found.first or {}
    store = tried(home, clock, b"", lambda: first_version.unwrapped(raw, passphrase, kdf))
    keys = Keys(store, secrets.token_bytes(slots.FILE_KEY_BYTES))
    # The same person at each try, should the disk not take the new file: the store knows them by it.
    person = Person(sha256(b"fieldkit first person" + store).hexdigest()[:16], "worker")
    file_id = key_file.new_id()
    slot = slots.new_slot(file_id, person, Secret(passphrase), keys, stretching.calibrated(kdf))
    vault = Vault(home, store, held, keys.file, key_file.new((slot,), file_id), person)
    _rewrite(vault)
    return vault


def _with_word(vault: Vault, told: tuple[str, ...]) -> Vault:
    vault.told = (*told, UPGRADED)
    return vault


def _rewrite(vault: Vault) -> None:
    with suppress(OSError):
        vault.file = key_file.write(vault.home, vault.file, vault.file_key)


def _bring_up(vault: Vault, secret: Secret, kdf: KdfPolicy) -> None:
    """The policy rose since this slot was made: it costs from now on what is wanted today."""
    with suppress(NoMemory):
        keys = Keys(vault.key, vault.file_key, private=vault.private)
        fresh = slots.rewrapped(vault.slot, vault.file.id, keys, secret, stretching.calibrated(kdf))
        vault.file = vault.file.with_slot(fresh)
        vault.told = (*vault.told, UPGRADED)
        _rewrite(vault)


def chosen(file: KeyFile, person: str) -> PersonSlot:
    """The slot of who asks; WhoIsIt when nobody was named and there are several, UnknownPerson."""
    if not person and len(file.people) == 1:
        return file.people[0]
    found = [slot for slot in file.people if person and person in (slot.person.id, slot.person.handle)]
    if not found:
        handles = tuple(slot.person.handle for slot in file.people)
        raise UnknownPerson(handles) if person else WhoIsIt(handles)
    return found[0]


def device_secret(slot: PersonSlot, file_id: str, keyring: Keyring) -> bytes:
    """The secret that the slot asks for, from this login's keyring; NoDeviceSecret."""
    if not slot.device_secret:
        return b""
    found = keyring.get(file_id)
    if found is None:
        raise NoDeviceSecret
    return found


def shred(home: Path, keyring: Keyring) -> None:
    """Destroy the key file for good, durably: without it nobody opens the store, whoever knows the passphrase.

    Every copy of it too, whatever name it has after its own, and every copy of the store that was put aside; then the
    secret that this login's keyring keeps for it. The word that it is so is on the disk first, with the name of that
    secret: a shredding that a power cut broke off is ended at the next start.
    """
    try:
        file_id = _marked_shredded(home)
        for file in sorted({*home.glob(KEY_FILE + "*"), *home.glob(TRIES_FILE + "*"), *home.glob(RECOVERY_FILE + "*")}):
            files.write_over(file)
            file.unlink()
        for aside in home.glob("*.before-*"):
            aside.unlink()
        files.sync_folder(home)
    except OSError:
        raise DiskTrouble from None
    if file_id:
        keyring.drop(file_id)


def _marked_shredded(home: Path) -> str:
    """Say on the disk that the keys go; the key file's id, under which a keyring may keep a secret, or nothing."""
    mark = home / SHREDDED
    said = mark.read_text("ascii", "replace") if mark.exists() else ""
    if not said:
        said = next((found for name in (KEY_FILE, KEPT_FILE) if (found := key_file.id_of(home / name))), "")
        mark.touch(mode=0o600)
        mark.write_text(said, "ascii")
        files.sync_folder(home)
    return said
