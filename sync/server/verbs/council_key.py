"""The council's key: set it, show it."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from sync.server import council_key
from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.verbs.core import central, verb


@central.group("council-key")
def group() -> None:
    """The council's key: what devices seal to it, two persons may open."""


@verb("set", group)
@click.argument("public")
@click.option("--by", required=True, help="Who sets it: a lead, information governance, or who looks after machines.")
@click.option("--second", required=True, help="Another of them, who has compared the fingerprint.")
def put(data: Path, dsn: str | None, public: str, by: str, second: str) -> dict[str, Any]:
    """Set the public half that `fieldkit council-key make` printed; a new one takes the place of the one before."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        return _shown(council_key.put(connection, desk.keys, public, (by, second), real_clock()))


@verb("show", group)
def show(data: Path, dsn: str | None) -> dict[str, Any]:
    """The public half that devices seal to, with its fingerprint."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        return _shown(council_key.told(connection))


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    if not told:
        return {"council-key": "none"}
    short = sha256(bytes.fromhex(told["public"])).hexdigest()[:16]
    fingerprint = "-".join(short[at : at + 4] for at in range(0, 16, 4))
    return {"number": int(told["number"]), "public": told["public"], "fingerprint": fingerprint}
