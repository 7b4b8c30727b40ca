"""A push: one transaction that checks, merges, writes and answers. A refused change never stops the rest."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.changes import SCHEMA, START, Change, Policies, erased, is_erased
from sync.errors import Rejected
from sync.merge import BUILT_IN, URGENT, Merge, merge, policies_for, resolve
from sync.merge.allowed import OPENS, SHARED, Verb, may
from sync.protocol import MOST_CHANGES, Outcome, PushAnswer, Pushed, Reason, Receipt, answer_lines
from sync.server import audit, devices, entitlement, ledger
from sync.server.bars import MOST_VERSION, happened_before, is_well_formed
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as, row
from sync.server.devices import Device
from sync.server.shelf import Shelf, entry, published_policies

BARRED = {
    Reason.ERASED: Outcome.GONE,
    Reason.NEWER_SCHEMA: Outcome.HELD,
    Reason.MOVED: Outcome.QUARANTINED,
}
"""What becomes of a change that may not be merged; any other is refused. All are kept in quarantine."""


@dataclass(slots=True)
class Desk:
    """What one push works with."""

    connection: Connection
    device: Device
    now: datetime
    shelf: Shelf
    scopes: set[str]
    ended: dict[str, datetime]
    """Scopes the author held once, and until when."""
    published: dict[str, Policies]
    gone: set[str]
    proper: set[int]
    """The seqs of what merge, hashes and tables can hold."""
    entries: list[ledger.Entry] = field(default_factory=list)


def take(connection: Connection, device_id: str, pushed: Pushed, now: datetime) -> bytes:
    """Take a batch and answer it; Rejected for a broken chain or a wrong signature, and then nothing is taken."""
    if len(pushed.changes) > MOST_CHANGES:
        raise Rejected(Reason.TOO_LARGE)
    acting_as(connection, "central")
    device = devices.lock(connection, device_id)
    _check_signature(device, pushed)
    known = _known(connection, device, pushed.changes)
    if _is_forked(connection, device, pushed, known):
        return _forked(connection, device, pushed.changes, now)
    fresh = [change for change in pushed.changes if change.seq > device.last_seq]
    if fresh and fresh[0].seq != device.last_seq + 1:
        raise Rejected(Reason.BROKEN_CHAIN)
    desk = _desk(connection, device, fresh, now)
    lines = [_one(desk, change).line() for change in fresh]
    desk.shelf.write_conflicts(connection)
    _keep_receipts(connection, device, fresh, lines)
    if fresh:
        devices.advance(connection, device.id, fresh[-1].seq, fresh[-1].hash)
    ledger.write(connection, desk.entries)
    if fresh:
        audit.note(connection, now, "write", device.worker, f"{device.id} {fresh[0].seq}-{fresh[-1].seq}")
    old = [known[change.seq][1] for change in pushed.changes if change.seq in known]
    return _answer(connection, max(device.last_seq, fresh[-1].seq if fresh else 0), now, [*old, *lines])


def _check_signature(device: Device, pushed: Pushed) -> None:
    if not 0 < pushed.first < MOST_VERSION:
        raise Rejected(Reason.MALFORMED)
    try:
        key = Ed25519PublicKey.from_public_bytes(device.public_key)
        key.verify(pushed.signature, pushed.message(device.id))
    except (InvalidSignature, ValueError) as wrong:
        raise Rejected(Reason.BAD_SIGNATURE) from wrong


def _is_forked(connection: Connection, device: Device, pushed: Pushed, known: dict[int, tuple[str, str]]) -> bool:
    """Whether two laptops speak under one id: a place in the chain has another change than the one we know."""
    if any(known.get(change.seq, (change.hash,))[0] != change.hash for change in pushed.changes):
        return True
    if pushed.first > device.last_seq + 1:
        return False
    if pushed.first == device.last_seq + 1:
        return pushed.after != (device.last_hash or START)
    statement = "select change_hash from receipt where device = %s and seq = %s"
    found = connection.execute(statement, (device.id, pushed.first - 1)).fetchone()
    return pushed.after != (found[0] if found else START)


def _known(connection: Connection, device: Device, changes: list[Change]) -> dict[int, tuple[str, str]]:
    seqs = [change.seq for change in changes if change.seq <= device.last_seq]
    if not seqs:
        return {}
    statement = "select seq, change_hash, line from receipt where device = %s and seq = any(%s)"
    return {seq: (kept, line) for seq, kept, line in connection.execute(statement, (device.id, seqs)).fetchall()}


def _forked(connection: Connection, device: Device, changes: list[Change], now: datetime) -> bytes:
    """Two laptops speak under one id: everything is kept for a person, and neither is believed any more."""
    connection.cursor().executemany(
        "insert into quarantine (device, seq, change_hash, reason, change, received_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        [(device.id, c.seq, c.hash, Reason.FORK, _kept(c), now) for c in changes],
    )
    devices.mark_forked(connection, device.id, now)
    lines = [Receipt(c.seq, Outcome.QUARANTINED, reason=Reason.FORK).line() for c in changes]
    return _answer(connection, device.last_seq, now, lines)


def _desk(connection: Connection, device: Device, fresh: list[Change], now: datetime) -> Desk:
    fresh = [change for change in fresh if is_well_formed(change)]
    proper = {change.seq for change in fresh}
    ids = [change.record for change in fresh]
    gone = connection.execute("select record from gone where record = any(%s)", (ids,)).fetchall()
    shelf = Shelf.load(connection, fresh)
    scopes = set(entitlement.scopes_of(connection, device.worker)) - {SHARED}
    ended = entitlement.ends_of(connection, device.worker)
    published = published_policies(connection)
    return Desk(connection, device, now, shelf, scopes, ended, published, {str(record) for (record,) in gone}, proper)


def _one(desk: Desk, change: Change) -> Receipt:
    reason = _barred(desk, change)
    late = reason is Reason.MOVED and _is_late(desk, change)
    if reason is not None and not late:
        _set_aside(desk, change, reason)
        return Receipt(change.seq, BARRED.get(reason, Outcome.REFUSED), reason=reason)
    made = _merge(desk, change)
    if made.stands:
        _write(desk, change, made)
    else:
        _set_aside(desk, change, Reason(made.reason) if made.reason in list(Reason) else Reason.MALFORMED)
    after = made.head
    said = (after.version, after.version_hash, made.reason)
    # Of a late entry the author keeps the own words in the outbox: the record is the new team's.
    outcome = Outcome.LATE if late and made.stands else Outcome(made.outcome)
    return Receipt(change.seq, outcome, *said, echo=late or made.echo)


def _barred(desk: Desk, change: Change) -> Reason | None:
    """Why a change may not even be merged."""
    if change.record in desk.gone or is_erased(change.line):
        return Reason.ERASED
    if change.schema > SCHEMA:
        return Reason.NEWER_SCHEMA
    if change.seq not in desk.proper:
        return Reason.MALFORMED
    if change.actor != desk.device.worker:
        return Reason.NOT_ENTITLED
    head = desk.shelf.heads.get(change.record)
    if head is None and change.kind != "create":
        return Reason.UNKNOWN_RECORD
    kind = head.kind if head else str(change.patch.get("@kind") or "")
    if kind not in BUILT_IN and kind not in desk.published:
        return Reason.UNKNOWN_KIND
    scope = head.scope if head else str(change.patch.get("@scope") or "")
    if scope not in desk.scopes and scope not in desk.ended and not _opens(desk, change, scope):
        # Of a record that is not theirs nobody learns whether it is there, nor of what kind it is.
        return Reason.NOT_ENTITLED if change.kind == "create" else Reason.UNKNOWN_RECORD
    if not may(desk.device.role, Verb.WRITE, scope, (scope,)):
        return Reason.NOT_YOUR_ROLE
    if scope not in desk.scopes:
        return Reason.MOVED
    if (kind == "conflict") != (change.kind == "resolve"):
        return Reason.IMMUTABLE if kind == "conflict" else Reason.MALFORMED
    return None


def _is_late(desk: Desk, change: Change) -> bool:
    """A new record about something that happened while its author held the scope; an edit never is."""
    if change.kind != "create" or change.record in desk.shelf.heads:
        return False
    return happened_before(change, desk.ended[str(change.patch.get("@scope"))])


def _opens(desk: Desk, change: Change, scope: str) -> bool:
    """Creating a family opens its scope and grants its author; an existing scope is never opened again.

    So does a centre, for those who run one.
    """
    kind = str(change.patch.get("@kind"))
    if (
        change.kind != "create"
        or scope != f"{kind}:{change.record}"
        or desk.device.role not in OPENS.get(kind, ())
        or desk.connection.execute("select 1 from scope where id = %s", (scope,)).fetchone()
    ):
        return False
    entitlement.grant(desk.connection, desk.device.worker, [scope], desk.device.worker, desk.now)
    desk.scopes.add(scope)
    return True


def _merge(desk: Desk, change: Change) -> Merge:
    at = stamp(desk.now)
    head = desk.shelf.heads.get(change.record)
    if change.kind == "resolve" and head is not None:
        about = desk.shelf.heads.get(str(head.state.get("record")))
        if about is None:
            return Merge("refused", head, Reason.UNKNOWN_RECORD)
        return resolve(change, head, about, desk.device.role, at)
    kind, form = (
        (head.kind, head.form) if head else (str(change.patch.get("@kind")), str(change.patch.get("@form") or ""))
    )
    return merge(change, head, policies_for(kind, form, desk.published), at)


def _write(desk: Desk, change: Change, made: Merge) -> None:
    for head in (made.head, *made.also):
        desk.shelf.put(head)
        urgent = made.urgent or head.kind in URGENT
        desk.entries.append(entry(head, change, urgent))


def _set_aside(desk: Desk, change: Change, reason: Reason) -> None:
    desk.connection.execute(
        "insert into quarantine (device, seq, change_hash, reason, change, received_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        (change.device, change.seq, change.hash, reason, _kept(change, reason), desk.now),
    )


def _keep_receipts(connection: Connection, device: Device, fresh: list[Change], lines: list[str]) -> None:
    if not fresh:
        return
    with connection.cursor().copy("copy receipt (device, seq, change_hash, line) from stdin") as copy:
        for change, line in zip(fresh, lines, strict=True):
            copy.write_row((device.id, change.seq, change.hash, line))


def _kept(change: Change, reason: Reason = Reason.FORK) -> str:
    """A change set aside, whole, or without its words when its record was erased.

    Escaped to ASCII: what was refused may hold what the database has no letters for.
    """
    line = erased(change.line) if reason is Reason.ERASED else change.line
    return json.dumps({"prev_hash": change.prev_hash, "line": line})


def _answer(connection: Connection, acked: int, now: datetime, lines: list[str]) -> bytes:
    epoch, durable = row(connection, "select epoch, durable from counter")
    return answer_lines(PushAnswer(acked, str(epoch), stamp(now), int(durable), ()), lines)
