"""A pull: what a worker may see that this device has not, each record once, as it stands now."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.merge.allowed import SHARED, readable
from sync.protocol import Compare, Held, PageEnd, PullAsk, Put, ScopeGained, ScopeLost, Tomb, frame_line, pack_lines
from sync.server import audit, digests, entitlement
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as, row
from sync.server.devices import Device

COLUMNS = (
    "id, kind, scope, form, version, version_hash, actor, device, at, state, deleted,"
    " deleted and exists (select from gone where gone.record = id), number"
)
URGENT = 50
"""Urgent records that are also sent at the front of a long pull."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where central stands."""

    epoch: str
    head: tuple[int, str]
    ev: int
    durable: int


def answer(connection: Connection, device: Device, ask: PullAsk, now: datetime) -> bytes:
    """One page, packed."""
    stand = _stand(connection, ask)
    gains = entitlement.changed_since(connection, device.worker, ask.ev)
    acting_as(connection, device.worker)
    restart = ask.epoch not in ("", stand.epoch)
    since = 0 if restart else ask.since
    gained = sorted(readable(device.role, (each.scope for each in gains if each.held)) - {SHARED})
    lines = [] if ask.after else [frame_line(frame) for frame in _scope_frames(gains)]
    if gained and since and not restart:
        page, end = _backfill(connection, ask, stand, gained)
    else:
        page, end = _news(connection, device, ask, stand, since)
    if page:
        audit.note(connection, now, "read", device.worker, f"{device.id} {len(page)} {since}-{end['next']}")
    if ask.digest and not page and not gains and not end["more"] and not end["after"] and not restart:
        held = sorted(readable(device.role, entitlement.scopes_of(connection, device.worker)))
        if not digests.agrees(connection, held, ask.since, ask.digest):
            end |= {"agrees": False, "scopes": held}
            audit.note(connection, now, "digest", device.worker, device.id)
    last = PageEnd(**{**end, "server_time": stamp(now), "last_seq": device.last_seq, "durable_seq": stand.durable})
    return pack_lines([*lines, *page, frame_line(last)])


def compare(connection: Connection, device: Device, ask: Compare, now: datetime) -> bytes:
    """What a device has otherwise than we in one scope: contents, then the ids of the parts that differ."""
    held = readable(device.role, entitlement.scopes_of(connection, device.worker))
    epoch, number, chain, ev = row(connection, "select epoch, number, hash, ev from counter")
    acting_as(connection, device.worker)
    records, parts = digests.compare(connection, ask) if ask.scope in held else ([], Held(ask.scope, (), ()))
    statement = f"select {COLUMNS} from record where id = any(%s) order by number"  # noqa: S608 - columns of this module
    found = connection.execute(statement.encode(), (records,)).fetchall()
    audit.note(connection, now, "mend", device.worker, f"{device.id} {ask.scope} {len(records)}")
    head = (int(number), bytes(chain).hex())
    end = PageEnd(head[0], head, False, str(epoch), int(ev), stamp(now), last_seq=device.last_seq)
    return pack_lines([*(_line(each) for each in found), frame_line(parts), frame_line(end)])


def _stand(connection: Connection, ask: PullAsk) -> Stand:
    number, chain, epoch, ev, durable = row(connection, "select number, hash, epoch, ev, durable from counter")
    stand = Stand(str(epoch), (int(number), bytes(chain).hex()), int(ev), int(durable))
    seen, known = ask.head_seen
    if ask.epoch == stand.epoch and seen and _is_lost(connection, stand, seen, known):
        # A device has seen more than we have: we were restored from a copy. A new epoch makes every device tell anew.
        fresh = secrets.token_hex(16)
        connection.execute("update counter set epoch = %s where epoch = %s", (fresh, stand.epoch))
        # Two devices may notice at once: what stands in the table is answered, whoever wrote it.
        (told,) = row(connection, "select epoch from counter")
        return Stand(str(told), stand.head, stand.ev, stand.durable)
    return stand


def _is_lost(connection: Connection, stand: Stand, seen: int, known: str) -> bool:
    if seen > stand.head[0]:
        return True
    found = connection.execute("select hash from ledger where number = %s", (seen,)).fetchone()
    return bool(known) and found is not None and bytes(found[0]).hex() != known


def _scope_frames(gains: Iterable[entitlement.Entitlement]) -> list[ScopeGained | ScopeLost]:
    return [ScopeGained(each.scope) if each.held else ScopeLost(each.scope) for each in gains]


def _news(
    connection: Connection, device: Device, ask: PullAsk, stand: Stand, since: int
) -> tuple[list[str], dict[str, Any]]:
    """Records written after the cursor, in ledger order, urgent ones also at the front."""
    own = "" if ask.whole or not since else " and (echo or device <> %(device)s)"
    scopes = list(readable(device.role, entitlement.scopes_of(connection, device.worker)))
    values = {"since": since, "device": device.id, "scopes": scopes, "limit": ask.limit + 1}
    statement = (
        f"select {COLUMNS} from record where number > %(since)s and scope = any(%(scopes)s){own}"  # noqa: S608
        " order by number limit %(limit)s"
    )
    found = connection.execute(statement.encode(), values).fetchall()
    page, more = found[: ask.limit], len(found) > ask.limit
    front = _urgent(connection, page[-1][-1], scopes) if more and not ask.after else []
    end = {"next": page[-1][-1] if more else stand.head[0], "head": stand.head, "more": more, "epoch": stand.epoch}
    return [_line(each) for each in (*front, *page)], {**end, "ev": stand.ev, "after": "more" if more else ""}


def _urgent(connection: Connection, beyond: int, scopes: list[str]) -> list[tuple[Any, ...]]:
    statement = (
        f"select {COLUMNS} from record where urgent and number > %s and scope = any(%s)"  # noqa: S608
        f" order by number limit {URGENT}"
    )
    return connection.execute(statement.encode(), (beyond, scopes)).fetchall()


def _backfill(
    connection: Connection, ask: PullAsk, stand: Stand, gained: list[str]
) -> tuple[list[str], dict[str, Any]]:
    """What newly granted scopes held before the cursor, in order of id; cursor and `ev` wait until the end.

    What came after the cursor is news, and comes as such. Own words come too: who lost the scope removed them.
    """
    values = {"scopes": gained, "after": ask.after, "since": ask.since, "limit": ask.limit + 1}
    statement = (
        f"select {COLUMNS} from record where scope = any(%(scopes)s) and id > %(after)s and number <= %(since)s"  # noqa: S608
        " order by id limit %(limit)s"
    )
    found = connection.execute(statement.encode(), values).fetchall()
    page, more = found[: ask.limit], len(found) > ask.limit
    end = {"next": ask.since, "head": stand.head, "more": True, "epoch": stand.epoch}
    if more:
        return [_line(each) for each in page], {**end, "ev": ask.ev, "after": str(page[-1][0])}
    rest = stand.head[0] > ask.since
    return [_line(each) for each in page], {**end, "more": rest, "ev": stand.ev, "after": ""}


def _line(found: tuple[Any, ...]) -> str:
    record, kind, scope, form, version, version_hash, actor, device, at, state, deleted, gone, _ = found
    if deleted:
        return frame_line(Tomb(record, scope, version, gone))
    # The state is JSON already, as it was hashed: it is not read and written again.
    return frame_line(Put(record, kind, scope, form, version, version_hash, actor, device, at, state))
