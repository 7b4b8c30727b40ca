"""Changes central makes itself in scope `ref`: ordinary ledger rows of a device called `central`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync.changes import NO_TRUNK, START, Change, Patch, apply, state_text, text_hash
from sync.merge import Touch
from sync.merge.allowed import SHARED
from sync.server import book, ledger
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as, row

DEVICE = "central"


@dataclass(frozen=True, slots=True)
class Saying:
    """What a shared record is to hold from now on."""

    record: str
    kind: str
    patch: Patch = field(repr=False)


def say(connection: Connection, sayings: list[Saying], now: datetime) -> None:
    """Write shared records; one that holds it all already is left alone."""
    seq, last_hash = _place(connection, now)
    standing = book.lock(connection, {saying.record for saying in sayings})
    entries: list[ledger.Entry] = []
    for saying in sayings:
        before = standing.get(saying.record)
        if before is not None and apply(before.state, saying.patch) == before.state:
            continue
        change = _change(saying, before, (seq + 1, last_hash), now)
        seq, last_hash = change.seq, change.hash
        entries.append(_entry(saying, before, change))
    _write(connection, entries)


def end(connection: Connection, records: Iterable[book.Standing], now: datetime) -> None:
    """Take locked records away: nothing is left of what they hold, and every device that has one is told."""
    seq, last_hash = _place(connection, now)
    entries: list[ledger.Entry] = []
    for before in records:
        change = _delete(before, (seq + 1, last_hash), now)
        seq, last_hash = change.seq, change.hash
        entries.append(_ended(before, change))
    _write(connection, entries)


def _place(connection: Connection, now: datetime) -> tuple[int, str]:
    """How far central's own chain has come; held until this transaction ends."""
    acting_as(connection, "central")
    connection.execute(
        "insert into device (id, label, public_key, last_hash, enrolled_at) values (%s, %s, '', %s, %s)"
        " on conflict do nothing",
        (DEVICE, DEVICE, START, now),
    )
    statement = "select last_seq, last_hash from device where id = %s for update"
    seq, last_hash = row(connection, statement, (DEVICE,))
    return int(seq), str(last_hash)


def _write(connection: Connection, entries: list[ledger.Entry]) -> None:
    ledger.write(connection, entries)
    if entries:
        last = entries[-1].change
        statement = "update device set last_seq = %s, last_hash = %s where id = %s"
        connection.execute(statement, (last.seq, last.hash, DEVICE))


def _delete(before: book.Standing, place: tuple[int, str], now: datetime) -> Change:
    seq, prev_hash = place
    trunk, when = (before.version, before.version_hash), stamp(now)
    bare = Change(DEVICE, seq, before.record, "delete", trunk, {}, {}, DEVICE, when, when)
    return replace(bare, prev_hash=prev_hash).sealed()


def _ended(before: book.Standing, change: Change) -> ledger.Entry:
    version = before.version + 1
    return ledger.Entry(
        record=before.record,
        scope=before.scope,
        kind=before.kind,
        form=before.form,
        version=version,
        version_hash=text_hash(before.record, version, "{}"),
        state="{}",
        field_versions="{}",
        deleted=True,
        urgent=False,
        echo=True,
        actor=DEVICE,
        device=DEVICE,
        at=change.recorded_at,
        change=change,
    )


def _change(saying: Saying, before: book.Standing | None, place: tuple[int, str], now: datetime) -> Change:
    seq, prev_hash = place
    reserved = {} if before else {"@kind": saying.kind, "@scope": SHARED}
    return Change(
        device=DEVICE,
        seq=seq,
        prev_hash=prev_hash,
        record=saying.record,
        kind="set" if before else "create",
        trunk=(before.version, before.version_hash) if before else NO_TRUNK,
        patch=reserved | dict(saying.patch),
        was={path: before.state[path] for path in saying.patch if path in before.state} if before else {},
        actor=DEVICE,
        occurred_at=stamp(now),
        recorded_at=stamp(now),
    ).sealed()


def _entry(saying: Saying, before: book.Standing | None, change: Change) -> ledger.Entry:
    version = before.version + 1 if before else 1
    text = state_text(apply(before.state if before else {}, saying.patch))
    return ledger.Entry(
        record=saying.record,
        scope=SHARED,
        kind=saying.kind,
        form="",
        version=version,
        version_hash=text_hash(saying.record, version, text),
        state=text,
        field_versions=json.dumps({"": [Touch.of(change, version)]}),
        deleted=False,
        urgent=False,
        echo=True,
        actor=DEVICE,
        device=DEVICE,
        at=change.recorded_at,
        change=change,
    )
