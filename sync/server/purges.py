"""What devices were told to remove and what they said of it, and when each was last heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.protocol import Purged
from sync.server import audit
from sync.server.database import Connection
from sync.server.devices import Device

HEARD = timedelta(minutes=10)
"""How exactly it is kept when a device was last heard: a sync with nothing to do writes nothing else."""


@dataclass(frozen=True, slots=True)
class Open:
    """A scope that a device should not have any more, and that it has not said to be gone."""

    device: str
    label: str
    worker: str
    scope: str
    lost_at: datetime
    ordered_at: datetime | None
    """When it was told; None: it has not asked since."""
    remaining: int
    """Unsent changes and drafts it said are still there."""


def order(connection: Connection, device: str, scopes: Sequence[tuple[str, int]], now: datetime) -> None:
    """Note that a device is told to remove these scopes (each with the number of its loss)."""
    if not scopes:
        return
    connection.cursor().executemany(
        "insert into purge (device, scope, ev, ordered_at) values (%s, %s, %s, %s) on conflict do nothing",
        [(device, scope, ev, now) for scope, ev in scopes],
    )


def ordered(connection: Connection, device: str, scopes: Sequence[str]) -> list[str]:
    """Which of these scopes a device was ever told to remove: given back, they come with its own writing."""
    if not scopes:
        return []
    statement = "select distinct scope from purge where device = %s and scope = any(%s)"
    return [str(scope) for (scope,) in connection.execute(statement, (device, list(scopes))).fetchall()]


def confirm(connection: Connection, device: Device, told: Sequence[Purged], now: datetime) -> None:
    """Keep a device's receipts; with nothing left there the order is done."""
    for each in told:
        done = connection.execute(
            "update purge set rows = greatest(rows, %(rows)s), files = greatest(files, %(files)s),"
            " remaining = %(left)s, done_at = case when %(left)s = 0 then %(now)s::timestamptz end"
            " where device = %(device)s and scope = %(scope)s and ev <= %(ev)s and done_at is null",
            {
                "device": device.id,
                "scope": each.scope,
                "ev": each.ev,
                "rows": each.rows,
                "files": each.files,
                "left": each.left,
                "now": now,
            },
        ).rowcount
        if done and not each.left:
            audit.note(connection, now, "purged", device.worker, f"{device.id} {each.scope} {each.rows} {each.files}")


@dataclass(frozen=True, slots=True)
class Contact:
    """When a device was last heard, and how far it was told then: (ledger number, number of entitlements)."""

    at: datetime
    told: tuple[int, int]


def heard(connection: Connection, device: str, known: Contact | None, told: tuple[int, int], now: datetime) -> None:
    """Note that a device was heard, and how far it is told, unless that is `known` already."""
    # Looked at first: even a row that is only locked would make a sync with nothing to do wait for the disk.
    if known is None or known.told != told or known.at < now - HEARD:
        connection.execute(
            "insert into contact (device, at, cursor, ev) values (%s, %s, %s, %s)"
            " on conflict (device) do update set at = excluded.at, cursor = greatest(contact.cursor, excluded.cursor),"
            " ev = greatest(contact.ev, excluded.ev)",
            (device, now, *told),
        )


def unconfirmed(connection: Connection) -> list[Open]:
    """Which devices have not confirmed which purge, the oldest first; those that were never told among them."""
    return [Open(*line) for line in connection.execute(_UNCONFIRMED.encode()).fetchall()]


_UNCONFIRMED = """
    select d.id, d.label, d.worker, e.scope, e.until, p.ordered_at, coalesce(p.remaining, 0)
    from entitlement e
    join device d on d.worker = e.worker and d.enrolled_at <= e.until
    left join purge p on p.device = d.id and p.scope = e.scope and p.ev = e.ev
    left join contact c on c.device = d.id
    left join shredding s on s.device = d.id
    where not e.held and p.done_at is null and s.done_at is null
        and (p.ordered_at is not null or c.at >= e.since)
    order by e.until, d.id, e.scope
"""
