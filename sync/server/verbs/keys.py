"""Shared devices and the lease: who may write from one, what it told of its keys, how long it shows what it carries."""

from pathlib import Path
from typing import Any

import click

from sync.server import audit, key_events, workers
from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.own import Saying, say
from sync.server.publish import SETTINGS
from sync.server.verbs.core import verb


@verb("device-person")
@click.argument("device")
@click.argument("worker")
@click.option("--end", is_flag=True, help="No more.")
def device_person(data: Path, dsn: str | None, device: str, worker: str, end: bool) -> dict[str, Any]:
    """Let a worker write, as themselves, from a device enrolled for another. It carries the same scopes as before."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        person = workers.find(connection, worker)
        key_events.let_write(connection, device, person, real_clock(), end=end)
        return {"device": device, "worker": person, "may_write": not end}


@verb("key-events")
@click.argument("device")
def events(data: Path, dsn: str | None, device: str) -> dict[str, Any]:
    """What a device told of its keys: people and slots by id, a changed key, a council key that was used."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        return {"device": device, "events": key_events.of_device(connection, device)}


@verb("lease")
@click.argument("days", type=click.IntRange(1, 60))
def lease(data: Path, dsn: str | None, days: int) -> dict[str, Any]:
    """For how many days after its last sync a device shows what it carries. Devices have it with their next sync."""
    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        say(connection, [Saying(SETTINGS, "settings", {"lease/days": str(days)})], now)
        audit.note(connection, now, "lease", "desk", str(days))
        return {"days": days}
