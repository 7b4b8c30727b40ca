"""A push: one transaction that checks, merges, writes and answers. A refused change never stops the rest."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.changes import SCHEMA, START, Change, Policies, chain_holds
from sync.errors import Rejected
from sync.merge import BUILT_IN, URGENT, Merge, merge, policies_for, resolve
from sync.protocol import MOST_CHANGES, Outcome, PushAnswer, Reason, Receipt, batch_message
from sync.server import devices, entitlement, ledger
from sync.server.bars import happened_before, is_linked, is_well_formed
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
    entries: list[ledger.Entry] = field(default_factory=list)


def take(connection: Connection, device_id: str, signature: bytes, changes: list[Change], now: datetime) -> PushAnswer:
    """Take a batch; Rejected for a broken chain or a wrong signature, and then nothing is taken."""
    if len(changes) > MOST_CHANGES:
        raise Rejected(Reason.TOO_LARGE)
    acting_as(connection, "central")
    device = devices.lock(connection, device_id)
    _check_signature(device, signature, changes)
    known = _known(connection, device, changes)
    fork = next((change for change in changes if known.get(change.seq, (change.hash,))[0] != change.hash), None)
    if fork is not None:
        return _forked(connection, device, changes, now)
    fresh = [change for change in changes if change.seq > device.last_seq]
    _check_chain(device, fresh)
    desk = _desk(connection, device, fresh, now)
    receipts = [_one(desk, change) for change in fresh]
    desk.shelf.write_conflicts(connection)
    _keep_receipts(connection, device, fresh, receipts)
    if fresh:
        devices.advance(connection, device.id, fresh[-1].seq, fresh[-1].hash)
    ledger.write(connection, desk.entries)
    old = [Receipt.from_json(json.loads(known[change.seq][1])) for change in changes if change.seq in known]
    return _answer(connection, max(device.last_seq, fresh[-1].seq if fresh else 0), now, (*old, *receipts))


def _check_signature(device: Device, signature: bytes, changes: list[Change]) -> None:
    if any(change.device != device.id for change in changes):
        raise Rejected(Reason.BAD_SIGNATURE)
    if not all(map(is_linked, changes)):
        raise Rejected(Reason.MALFORMED)
    try:
        key = Ed25519PublicKey.from_public_bytes(device.public_key)
        key.verify(signature, batch_message(device.id, changes))
    except (InvalidSignature, ValueError) as wrong:
        raise Rejected(Reason.BAD_SIGNATURE) from wrong


def _known(connection: Connection, device: Device, changes: list[Change]) -> dict[int, tuple[str, str]]:
    seqs = [change.seq for change in changes if change.seq <= device.last_seq]
    if not seqs:
        return {}
    statement = "select seq, change_hash, line from receipt where device = %s and seq = any(%s)"
    return {seq: (kept, line) for seq, kept, line in connection.execute(statement, (device.id, seqs)).fetchall()}


def _check_chain(device: Device, fresh: list[Change]) -> None:
    places = [change.seq for change in fresh]
    if places != list(range(device.last_seq + 1, device.last_seq + 1 + len(fresh))):
        raise Rejected(Reason.BROKEN_CHAIN)
    if not chain_holds(fresh, device.last_hash or START):
        raise Rejected(Reason.BROKEN_CHAIN)


def _forked(connection: Connection, device: Device, changes: list[Change], now: datetime) -> PushAnswer:
    """Two laptops speak under one id: everything is kept for a person, and neither is believed any more."""
    connection.cursor().executemany(
        "insert into quarantine (device, seq, change_hash, reason, change, received_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        [(device.id, c.seq, c.hash, Reason.FORK, json.dumps(c.to_json()), now) for c in changes],
    )
    devices.mark_forked(connection, device.id, now)
    receipts = tuple(Receipt(c.seq, Outcome.QUARANTINED, reason=Reason.FORK, record=c.record) for c in changes)
    return _answer(connection, device.last_seq, now, receipts)


def _desk(connection: Connection, device: Device, fresh: list[Change], now: datetime) -> Desk:
    fresh = [change for change in fresh if is_well_formed(change)]
    ids = [change.record for change in fresh]
    gone = connection.execute("select record from gone where record = any(%s)", (ids,)).fetchall()
    shelf = Shelf.load(connection, fresh)
    scopes = set(entitlement.scopes_of(connection, device.worker)) - {entitlement.SHARED}
    ended = entitlement.ends_of(connection, device.worker)
    published = published_policies(connection)
    return Desk(connection, device, now, shelf, scopes, ended, published, {str(record) for (record,) in gone})


def _one(desk: Desk, change: Change) -> Receipt:
    reason = _barred(desk, change)
    late = reason is Reason.MOVED and _is_late(desk, change)
    if reason is not None and not late:
        _set_aside(desk, change, reason)
        record = change.record if reason is not Reason.MALFORMED else ""
        return Receipt(change.seq, BARRED.get(reason, Outcome.REFUSED), reason=reason, record=record)
    made = _merge(desk, change)
    if made.stands:
        _write(desk, change, made)
    else:
        _set_aside(desk, change, Reason(made.reason) if made.reason in list(Reason) else Reason.MALFORMED)
    after = made.head
    said = (after.version, after.version_hash, made.reason, change.record)
    # Of a late entry the author keeps the own words in the outbox: the record is the new team's.
    outcome = Outcome.LATE if late and made.stands else Outcome(made.outcome)
    return Receipt(change.seq, outcome, *said, echo=late or made.echo)


def _barred(desk: Desk, change: Change) -> Reason | None:
    """Why a change may not even be merged."""
    if not is_well_formed(change):
        return Reason.MALFORMED
    if change.record in desk.gone:
        return Reason.ERASED
    if change.schema > SCHEMA:
        return Reason.NEWER_SCHEMA
    if change.actor != desk.device.worker:
        return Reason.NOT_ENTITLED
    head = desk.shelf.heads.get(change.record)
    if head is None and change.kind != "create":
        return Reason.UNKNOWN_RECORD
    kind = head.kind if head else str(change.patch.get("@kind") or "")
    if kind not in BUILT_IN and kind not in desk.published:
        return Reason.UNKNOWN_KIND
    if (kind == "conflict") != (change.kind == "resolve"):
        return Reason.IMMUTABLE if kind == "conflict" else Reason.MALFORMED
    scope = head.scope if head else str(change.patch.get("@scope") or "")
    if scope in desk.scopes or _opens(desk, change, scope):
        return None
    return Reason.MOVED if scope in desk.ended else Reason.NOT_ENTITLED


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
    ours = change.kind == "create" and scope == f"{entitlement.OPENED_BY.get(kind)}{change.record}"
    if (
        not ours
        or (kind == "centre" and desk.device.role not in entitlement.RUN_CENTRES)
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
    line = json.dumps(change.to_json(), ensure_ascii=False, separators=(",", ":"))
    for head in (made.head, *made.also):
        before = desk.shelf.heads.get(head.record)
        desk.shelf.put(replace(head, known={**(before.known if before else {}), head.version: head.version_hash}))
        urgent = made.urgent or head.kind in URGENT
        desk.entries.append(entry(head, change, line, urgent))


def _set_aside(desk: Desk, change: Change, reason: Reason) -> None:
    desk.connection.execute(
        "insert into quarantine (device, seq, change_hash, reason, change, received_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        # Escaped to ASCII: what was refused may hold what the database has no bytes for.
        (change.device, change.seq, change.hash, reason, json.dumps(change.to_json()), desk.now),
    )


def _keep_receipts(connection: Connection, device: Device, fresh: list[Change], receipts: list[Receipt]) -> None:
    if not fresh:
        return
    with connection.cursor().copy("copy receipt (device, seq, change_hash, line) from stdin") as copy:
        for change, receipt in zip(fresh, receipts, strict=True):
            copy.write_row((device.id, change.seq, change.hash, json.dumps(receipt.to_json())))


def _answer(connection: Connection, acked: int, now: datetime, receipts: tuple[Receipt, ...]) -> PushAnswer:
    epoch, durable = row(connection, "select epoch, durable from counter")
    return PushAnswer(acked, str(epoch), stamp(now), int(durable), receipts)
