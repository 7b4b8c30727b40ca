"""The vault: a passphrase opens a key file, the key opens the store. One fieldkit at a time.

passphrase → Argon2id → HKDF → AES-256-GCM unwraps 48 random bytes: SQLCipher's raw key (32) and salt (16). Every
parameter of the key file is authenticated, so that a weakened one fails. Changing the passphrase wraps the same key
anew; the store is not touched.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
import sys
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldkit.config import REAL_KDF, KdfPolicy
from fieldkit.errors import AlreadyOpen, DeviceThere, NoDevice, StoreDamaged, UnsafeFolder, WeakKeyFile, WrongPassphrase

KEY_FILE = "key.json"
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
    if (home / KEY_FILE).exists() or (home / STORE_FILE).exists():
        raise DeviceThere
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        home.chmod(0o700)
    lock = _take_lock(home)
    key = secrets.token_bytes(KEY_BYTES)
    _write_whole(home / KEY_FILE, _wrapped(key, passphrase, kdf))
    return Vault(home, key, lock)


def unlock(home: Path, passphrase: str, kdf: KdfPolicy = REAL_KDF) -> Vault:
    """Open the vault; WrongPassphrase, StoreDamaged, WeakKeyFile, AlreadyOpen, NoDevice. Nothing is changed."""
    file = home / KEY_FILE
    if not file.exists():
        raise StoreDamaged if (home / STORE_FILE).exists() else NoDevice
    _refuse_open_folder(home)
    key = _unwrapped(_read(file), passphrase, kdf)
    return Vault(home, key, _take_lock(home))


def change_passphrase(vault: Vault, old: str, new: str, kdf: KdfPolicy = REAL_KDF) -> None:
    """Wrap the same key anew; the old key file stays whole until the new one is on the disk."""
    file = vault.home / KEY_FILE
    _unwrapped(_read(file), old, kdf)
    _write_whole(file, _wrapped(vault.key, new, kdf))


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
        if header["version"] != VERSION or header["kdf"] != "argon2id":
            raise StoreDamaged
        if not kdf.accepts(int(header["memory_kib"]), int(header["time_cost"]), int(header["lanes"])):
            raise WeakKeyFile
        nonce, sealed = _bytes(raw["nonce"]), _bytes(raw["wrapped"])
        opener = AESGCM(_key_key(header, passphrase))
    except (KeyError, TypeError, ValueError) as wrong:
        raise StoreDamaged from wrong
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
    except (OSError, ValueError) as wrong:
        raise StoreDamaged from wrong
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
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _refuse_open_folder(home: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(home.stat().st_mode) & 0o077:
        raise UnsafeFolder


def _take_lock(home: Path) -> IO[bytes]:
    held = open(home / LOCK_FILE, "ab")  # noqa: SIM115 - kept open as long as the vault is
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
