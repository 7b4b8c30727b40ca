"""One more council on a PostgreSQL that has several: a database that only its own two roles may open.

The owner's role migrates, publishes and verifies; the serving role is a plain member of `fieldkit_central`, whose
grants hold in every database, which is why nobody but these two may connect to this one.
"""

import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sync.server.database import make_database, make_role
from sync.server.desk import lay_out
from sync.server.embedded import CENTRAL
from sync.server.errors import AlreadyThere, NotAName

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class Made:
    """A council's database."""

    owner: str = field(repr=False)
    """The address as the owner of its tables."""
    services: Path
    """The file that names both addresses for libpq (PGSERVICEFILE), for its owner only."""


def add(admin_dsn: str, name: str, data: Path) -> Made:
    """Make roles, database, tables and keys; refuse what is there already, before anything is made."""
    if not NAME.fullmatch(name):
        raise NotAName
    if (data / "keys").exists() or _is_there(admin_dsn, name):
        raise AlreadyThere
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return _made(admin_dsn, name, data)
    except BaseException:
        _take_back(admin_dsn, name)
        raise


def _made(admin_dsn: str, name: str, data: Path) -> Made:
    addresses = {}
    for role in ("owner", "serve"):
        password = secrets.token_urlsafe(32)
        make_role(admin_dsn, f"{name}_{role}", password)
        parts = {"dbname": name, "user": f"{name}_{role}", "password": password}
        addresses[role] = make_conninfo(admin_dsn, **parts)
    make_role(admin_dsn, CENTRAL, None)
    make_database(admin_dsn, name)
    _close_to_others(admin_dsn, name)
    lay_out(data, addresses["owner"])
    return Made(addresses["owner"], _write_services(data / "keys" / "services", name, addresses))


def _take_back(admin_dsn: str, name: str) -> None:
    """Remove what was made for a council that could not be finished: it can be added again."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {0} with (force)").format(sql.Identifier(name)))
        for role in ("owner", "serve"):
            connection.execute(sql.SQL("drop role if exists {0}").format(sql.Identifier(f"{name}_{role}")))


def _is_there(admin_dsn: str, name: str) -> bool:
    with psycopg.connect(admin_dsn) as connection:
        statement = (
            "select exists (select from pg_database where datname = %(name)s)"
            " or exists (select from pg_roles where rolname in (%(name)s || '_owner', %(name)s || '_serve'))"
        )
        return connection.execute(statement, {"name": name}).fetchone() == (True,)


def _close_to_others(admin_dsn: str, name: str) -> None:
    """Let the council's own two roles in and nobody else; the owner's becomes owner."""
    owner, serve, database = (sql.Identifier(each) for each in (f"{name}_owner", f"{name}_serve", name))
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        for statement in (
            sql.SQL("revoke all on database {0} from public").format(database),
            sql.SQL("grant connect, temporary on database {0} to {1}, {2}").format(database, owner, serve),
            sql.SQL("grant {0} to {1}").format(sql.Identifier(CENTRAL), serve),
        ):
            connection.execute(statement)
    inside = make_conninfo(admin_dsn, dbname=name)
    with psycopg.connect(inside, autocommit=True) as connection:
        connection.execute("revoke all on schema public from public")
        connection.execute(sql.SQL("grant all on schema public to {0}").format(owner))
        connection.execute(sql.SQL("grant usage on schema public to {0}").format(serve))


def _write_services(file: Path, name: str, addresses: dict[str, str]) -> Path:
    """Both addresses, so that no password stands on a command line."""
    lines = []
    for role, address in addresses.items():
        lines.append(f"[{name}_{role}]")
        lines += [f"{key}={value}" for key, value in conninfo_to_dict(address).items()]
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return file
