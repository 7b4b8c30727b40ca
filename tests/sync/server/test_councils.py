"""Several councils on one PostgreSQL: a database and two roles each, and none can open another's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sync.server import councils
from sync.server.__main__ import central
from sync.server.database import join_the_desks
from sync.server.embedded import OWNER
from sync.server.errors import AlreadyThere, NotAName, TooMighty
from tests.central_fixture import Ground


class Council:
    """A council that was added, with its roles' addresses."""

    def __init__(self, admin: str, data: Path) -> None:
        self.name = f"council_{uuid4().hex[:12]}"
        self.data = data
        made = councils.add(admin, self.name, data)
        self.owner = made.owner
        told = ConfigParser(interpolation=None)
        told.read(made.services)
        self.services = made.services
        self.serve = make_conninfo(**dict(told[f"{self.name}_serve"]))


@pytest.fixture(scope="module")
def admin(central_ground: Ground) -> str:
    return central_ground.embedded.dsn("postgres", OWNER)


@pytest.fixture(scope="module")
def two(admin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Council, Council]]:
    made = [Council(admin, tmp_path_factory.mktemp("councils") / name) for name in ("north", "south")]
    yield made[0], made[1]
    for each in made:
        remove(admin, each.name)


def remove(admin: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        for role in (f"{name}_owner", f"{name}_serve"):
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))


@pytest.mark.parametrize("role", ["owner", "serve"])
def test_no_role_of_one_council_opens_the_database_of_another(two: tuple[Council, Council], role: str) -> None:
    north, south = two
    own, other = getattr(north, role), conninfo_to_dict(south.serve)["dbname"]
    psycopg.connect(own).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(make_conninfo(own, dbname=other))


def test_a_central_may_serve_each_council_as_its_plain_role_and_not_as_the_owner(two: tuple[Council, Council]) -> None:
    for council in two:
        join_the_desks(council.serve)
        with pytest.raises(TooMighty):
            join_the_desks(council.owner)


def test_the_serving_role_reads_no_history_and_makes_no_tables(two: tuple[Council, Council]) -> None:
    for forbidden in ("select line from version", "select * from audit", "create table t (x int)"):
        with psycopg.connect(two[0].serve) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(forbidden.encode())


def test_each_council_has_keys_of_its_own_and_no_password_lies_open(two: tuple[Council, Council]) -> None:
    north, south = two
    assert (north.data / "keys" / "receipt").read_bytes() != (south.data / "keys" / "receipt").read_bytes()
    if os.name != "nt":
        assert north.services.stat().st_mode & 0o077 == 0


def test_a_council_is_not_added_twice_nor_over_another(
    two: tuple[Council, Council], admin: str, tmp_path: Path
) -> None:
    north, _ = two
    with pytest.raises(AlreadyThere):
        councils.add(admin, north.name, tmp_path / "again")
    with pytest.raises(AlreadyThere):
        councils.add(admin, "elsewhere", north.data)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("name", ["", "North", "n;drop", "1st", "a" * 42, "postgres table"])
def test_a_name_that_is_no_name_makes_nothing(admin: str, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotAName):
        councils.add(admin, name, tmp_path / "it")
    assert not (tmp_path / "it").exists()


def test_the_verb_adds_a_council_that_can_be_checked_and_migrated_again(admin: str, tmp_path: Path) -> None:
    name = f"verb_{uuid4().hex[:12]}"
    desk = ["--data", str(tmp_path / "it"), "--json", "--dsn"]
    run = CliRunner(env={"PGSERVICEFILE": str(tmp_path / "it" / "keys" / "services")}).invoke
    try:
        added = run(central, ["council-add", name, *desk, admin, "--council", "Wychmere"])
        assert added.exit_code == 0, added.output
        assert "password" not in added.output
        migrated = run(central, ["migrate", *desk, f"service={name}_owner"])
        assert (migrated.exit_code, migrated.output[:9]) == (0, '{"schema"')
        checked = run(central, ["verify", *desk, f"service={name}_owner"])
        assert '"ledger": "whole"' in checked.output
    finally:
        remove(admin, name)


def test_the_verb_asks_for_a_role_that_may_do_it(tmp_path: Path) -> None:
    told = CliRunner().invoke(central, ["council-add", "north", "--data", str(tmp_path)])
    assert told.exit_code == 2
    assert "may create roles and databases" in told.output
