"""The door of the store: one connection a thread, one writer at a time, one transaction a verb."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fieldkit.config import Clock
from fieldkit.errors import DiskFailing, DiskTrouble, FieldkitError, Locked, SavesMissing, StoreDamaged
from fieldkit.store import room, swap
from fieldkit.store.attachments import Attachments
from fieldkit.store.audit import Audit
from fieldkit.store.conflicts import Conflicts
from fieldkit.store.copies import DraftCopies
from fieldkit.store.database import PAGE_SIZE, Connection, DatabaseError, connect, log_length
from fieldkit.store.drafts import Drafts
from fieldkit.store.exports_made import ExportsMade
from fieldkit.store.form_versions import FormVersions
from fieldkit.store.former import Former
from fieldkit.store.migrate import migrate, schema_of, steps
from fieldkit.store.outbox import Outbox
from fieldkit.store.people import People
from fieldkit.store.purging import Purges
from fieldkit.store.records import Records
from fieldkit.store.refused_forms import RefusedForms
from fieldkit.store.search import Search
from fieldkit.store.session import KeptSession
from fieldkit.store.witness import Witness

MANY_FRAMES = 1_000
"""So many frames that wait in the log are carried into the main file."""


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
        self._failing: DiskFailing | None = None
        self._forgets = False
        self.witness = Witness(path)
        room.make_way(path.parent)
        try:
            swap.finish(path)
            self._look()
            self._keep_before()
            migrate(self.connection)
        except FieldkitError:
            self.close()
            raise
        self.records = Records(self)
        self.outbox = Outbox(self)
        self.former = Former(self)
        self.drafts = Drafts(self)
        self.copies = DraftCopies(self)
        self.conflicts = Conflicts(self)
        self.form_versions = FormVersions(self)
        self.search = Search(self)
        self.audit = Audit(self)
        self.attachments = Attachments(self)
        self.session = KeptSession(self)
        self.purges = Purges(self)
        self.refused_forms = RefusedForms(self)
        self.people = People(self)
        self.exports = ExportsMade(self)

    def _look(self) -> None:
        """Before anything is written: an emptied store is not a new one, and no acknowledged save may be missing."""
        if self._path.exists() and self._path.stat().st_size < PAGE_SIZE:
            raise StoreDamaged
        if self.witness.misses():
            raise SavesMissing
        if not log_length(self.connection)[0]:
            self._release()

    def _keep_before(self) -> None:
        """Before a migration the store is copied as it is, encrypted; at the next opening that copy goes."""
        stands, newest = schema_of(self.connection), steps()[-1][0]
        kept = swap.copies_before(self._path)
        try:
            if 0 < stands < newest and not kept:
                self.empty_log()
                swap.copy_whole(self._path, self._path.with_name(f"{self._path.name}{swap.BEFORE}{newest}"))
            elif stands == newest:
                swap.remove(kept)
        except OSError:
            raise DiskTrouble from None

    @property
    def connection(self) -> Connection:
        """This thread's connection, opened and hardened on first use; Locked after close.

        DiskFailing for good once a sync of the disk has failed: nothing may be built on what may not be there.
        """
        if self._closed:
            raise Locked
        if self._failing is not None:
            raise self._failing
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
            except DiskFailing as failing:
                self._failing = failing
                raise
            except BaseException as wrong:
                _undo(connection)
                if isinstance(wrong, DiskTrouble):
                    room.give_up(self._path.parent)
                raise
            self._after_commit(connection)

    def _after_commit(self, connection: Connection) -> None:
        """Tell the witness, and keep the log short. The save stands whatever becomes of this."""
        try:
            frames, done = log_length(connection)
            self.witness.note(frames)
            if self._forgets:
                self._forgets = False
                self.empty_log()
                return
            if frames - done > MANY_FRAMES:
                connection.execute("pragma wal_checkpoint(passive)").fetchall()
        except DiskFailing as failing:
            self._failing = failing
        except (FieldkitError, OSError):
            room.make_way(self._path.parent)

    def _release(self) -> None:
        """Carry the log into the main file; only then it need not be there any more."""
        self.connection.execute("pragma wal_checkpoint(full)").fetchall()
        try:
            self.witness.release()
        except OSError:
            raise DiskTrouble from None

    def forget_with_commit(self) -> None:
        """What this transaction removes is to be in no old page of the log either, once it is committed."""
        self._forgets = True

    def empty_log(self) -> None:
        """Carry everything into the main file and cut the log, so that old pages are nowhere any more."""
        with self._writing:
            self._release()
            self.connection.execute("pragma wal_checkpoint(truncate)").fetchall()

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
        self.empty_log()
        cipher = connection.execute("pragma cipher_integrity_check").fetchall()
        plain = connection.execute("pragma integrity_check").fetchall()
        return not cipher and [tuple(row) for row in plain] == [("ok",)]

    def close(self) -> None:
        """End every connection that this thread may end; the others end with their threads."""
        with self._writing:
            if not self._opened:  # what is damaged is left as it is, for who mends it
                self._closed = True
                return
            with suppress(FieldkitError):
                self._release()
            self._closed = True
            self._key = b""
            try:
                self.witness.release()
            except OSError:
                return  # the log stays as the witness says it is: connections end with the process
            for connection in self._opened:
                try:
                    connection.close()
                except DatabaseError:  # another thread's: it goes with that thread
                    continue
            self._opened.clear()


def _undo(connection: Connection) -> None:
    if connection.in_transaction:
        connection.execute("rollback")
