"""The clocks of safeguarding: who must be told is decided in `sync.merge.duty`; here it is told, once, by notices.

Run with every push and pull (one look at an index when nothing is due) and by `fieldkit-central escalate`. Two centrals
do not tell twice: one at a time runs, and a notice's id is made of what, which step and whom.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sync.changes import Change, State
from sync.merge import Head, Merge, withdrawn
from sync.merge.allowed import Verb, may
from sync.merge.duty import CONCERN, Open, Rota, Tell, next_moment, tells
from sync.server import audit, entitlement, own
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as, row
from sync.server.own import Hand, Saying
from sync.server.publish import SETTINGS
from sync.server.taking import Desk

NAMESPACE = UUID("6a1f0c3e-2b57-5c0b-a7f4-3d1b9e8c5d02")
AT_ONCE = 50
"""Clocks looked at in one go."""
LENT = timedelta(hours=24)
"""How long somebody who is told may look at a scope that is not theirs, after it is due."""
PROPOSAL = "proposal"
"""What a notice is about that no clock runs for: somebody's proposal counts no more."""
NAMED = "restricted:"
"""Material for named people: no machine opens it to anybody else."""


@dataclass(frozen=True, slots=True)
class Ticking:
    """One open thing and the scope it lies in."""

    kind: str
    scope: str
    open: Open


def wind(connection: Connection, conflicts: Iterable[Head]) -> None:
    """Begin the clock of each conflict about safeguarding, end it when people have decided."""
    for head in conflicts:
        state = head.state
        if state.get("class") != "A":
            continue
        if state.get("status") == "resolved":
            _stop(connection, head.record)
        else:
            _start(connection, ("conflict", head.record, head.scope, ""), _times(state))


def follow_concern(desk: Desk, _change: Change, made: Merge) -> None:
    """A concern nobody has read ticks; one that was read, or is gone, does not."""
    head = made.head
    if head.deleted or head.state.get("acknowledged_by"):
        _stop(desk.connection, head.record)
        return
    lasts = CONCERN.get(str(head.state.get("urgent")), CONCERN["no"])
    author = next((said.actor for said in head.touched.get("", ())), "")
    _start(desk.connection, ("concern", head.record, head.scope, author), (desk.now, desk.now + lasts))


def follow_notice(desk: Desk, _change: Change, made: Merge) -> None:
    """Somebody who was told says so: until it is due nobody further is told."""
    if made.head.state.get("acknowledged_by") and made.head.state.get("what") != PROPOSAL:
        statement = "update clock set acknowledged = %s where about = %s and acknowledged is null"
        desk.connection.execute(statement, (desk.now, str(made.head.state.get("about"))))


def tell_withdrawn(desk: Desk, change: Change, made: Merge) -> None:
    """A claim came that a standing proposal had not seen: who proposed is told that it counts no more."""
    for conflict in made.also:
        for told in withdrawn(conflict) if conflict.kind == "conflict" else ():
            worker = str(told.get("actor"))
            if told.get("after") == change.hash and worker != change.actor:
                what = {"what": PROPOSAL, "about": conflict.record, "step": "withdrawn", "to": worker}
                times = {"since": desk.at, "due": conflict.state["due"]}
                record = uuid5(NAMESPACE, f"{conflict.record}|{change.hash}|{worker}").hex
                desk.hand().say(Saying(record, "notice", what | times, conflict.scope), None)


def run_due(connection: Connection, now: datetime) -> int:
    """Tell whoever must be told by now; how many notices were written. Commits when there was anything."""
    if not row(connection, "select exists (select from clock where next <= %s)", (now,))[0]:
        return 0
    if not row(connection, "select pg_try_advisory_xact_lock(hashtext('escalation'))")[0]:
        return 0
    acting_as(connection, "central")
    rota = rota_of(connection)
    hand = Hand.take(connection, now)
    due = [(ticking, tells(ticking.open, rota, now)) for ticking in _due(connection, now)]
    written = _write(hand, due, now)
    for ticking, _ in due:
        statement = "update clock set next = %s where about = %s"
        connection.execute(statement, (next_moment(ticking.open, rota, now), ticking.open.about))
    own.write(hand)
    if written:
        audit.note(connection, now, "escalate", "clock", str(written))
    connection.commit()
    return written


def rota_of(connection: Connection) -> Rota:
    """The rota of the council's settings."""
    found = connection.execute("select state from record where id = %s", (SETTINGS,)).fetchone()
    return Rota.of(json.loads(found[0]) if found else {})


def gauges(connection: Connection) -> dict[str, float]:
    """What is overdue, what nobody has read, and since how many seconds the oldest is open."""
    overdue, unread, oldest = row(
        connection,
        "select count(*) filter (where kind = 'conflict' and due < now()), count(*) filter (where kind = 'concern'),"
        " coalesce(extract(epoch from now() - min(opened)), 0) from clock",
    )
    return {"safeguarding_overdue": overdue, "concerns_unread": unread, "safeguarding_oldest_seconds": float(oldest)}


def _times(state: State) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(str(state["opened"])), datetime.fromisoformat(str(state["due"]))


def _start(connection: Connection, what: tuple[str, str, str, str], times: tuple[datetime, datetime]) -> None:
    kind, about, scope, author = what
    connection.execute(
        "insert into clock (about, kind, scope, author, opened, due, next) values (%s, %s, %s, %s, %s, %s, %s)"
        " on conflict (about) do nothing",
        (about, kind, scope, author, *times, times[0]),
    )


def _stop(connection: Connection, about: str) -> None:
    connection.execute("delete from clock where about = %s", (about,))


def _due(connection: Connection, now: datetime) -> list[Ticking]:
    """Where a record lies is asked of the record: it may have moved. What was erased ticks no more."""
    connection.execute("delete from clock c using record r where r.id = c.about and r.deleted and c.next <= %s", (now,))
    statement = (
        "select c.about, c.kind, r.scope, c.author, c.opened, c.due, c.acknowledged"
        " from clock c join record r on r.id = c.about where c.next <= %s"
        " order by c.next, c.about limit %s for update of c"
    )
    return [_ticking(connection, *line) for line in connection.execute(statement, (now, AT_ONCE)).fetchall()]


def _ticking(connection: Connection, about: str, kind: str, scope: str, author: str, *when: Any) -> Ticking:
    opened, due, acknowledged = when
    held = connection.execute(
        "select e.worker, w.role from entitlement e join worker w on w.id = e.worker"
        " where e.scope = %s and e.held and e.expires is null order by e.worker",
        (scope,),
    ).fetchall()
    holders = tuple(str(worker) for worker, role in held if role in ("worker", "centre"))
    leads = tuple(str(worker) for worker, role in held if role == "lead")
    return Ticking(kind, scope, Open(about, opened, due, holders, leads, author, acknowledged))


def _write(hand: Hand, due: list[tuple[Ticking, list[Tell]]], now: datetime) -> int:
    told = {_notice(tell): (ticking, tell) for ticking, each in due for tell in each}
    standing = hand.standing(sorted(told))
    written = 0
    for reckoned, (ticking, tell) in sorted(told.items()):
        record, before = hand.place(reckoned, "notice") if reckoned in standing else (reckoned, None)
        if before is None and _may_look(hand.connection, ticking, tell.worker, now):
            what: dict[str, Any] = {"what": ticking.kind, "about": tell.about, "step": tell.step, "to": tell.worker}
            times = {"since": stamp(tell.since), "due": stamp(ticking.open.due)}
            hand.say(Saying(record, "notice", what | times, ticking.scope), None)
            written += 1
    return written


def _notice(tell: Tell) -> str:
    return uuid5(NAMESPACE, f"{tell.about}|{tell.step}|{tell.worker}").hex


def _may_look(connection: Connection, ticking: Ticking, worker: str, now: datetime) -> bool:
    """Whether somebody can see what they are told of: the scope is lent for a while to who does not hold it."""
    found = connection.execute("select role from worker where id = %s", (worker,)).fetchone()
    role, scope = ("" if found is None else str(found[0])), ticking.scope
    if not may(role, Verb.WRITE, scope, (scope,)):
        return False
    if scope in entitlement.scopes_of(connection, worker):
        return True
    if scope.startswith(NAMED):
        return False
    entitlement.grant(connection, worker, [scope], "escalation", now, max(ticking.open.due, now) + LENT)
    return True
