"""The devices central knows: made known by a code, each with its key, its place in its own chain, and its state."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync.server import audit
from sync.server.database import Connection
from sync.server.errors import NoSuchDevice

NONCE_LIFE = timedelta(minutes=10)
COLUMNS = "d.id, d.worker, w.role, d.public_key, d.state, d.last_seq, d.last_hash"


@dataclass(frozen=True, slots=True)
class Device:
    """One enrolled device and how far its chain has come."""

    id: str
    worker: str
    role: str
    public_key: bytes = field(repr=False)
    state: str
    last_seq: int
    last_hash: str


def add(connection: Connection, device: str, worker: str, public_key: bytes, label: str, now: datetime) -> bool:
    """Make a device known; False when the key is known already."""
    added = connection.execute(
        "insert into device (id, worker, label, public_key, enrolled_at) values (%s, %s, %s, %s, %s)"
        " on conflict do nothing",
        (device, worker, label, public_key, now),
    ).rowcount
    if added:
        audit.note(connection, now, "enrol", worker, device)
    return bool(added)


def find(connection: Connection, device: str) -> Device | None:
    """A device by its id."""
    statement = f"select {COLUMNS} from device d join worker w on w.id = d.worker where d.id = %s"  # noqa: S608
    found = connection.execute(statement.encode(), (device,)).fetchone()
    return None if found is None else Device(*found)


def lock(connection: Connection, device: str) -> Device:
    """The same, held until this transaction ends: one push of a device at a time."""
    statement = f"select {COLUMNS} from device d join worker w on w.id = d.worker where d.id = %s for update of d"  # noqa: S608
    found = connection.execute(statement.encode(), (device,)).fetchone()
    if found is None:
        raise NoSuchDevice
    return Device(*found)


def advance(connection: Connection, device: str, seq: int, last_hash: str) -> None:
    """Note how far a device's chain has come."""
    connection.execute("update device set last_seq = %s, last_hash = %s where id = %s", (seq, last_hash, device))


def label_of(connection: Connection, device: str) -> str:
    """What a device is called by its worker."""
    found = connection.execute("select label from device where id = %s", (device,)).fetchone()
    return "" if found is None else str(found[0])


def mark_forked(connection: Connection, device: str, now: datetime) -> None:
    """Two devices speak under one id: neither is believed until it has a new one."""
    connection.execute("update device set state = 'forked' where id = %s", (device,))
    audit.note(connection, now, "fork", device, device)


def revoke(connection: Connection, device: str, now: datetime) -> None:
    """Refuse a device from its next request on."""
    if not connection.execute("update device set state = 'revoked' where id = %s", (device,)).rowcount:
        raise NoSuchDevice
    audit.note(connection, now, "revoke", "desk", device)


def spend(connection: Connection, device: str, nonce: str, now: datetime) -> bool:
    """Use a request's nonce up; False when it was used before."""
    statement = (
        "with worthless as (delete from nonce where seen < %s)"
        " insert into nonce (device, nonce, seen) values (%s, %s, %s) on conflict do nothing"
    )
    return bool(connection.execute(statement, (now - NONCE_LIFE, device, nonce, now)).rowcount)
