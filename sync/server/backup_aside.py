"""A copy of central's PostgreSQL brought to life from a backup, on a socket that only its user and we can reach."""

import os
import re
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from psycopg import OperationalError, connect
from psycopg.conninfo import make_conninfo

from sync.server import audit, backup, ledger
from sync.server.backup import Facts
from sync.server.backup_errors import RestoreFailed
from sync.server.database import Connection, row
from sync.server.embedded import OWNER, SETTINGS, Embedded, find_programs, give
from sync.server.errors import NoDatabase

HOURS = "21600"
"""Seconds that a long archive may take to be replayed."""
OPEN = "local all all trust\n"
CLOSED = "".join(
    f"host {database} all {address} scram-sha-256\n"
    for database in ("all", "replication")
    for address in ("127.0.0.1/32", "::1/128")
)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a copy's ledger ends."""

    number: int
    hash: str


class Aside:
    """A copy in a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.embedded = Embedded(data)

    def lay(self, folder: Path, facts: Facts) -> None:
        """Copy a checked backup and the archive that goes on from it."""
        copy = folder / "base" / facts.name
        backup.check(copy, facts.name)
        place = self.embedded.folder
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copytree(copy / "postgres", place, symlinks=True)
        if facts.run:
            fetch_log(folder / "wal" / facts.run, place / "pg_wal", backup.first_segment(folder, facts))
        (place / "recovery.signal").touch()
        self._admit(OPEN)
        programs = find_programs()
        for each in (place, *place.rglob("*")):
            give(each, programs)

    @contextmanager
    def awake(self, database: str, until: datetime | None = None) -> Iterator[str]:
        """Replay the archive, all of it or up to a time, and have it answer; its address. Ended in order."""
        programs = find_programs()
        with tempfile.TemporaryDirectory(prefix="fieldkit-") as sockets:
            give(Path(sockets), programs)
            log, options = "{data}/server.log", _options(Path(sockets), until)
            dsn = make_conninfo("", host=sockets, port="5432", dbname=database, user=OWNER)
            try:
                self.embedded.run(programs, "pg_ctl", "start", "-w", "-t", HOURS, "-l", log, "-o", options)
                self._wait_until_replayed(dsn)
                yield dsn
            except NoDatabase as wrong:
                raise RestoreFailed from wrong
            finally:
                with suppress(NoDatabase):
                    self.embedded.run(programs, "pg_ctl", "stop", "-w", "-m", "fast", "-t", "60")

    def _wait_until_replayed(self, dsn: str) -> None:
        """It refuses connections until the archive's end; NoDatabase when it gave up before."""
        while True:
            try:
                connect(dsn).close()
            except OperationalError:
                self.embedded.run(find_programs(), "pg_ctl", "status")
                time.sleep(0.1)
            else:
                return

    def close_to_strangers(self) -> None:
        """From the next start on only the password opens it."""
        self._admit(CLOSED)

    def _admit(self, who: str) -> None:
        file = self.embedded.folder / "pg_hba.conf"
        backup.write_safely(file, who)
        give(file, find_programs())


def examine(connection: Connection) -> Found:
    """Walk every chain of a copy. Raises LedgerBroken or AuditBroken."""
    ledger.verify(connection)
    ledger.verify_digests(connection)
    audit.verify(connection)
    number, chain = row(connection, "select number, hash from counter")
    return Found(int(number), bytes(chain).hex())


def _options(sockets: Path, until: datetime | None) -> str:
    told = {
        **SETTINGS,
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        # The archive was laid beside the copy: there is nothing to fetch.
        "restore_command": "false",
        "hot_standby": "off",
        "recovery_target_action": "promote",
        **({"recovery_target_time": until.isoformat()} if until else {}),
    }
    return " ".join(f"-c {name}={shlex.quote(value) if value else ''}" for name, value in told.items()) + " -p 5432"


def fetch_log(archive: Path, place: Path, first: str) -> None:
    """Bring the archive's files from the backup's first on.

    The last is still being written; the backup, whose own log ends anywhere, may have begun the same. The longer stays.
    """
    for file in sorted(archive.glob("*")) if archive.is_dir() else ():
        name = re.fullmatch(r"([0-9A-F]{24})(\.partial)?|[0-9A-F]{8}\.history", file.name)
        if name is None or (name[1] and name[1] < first):
            continue
        target = place / (name[1] or file.name)
        if name[2] and target.exists() and _reach(target) >= _reach(file):
            continue
        try:
            shutil.copyfile(file, target)
        except FileNotFoundError:
            # It was being written and became whole meanwhile.
            shutil.copyfile(archive / target.name, target)
        os.chmod(target, 0o600)


def _reach(file: Path) -> int:
    """How far a file of the log is written: the rest is zeros."""
    return len(file.read_bytes().rstrip(b"\0"))
