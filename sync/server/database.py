"""Central's connections and its numbered migrations. No statement of the ledger stands here."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from sync.server.errors import AlreadyServing, NewerSchema, TooMighty

Connection = psycopg.Connection[TupleRow]
SERVING = 0x66_6B_31
"""The advisory lock that one serving central holds."""


def migrate(owner_dsn: str) -> int:
    """Bring the tables up to date, each step in a transaction of its own; the number of the last."""
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
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


def open_pool(dsn: str) -> ConnectionPool[Connection]:
    """Connections for the routes; each begins a transaction with its first statement."""
    return ConnectionPool(dsn, min_size=1, max_size=8, open=True, kwargs={"prepare_threshold": 2})


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
    """The one row a statement must find."""
    found = connection.execute(statement.encode(), values).fetchone()
    if found is None:
        raise LookupError("a row that must be there is not")
    return found
