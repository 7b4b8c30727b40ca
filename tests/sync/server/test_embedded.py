"""The embedded PostgreSQL: made, found again after a kill, ended in order, closed to strangers."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sync.server.embedded import OWNER, Embedded


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    server = Embedded(tmp_path)
    server.create()
    server.start()
    yield server
    server.stop()


def note(server: Embedded, text: str) -> None:
    with psycopg.connect(server.dsn("postgres", OWNER)) as connection:
        connection.execute("create table if not exists said (text text)")
        connection.execute("insert into said values (%s)", (text,))


def said(server: Embedded) -> list[str]:
    with psycopg.connect(server.dsn("postgres", OWNER)) as connection:
        return [text for (text,) in connection.execute("select text from said").fetchall()]


def test_a_second_start_finds_the_running_server(embedded: Embedded) -> None:
    assert embedded.running
    assert not embedded.start()


def test_what_was_committed_is_there_after_the_server_was_killed(embedded: Embedded) -> None:
    note(embedded, "kept")
    os.kill(embedded.pid, signal.SIGKILL)
    embedded.start()
    assert said(embedded) == ["kept"]


def test_what_was_committed_is_there_after_a_stop_and_a_start(embedded: Embedded) -> None:
    note(embedded, "kept")
    embedded.stop()
    assert not embedded.running
    assert embedded.start()
    assert said(embedded) == ["kept"]


def test_nobody_without_the_password_gets_in(embedded: Embedded) -> None:
    wrong = embedded.dsn("postgres", OWNER).replace("password=", "password=x")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(wrong)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps other rights")
def test_the_password_is_for_its_owner_only(embedded: Embedded) -> None:
    assert embedded.secret.stat().st_mode & 0o077 == 0
    assert embedded.folder.stat().st_mode & 0o077 == 0
