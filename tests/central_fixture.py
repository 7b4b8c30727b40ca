"""A real central for tests: one embedded PostgreSQL for the session, a fresh database for each test.

`central` runs the app in a thread on a loopback port; `CentralProcess` runs `python -m sync.server` as it is shipped.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import psycopg
import uvicorn
from psycopg import sql
from psycopg_pool import ConnectionPool

from sync.server import codes, devices, entitlement, publish, workers
from sync.server import keys as key_files
from sync.server.app import Central, build_app
from sync.server.database import Connection, acting_as, make_database, make_role, migrate, one, open_pool
from sync.server.embedded import CENTRAL, OWNER, Embedded
from sync.server.keys import Keys
from sync.server.serving import Line, Server, listen

ROOT = Path(__file__).parent.parent
TEMPLATE = "practice"


@dataclass
class StillClock:
    """A clock that moves when told to."""

    at: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_time(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Ground:
    """The session's PostgreSQL and the template every test's central is copied from."""

    embedded: Embedded
    keys: Keys = field(repr=False)
    data: Path
    """The folder that a central's desk works from."""

    def fresh(self) -> tuple[str, str]:
        """A database of its own: its address as the plain role and as the owner."""
        name = f"test_{uuid4().hex}"
        make_database(self.embedded.dsn("postgres", OWNER), name, TEMPLATE)
        return self.embedded.dsn(name), self.embedded.dsn(name, OWNER)

    def drop(self, dsn: str) -> None:
        """Give a database's room back."""
        name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
        with psycopg.connect(self.embedded.dsn("postgres", OWNER), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(str(name))))


@contextmanager
def ground() -> Iterator[Ground]:
    """Start the session's PostgreSQL with an initialised central as template."""
    with tempfile.TemporaryDirectory(prefix="fieldkit-test-") as folder:
        embedded = Embedded(Path(folder))
        embedded.create()
        embedded.start()
        try:
            maintenance = embedded.dsn("postgres", OWNER)
            make_role(maintenance, CENTRAL, embedded.secret.read_text(encoding="ascii"))
            make_database(maintenance, TEMPLATE)
            template = embedded.dsn(TEMPLATE, OWNER)
            migrate(template)
            made = key_files.make(Path(folder, "keys"))
            with one(template) as connection:
                publish.begin(connection, made, publish.Council("Practice Council"), StillClock().at)
            yield Ground(embedded, made, Path(folder))
        finally:
            embedded.stop()


class RunningCentral:
    """A central in this process: the desk's verbs, and its address."""

    def __init__(
        self,
        soil: Ground,
        clock: StillClock,
        pool: Callable[[str], ConnectionPool[Connection]] = open_pool,
    ) -> None:
        self._soil = soil
        self.keys = soil.keys
        self.data = soil.data
        self.clock = clock
        self.dsn, self.owner_dsn = soil.fresh()
        self.pool = pool(self.dsn)
        self.app = build_app(Central(self.pool, self.keys, clock))
        config = uvicorn.Config(self.app, port=0, access_log=False, log_level="warning", http=Line)
        listening = listen(config)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        ready = threading.Event()
        self._server = Server(config, ready.set)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)
        self._thread.start()
        assert ready.wait(20)

    def code(self, worker: str = "Amina Yusuf", role: str = "worker") -> str:
        """A one-time code for a worker's device."""
        with one(self.dsn) as connection:
            person = workers.make_known(connection, worker, role, self.clock())
            return codes.issue(connection, person, self.clock())[0]

    def grant(self, worker: str, *scopes: str) -> None:
        """Give a worker scopes."""
        with one(self.dsn) as connection:
            entitlement.grant(connection, workers.find(connection, worker), list(scopes), "desk", self.clock())

    def withdraw(self, worker: str, scope: str) -> None:
        """Take a scope from a worker."""
        with one(self.dsn) as connection:
            entitlement.withdraw(connection, workers.find(connection, worker), scope, "desk", self.clock())

    def revoke(self, device: str) -> None:
        """Refuse a device from now on."""
        with one(self.dsn) as connection:
            devices.revoke(connection, device, self.clock())

    @contextmanager
    def rows(self) -> Iterator[Connection]:
        """The database itself, read as central's owner."""
        with psycopg.connect(self.owner_dsn) as connection:
            acting_as(connection, "central")
            yield connection

    def close(self) -> None:
        """Stop answering; once is enough."""
        if self._server.should_exit:
            return
        self._server.should_exit = True
        self._thread.join(20)
        self.pool.close()
        self._soil.drop(self.dsn)


class CentralProcess:
    """`python -m sync.server serve` as a process of its own, which can be killed."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.options = options
        self.url = ""

    def desk(self, verb: str, *arguments: str) -> dict[str, object]:
        """Run one verb at the desk and read its JSON."""
        command = [sys.executable, "-m", "sync.server", verb, "--data", str(self.data), "--json", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "sync.server", "serve", "--data", str(self.data), "--port", "0", *self.options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = str(json.loads(self.process.stdout.readline())["url"])
        return self

    def kill(self, *, database_too: bool = False) -> None:
        """End it as a power cut would."""
        self.process.kill()
        if database_too:
            os.kill(Embedded(self.data).pid, signal.SIGKILL)
        self._reap()

    def _reap(self) -> None:
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            self.process.terminate()
            self._reap()
