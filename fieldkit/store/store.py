"""The door of the store: one connection a thread, one writer at a time, one transaction a verb."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldkit.config import Clock
from fieldkit.errors import FieldkitError, Locked
from fieldkit.store.attachments import Attachments
from fieldkit.store.audit import Audit
from fieldkit.store.conflicts import Conflicts
from fieldkit.store.database import Connection, DatabaseError, connect
from fieldkit.store.drafts import Drafts
from fieldkit.store.form_versions import FormVersions
from fieldkit.store.migrate import migrate
from fieldkit.store.outbox import Outbox
from fieldkit.store.people import People
from fieldkit.store.purging import Purges
from fieldkit.store.records import Records
from fieldkit.store.search import Search
from fieldkit.store.session import KeptSession


class Store:
    """An open encrypted store. Every method may be called from any thread; a thread keeps its own connection."""

    def __init__(self, path: Path, key: bytes, clock: Clock) -> None:
        self.clock = clock
        self._path = path
        self._key = key
        self._writing = threading.RLock()
        self._mine = threading.local()
        self._opened: list[Connection] = []
        self._closed = False
        try:
            migrate(self.connection)
        except FieldkitError:
            self.close()
            raise
        self.records = Records(self)
        self.outbox = Outbox(self)
        self.drafts = Drafts(self)
        self.conflicts = Conflicts(self)
        self.form_versions = FormVersions(self)
        self.search = Search(self)
        self.audit = Audit(self)
        self.attachments = Attachments(self)
        self.session = KeptSession(self)
        self.purges = Purges(self)
        self.people = People(self)

    @property
    def connection(self) -> Connection:
        """This thread's connection, opened and hardened on first use; Locked after close."""
        if self._closed:
            raise Locked
        found: Connection = getattr(self._mine, "connection", None)
        if found is None:
            found = connect(self._path, self._key)
            self._mine.connection = found
            with self._writing:
                self._opened.append(found)
        return found

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing, one thread at a time; joins the transaction this thread is in already."""
        connection = self.connection
        with self._writing:
            if connection.in_transaction:
                yield connection
                return
            try:
                connection.execute("begin immediate")
                yield connection
                connection.execute("commit")
            except BaseException:
                _undo(connection)
                raise

    def meta(self, name: str) -> str | None:
        """A fact about this device, by name."""
        found = self.connection.execute("select value from meta where name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def set_meta(self, name: str, value: str) -> None:
        """Keep a fact about this device."""
        with self.transaction() as connection:
            connection.execute("insert or replace into meta (name, value) values (?, ?)", (name, value))

    def now(self) -> str:
        """The clock's instant as ISO text in UTC, to the millisecond."""
        return self.clock.now().isoformat(timespec="milliseconds")

    def whole(self) -> bool:
        """Whether the database is whole: its pages' HMACs (after a checkpoint) and SQLite's own check."""
        connection = self.connection
        connection.execute("pragma wal_checkpoint(truncate)")
        cipher = connection.execute("pragma cipher_integrity_check").fetchall()
        plain = connection.execute("pragma integrity_check").fetchall()
        return not cipher and [tuple(row) for row in plain] == [("ok",)]

    def close(self) -> None:
        """End every connection that this thread may end; the others end with their threads."""
        self._closed = True
        with self._writing:
            for connection in self._opened:
                try:
                    connection.close()
                except DatabaseError:  # another thread's: it goes with that thread
                    continue
            self._opened.clear()
            self._key = b""


def _undo(connection: Connection) -> None:
    if connection.in_transaction:
        connection.execute("rollback")
