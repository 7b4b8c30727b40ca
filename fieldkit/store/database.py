"""Connections to the encrypted database: keyed first, hardened, and refused when any of it does not hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from fieldkit.errors import (
    DiskErrs,
    DiskFailing,
    DiskFull,
    DiskReadOnly,
    DiskShut,
    FieldkitError,
    StoreBusy,
    StoreDamaged,
    StoreFault,
)

Connection = Any
"""A sqlcipher3 connection (the library has no types)."""
DatabaseError = sqlcipher.DatabaseError
PAGE_SIZE = 8192
"""Fixed for ever when a store is made: 13 % larger files than bare notes, against 31 % at 4096 (SECURITY 1.1)."""
SETTINGS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "temp_store": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
}
CIPHER = {"cipher_page_size": str(PAGE_SIZE), "cipher_use_hmac": "1", "cipher_hmac_algorithm": "HMAC_SHA512"}
CIPHER_VERSION = 4
_NOT_KEPT = (1034, 1290)
"""SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC: what was written may be gone although a second sync says nothing."""
_NO_MEMORY_FILE = (4618, 4874, 5386)
"""SQLITE_IOERR_SHMOPEN, SHMSIZE and SHMMAP: the small file beside the log has no room."""
_ATTACH = 24
_DETACH = 25
_PRAGMA = 19
_FUNCTION = 31
_NO_PRAGMA = frozenset({"key", "rekey", "writable_schema", "journal_mode", "temp_store_directory"})
_NO_FUNCTION = frozenset({"load_extension", "sqlcipher_export"})
_OK, _DENY = 0, 1
_TROUBLES: dict[int, type[FieldkitError]] = {
    sqlcipher.SQLITE_CORRUPT: StoreDamaged,
    sqlcipher.SQLITE_NOTADB: StoreDamaged,
    sqlcipher.SQLITE_FULL: DiskFull,
    sqlcipher.SQLITE_READONLY: DiskReadOnly,
    sqlcipher.SQLITE_IOERR: DiskErrs,
    sqlcipher.SQLITE_CANTOPEN: DiskShut,
    sqlcipher.SQLITE_BUSY: StoreBusy,
    sqlcipher.SQLITE_LOCKED: StoreBusy,
}


def _told(verb: Callable[..., Any]) -> Callable[..., Any]:
    def said(cursor: Any, *asked: Any) -> Any:
        try:
            return verb(cursor, *asked)
        except sqlcipher.DatabaseError as wrong:
            raise trouble(wrong) from None

    return said


class _Cursor(sqlcipher.Cursor):  # type: ignore[misc]
    """Any page may prove damaged and any write may find the disk full: each step tells it in our words."""

    execute = _told(sqlcipher.Cursor.execute)
    executemany = _told(sqlcipher.Cursor.executemany)
    executescript = _told(sqlcipher.Cursor.executescript)
    fetchone = _told(sqlcipher.Cursor.fetchone)
    fetchall = _told(sqlcipher.Cursor.fetchall)
    __next__ = _told(sqlcipher.Cursor.__next__)


class _Connection(sqlcipher.Connection):  # type: ignore[misc]
    """A connection whose cursors speak our words."""

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def enable_load_extension(self, *_: Any) -> None:
        # Code from a file could read everything and write it anywhere.
        raise StoreFault


def connect(path: Path, key: bytes) -> Connection:
    """A keyed connection with every setting asserted; StoreDamaged when it does not open."""
    try:
        connection = sqlcipher.connect(str(path), isolation_level=None, timeout=10.0, factory=_Connection)
        connection.execute("pragma cipher_log_level = none")
        connection.execute(f"pragma key = \"x'{key.hex()}'\"")
        connection.execute(f"pragma cipher_page_size = {PAGE_SIZE}")
        connection.execute("select count(*) from sqlite_master").fetchone()
        harden(connection)
    except sqlcipher.DatabaseError as wrong:
        raise trouble(wrong) from None
    return connection


def rekey(path: Path, old: bytes, new: bytes) -> None:
    """Write every page anew under another key, all or nothing, and leave none under the old one in the WAL.

    SQLCipher answers "ok" although a write failed and all was rolled back: only a store that the new key opens has it.
    """
    connection = connect(path, old)
    # The maintenance connection: the authoriser of the ordinary ones refuses this too.
    connection.set_authorizer(_every_way)
    try:
        connection.execute(f"pragma rekey = \"x'{new.hex()}'\"")
        connection.execute("select count(*) from sqlite_master").fetchone()  # says DiskFull where that was the cause
        connection.execute("pragma wal_checkpoint(truncate)")
    except StoreBusy:
        raise DiskErrs from None  # its own broken writing holds it: nobody else has it open
    finally:
        connection.close()
    try:
        connect(path, new).close()
    except StoreDamaged:
        raise DiskErrs from None


def harden(connection: Connection) -> None:
    """Set what every connection must have, then ask for it again and refuse to go on without it."""
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma temp_store = memory")
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma secure_delete = on")
    connection.execute("pragma cache_size = -8000")
    connection.execute("pragma wal_autocheckpoint = 0")  # the store does it, and tells the witness
    if unlike(connection):
        raise NotHardened
    connection.set_authorizer(_no_way_out)


def unlike(connection: Connection) -> dict[str, str]:
    """The settings that are not as we rely on them, with what was found; to be asked of a connection that is keyed."""
    found = {name: connection.execute(f"pragma {name}").fetchone() for name in (*SETTINGS, *CIPHER, "cipher_version")}
    told = {name: str(row[0]) if row else "" for name, row in found.items()}
    version = told.pop("cipher_version")
    wanted = {name: str(value) for name, value in (SETTINGS | CIPHER).items()}
    wrong = {name: value for name, value in told.items() if value != wanted[name]}
    return wrong if version.startswith(f"{CIPHER_VERSION}.") else wrong | {"cipher_version": version}


def log_length(connection: Connection) -> tuple[int, int]:
    """How many frames of the log can be read, and how many of them the main file has already."""
    _, frames, done = connection.execute("pragma wal_checkpoint(noop)").fetchone()
    return max(int(frames), 0), max(int(done), 0)


class NotHardened(FieldkitError):
    """The database library does not keep a promise we rely on."""

    said = "The database on this machine cannot keep what fieldkit promises."
    cure = "Install fieldkit again with its own packages. Nothing has been changed."
    exit_code = 7


def trouble(wrong: Exception) -> FieldkitError:
    """Which of our errors a database error is; its text never travels on, for it may hold values."""
    whole = int(getattr(wrong, "sqlite_errorcode", 0))
    if whole in _NOT_KEPT:
        return DiskFailing()
    if whole in _NO_MEMORY_FILE:
        return DiskShut()
    code = whole & 0xFF  # the low byte is the kind, the rest its detail
    return _TROUBLES.get(code, StoreFault)()


def _every_way(*_: object) -> int:
    return _OK


def _no_way_out(action: int, first: str | None, second: str | None, *_: object) -> int:
    # A plain copy of the store is one ATTACH away (SECURITY finding 10); a setting read back at the start stays so.
    if action == _PRAGMA and second is not None and (first or "").lower() in _NO_PRAGMA:
        return _DENY
    if action == _FUNCTION and (second or "").lower() in _NO_FUNCTION:
        return _DENY
    return _DENY if action in (_ATTACH, _DETACH) else _OK
