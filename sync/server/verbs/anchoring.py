"""The heads of the chains, written down outside and held against what stands now."""

from pathlib import Path
from typing import Any

import click

from sync.server import anchors
from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.verbs.core import FILE, given_text, verb


@verb("anchor")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A file elsewhere.")
def anchor(data: Path, dsn: str | None, to: Path) -> dict[str, Any]:
    """Add the heads of ledger and audit trail to a file kept where central's administrators cannot write."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection, to.open("a", encoding="ascii") as file:
        made = anchors.line(connection, desk.keys.receipt, real_clock())
        file.write(made + "\n")
    return {"anchored": made}


@verb("anchor-check")
@click.argument("file", type=FILE)
def anchor_check(data: Path, dsn: str | None, file: Path) -> dict[str, Any]:
    """Hold every anchor of a file against the chains as they stand."""
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        lines = given_text(file).splitlines()
        return {"anchors": anchors.check(connection, lines, desk.keys.receipt.public_key()), "chains": "whole"}
