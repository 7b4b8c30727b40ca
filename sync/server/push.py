"""A push: one transaction that checks, merges, writes and answers. A refused change never stops the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.changes import SCHEMA, Change, is_erased
from sync.errors import Rejected
from sync.merge import BUILT_IN, URGENT, Merge, merge, policies_for, resolve
from sync.merge.allowed import OPENS, SHARED, Verb, may
from sync.merge.schemas import upcast
from sync.protocol import MOST_CHANGES, Outcome, PullAsk, PushAnswer, Pushed, Reason, Receipt, answer_lines
from sync.server import (
    aside,
    audit,
    book,
    closing,
    devices,
    durable,
    effects,
    entitlement,
    escalation,
    forks,
    held,
    key_events,
    ledger,
    pull,
)
from sync.server.bars import MOST_VERSION, happened_before, is_well_formed
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as, row
from sync.server.devices import Device
from sync.server.shelf import Shelf, entry, published_policies
from sync.server.taking import Desk

BARRED = {
    Reason.ERASED: Outcome.GONE,
    Reason.NEWER_SCHEMA: Outcome.HELD,
    Reason.WAITS: Outcome.HELD,
    Reason.MOVED: Outcome.QUARANTINED,
}
"""What becomes of a change that may not be merged; any other is refused. What is held waits in a table of its own, all
others are kept in quarantine."""
ASIDE = frozenset({Outcome.QUARANTINED, Outcome.REFUSED, Outcome.GONE})


@dataclass(frozen=True, slots=True)
class Beside:
    """What a device that may read is answered beside its receipts, in the same request."""

    ask: PullAsk | None = None
    """What it asks for. Its page follows the receipts."""
    anchored: Mapping[str, Any] | None = None
    """Central's word on the head of its audit chain."""


NOTHING = Beside()


def take(connection: Connection, device_id: str, pushed: Pushed, now: datetime, beside: Beside = NOTHING) -> bytes:
    """Take a batch and answer it; Rejected for a broken chain or a wrong signature, and then nothing is taken."""
    if len(pushed.changes) > MOST_CHANGES:
        raise Rejected(Reason.TOO_LARGE)
    device = devices.lock_to_write(connection, device_id)
    _check_signature(device, pushed)
    known = forks.known(connection, device, pushed.changes)
    if forks.is_forked(connection, device, pushed, known):
        lines = forks.keep(connection, device, pushed.changes, known, now)
        return answer_lines(_stand(connection, device, device.last_seq, now), lines)
    fresh = [change for change in pushed.changes if change.seq > device.last_seq]
    if fresh and fresh[0].seq != device.last_seq + 1:
        raise Rejected(Reason.BROKEN_CHAIN)
    desk = _desk(connection, device, fresh, now)
    lines = [_one(desk, change).line() for change in fresh]
    desk.shelf.write_conflicts(connection)
    escalation.wind(connection, desk.shelf.changed.values())
    _keep_receipts(connection, device, fresh, lines)
    desk.put_down()
    number = ledger.write(connection, desk.entries)
    if fresh:
        last = (fresh[-1].seq, fresh[-1].hash)
        devices.advance(connection, device.id, last, number if desk.entries else number + 1)
    acked = max(device.last_seq, fresh[-1].seq if fresh else 0)
    # A new signature gets central's receipt with the next request: the device has to make one to hold it.
    signed = any(each.kind == "signature" for each in desk.entries)
    ask = None if signed else beside.ask
    page = pull.follow(connection, replace(device, last_seq=acked), ask, now) if ask else b""
    if fresh:
        # Last of all, for it locks the trail's head.
        audit.note(connection, now, "write", device.worker, f"{device.id} {fresh[0].seq}-{fresh[-1].seq}")
    old = [known[change.seq][1] for change in pushed.changes if change.seq in known]
    return answer_lines(_stand(connection, device, acked, now, beside.anchored), [*old, *lines]) + page


def take_up(connection: Connection, change: Change, now: datetime) -> Merge:
    """Merge and write one change that was set aside and that a person takes after all: its author and place stay."""
    acting_as(connection, "central")
    desk = _desk(connection, devices.lock(connection, change.device), [change], now)
    made = _merge(desk, change)
    if made.stands:
        # The author's laptop has put it apart, and gets it as news.
        made = replace(made, head=replace(made.head, echo=True))
        _write(desk, change, made)
        effects.follow(desk, change, made)
        _leave(desk)
    return made


def take_held(connection: Connection, device_id: str, now: datetime) -> list[tuple[Change, Receipt]]:
    """Try again what is held of a device, as if it came now; each with central's word on it. Nothing is released yet.

    The device cannot fold what it parked long ago: everything is sent to it anew.
    """
    acting_as(connection, "central")
    device = devices.lock(connection, device_id)
    changes = held.of_device(connection, device_id)
    desk = _desk(connection, device, changes, now)
    desk.waits = set()
    told = [(change, _one(desk, change)) for change in changes]
    desk.entries = [replace(entry, echo=True) for entry in desk.entries]
    _leave(desk)
    return told


def _leave(desk: Desk) -> None:
    """Write what a person's or a newer central's second look has come to, and begin the clocks of what it opened."""
    desk.shelf.write_conflicts(desk.connection)
    escalation.wind(desk.connection, desk.shelf.changed.values())
    desk.put_down()
    ledger.write(desk.connection, desk.entries)


def _check_signature(device: Device, pushed: Pushed) -> None:
    if not 0 < pushed.first < MOST_VERSION:
        raise Rejected(Reason.MALFORMED)
    try:
        key = Ed25519PublicKey.from_public_bytes(device.public_key)
        key.verify(pushed.signature, pushed.message(device.id))
    except (InvalidSignature, ValueError) as wrong:
        raise Rejected(Reason.BAD_SIGNATURE) from wrong


OF_DEVICE = (
    f"select {held.RECORDS}, {key_events.AUTHORS},"  # noqa: S608 - words of our modules
    " (select sum from digest where scope = 'ref')"
)
"""What a push asks of its device, and whether the forms are as they were, in one go."""


def _desk(connection: Connection, device: Device, fresh: list[Change], now: datetime) -> Desk:
    fresh = [change for change in fresh if is_well_formed(change)]
    proper = {change.seq for change in fresh}
    named = book.named(connection, {change.record for change in fresh})
    shelf = Shelf.load(connection, fresh, named.about)
    # After the records are held: who gave a family away meanwhile holds it no more.
    holding = entitlement.holding_of(connection, device.worker)
    waits, authors, shared = row(connection, OF_DEVICE, {"device": device.id})
    return Desk(
        connection,
        device,
        now,
        shelf,
        scopes=set(holding.scopes) - {SHARED},
        ended=dict(holding.ended),
        published=published_policies(connection, shared),
        gone=named.gone,
        proper=proper,
        waits=set(waits),
        at=stamp(now),
        authors=frozenset({device.worker, *authors}),
    )


def _one(desk: Desk, change: Change) -> Receipt:
    change = upcast(change)
    reason = _barred(desk, change)
    reason = reason or closing.barred(desk, change)
    late = reason is Reason.MOVED and _is_late(desk, change)
    if reason is not None and not late:
        if BARRED.get(reason) is Outcome.HELD:
            _hold(desk, change)
        else:
            _set_aside(desk, change, reason)
        return Receipt(change.seq, BARRED.get(reason, Outcome.REFUSED), reason=reason)
    made = _merge(desk, change)
    if made.stands:
        _write(desk, change, made)
        effects.follow(desk, change, made)
    else:
        _set_aside(desk, change, Reason(made.reason) if made.reason in list(Reason) else Reason.MALFORMED)
    after = made.head
    said = (after.version, after.version_hash, made.reason)
    # Of a late entry the author keeps the own words in the outbox: the record is the new team's.
    outcome = Outcome.LATE if late and made.stands else Outcome(made.outcome)
    return Receipt(change.seq, outcome, *said, echo=late or made.echo)


def _barred(desk: Desk, change: Change) -> Reason | None:
    """Why a change may not even be merged."""
    if is_erased(change.line) or (change.record in desk.gone and _may_know(desk, change)):
        return Reason.ERASED
    if change.schema > SCHEMA:
        return Reason.NEWER_SCHEMA
    if change.seq not in desk.proper:
        return Reason.MALFORMED
    if held.record_of(change) in desk.waits:
        return Reason.WAITS
    if change.actor not in desk.authors:
        return Reason.NOT_ENTITLED
    head = desk.shelf.heads.get(change.record)
    if head is None and change.kind != "create":
        return Reason.UNKNOWN_RECORD
    scope = head.scope if head else str(change.patch.get("@scope") or "")
    theirs = scope in desk.scopes or scope in desk.ended
    if head is not None and not theirs:
        # Of a record that is not theirs nobody learns whether it is there, nor of what kind it is.
        return Reason.NOT_ENTITLED if change.kind == "create" else Reason.UNKNOWN_RECORD
    kind = head.kind if head else str(change.patch.get("@kind") or "")
    if kind not in BUILT_IN and kind not in desk.published:
        return Reason.UNKNOWN_KIND
    if theirs and not may(desk.device.role, Verb.WRITE, scope, (scope,)):
        return Reason.NOT_YOUR_ROLE
    if theirs and scope not in desk.scopes:
        return Reason.MOVED
    if not theirs and not _may_open(desk, change, scope):
        return Reason.NOT_ENTITLED
    if (kind == "conflict") != (change.kind == "resolve"):
        return Reason.IMMUTABLE if kind == "conflict" else Reason.MALFORMED
    if bar := effects.barred(desk, change, kind):
        return bar
    if not theirs:
        _open(desk, scope)
    return None


def _may_know(desk: Desk, change: Change) -> bool:
    """Whether its author held the record when it was erased, or made it, and so may learn of it."""
    head = desk.shelf.heads.get(change.record)
    if head is None:
        return change.kind == "create"
    return head.scope in desk.scopes or head.scope in desk.ended


def _is_late(desk: Desk, change: Change) -> bool:
    """A new record about something that happened while its author held the scope; an edit never is."""
    if change.kind != "create" or change.record in desk.shelf.heads:
        return False
    return happened_before(change, desk.ended[str(change.patch.get("@scope"))])


def _may_open(desk: Desk, change: Change, scope: str) -> bool:
    """Creating a family or a centre opens its scope, for who may run one; an existing scope is never opened again."""
    kind = str(change.patch.get("@kind"))
    return (
        change.kind == "create"
        and scope == f"{kind}:{change.record}"
        and desk.device.role in OPENS.get(kind, ())
        and desk.connection.execute("select 1 from scope where id = %s", (scope,)).fetchone() is None
    )


def _open(desk: Desk, scope: str) -> None:
    """A new scope belongs to who opened it."""
    entitlement.grant(desk.connection, desk.device.worker, [scope], desk.device.worker, desk.now)
    desk.scopes.add(scope)


def _merge(desk: Desk, change: Change) -> Merge:
    at = desk.at
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


def _hold(desk: Desk, change: Change) -> None:
    desk.waits.add(held.record_of(change))
    if change.seq > desk.device.last_seq:
        held.keep(desk.connection, change, desk.now)


def _set_aside(desk: Desk, change: Change, reason: Reason) -> None:
    gone = change.record in desk.gone
    aside.keep(
        desk.connection, [change], Reason.ERASED if gone else reason, desk.now, gone=gone or reason is Reason.ERASED
    )


def _keep_receipts(connection: Connection, device: Device, fresh: list[Change], lines: list[str]) -> None:
    if not fresh:
        return
    with connection.cursor().copy("copy receipt (device, seq, change_hash, line) from stdin") as copy:
        for change, line in zip(fresh, lines, strict=True):
            copy.write_row((device.id, change.seq, change.hash, line))


def _stand(
    connection: Connection, device: Device, acked: int, now: datetime, anchored: Mapping[str, Any] | None = None
) -> PushAnswer:
    """Where central stands with a device, before its receipts."""
    statement = f"select epoch, {durable.SEQ} from counter"  # noqa: S608 - words of our modules
    epoch, kept = row(connection, statement, {"device": device.id})
    return PushAnswer(acked, str(epoch), stamp(now), int(kept), (), anchored=anchored)
