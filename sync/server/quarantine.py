"""What was set aside, seen and settled by a lead who holds the family it is about: taken with its author, or left."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from sync.changes import Change, is_erased
from sync.merge.allowed import SHARED
from sync.protocol import Reason
from sync.server import audit, effects, entitlement, push, workers
from sync.server.database import Connection, acting_as
from sync.server.errors import CannotSettle, NotHeld, NotSetAside

LEAD = "lead"
TAKEABLE = frozenset({Reason.MOVED, Reason.NOT_ENTITLED, Reason.UNKNOWN_RECORD, Reason.NOT_YOUR_ROLE, Reason.FORK})
"""Why a change may have been set aside that can still become a version; the others are faults of the change itself."""


@dataclass(frozen=True, slots=True)
class Aside:
    """One change that waits for a person."""

    reason: str
    received_at: datetime
    scope: str
    """Where it belongs."""
    change: Change = field(repr=False)


def waiting(connection: Connection, by: str) -> list[Aside]:
    """What a lead may settle, oldest first: what belongs where that lead holds. Nobody sees the rest."""
    held = _held(connection, by)
    return [each for each in _unsettled(connection) if each.scope in held]


def counted(connection: Connection) -> dict[str, int]:
    """How many wait, by reason: for who looks after the machines."""
    statement = "select reason, count(*) from quarantine where settled is null group by reason order by reason"
    return {str(reason): int(count) for reason, count in connection.execute(statement).fetchall()}


def look(connection: Connection, device: str, seq: int, by: str, now: datetime) -> Aside:
    """One of them with its words; that it was read is noted. NotHeld, NotSetAside."""
    found = _one(connection, device, seq, by)
    audit.note(connection, now, "quarantine-read", by, f"{device} {seq}")
    return found


def settle(connection: Connection, aside: Aside, by: str, *, take: bool, why: str, now: datetime) -> int:
    """Take it as a version of its author's, or leave it for good; the version, or 0. CannotSettle."""
    version = _take(connection, aside, now) if take else 0
    change = aside.change
    connection.execute(
        "update quarantine set settled = %s, settled_by = %s, settled_at = %s, settled_why = %s"
        " where device = %s and seq = %s and change_hash = %s",
        ("take" if take else "leave", by, now, why, change.device, change.seq, change.hash),
    )
    audit.note(connection, now, f"quarantine-{'take' if take else 'leave'}", by, f"{change.device} {change.seq}")
    return version


def _take(connection: Connection, aside: Aside, now: datetime) -> int:
    change = aside.change
    if Reason(aside.reason) not in TAKEABLE or change.kind == "resolve":
        raise CannotSettle(aside.reason)
    found = connection.execute("select kind from record where id = %s", (change.record,)).fetchone()
    if {change.patch.get("@kind"), found and found[0]} & set(effects.BARS):
        raise CannotSettle("not-your-role")
    made = push.take_up(connection, change, now)
    if not made.stands:
        raise CannotSettle(made.reason)
    return made.head.version


def _one(connection: Connection, device: str, seq: int, by: str) -> Aside:
    found = [each for each in _unsettled(connection, device, seq) if not is_erased(each.change.line)]
    if len(found) != 1:
        raise NotSetAside
    if found[0].scope not in _held(connection, by):
        raise NotHeld
    return found[0]


def _held(connection: Connection, by: str) -> frozenset[str]:
    if workers.role_of(connection, by) != LEAD:
        raise NotHeld
    return entitlement.scopes_of(connection, by) - {SHARED}


def _unsettled(connection: Connection, device: str | None = None, seq: int | None = None) -> list[Aside]:
    acting_as(connection, "central")
    rows = connection.execute(
        "select device, seq, change_hash, reason, change, received_at from quarantine where settled is null"
        " and (%(device)s::text is null or device = %(device)s) and (%(seq)s::bigint is null or seq = %(seq)s)"
        " order by received_at, device, seq",
        {"device": device, "seq": seq},
    ).fetchall()
    told = [(reason, at, _change(device, seq, known, kept)) for device, seq, known, reason, kept, at in rows]
    ids = [change.record for _, _, change in told]
    found = connection.execute("select id, scope from record where id = any(%s)", (ids,)).fetchall()
    scopes = {str(record): str(scope) for record, scope in found}
    return [
        Aside(reason, at, scopes.get(change.record, str(change.patch.get("@scope") or "")), change)
        for reason, at, change in told
    ]


def _change(device: str, seq: int, known: str, kept: str) -> Change:
    told = json.loads(kept)
    return Change.of_line(told["line"], device, seq, told["prev_hash"], known)
