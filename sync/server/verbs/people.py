"""Who may speak and what each may see: codes, grants, glass."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from sync.merge.allowed import SHARED
from sync.server import backup_ends, codes, entitlement, named, workers
from sync.server.backup_ends import Ends
from sync.server.clock import real_clock, stamp
from sync.server.database import Connection, one
from sync.server.desk import at_desk
from sync.server.errors import NoSuchScope, NotHeld, OtherRole
from sync.server.verbs.core import COUNT, NAME, REASON, verb

ROLES = click.Choice(["worker", "centre", "lead", "ig", "admin"])


@verb("code")
@click.option("--worker", type=NAME, required=True, help="The worker's name.")
@click.option("--role", type=ROLES, default="worker")
@click.option("--change-role", is_flag=True, help="Let a known worker have another role, at once on every laptop.")
def code(data: Path, dsn: str | None, worker: str, role: str, change_role: bool) -> dict[str, Any]:
    """Make a worker known and print a one-time code for a device."""
    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        if not change_role and workers.has_another_role(connection, worker, role):
            raise OtherRole
        person = workers.make_known(connection, worker, role, now)
        letters, expires = codes.issue(connection, person, now)
        return {"code": letters, "worker": person, "role": role, "expires": stamp(expires)}


@verb("grant")
@click.argument("worker")
@click.argument("scope", nargs=-1, required=True)
@click.option("--end", is_flag=True, help="Take the scopes away instead.")
def grant(data: Path, dsn: str | None, worker: str, scope: tuple[str, ...], end: bool) -> dict[str, Any]:
    """Let a worker (name or id) read and write scopes."""
    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        person = workers.find(connection, worker)
        if end:
            _refuse_unheld(connection, person, scope)
            for name in scope:
                entitlement.withdraw(connection, person, name, "desk", now)
            taken = {f"{person} {name}": stamp(now) for name in scope}
            backups = {"told_backups": backup_ends.tell(data, connection, desk.keys, Ends(withdrawn=taken))}
        else:
            _refuse_ungrantable(connection, scope)
            entitlement.grant(connection, person, list(scope), "desk", now)
            backups = {}
        return {"worker": person, "scopes": sorted(entitlement.scopes_of(connection, person)), **backups}


def _refuse_unheld(connection: Connection, person: str, scopes: Iterable[str]) -> None:
    held = entitlement.scopes_of(connection, person) - {SHARED}
    if missing := sum(scope not in held for scope in scopes):
        raise NotHeld(f"That is so for {missing} of them; nothing was taken away.")


def _refuse_ungrantable(connection: Connection, scopes: Iterable[str]) -> None:
    """A scope that is opened by name only is refused before it is looked for: whether it is there is not told."""
    if any(map(named.is_by_name, scopes)):
        raise NotHeld("Use open-to.")
    if not all(entitlement.is_there(connection, scope) for scope in scopes):
        raise NoSuchScope


@verb("glass")
@click.argument("worker")
@click.argument("scope")
@click.option("--reason", type=REASON, required=True, help="Why it could not wait.")
@click.option("--hours", default=4, type=click.IntRange(1, 24), help="How long.")
def break_glass(data: Path, dsn: str | None, worker: str, scope: str, reason: str, hours: int) -> dict[str, Any]:
    """Open a scope to a worker for some hours; somebody else looks at it afterwards."""
    from sync.server import glass

    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        person = workers.find(connection, worker)
        until = glass.shatter(connection, person, scope, reason, now, timedelta(hours=hours))
        return {"worker": person, "scope": scope, "until": stamp(until)}


@verb("glass-review")
@click.argument("number", type=COUNT, required=False)
@click.option("--by", help="Who has looked at it (not who broke it).")
def review_glass(data: Path, dsn: str | None, number: int | None, by: str | None) -> dict[str, Any]:
    """List the glass nobody has looked at, or note that somebody has."""
    from sync.server import glass

    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        if (number is None) != (by is None):
            raise click.UsageError("Give a number with --by, or neither.")
        if number is not None and by is not None:
            glass.review(connection, number, workers.find(connection, by), real_clock())
        waits = glass.unreviewed(connection)
        lines = [
            {
                "number": each.number,
                "worker": each.worker,
                "scope": each.scope,
                "reason": each.reason,
                "at": stamp(each.at),
                "until": stamp(each.until),
            }
            for each in waits
        ]
        return {"waiting": lines}
