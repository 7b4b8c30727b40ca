"""Databases that a council gave: brought up to date while centrals serve; one more council, with roles of its own."""

from pathlib import Path
from typing import Any

import click

from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk, bring_up_to_date, database
from sync.server.verbs.core import NAME, settled, verb


@verb("migrate")
def migrate(data: Path, dsn: str | None) -> dict[str, Any]:
    """Bring the tables up to date as their owner; centrals and devices of before go on working."""
    with database(data, dsn) as (_, owner):
        return {"schema": bring_up_to_date(owner, alone=dsn is None)}


@verb("council-add")
@click.argument("name")
@click.option("--council", type=NAME, help="The name shown on devices (else NAME).")
@settled
def council_add(data: Path, dsn: str | None, name: str, council: str | None, **settings: str) -> dict[str, Any]:
    """Make a council's database, its two roles and its keys. --dsn is of a role that may create both."""
    from sync.server import councils, publish

    if dsn is None:
        raise click.UsageError("council-add needs --dsn of a role that may create roles and databases.")
    made = councils.add(dsn, name, data)
    with at_desk(data, made.owner) as desk, one(desk.owner_dsn) as connection:
        told = publish.Council(council=council or name, **settings)
        forms = publish.begin(connection, desk.keys, told, real_clock())
    return {"council": name, "data": str(data), "services": str(made.services), "forms": forms}
