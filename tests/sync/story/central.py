"""The central of the stories: the real one, whose every statement can be the one at which something happens to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from sync.server.database import Connection, acting_as
from tests.central_fixture import Ground, RunningCentral, StillClock

PATIENCE = "300ms"
"""How long a request waits for a lock that somebody keeps, before its laptop is told to come again."""
LEAVE = ("migration", "nonce")
"""Tables that are not put back: nobody backs them up."""


@dataclass
class Fuse:
    """Lit, it counts the statements of the routes and does its deed at one of them."""

    left: int = 0
    deed: Callable[[int], None] = field(default=lambda _pid: None)
    burnt: bool = False

    def light(self, at: int, deed: Callable[[int], None]) -> None:
        """From now on the `at`-th statement is the one."""
        self.left, self.deed, self.burnt = at, deed, False

    def out(self) -> None:
        """Nothing happens any more."""
        self.left = 0

    def tick(self, connection: psycopg.Connection[Any]) -> None:
        """A statement is about to be run."""
        if self.left:
            self.left -= 1
            if not self.left:
                self.burnt = True
                self.deed(connection.info.backend_pid)


def _watched(fuse: Fuse) -> type[psycopg.Cursor[Any]]:
    class Watched(psycopg.Cursor[Any]):
        def execute(self, *asked: Any, **more: Any) -> Any:
            fuse.tick(self.connection)
            return super().execute(*asked, **more)

        def executemany(self, *asked: Any, **more: Any) -> None:
            fuse.tick(self.connection)
            super().executemany(*asked, **more)

        def copy(self, *asked: Any, **more: Any) -> Any:
            fuse.tick(self.connection)
            return super().copy(*asked, **more)

    return Watched


class StoryCentral(RunningCentral):
    """A central that is copied, put back, killed in the middle of a transaction, and held up in one."""

    def __init__(self, soil: Ground, clock: StillClock) -> None:
        self.fuse = Fuse()
        super().__init__(soil, clock, self._pool)
        self.owner = psycopg.connect(self.owner_dsn, autocommit=True)
        found = self.owner.execute("select tablename from pg_tables where schemaname = 'public' order by tablename")
        self.tables = [str(name) for (name,) in found if name not in LEAVE]

    def _pool(self, dsn: str) -> ConnectionPool[Connection]:
        options = f"-c lock_timeout={PATIENCE} -c synchronous_commit=off"
        kwargs = {"prepare_threshold": 2, "cursor_factory": _watched(self.fuse), "options": options}
        return ConnectionPool(dsn, min_size=1, max_size=8, open=True, kwargs=kwargs)

    def kill(self, pid: int) -> None:
        """End a backend, as a fault of the database would; it is gone when this returns."""
        self.owner.execute("select pg_terminate_backend(%s, 5000)", (pid,))

    def copy(self, name: str) -> None:
        """Keep all tables as they are now under a name."""
        steps = [f"drop schema if exists {name} cascade", f"create schema {name}"]
        steps += [f"create table {name}.{table} as table public.{table}" for table in self.tables]
        self.owner.execute(";".join(steps).encode())

    def put_back(self, name: str) -> None:
        """Make all tables what they were, as from a backup: epoch, grants and devices too."""
        steps = ["begin", "set local session_replication_role = replica"]
        steps += [f"delete from public.{table}" for table in self.tables]
        steps += [f"insert into {table} overriding system value table {name}.{table}" for table in self.tables]
        self.owner.execute(";".join([*steps, "commit"]).encode())

    def rows_of(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """What the tables hold, as the owner sees it."""
        with self.owner.transaction():
            acting_as(self.owner, "central")
            return self.owner.execute(statement.encode(), values).fetchall()

    def close(self) -> None:
        """Stop answering."""
        self.owner.close()
        super().close()


@dataclass
class Hold:
    """A request that stands still in the middle of its transaction until it is let go."""

    standing: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _pid: int) -> None:
        """Stand still."""
        self.standing.set()
        self.let_go.wait(20)
