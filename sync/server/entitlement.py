"""Who holds which scope. Computed by central only; every change of it takes the next number, `ev`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.merge.allowed import SHARED
from sync.server import audit
from sync.server.database import Connection, row


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One scope a worker holds or has lost, and the number of that change."""

    scope: str
    ev: int
    held: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """All that a worker holds or held once, read in one go."""

    scopes: frozenset[str]
    """What may be read and written now."""
    ended: Mapping[str, datetime]
    """What is held no more, and when that ended."""
    changes: Sequence[Entitlement]
    """What was given or lost, oldest first."""


def holding_of(connection: Connection, worker: str) -> Holding:
    """What a worker holds, held, and when that changed."""
    statement = "select scope, ev, held, until from entitlement where worker = %s order by ev"
    found = connection.execute(statement, (worker,)).fetchall()
    return Holding(
        frozenset(scope for scope, _, held, _ in found if held) | {SHARED},
        {scope: until for scope, _, held, until in found if not held and until is not None},
        [Entitlement(scope, ev, held) for scope, ev, held, _ in found],
    )


def scopes_of(connection: Connection, worker: str) -> frozenset[str]:
    """The scopes a worker may read and write now."""
    found = connection.execute("select scope from entitlement where worker = %s and held", (worker,)).fetchall()
    return frozenset(str(scope) for (scope,) in found) | {SHARED}


def ends_of(connection: Connection, worker: str) -> dict[str, datetime | None]:
    """The scopes a worker holds, each with when that ends by itself."""
    statement = "select scope, expires from entitlement where worker = %s and held"
    return {str(scope): expires for scope, expires in connection.execute(statement, (worker,)).fetchall()}


def lasting_of(connection: Connection, worker: str) -> frozenset[str]:
    """The scopes a worker holds with no end to it: what may be given on. Glass and cover are lent, and stay lent."""
    return frozenset(scope for scope, expires in ends_of(connection, worker).items() if expires is None)


def is_there(connection: Connection, scope: str) -> bool:
    """Whether a scope exists: whoever wrote the first record in it opened it."""
    return connection.execute("select 1 from scope where id = %s", (scope,)).fetchone() is not None


def grant(
    connection: Connection, worker: str, scopes: list[str], by: str, now: datetime, expires: datetime | None = None
) -> None:
    """Let a worker read and write scopes from now on, or until it expires."""
    for scope in scopes:
        values = {"worker": worker, "scope": scope, "by": by, "now": now, "expires": expires}
        connection.execute(
            "insert into scope (id, opened_by, opened_at) values (%(scope)s, %(by)s, %(now)s) on conflict do nothing",
            values,
        )
        connection.execute(
            "insert into entitlement (worker, scope, ev, held, since, expires, first_since)"
            " values (%(worker)s, %(scope)s, %(ev)s, true, %(now)s, %(expires)s, %(now)s)"
            " on conflict (worker, scope) do update set ev = excluded.ev, held = true, since = excluded.since,"
            " until = null, expires = excluded.expires where not entitlement.held or excluded.expires is null"
            " or entitlement.expires < excluded.expires",
            values | {"ev": _next(connection)},
        )
        audit.note(connection, now, "grant", by, f"{worker} {scope}")


def withdraw(connection: Connection, worker: str, scope: str, by: str, now: datetime) -> bool:
    """End a worker's hold on a scope; False when there was none."""
    ended = connection.execute(
        "update entitlement set held = false, until = %(now)s, ev = %(ev)s"
        " where worker = %(worker)s and scope = %(scope)s and held",
        {"worker": worker, "scope": scope, "now": now, "ev": _next(connection)},
    ).rowcount
    audit.note(connection, now, "withdraw", by, f"{worker} {scope}")
    return bool(ended)


def limit(connection: Connection, worker: str, scope: str, expires: datetime) -> None:
    """Let a hold end by itself at the latest then; it never becomes longer by it."""
    connection.execute(
        "update entitlement set expires = %(expires)s where worker = %(worker)s and scope = %(scope)s and held"
        " and (expires is null or expires > %(expires)s)",
        {"worker": worker, "scope": scope, "expires": expires},
    )


def expire(connection: Connection, worker: str, now: datetime) -> None:
    """End what ends by itself, in a transaction of its own: it must not hold the counter while it waits for records."""
    statement = "select scope from entitlement where worker = %s and held and expires <= %s order by scope"
    ended = connection.execute(statement, (worker, now)).fetchall()
    for (scope,) in ended:
        withdraw(connection, worker, str(scope), "clock", now)
    if ended:
        connection.commit()


def _next(connection: Connection) -> int:
    return int(row(connection, "update counter set ev = ev + 1 returning ev")[0])
