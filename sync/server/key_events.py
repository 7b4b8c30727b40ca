"""What devices tell of their own keys, and who may write from one: each noted once, by ids."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sync.errors import MISSHAPEN, Malformed
from sync.server import audit
from sync.server.database import Connection
from sync.server.devices import Device, find
from sync.server.errors import NoSuchDevice, NotKnown

WHAT = frozenset({"recovered", "passphrase", "new-key", "person-added", "person-removed", "council-slot"})
AUTHORS = (
    "array(select p.worker from device_person p where p.device = %(device)s"
    " and not exists (select from worker_end e where e.worker = p.worker))"
)
"""Whose changes a device may bring beside its own worker's, within a query: who were let in and have not left."""
MOST = 200
_ID, _ABOUT, _AT = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-z -]{0,80}"), re.compile(r"[0-9TZ:.+-]{10,40}")


def take(connection: Connection, device: Device, told: Mapping[str, Any], now: datetime) -> list[str]:
    """Note what is new; the ids that are heard from now on. Malformed when it is not what a device tells."""
    try:
        events = [_checked(each) for each in told["events"][:MOST]]
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    for event in events:
        added = connection.execute(
            "insert into key_event (device, id, what, about, at, heard_at)"
            " values (%(device)s, %(id)s, %(what)s, %(about)s, %(at)s, %(now)s) on conflict do nothing",
            event | {"device": device.id, "now": now},
        ).rowcount
        if added:
            audit.note(connection, now, f"key-{event['what']}", device.worker, f"{device.id} {event['about']}".strip())
    return [event["id"] for event in events]


def of_device(connection: Connection, device: str) -> list[dict[str, str]]:
    """What a device told, oldest first. NoSuchDevice: that it told nothing is no answer about another id."""
    if find(connection, device) is None:
        raise NoSuchDevice
    statement = "select what, about, at from key_event where device = %s order by at, id"
    found = connection.execute(statement, (device,)).fetchall()
    return [{"what": what, "about": about, "at": at} for what, about, at in found]


def let_write(connection: Connection, device: str, worker: str, now: datetime, *, end: bool = False) -> None:
    """Let a worker write from a device that was enrolled for another, or no more. NotKnown for no such device."""
    if connection.execute("select 1 from device where id = %s and worker is not null", (device,)).fetchone() is None:
        raise NotKnown
    if end:
        connection.execute("delete from device_person where device = %s and worker = %s", (device, worker))
    else:
        statement = "insert into device_person (device, worker, since) values (%s, %s, %s) on conflict do nothing"
        connection.execute(statement, (device, worker, now))
    audit.note(connection, now, "device-person-end" if end else "device-person", "desk", f"{device} {worker}")


def _checked(raw: Mapping[str, Any]) -> dict[str, str]:
    event = {name: raw[name] for name in ("id", "what", "about", "at")}
    shapes = {"id": _ID, "about": _ABOUT, "at": _AT}
    if event["what"] not in WHAT or any(not shape.fullmatch(event[name]) for name, shape in shapes.items()):
        raise ValueError("not a key event")
    return event
