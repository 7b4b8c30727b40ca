"""The devices central knows: made known by a code, each with its key, its place in its own chain, and its state."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sync.server import audit
from sync.server.clock import stamp
from sync.server.database import Connection, row
from sync.server.errors import NoSuchDevice

NONCE_LIFE = timedelta(minutes=10)
SPENT = (
    "worthless as (delete from nonce where seen < %(old)s),"
    " spent as (insert into nonce (device, nonce, seen) values (%(device)s, %(nonce)s, %(now)s)"
    " on conflict do nothing returning 1)"
)
"""A nonce used up, as the beginning of a query: `spent` has a row unless it was used before."""
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


def lock_to_write(connection: Connection, device: str) -> Device:
    """The same for a push: from here on central reads, and what is written is for this device's worker."""
    statement = (
        f"select {COLUMNS}, set_config('fieldkit.reader', 'central', true),"  # noqa: S608
        " set_config('fieldkit.author', d.worker, true)"
        " from device d join worker w on w.id = d.worker where d.id = %s for update of d"
    )
    found = connection.execute(statement.encode(), (device,)).fetchone()
    if found is None:
        raise NoSuchDevice
    return Device(*found[:-2])


def advance(connection: Connection, device: str, last: tuple[int, str], number: int) -> None:
    """Note how far a device's chain has come (seq and hash), and with which ledger number (see `durable`)."""
    connection.execute(
        "with told as (update device set last_seq = %(seq)s, last_hash = %(hash)s where id = %(device)s)"
        " insert into durable_mark (device, number, seq) values (%(device)s, %(number)s, %(seq)s)"
        " on conflict (device, number) do update set seq = excluded.seq",
        {"device": device, "seq": last[0], "hash": last[1], "number": number},
    )


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
    statement = f"with {SPENT} select exists (select from spent)"  # noqa: S608 - words of this module
    return bool(row(connection, statement, spending(device, nonce, now))[0])


def spending(device: str, nonce: str, now: datetime) -> dict[str, Any]:
    """The values of `SPENT`."""
    return {"old": now - NONCE_LIFE, "device": device, "nonce": nonce, "now": now}


def listed(connection: Connection, worker: str = "") -> list[dict[str, str]]:
    """Every device, or those of one worker, with what tells them apart; the last heard of first."""
    rows = connection.execute(
        "select d.id, d.label, d.worker, w.name, d.state, d.enrolled_at, c.at from device d"
        " join worker w on w.id = d.worker left join contact c on c.device = d.id"
        " where %(worker)s in ('', d.worker) order by c.at desc nulls last, d.enrolled_at desc, d.id",
        {"worker": worker},
    ).fetchall()
    return [
        {"device": device, "label": label, "worker": whose, "name": name, "state": state}
        | {"enrolled": stamp(enrolled), "last_contact": stamp(heard) if heard else "never"}
        for device, label, whose, name, state, enrolled, heard in rows
    ]
