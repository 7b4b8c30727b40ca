"""The archive: PostgreSQL's log, streamed into the backup folder as it is written, and what is durable by it.

pg_receivewal says how far its disk has the log, through a slot of the server; the slot keeps what it has not. A number
is marked durable only when the slot has passed the place in the log at which that number was seen committed, and when
the folder has a base backup from which this archive goes on. Not archive_command: that hands over files of 16 MiB, so
a quiet evening's work would wait for hours to be durable, and it runs as a user who cannot reach our folder.
"""

import json
import secrets
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import Error as DatabaseError
from psycopg import connect
from psycopg.conninfo import make_conninfo

from sync.errors import MISSHAPEN
from sync.server import backup, backup_ends, backup_erasures, durable
from sync.server.backup import Clock, Source
from sync.server.backup_errors import BackupDamaged
from sync.server.clock import stamp
from sync.server.database import Connection, row
from sync.server.embedded import environment, find_programs
from sync.server.errors import CentralError
from sync.server.keys import Keys
from sync.server.watching import to_stderr

SECONDS = 1.0
COUNTED = (
    "select (select count(*) from gone), (select count(*) from device where state = 'revoked'),"
    " (select count(*) from shredding), (select count(*) from worker_end)"
)
"""What the lists beside the backups name: they are written again when one of these changes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A ledger number that was committed, and a place in the log that lies behind its commit."""

    number: int
    hash: str
    place: str


@dataclass(slots=True)
class Archive:
    """The stream of one server's log into one folder."""

    folder: Path
    source: Source
    keys: Keys = field(repr=False)
    clock: Clock
    _run: str = ""
    _into: str = ""
    """The run that is being received."""
    _seen: Seen | None = None
    _counted: tuple[Any, ...] = ()
    _receiver: subprocess.Popen[bytes] | None = None

    def step(self) -> None:
        """Have the stream running, and mark what it has on its disk. Called again and again."""
        with connect(self.source.dsn, autocommit=True) as connection:
            self._open(connection)
            self._receive()
            if not any(facts.run == self._run for facts in backup.every(self.folder)):
                backup.make(self.folder, self.source, self.clock)
            self._keep_lists(connection)
            self._mark(connection)

    @property
    def receives(self) -> bool:
        """Whether the stream runs."""
        return self._receiver is not None and self._receiver.poll() is None

    def close(self) -> None:
        """End the stream; the slot stays, and keeps the log until it goes on."""
        if self._receiver is not None:
            self._receiver.terminate()
            self._receiver.wait(30)

    def _open(self, connection: Connection) -> None:
        """Find the archive this server has, or begin one; one that has fallen too far behind is begun anew."""
        self._run = backup.run_of(connection)
        if self._run:
            return
        connection.execute(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            " where starts_with(slot_name, %s) and not active",
            (backup.SLOT,),
        )
        self._run = backup.SLOT + secrets.token_hex(6)
        connection.execute("select pg_create_physical_replication_slot(%s, true)", (self._run,))

    def _receive(self) -> None:
        if self.receives:
            if self._into == self._run:
                return
            self.close()
        self._into = self._run
        place = self.folder / "wal" / self._run
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        backup.sync_folder(place.parent)
        plain = make_conninfo(self.source.dsn, password=None)
        self._receiver = subprocess.Popen(
            [
                find_programs().path("pg_receivewal"),
                *("-d", plain, "-D", str(place), "-S", self._run, "--synchronous", "--no-loop", "--no-password"),
            ],
            env=environment() | backup.password_of(self.source.dsn),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _mark(self, connection: Connection) -> None:
        if self._seen is None:
            number, chain, known = row(connection, "select number, hash, durable from counter")
            if number == known:
                return
            # Asked after the number was seen: its commit lies before this place.
            (place,) = row(connection, "select pg_current_wal_insert_lsn()::text")
            self._seen = Seen(int(number), bytes(chain).hex(), str(place))
        if not _has(connection, self._run, self._seen.place):
            return
        told = {"number": self._seen.number, "hash": self._seen.hash, "place": self._seen.place}
        backup.write_safely(
            self.folder / "marks" / f"{self._run}.json", json.dumps({**told, "at": stamp(self.clock())})
        )
        durable.mark_durable(connection, self._seen.number)
        durable.keep(connection, "archive", self.clock(), self._seen.number)
        self._seen = None

    def _keep_lists(self, connection: Connection) -> None:
        counted = row(connection, COUNTED)
        if counted != self._counted:
            backup_erasures.write(self.folder, connection, self.keys)
            backup_ends.write(self.folder, connection, self.keys)
            self._counted = counted


def _has(connection: Connection, run: str, place: str) -> bool:
    """Whether the archive's disk has the log up to a place, as it told the server."""
    found = connection.execute(
        "select restart_lsn >= %s::pg_lsn from pg_replication_slots where slot_name = %s", (place, run)
    ).fetchone()
    return found is not None and bool(found[0])


def marked(folder: Path, run: str) -> int:
    """The highest number that was said to be durable by this archive. Raises BackupDamaged."""
    file = folder / "marks" / f"{run}.json"
    try:
        return int(json.loads(file.read_text("utf-8"))["number"]) if run and file.exists() else 0
    except MISSHAPEN as wrong:
        raise BackupDamaged(f"marks/{file.name}.") from wrong


@contextmanager
def archiving(archive: Archive | None) -> Iterator[None]:
    """Keep the archive going beside whatever else is done."""
    if archive is None:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_go_on, args=(archive, ended), name="archive", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(60)
        archive.close()


def _go_on(archive: Archive, ended: threading.Event) -> None:
    """Step after step: what could not be done is done at the next one. Each turn for better or worse is told once."""
    well = None
    while not ended.is_set():
        try:
            archive.step()
            now = archive.receives
        except (DatabaseError, CentralError, OSError):
            now = False
        if now is not well:
            to_stderr(json.dumps({"event": "archive", "well": now}))
            well = now
        ended.wait(SECONDS)
