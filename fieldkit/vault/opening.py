"""Making, opening and destroying a vault; the thin part that does what the other files decide."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from fieldkit.config import REAL_KDF, Clock, KdfPolicy, SystemClock
from fieldkit.errors import DeviceThere, DiskTrouble, NoDevice, Shredded, StoreDamaged
from fieldkit.store.database import connect
from fieldkit.store.migrate import migrate
from fieldkit.vault import files, lock, slots
from fieldkit.vault.files import KEY_FILE, SHREDDED, STORE_FILE, TRIES_FILE, UNFINISHED
from fieldkit.vault.tries import tried


@dataclass(slots=True)
class Vault:
    """An opened vault: the store's place and raw key, and the lock that keeps a second fieldkit out."""

    home: Path
    key: bytes = field(repr=False)
    lock: IO[bytes] | None = field(repr=False)

    @property
    def store_path(self) -> Path:
        """Where the encrypted database is."""
        return self.home / STORE_FILE

    def close(self) -> None:
        """Let another fieldkit in, and drop the key."""
        self.key = b""
        if self.lock is not None:
            self.lock.close()
            self.lock = None


def create(home: Path, passphrase: str, kdf: KdfPolicy = REAL_KDF) -> Vault:
    """Make the folder and the key file; DeviceThere when there is one already."""
    unfinished = home / UNFINISHED
    if (home / KEY_FILE).exists() or ((home / STORE_FILE).exists() and not unfinished.exists()):
        raise DeviceThere
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError:
        raise DiskTrouble from None
    held = lock.take(home)
    try:
        return Vault(home, _made(home, passphrase, kdf), held)
    except BaseException:
        held.close()
        raise


def _made(home: Path, passphrase: str, kdf: KdfPolicy) -> bytes:
    key = secrets.token_bytes(slots.KEY_BYTES)
    try:
        for left in home.glob(STORE_FILE + "*"):
            left.unlink()
        files.write_whole(home / UNFINISHED, slots.wrapped(key, passphrase, kdf))
        os.close(os.open(home / STORE_FILE, os.O_WRONLY | os.O_CREAT, 0o600))  # the WAL takes its mode from this one
        connection = connect(home / STORE_FILE, key)
        migrate(connection)
        connection.close()
        (home / UNFINISHED).replace(home / KEY_FILE)
        files.sync_folder(home)
    except OSError:
        raise DiskTrouble from None
    return key


def unlock(home: Path, passphrase: str, kdf: KdfPolicy = REAL_KDF, clock: Clock | None = None) -> Vault:
    """Open the vault; WrongPassphrase, TooSoon, StoreDamaged, WeakKeyFile, AlreadyOpen, NoDevice.

    Neither store nor key file is changed.
    """
    file, stands = home / KEY_FILE, (home / STORE_FILE).exists()
    if (home / SHREDDED).exists():
        shred(home)  # a second time does no harm, and ends what a power cut broke off
        raise Shredded
    if not file.exists():
        raise StoreDamaged if stands and not (home / UNFINISHED).exists() else NoDevice
    if not stands:
        raise StoreDamaged
    files.refuse_open(home, file)
    held = lock.take(home)
    try:
        raw = files.read(file)
        key = tried(home, clock or SystemClock(), lambda: slots.unwrapped(raw, passphrase, kdf))
    except BaseException:
        held.close()
        raise
    return Vault(home, key, held)


def change_passphrase(vault: Vault, old: str, new: str, kdf: KdfPolicy = REAL_KDF) -> None:
    """Wrap the same key anew; the old key file stays whole until the new one is on the disk."""
    file = vault.home / KEY_FILE
    slots.unwrapped(files.read(file), old, kdf)
    try:
        files.write_whole(file, slots.wrapped(vault.key, new, kdf))
    except OSError:
        raise DiskTrouble from None


def shred(home: Path) -> None:
    """Destroy the key file for good, durably: without it nobody opens the store, whoever knows the passphrase.

    The word that it is so is on the disk first: a shredding that a power cut broke off is ended at the next start.
    """
    try:
        (home / SHREDDED).touch(mode=0o600)
        files.sync_folder(home)
        for name in (KEY_FILE, KEY_FILE + ".new", UNFINISHED, UNFINISHED + ".new", TRIES_FILE):
            if (home / name).exists():
                files.write_over(home / name)
                (home / name).unlink()
        files.sync_folder(home)
    except OSError:
        raise DiskTrouble from None
