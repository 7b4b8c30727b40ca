"""Central's connections and its numbered migrations. No statement of the ledger stands here.

The database may lose its leader at any moment (packaging/cluster): a connection is looked at before it is lent, a dead
server is noticed in seconds, and nothing is answered whose commit the server did not vouch for.
"""

import os
import select
import time
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import Diagnostic, InsufficientPrivilege, UndefinedTable
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from sync.server.errors import (
    AlreadyServing,
    Forgetful,
    NewerSchema,
    NoRow,
    NoSuchService,
    NotSure,
    OlderSchema,
    TooMighty,
)
from sync.server.hanging import PATROL

Connection = psycopg.Connection[TupleRow]
SERVING = 0x66_6B_31
"""The advisory lock that a central holds which serves alone."""
LASTING = {
    # Of several hosts in the address the one that takes writes; one that is gone is not waited for.
    "target_session_attrs": "read-write",
    "connect_timeout": "3",
    # A server that vanished without a word is noticed after a quarter of a minute.
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "12000",
}
"""What an address says about the line when the council says nothing else."""
BOUNDS = "-c statement_timeout=60s -c lock_timeout=12s -c idle_in_transaction_session_timeout=60s"
"""How long a session may take over one thing, unless the address says otherwise."""
ON_DISK = "-c synchronous_commit=on"
"""Said last, so that it holds whatever else is set: what is acknowledged is on disk, and at a synchronous standby."""
HANGS = 20.0
"""Seconds after which a request's connection is cut: a device waits 30 for its answer."""
LOOK = 3.0
"""Seconds in which a connection must show that its server leads."""
FRESH = 2.0
"""Seconds for which that counts, while the line stands: a sync of several requests is not kept waiting for each."""
POOL_PATIENCE = 5.0
"""Seconds that a request waits for a connection before it is answered 503."""
POOL_TRIES = 2.0
"""Seconds after which the pool gives a new connection up. The next request begins afresh: else the growing waits
between its tries would outlast the change of leader."""


def migrate(owner_dsn: str) -> int:
    """Bring the tables up to date, each step in a transaction of its own; the number of the last."""
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        # Others serve meanwhile: rather give up than make them queue behind us for a table.
        connection.execute("set lock_timeout = '5s'")
        connection.execute("create table if not exists migration (number integer primary key)")
        done = connection.execute("select coalesce(max(number), 0) from migration").fetchone()
        at = int(done[0]) if done else 0
        steps = _steps()
        if at > max(steps):
            raise NewerSchema
        for number in sorted(steps):
            if number > at:
                with connection.transaction():
                    connection.execute(steps[number])
                    connection.execute("insert into migration values (%s)", (number,))
        return max(steps)


def _steps() -> dict[int, bytes]:
    folder = files("sync.server") / "migrations"
    return {int(step.name[:4]): step.read_bytes() for step in folder.iterdir() if step.name.endswith(".sql")}


def make_role(owner_dsn: str, name: str, password: str | None) -> None:
    """Make the plain role central works as (without a password: only others may be made members)."""
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        if connection.execute("select 1 from pg_roles where rolname = %s", (name,)).fetchone():
            return
        login = sql.SQL("nologin") if password is None else sql.SQL("login password {}").format(password)
        connection.execute(sql.SQL("create role {} {}").format(sql.Identifier(name), login))


def make_database(owner_dsn: str, name: str, template: str = "template1") -> None:
    """Make a database, as a copy of another."""
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        statement = sql.SQL("create database {} template {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def has_database(owner_dsn: str, name: str) -> bool:
    """Whether the server has a database of that name."""
    with psycopg.connect(owner_dsn) as connection:
        return connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is not None


def is_begun(owner_dsn: str) -> bool:
    """Whether a central was begun in this database: its tables may be there without one."""
    with psycopg.connect(owner_dsn) as connection:
        if row(connection, "select to_regclass('counter') is null")[0]:
            return False
        return bool(row(connection, "select exists (select from counter)")[0])


def keep_nonces(owner_dsn: str) -> None:
    """Let a replica have the nonces too: an unlogged table is empty after a change of leader.

    It makes every answer wait for the standby, a read as well, so that a leader who was deposed cannot answer.
    """
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        connection.execute("set lock_timeout = '5s'")
        connection.execute("alter table nonce set logged")


def open_pool(dsn: str) -> ConnectionPool[Connection]:
    """Connections for the routes; each begins a transaction with its first statement."""
    return ConnectionPool(
        lasting(dsn),
        min_size=1,
        max_size=8,
        open=True,
        timeout=POOL_PATIENCE,
        reconnect_timeout=POOL_TRIES,
        check=Lookout().check,
        configure=_begin_session,
        kwargs={"prepare_threshold": 2},
    )


def reaching(dsn: str, services: Path | None = None) -> str:
    """The address with its service looked up, and with what makes a session find and leave a leader.

    A service is looked up here: psycopg gives each host of an address its time, and hosts it cannot see none. The first
    that stands still would keep it from all the others.
    """
    said = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    return make_conninfo(**{**LASTING, **_of_service(said.pop("service", ""), services), **said})


def _of_service(name: str, file: Path | None) -> dict[str, str]:
    if not name:
        return {}
    services = ConfigParser(interpolation=None, delimiters=("=",))
    services.read(file or os.environ.get("PGSERVICEFILE") or Path("~/.pg_service.conf").expanduser(), "utf-8")
    if name not in services:
        raise NoSuchService
    return dict(services[name])


def lasting(dsn: str) -> str:
    """The same, and what a session needs that keeps what it acknowledges."""
    reached = reaching(dsn)
    options = str(conninfo_to_dict(reached).get("options") or "")
    return make_conninfo(reached, options=" ".join(part for part in (BOUNDS, options, ON_DISK) if part))


def still_leads(connection: Connection) -> None:
    """Raise when a connection is broken or its server no longer takes writes; the pool then throws it away."""
    with PATROL.within(connection, LOOK):
        connection.autocommit = True
        if row(connection, "select pg_is_in_recovery()")[0]:
            raise psycopg.OperationalError("this server has become a replica")
        connection.autocommit = False


class Lookout:
    """Looks at connections before they are lent: whether the line stands each time, whether it leads now and then.

    A server that stops leading cuts its lines, and the end of a line is there to be read at once. What neither shows,
    a machine that stands still, is cut after `HANGS` as any request is.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._led: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()

    def check(self, connection: Connection) -> None:
        """Raise when a connection should not be lent; the pool then throws it away."""
        led, now = self._led.get(connection), self._clock()
        if led is None or now - led > FRESH or _has_word(connection):
            still_leads(connection)
            self._led[connection] = now


def _has_word(connection: Connection) -> bool:
    """Whether a connection nobody asked anything has something to read: its end, mostly."""
    return bool(select.select([connection.fileno()], [], [], 0)[0])


def _begin_session(connection: Connection) -> None:
    refuse_the_forgetful(connection)
    connection.commit()


@contextmanager
def surely(connection: Connection) -> Iterator[None]:
    """Commit at the end, or be cut off; NotSure when the server did not wait for its standby as it should.

    Somebody who cancels a commit that waits for the standby makes PostgreSQL say "committed", with a warning beside it.
    """
    doubts: list[str] = []

    def listen(told: Diagnostic) -> None:
        if told.source_function == "SyncRepWaitForLSN":
            doubts.append(str(told.sqlstate))

    connection.add_notice_handler(listen)
    try:
        with PATROL.within(connection, HANGS):
            yield
            connection.commit()
    finally:
        connection.remove_notice_handler(listen)
    if doubts:
        raise NotSure


@contextmanager
def one(dsn: str) -> Iterator[Connection]:
    """A connection of one's own for one piece of work, committed at its end."""
    with psycopg.connect(dsn) as connection:
        yield connection


def acting_as(connection: Connection, reader: str) -> None:
    """Say for this transaction who reads: a worker's id, or 'central' for merge and ledger."""
    connection.execute("select set_config('fieldkit.reader', %s, true)", (reader,))


def writing_for(connection: Connection, author: str) -> None:
    """Say for this transaction whose words central writes: they may only lie where that worker holds or held."""
    connection.execute("select set_config('fieldkit.author', %s, true)", (author,))


def refuse_the_mighty(connection: Connection) -> None:
    """Refuse a role for which row security would not hold."""
    found = connection.execute(
        "select r.rolsuper or r.rolbypassrls or exists (select from pg_tables t"
        " where t.tablename = 'record' and pg_has_role(current_user, t.tableowner, 'usage'))"
        " from pg_roles r where r.rolname = current_user"
    ).fetchone()
    if found is None or found[0]:
        raise TooMighty


def refuse_the_forgetful(connection: Connection) -> None:
    """Refuse a server that says "committed" before it is on disk."""
    settings = row(connection, "select current_setting('fsync'), current_setting('full_page_writes')")
    if "off" in settings:
        raise Forgetful


def refuse_the_outdated(connection: Connection) -> None:
    """Refuse tables older than this program. Newer ones are served: migrations only add."""
    try:
        at = row(connection, "select coalesce(max(number), 0) from migration")[0]
    except (InsufficientPrivilege, UndefinedTable) as wrong:
        raise OlderSchema from wrong
    if at < max(_steps()):
        raise OlderSchema


def join_the_desks(dsn: str) -> None:
    """Look whether one more central may serve from this database; it takes no lock.

    Nothing depends on how many there are: the database orders pushes, keeps nonces and counts. And a lock that goes
    with its connection at a change of leader, unseen, would be a promise that nobody keeps. Only beside a central that
    serves alone nobody sits down: it stops the database when it ends.
    """
    with psycopg.connect(lasting(dsn)) as connection:
        refuse_the_mighty(connection)
        refuse_the_forgetful(connection)
        if not row(connection, "select pg_try_advisory_xact_lock_shared(%s)", (SERVING,))[0]:
            raise AlreadyServing
        refuse_the_outdated(connection)
        if row(connection, "select relpersistence = 'u' from pg_class where oid = 'nonce'::regclass")[0]:
            raise OlderSchema


def take_the_desk(dsn: str) -> Connection:
    """Be the one central that serves here, for as long as the connection lives."""
    connection = psycopg.connect(dsn, autocommit=True)
    try:
        refuse_the_mighty(connection)
        if not row(connection, "select pg_try_advisory_lock(%s)", (SERVING,))[0]:
            raise AlreadyServing
    except BaseException:
        connection.close()
        raise
    return connection


def row(connection: Connection, statement: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> tuple[Any, ...]:
    """The one row a statement must find. Raises NoRow."""
    found = connection.execute(statement.encode(), values).fetchone()
    if found is None:
        raise NoRow
    return found
