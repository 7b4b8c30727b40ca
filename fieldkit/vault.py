"""The vault: a passphrase opens a key file, the key opens the store. One fieldkit at a time.

passphrase → Argon2id → HKDF → AES-256-GCM unwraps 48 random bytes: SQLCipher's raw key (32) and salt (16). Every
parameter of the key file is authenticated, so that a weakened one fails. Changing the passphrase wraps the same key
anew; the store is not touched. The key file takes its name only when the store stands, so that a device is made wholly
or not at all. The wait after wrong passphrases stops hands at the keyboard only; against a copied disk stands Argon2id.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
import sys
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldkit.config import REAL_KDF, Clock, KdfPolicy, SystemClock
from fieldkit.errors import (
    AlreadyOpen,
    DeviceThere,
    DiskTrouble,
    NewerSchema,
    NoDevice,
    NoMemory,
    Shredded,
    StoreDamaged,
    TooSoon,
    UnsafeFolder,
    WeakKeyFile,
    WrongPassphrase,
)
from fieldkit.store.database import connect
from fieldkit.store.migrate import migrate

KEY_FILE = "key.json"
UNFINISHED = "key.json.unfinished"
"""The key file's name until the store stands: a device that was being made when the power went is made anew."""
TRIES_FILE = "tries.json"
SHREDDED = "shredded"
"""Says that central had the keys destroyed: the store beside it opens for nobody."""
FREE_TRIES = 3
LONGEST_WAIT = 60
STORE_FILE = "store.db"
LOCK_FILE = "open.lock"
VERSION = 1
KEY_BYTES = 48


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
    lock = _take_lock(home)
    try:
        return Vault(home, _made(home, passphrase, kdf), lock)
    except BaseException:
        lock.close()
        raise


def _made(home: Path, passphrase: str, kdf: KdfPolicy) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    try:
        for left in home.glob(STORE_FILE + "*"):
            left.unlink()
        _write_whole(home / UNFINISHED, _wrapped(key, passphrase, kdf))
        os.close(os.open(home / STORE_FILE, os.O_WRONLY | os.O_CREAT, 0o600))  # the WAL takes its mode from this one
        connection = connect(home / STORE_FILE, key)
        migrate(connection)
        connection.close()
        (home / UNFINISHED).replace(home / KEY_FILE)
        _sync_folder(home)
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
    _refuse_open_folder(home, file)
    lock = _take_lock(home)
    try:
        key = _tried(home, passphrase, kdf, clock or SystemClock())
    except BaseException:
        lock.close()
        raise
    return Vault(home, key, lock)


def _tried(home: Path, passphrase: str, kdf: KdfPolicy, clock: Clock) -> bytes:
    """The key, or one more wrong try on the count, which outlives this process."""
    raw, now = _read(home / KEY_FILE), int(clock.now().timestamp())
    wrong, at = _tries(home / TRIES_FILE)
    left = min(at + wait(wrong) - now, wait(wrong))  # a clock set back neither shortens nor lengthens the wait
    if left > 0:
        if now < at:
            _write_whole(home / TRIES_FILE, {"wrong": wrong, "at": now})
        raise TooSoon(left)
    try:
        key = _unwrapped(raw, passphrase, kdf)
    except WrongPassphrase:
        with suppress(OSError):  # a full disk must not hide that the passphrase was wrong
            _write_whole(home / TRIES_FILE, {"wrong": wrong + 1, "at": now})
        raise
    with suppress(OSError):  # a disk that cannot be written must not keep anybody from reading
        (home / TRIES_FILE).unlink(missing_ok=True)
    return key


def wait(wrong: int) -> int:
    """Seconds to wait after so many wrong passphrases in a row: 0, 0, 0, 1, 2, 4 … 60."""
    return 0 if wrong <= FREE_TRIES else min(LONGEST_WAIT, 1 << min(wrong - FREE_TRIES - 1, 10))


def _tries(file: Path) -> tuple[int, int]:
    try:
        raw = json.loads(file.read_text("ascii"))
        return min(max(int(raw["wrong"]), 0), 1_000), int(raw["at"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return 0, 0


def change_passphrase(vault: Vault, old: str, new: str, kdf: KdfPolicy = REAL_KDF) -> None:
    """Wrap the same key anew; the old key file stays whole until the new one is on the disk."""
    file = vault.home / KEY_FILE
    _unwrapped(_read(file), old, kdf)
    try:
        _write_whole(file, _wrapped(vault.key, new, kdf))
    except OSError:
        raise DiskTrouble from None


def shred(home: Path) -> None:
    """Destroy the key file for good, durably: without it nobody opens the store, whoever knows the passphrase.

    The word that it is so is on the disk first: a shredding that a power cut broke off is ended at the next start. The
    bytes are written over before the file goes; a copy that the disk itself made of them is beyond our reach.
    """
    try:
        (home / SHREDDED).touch(mode=0o600)
        _sync_folder(home)
        for name in (KEY_FILE, KEY_FILE + ".new", UNFINISHED, UNFINISHED + ".new", TRIES_FILE):
            if (home / name).exists():
                _write_over(home / name)
                (home / name).unlink()
        _sync_folder(home)
    except OSError:
        raise DiskTrouble from None


def _write_over(file: Path) -> None:
    with file.open("r+b") as out:
        out.write(secrets.token_bytes(max(file.stat().st_size, 1)))
        out.flush()
        os.fsync(out.fileno())


def _wrapped(key: bytes, passphrase: str, kdf: KdfPolicy) -> dict[str, Any]:
    header = {
        "version": VERSION,
        "slot": "passphrase",
        "kdf": "argon2id",
        "memory_kib": kdf.memory_kib,
        "time_cost": kdf.time_cost,
        "lanes": kdf.lanes,
        "salt": _text(secrets.token_bytes(16)),
    }
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_key_key(header, passphrase)).encrypt(nonce, key, _bound(header))
    return header | {"nonce": _text(nonce), "wrapped": _text(sealed)}


def _unwrapped(raw: dict[str, Any], passphrase: str, kdf: KdfPolicy) -> bytes:
    header = {name: value for name, value in raw.items() if name not in ("nonce", "wrapped")}
    try:
        if type(header["version"]) is int and header["version"] > VERSION:
            raise NewerSchema
        if header["version"] != VERSION or header["kdf"] != "argon2id":
            raise StoreDamaged
        if not kdf.accepts(int(header["memory_kib"]), int(header["time_cost"]), int(header["lanes"])):
            raise WeakKeyFile
        nonce, sealed = _bytes(raw["nonce"]), _bytes(raw["wrapped"])
        if len(nonce) != 12 or len(sealed) != KEY_BYTES + 16 or len(_bytes(header["salt"])) != 16:
            raise StoreDamaged
        opener = AESGCM(_key_key(header, passphrase))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise StoreDamaged from None
    except HashingError:
        raise NoMemory from None
    try:
        key = opener.decrypt(nonce, sealed, _bound(header))
    except InvalidTag as wrong:
        raise WrongPassphrase from wrong
    return key


def _key_key(header: dict[str, Any], passphrase: str) -> bytes:
    stretched = hash_secret_raw(
        secret=unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass"),
        salt=_bytes(header["salt"]),
        time_cost=int(header["time_cost"]),
        memory_cost=int(header["memory_kib"]),
        parallelism=int(header["lanes"]),
        hash_len=32,
        type=Type.ID,
    )
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"fieldkit key slot 1").derive(stretched)


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii")


def _read(file: Path) -> dict[str, Any]:
    try:
        raw = json.loads(file.read_text("ascii"))
    except (OSError, ValueError, RecursionError):
        raise StoreDamaged from None
    if not isinstance(raw, dict):
        raise StoreDamaged
    return raw


def _write_whole(file: Path, content: dict[str, Any]) -> None:
    fresh = file.with_name(file.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        json.dump(content, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    """Make a new name durable; Windows keeps names durable by itself."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _refuse_open_folder(*places: Path) -> None:
    if os.name == "posix" and any(stat.S_IMODE(place.stat().st_mode) & 0o077 for place in places):
        raise UnsafeFolder


def _take_lock(home: Path) -> IO[bytes]:
    try:
        held = os.fdopen(os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except OSError:
        raise DiskTrouble from None
    try:
        if sys.platform == "win32":
            import msvcrt

            held.seek(0)
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        held.close()
        raise AlreadyOpen from taken
    return held


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
