"""Breaking glass: a scope opened for some hours, with a reason, and looked at by somebody else afterwards."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync.server import audit, entitlement, named
from sync.server.database import Connection
from sync.server.errors import NoSuchGlass, NoSuchScope

LONGEST = timedelta(hours=24)
USUAL = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Broken:
    """One glass that was broken."""

    number: int
    worker: str
    scope: str
    reason: str = field(repr=False)
    at: datetime
    until: datetime


def shatter(
    connection: Connection, worker: str, scope: str, reason: str, now: datetime, lasts: timedelta = USUAL
) -> datetime:
    """Open a scope to a worker; when it closes again. NotKnown for a scope that is not there."""
    if not entitlement.is_there(connection, scope) or worker in named.must_not_learn(connection, scope):
        raise NoSuchScope
    until = now + min(lasts, LONGEST)
    connection.execute(
        "insert into glass (worker, scope, reason, at, until) values (%s, %s, %s, %s, %s)",
        (worker, scope, reason, now, until),
    )
    if scope not in entitlement.scopes_of(connection, worker):
        entitlement.grant(connection, worker, [scope], worker, now, until)
    audit.note(connection, now, "glass", worker, scope)
    return until


def unreviewed(connection: Connection) -> list[Broken]:
    """What nobody has looked at yet, oldest first."""
    statement = "select number, worker, scope, reason, at, until from glass where reviewed_by is null order by number"
    return [Broken(*line) for line in connection.execute(statement).fetchall()]


def review(connection: Connection, number: int, by: str, now: datetime) -> None:
    """Note that somebody else has looked at it. NotKnown when there is none, or it was the reviewer's own."""
    done = connection.execute(
        "update glass set reviewed_by = %(by)s, reviewed_at = %(now)s"
        " where number = %(number)s and reviewed_by is null and worker <> %(by)s",
        {"number": number, "by": by, "now": now},
    ).rowcount
    if not done:
        raise NoSuchGlass
    audit.note(connection, now, "glass-review", by, str(number))
