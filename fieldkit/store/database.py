"""Connections to the encrypted database: keyed first, hardened, and refused when any of it does not hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from fieldkit.errors import DiskTrouble, FieldkitError, StoreBusy, StoreDamaged, StoreFault

Connection = Any
"""A sqlcipher3 connection (the library has no types)."""
DatabaseError = sqlcipher.DatabaseError
PAGE_SIZE = 8192
"""Fixed for ever when a store is made: 13 % larger files than bare notes, against 31 % at 4096 (SECURITY 1.1)."""
SETTINGS = {"journal_mode": "wal", "synchronous": 2, "temp_store": 2, "foreign_keys": 1, "secure_delete": 1}
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
    sqlcipher.SQLITE_FULL: DiskTrouble,
    sqlcipher.SQLITE_READONLY: DiskTrouble,
    sqlcipher.SQLITE_IOERR: DiskTrouble,
    sqlcipher.SQLITE_CANTOPEN: DiskTrouble,
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


def harden(connection: Connection) -> None:
    """Set what every connection must have, then ask for it again and refuse to go on without it."""
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma temp_store = memory")
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma secure_delete = on")
    connection.execute("pragma cache_size = -8000")
    found = {name: connection.execute(f"pragma {name}").fetchone()[0] for name in SETTINGS}
    cipher = connection.execute("pragma cipher_version").fetchone()
    if found != SETTINGS or not cipher:
        raise NotHardened
    connection.set_authorizer(_no_way_out)


class NotHardened(FieldkitError):
    """The database library does not keep a promise we rely on."""

    said = "The database on this machine cannot keep what fieldkit promises."
    cure = "Install fieldkit again with its own packages. Nothing has been changed."
    exit_code = 7


def trouble(wrong: Exception) -> FieldkitError:
    """Which of our errors a database error is; its text never travels on, for it may hold values."""
    code = int(getattr(wrong, "sqlite_errorcode", 0)) & 0xFF  # the low byte is the kind, the rest its detail
    return _TROUBLES.get(code, StoreFault)()


def _no_way_out(action: int, first: str | None, second: str | None, *_: object) -> int:
    # A plain copy of the store is one ATTACH away (SECURITY finding 10); a setting read back at the start stays so.
    if action == _PRAGMA and second is not None and (first or "").lower() in _NO_PRAGMA:
        return _DENY
    if action == _FUNCTION and (second or "").lower() in _NO_FUNCTION:
        return _DENY
    return _DENY if action in (_ATTACH, _DETACH) else _OK
