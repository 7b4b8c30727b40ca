"""A database that hangs is left: its connection is cut, and whoever waited for it gets an error instead of nothing.

A leader whose machine or disk stands still keeps its connections: the kernel there still says yes to every packet, and
PostgreSQL's own time limits stand still with it. Nobody but us can end the wait, and the new leader is there already.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg.rows import TupleRow

ROUND = 0.25
"""Seconds between two looks."""


class Patrol:
    """Cuts the connections whose server did not answer in the time it was given; one thread for all of them."""

    def __init__(self) -> None:
        self._due: dict[object, tuple[float, psycopg.Connection[TupleRow]]] = {}
        self._lock = threading.Lock()
        self._walks = False

    @contextmanager
    def within(self, connection: psycopg.Connection[TupleRow], seconds: float) -> Iterator[None]:
        """Give what is done inside so long; after that the connection is broken and psycopg says so."""
        mark = object()
        with self._lock:
            self._due[mark] = (time.monotonic() + seconds, connection)
            if not self._walks:
                self._walks = True
                threading.Thread(target=self._walk, name="patrol", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._due[mark]

    def _walk(self) -> None:
        resting = threading.Event()
        while not resting.wait(ROUND):
            now = time.monotonic()
            # Under the lock: what is given back meanwhile is not cut any more.
            with self._lock:
                for due, connection in self._due.values():
                    if due < now:
                        _cut(connection)


def _cut(connection: psycopg.Connection[TupleRow]) -> None:
    """End the line under a connection. Closing it from here would pull it away from the thread that waits."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


PATROL = Patrol()
"""The process's one patrol."""
