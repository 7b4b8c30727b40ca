"""Files that records name and whose bytes have not come."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from sync.server import awaited
from sync.server.clock import real_clock, stamp
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.verbs.core import verb


@verb("files-awaited")
@click.option("--hours", type=click.IntRange(0, 10_000), default=0, help="Only those waited for so long or longer.")
def files_awaited(data: Path, dsn: str | None, hours: int) -> dict[str, Any]:
    """List files whose record is here and whose bytes are not: which device has them, and since when; ids only."""
    before = real_clock() - timedelta(hours=hours)
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        found = [each for each in awaited.listed(connection) if each.since <= before]
    lines = [
        {
            "record": each.record,
            "scope": each.scope,
            "hash": each.hash,
            "size": each.size,
            "received": each.received,
            "device": each.device or "unknown",
            "worker": each.worker or "unknown",
            "since": stamp(each.since),
        }
        for each in found
    ]
    return {"awaited": lines}
