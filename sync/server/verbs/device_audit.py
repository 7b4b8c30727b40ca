"""A device's own audit chain, as far as central has countersigned it."""

from pathlib import Path
from typing import Any

import click

from sync.server import device_anchors
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.verbs.core import FILE, given_text, verb


@verb("device-audit")
@click.argument("device")
@click.option("--check", type=FILE, help="A chain that `fieldkit audit --export` wrote.")
def device_audit(data: Path, dsn: str | None, device: str, check: Path | None) -> dict[str, Any]:
    """The heads that were countersigned, what could not be, and whether an exported chain is the one."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        told = device_anchors.report(connection, device)
        if check is None:
            return told
        lines = given_text(check).splitlines()
        return {**told, "entries": device_anchors.check(connection, device, lines), "chain": "whole"}
