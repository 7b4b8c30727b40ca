"""Devices that are to destroy their keys: ordered at the desk, told on contact, confirmed by one last request."""

from datetime import datetime

from sync.errors import Rejected
from sync.protocol import Reason
from sync.server import audit
from sync.server.database import Connection
from sync.server.devices import Device
from sync.server.errors import NotKnown

SHRED = "shred"


def order(connection: Connection, device: str, now: datetime) -> None:
    """Tell a revoked device, when it speaks next, to destroy its keys. NotKnown for one that is not revoked."""
    known = connection.execute("select 1 from device where id = %s and state = 'revoked'", (device,)).fetchone()
    if known is None:
        raise NotKnown
    connection.execute(
        "insert into shredding (device, ordered_at) values (%s, %s) on conflict (device) do nothing", (device, now)
    )
    audit.note(connection, now, "shred", "desk", device)


def answer(connection: Connection, device: Device, done: bool, now: datetime) -> str:
    """What a revoked device is to do: `shred`, or nothing; `done` keeps its word that it has. Any other: refused."""
    found = connection.execute("select done_at from shredding where device = %s", (device.id,)).fetchone()
    if device.state != "revoked" or found is None:
        raise Rejected(Reason.REVOKED if device.state == "revoked" else Reason.MALFORMED)
    if done and found[0] is None:
        connection.execute("update shredding set done_at = %s where device = %s", (now, device.id))
        audit.note(connection, now, "shredded", device.worker, device.id)
    return SHRED
