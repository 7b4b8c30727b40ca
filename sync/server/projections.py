"""Attendance as a family's chronology shows it: written by central in the transaction of the attendance itself."""

import json
from collections.abc import Iterable, Mapping

from sync.changes import Change, State
from sync.merge import Head, Merge
from sync.merge.attendances import has_come, projection_id, refusal, shown
from sync.protocol import Reason
from sync.server.book import Standing
from sync.server.database import Connection
from sync.server.own import Hand, Saying
from sync.server.taking import Desk

KIND = "attended"
CONFIDENTIAL = "address_confidential"


def bar(_desk: Desk, change: Change, head: Head | None) -> Reason | None:
    """Why an attendance is not taken."""
    said = refusal(change, head)
    return Reason(said) if said else None


def follow(desk: Desk, change: Change, made: Merge) -> None:
    """Show an attendance in the family's scope where its person lives now, and mend what shows it already."""
    person = str(made.head.state.get("person") or made.head.record)
    scope = _home(desk, person)
    known = _known(desk.connection, change.record)
    if scope is None and not known:
        return
    here = projection_id(change.record, scope) if scope else ""
    standing = desk.hand().standing({person, here, *known} - {""})
    if scope is not None and (person in standing and standing[person].scope != scope):
        # The person moved between the look and the lock.
        scope = standing[person].scope
        here = projection_id(change.record, scope)
        standing |= desk.hand().standing({here})
    _mend(desk.hand(), made.head, {record: standing[record] for record in known if record in standing}, here)
    if scope is not None and has_come(made.head) and not _is_protected(desk, person, scope):
        show(desk.hand(), made.head, scope, standing.get(here))


def show(hand: Hand, attendance: Head, scope: str, before: Standing | None) -> None:
    """Write the projection of an attendance into a scope."""
    record = projection_id(attendance.record, scope)
    hand.say(Saying(record, KIND, shown(attendance), scope), before)
    note(hand.connection, attendance.record, record)


def note(connection: Connection, attendance: str, record: str) -> None:
    """Keep which record shows an attendance."""
    statement = "insert into projected (attendance, record) values (%s, %s) on conflict do nothing"
    connection.execute(statement, (attendance, record))


def of(connection: Connection, records: Iterable[str]) -> dict[str, str]:
    """Which attendance each of these records shows, of those that show one."""
    statement = "select record, attendance from projected where record = any(%s)"
    return {str(record): str(shown) for record, shown in connection.execute(statement, (sorted(records),)).fetchall()}


def _mend(hand: Hand, attendance: Head, known: Mapping[str, Standing], here: str) -> None:
    """What shows it already follows; where the person lived before a split only whether they came."""
    for record, before in known.items():
        if not before.deleted:
            facts = shown(attendance)
            patch = facts if record == here else {"came": facts["came"]}
            hand.say(Saying(record, KIND, patch, before.scope), before)


def hide(desk: Desk, change: Change, made: Merge) -> None:
    """An address is confidential from now on: where somebody goes is no longer shown."""
    if change.patch.get(CONFIDENTIAL) != "yes" or made.head.state.get(CONFIDENTIAL) != "yes":
        return
    whose = None if made.head.kind == "family" else made.head.record
    statement = "select id, state from record where scope = %s and kind = %s and not deleted"
    found = desk.connection.execute(statement, (made.head.scope, KIND)).fetchall()
    records = [record for record, state in found if whose in (None, json.loads(state).get("person"))]
    if records:
        end(desk.hand(), records)


def end(hand: Hand, records: Iterable[str]) -> None:
    """Take projections away."""
    for before in hand.standing(records).values():
        if before.kind == KIND and not before.deleted:
            hand.end(before)


def _home(desk: Desk, person: str) -> str | None:
    """The family's scope where a person lives; None when central does not know them."""
    head = desk.shelf.heads.get(person)
    if head is not None:
        told = (head.kind, head.scope, head.deleted)
    else:
        statement = "select kind, scope, deleted from record where id = %s"
        told = desk.connection.execute(statement, (person,)).fetchone() or ("", "", True)
    kind, scope, deleted = told
    return scope if kind == "person" and not deleted and scope.startswith("family:") else None


def _is_protected(desk: Desk, person: str, scope: str) -> bool:
    """Whether it must not show where this family or this person goes."""
    records = (person, scope.removeprefix("family:"))
    return any(_state(desk, record).get(CONFIDENTIAL) == "yes" for record in records)


def _state(desk: Desk, record: str) -> State:
    head = desk.shelf.heads.get(record)
    if head is not None:
        return head.state
    found = desk.connection.execute("select state from record where id = %s", (record,)).fetchone()
    return dict(json.loads(found[0])) if found else {}


def _known(connection: Connection, attendance: str) -> list[str]:
    found = connection.execute("select record from projected where attendance = %s", (attendance,)).fetchall()
    return [str(record) for (record,) in found]
