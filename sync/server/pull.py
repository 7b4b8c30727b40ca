"""A pull: what a worker may see that this device has not, each record once, as it stands now."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sync.errors import Rejected
from sync.merge.allowed import SHARED, readable
from sync.merge.schemas import OLDEST
from sync.protocol import (
    Compare,
    Frame,
    Held,
    PageEnd,
    PullAsk,
    Reason,
    Retold,
    ScopeGained,
    ScopeLost,
    frame_line,
    pack_lines,
)
from sync.protocol.digests import root
from sync.server import audit, digests, durable, entitlement, held, purges, snapshots
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as, row
from sync.server.devices import Device
from sync.server.frames import COLUMNS, CONTENTS, line_of
from sync.server.snapshots import Offer, Wanted

DEPARTED = (
    "select d.record, '', d.scope, '', d.version, '', '', '', '', '', true, false, d.number from departed d"
    " where d.number > %(since)s and d.scope = any(%(scopes)s)"
    " and (%(until)s::bigint is null or d.number <= %(until)s)"
    " and not exists (select from record r where r.id = d.record and r.scope = any(%(scopes)s))"
)
"""Records that left a scope for one that is not held: they are dropped like deleted ones."""
URGENT = 50
"""Urgent records that are also sent at the front of a long pull."""
ROOM = 2 << 20
"""Bytes of contents in one page of news, unpacked: what central holds for a device does not grow with its records."""
FEW = 100
"""Rows that are fetched at once."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where central stands."""

    epoch: str
    head: tuple[int, str]
    ev: int
    durable: int
    """The asking device's highest seq that is outside central's own disk."""
    contact: purges.Contact | None
    """When the asking device was last heard."""
    seen: str | None
    """The hash of the ledger row that the device says it has seen; None where there is no such row."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, what, and where central stands meanwhile."""

    device: Device
    ask: PullAsk
    stand: Stand
    scopes: frozenset[str]
    """What its worker holds and may read."""
    now: datetime

    @property
    def restart(self) -> bool:
        """Whether central was put back since the device last heard of it."""
        return self.ask.epoch not in ("", self.stand.epoch)


@dataclass(slots=True)
class Answer:
    """An answer as it is put together: what changed of scopes, pages packed before, lines, and the end."""

    scopes: list[Frame]
    packed: list[bytes]
    page: list[str]
    end: dict[str, Any]

    def body(self, last: PageEnd) -> bytes:
        """The answer, packed."""
        lines = [*(frame_line(each) for each in self.scopes), *self.page, frame_line(last)]
        return b"".join([*self.packed, pack_lines(lines)])


def answer(connection: Connection, device: Device, ask: PullAsk, now: datetime) -> bytes:
    """One page, packed; Rejected for a device that could not read it. Its words were pushed before: nothing is lost."""
    if ask.schema < OLDEST:
        raise Rejected(Reason.UPGRADE)
    stand = _stand(connection, device, ask)
    holding = entitlement.holding_of(connection, device.worker)
    gains = [each for each in holding.changes if each.ev > ask.ev]
    question = Question(device, ask, stand, readable(device.role, holding.scopes), now)
    if ask.epoch == stand.epoch and not ask.whole and not ask.after and 0 <= ask.last_seq < device.last_seq:
        # A device asks after it has pushed all it has: one that knows less of itself than we do is an older copy.
        audit.note(connection, now, "rollback", device.worker, f"{device.id} {ask.last_seq} {device.last_seq}")
    purges.order(connection, device.id, [(each.scope, each.ev) for each in gains if not each.held], now)
    purges.confirm(connection, device, ask.purged, now)
    if ask.places and not gains and not question.restart:
        made = _pages(connection, question)
    else:
        made = _records(connection, question, gains)
    if ask.held:
        made.scopes += [Retold(each) for each in held.outcomes(connection, device.id, ask.held)]
    purges.heard(connection, device.id, stand.contact, (made.end["next"], made.end["ev"]), now)
    if made.page or made.packed:
        told = f"{device.id} {len(made.page)} {len(made.packed)} {ask.since}-{made.end['next']}"
        audit.note(connection, now, "read", device.worker, told)
    quiet = not made.page and not made.packed and not gains and not made.end["more"] and not made.end["after"]
    if ask.digest and quiet and not question.restart:
        scopes = sorted(question.scopes)
        if not digests.agrees(connection, scopes, ask.since, ask.digest):
            made.end |= {"agrees": False, "scopes": scopes}
            audit.note(connection, now, "digest", device.worker, device.id)
    facts = {"server_time": stamp(now), "last_seq": device.last_seq, "durable_seq": stand.durable}
    return made.body(PageEnd(**{**made.end, **facts}))


FOLLOWING = 200
"""Records that may follow the answer to a push: until they are read no other push gets its numbers."""


def follow(connection: Connection, device: Device, ask: PullAsk, now: datetime) -> bytes:
    """The first page of news, to be sent behind the answer to a push. Nothing where only a pull of its own can answer.

    In the push's transaction: the device's own digest is of before, so it is told ours and compares by itself.
    """
    stand, holding = _read_stand(connection, device, ask), entitlement.holding_of(connection, device.worker)
    lost = ask.epoch != stand.epoch or _is_lost(stand, *ask.head_seen)
    if lost or not is_plain(ask) or any(each.ev > ask.ev for each in holding.changes):
        return b""
    scopes = readable(device.role, holding.scopes)
    asked = replace(ask, limit=min(ask.limit, FOLLOWING))
    acting_as(connection, device.worker)
    lines, end = _news(connection, Question(device, asked, stand, scopes, now), ask.since)
    purges.heard(connection, device.id, stand.contact, (end["next"], end["ev"]), now)
    if lines:
        audit.note(connection, now, "read", device.worker, f"{device.id} {len(lines)} 0 {ask.since}-{end['next']}")
    told = "" if end["more"] else root(digests.of(connection, sorted(scopes)))
    facts = {"server_time": stamp(now), "last_seq": device.last_seq, "durable_seq": stand.durable, "root": told}
    return Answer([], [], lines, end).body(PageEnd(**{**end, **facts}))


def is_plain(ask: PullAsk) -> bool:
    """Whether nothing but news is asked for, by a device that has had everything before."""
    more = ask.whole or ask.after or ask.places or ask.purged or ask.held
    return bool(ask.since) and not more and ask.schema >= OLDEST


def _records(connection: Connection, question: Question, gains: Sequence[entitlement.Entitlement]) -> Answer:
    """What is new to a device: of scopes, and of the records in them."""
    device, ask, stand, restart = question.device, question.ask, question.stand, question.restart
    since = 0 if restart else ask.since
    gained = sorted(readable(device.role, (each.scope for each in gains if each.held)) - {SHARED})
    back = purges.ordered(connection, device.id, gained)
    offers: list[Offer] = []
    if ask.snapshots and not ask.after and not ask.whole and not restart and (gained or not since):
        wanted = Wanted(
            gained if since else sorted(question.scopes), since or stand.head[0], device.id, not since, back
        )
        offers = _offers(connection, device, wanted, question.now)
    frames = [] if ask.after else _scope_frames(gains, offers)
    if since == stand.head[0] and not gained:
        # Up to there it has everything, and beyond there was nothing when we looked.
        return Answer(frames, [], [], _end(stand, stand.head[0]))
    acting_as(connection, device.worker)
    if offers:
        page = _urgent(connection, 0, [each.scope for each in offers])
        following = since if since else min(each.up_to for each in offers)
        end = {"next": following, "head": stand.head, "more": True, "epoch": stand.epoch, "ev": stand.ev, "after": ""}
        return Answer(frames, [], [line_of(each) for each in page], end)
    if gained and since and not restart:
        lines, end = _backfill(connection, question, gained, back)
    else:
        lines, end = _news(connection, question, since)
    return Answer(frames, [], lines, end)


def _offers(connection: Connection, device: Device, wanted: Wanted, now: datetime) -> list[Offer]:
    acting_as(connection, "central")
    snapshots.forget_old(connection, now)
    acting_as(connection, device.worker)
    return snapshots.offers(connection, wanted, now)


def _pages(connection: Connection, question: Question) -> Answer:
    """The pages of snapshots that were asked for, as far as their scopes are held now."""
    device, ask, stand, now = question.device, question.ask, question.stand, question.now
    acting_as(connection, device.worker)
    lost = sorted({place.scope for place in ask.places} - question.scopes)
    places = [place for place in ask.places if place.scope in question.scopes]
    packed, unknown = snapshots.bodies(connection, places, ask.room, now)
    frames: list[Frame] = [ScopeLost(scope) for scope in lost]
    if unknown is not None:
        again = snapshots.offer_again(connection, unknown.scope, min(ask.since, stand.head[0]), now)
        frames.append(ScopeGained(again.scope, again.number, again.pages))
    end = {"next": ask.since, "head": stand.head, "more": True, "epoch": stand.epoch, "ev": stand.ev, "after": ""}
    return Answer(frames, packed, [], end)


def compare(connection: Connection, device: Device, ask: Compare, now: datetime) -> bytes:
    """What a device has otherwise than we in one scope: contents, then the ids of the parts that differ."""
    scopes = readable(device.role, entitlement.scopes_of(connection, device.worker))
    epoch, number, chain, ev = row(connection, "select epoch, number, hash, ev from counter")
    acting_as(connection, device.worker)
    records, parts = digests.compare(connection, ask) if ask.scope in scopes else ([], Held(ask.scope, (), ()))
    statement = f"select {COLUMNS} from record where id = any(%s) order by number"  # noqa: S608 - columns of this module
    found = connection.execute(statement.encode(), (records,)).fetchall()
    # The trail has ids only: what is not held may be any text.
    scope = ask.scope if ask.scope in scopes else "not-held"
    audit.note(connection, now, "mend", device.worker, f"{device.id} {scope} {len(records)}")
    head = (int(number), bytes(chain).hex())
    end = PageEnd(head[0], head, False, str(epoch), int(ev), stamp(now), last_seq=device.last_seq)
    return pack_lines([*(line_of(each) for each in found), frame_line(parts), frame_line(end)])


STAND = (
    f"select epoch, counter.number, counter.hash, counter.ev, {durable.SEQ}, t.at, t.cursor, t.ev,"  # noqa: S608 - words of our modules
    " (select hash from ledger where number = %(seen)s)"
    " from counter left join contact t on t.device = %(device)s"
)


def _stand(connection: Connection, device: Device, ask: PullAsk) -> Stand:
    stand = _read_stand(connection, device, ask)
    seen, known = ask.head_seen
    if ask.epoch == stand.epoch and seen and _is_lost(stand, seen, known):
        # A device has seen more than we have: we were restored from a copy. A new epoch makes every device tell anew.
        fresh = secrets.token_hex(16)
        connection.execute("update counter set epoch = %s where epoch = %s", (fresh, stand.epoch))
        # Two devices may notice at once: what stands in the table is answered, whoever wrote it.
        (told,) = row(connection, "select epoch from counter")
        return replace(stand, epoch=str(told))
    return stand


def _read_stand(connection: Connection, device: Device, ask: PullAsk) -> Stand:
    return _stand_of(*row(connection, STAND, {"device": device.id, "seen": ask.head_seen[0]}))


def _stand_of(epoch: str, number: int, chain: bytes, ev: int, kept: int, *rest: Any) -> Stand:
    at, cursor, known_ev, seen = rest
    contact = None if at is None else purges.Contact(at, (cursor, known_ev))
    return Stand(epoch, (number, chain.hex()), ev, kept, contact, None if seen is None else seen.hex())


def _is_lost(stand: Stand, seen: int, known: str) -> bool:
    return seen > stand.head[0] or (bool(known) and stand.seen is not None and stand.seen != known)


def _scope_frames(gains: Iterable[entitlement.Entitlement], offers: Iterable[Offer]) -> list[Frame]:
    """What changed of scopes; those that come by pages with where they are (`ref` too, at a first sync)."""
    paged = {each.scope: ScopeGained(each.scope, each.number, each.pages) for each in offers}
    told: list[Frame] = [
        paged.pop(each.scope, ScopeGained(each.scope)) if each.held else ScopeLost(each.scope) for each in gains
    ]
    return [*told, *paged.values()]


def _news(connection: Connection, question: Question, since: int) -> tuple[list[str], dict[str, Any]]:
    """Records written after the cursor, in ledger order, urgent ones also at the front."""
    device, ask, stand = question.device, question.ask, question.stand
    own = "" if ask.whole or not since else " and (echo or device <> %(device)s)"
    scopes = list(question.scopes)
    values = {"since": since, "device": device.id, "scopes": scopes, "limit": ask.limit + 1}
    statement = (
        f"select {COLUMNS} from record where number > %(since)s and scope = any(%(scopes)s){own}"  # noqa: S608
        " order by number limit %(limit)s"
    )
    page, more = _within(connection, statement, values)
    front = _urgent(connection, page[-1][-1], scopes) if more and not ask.after else []
    if since or ask.whole or ask.epoch not in ("", stand.epoch):
        # Who has nothing yet has nothing to drop.
        page = _with_departed(connection, page, values | {"until": page[-1][-1] if more else None})
    end = _end(stand, page[-1][-1] if more else stand.head[0])
    return [line_of(each) for each in (*front, *page)], {**end, "more": more, "after": "more" if more else ""}


def _end(stand: Stand, following: int) -> dict[str, Any]:
    return {"next": following, "head": stand.head, "more": False, "epoch": stand.epoch, "ev": stand.ev, "after": ""}


def _with_departed(
    connection: Connection, page: list[tuple[Any, ...]], values: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """A page with what left the scopes that are held, up to where the page ends."""
    left = connection.execute(DEPARTED.encode(), values).fetchall()
    return sorted([*page, *left], key=lambda each: int(each[-1])) if left else page


def _urgent(connection: Connection, beyond: int, scopes: list[str]) -> list[tuple[Any, ...]]:
    statement = (
        f"select {COLUMNS} from record where urgent and number > %s and scope = any(%s)"  # noqa: S608
        f" order by number limit {URGENT}"
    )
    return connection.execute(statement.encode(), (beyond, scopes)).fetchall()


def _backfill(
    connection: Connection, question: Question, gained: list[str], back: list[str]
) -> tuple[list[str], dict[str, Any]]:
    """What newly granted scopes held before the cursor, in order of id; cursor and `ev` wait until the end.

    What came after the cursor is news, and comes as such. `back`: those of the gained scopes that were given back.
    """
    device, ask, stand = question.device, question.ask, question.stand
    own = "" if ask.whole else " and (echo or device <> %(device)s or scope = any(%(back)s))"
    values = {"scopes": gained, "after": ask.after, "since": ask.since, "device": device.id, "limit": ask.limit + 1}
    values["back"] = back
    statement = (
        f"select {COLUMNS} from record where scope = any(%(scopes)s) and id > %(after)s and number <= %(since)s{own}"  # noqa: S608
        " order by id limit %(limit)s"
    )
    page, more = _within(connection, statement, values)
    end = {"next": ask.since, "head": stand.head, "more": True, "epoch": stand.epoch}
    if more:
        return [line_of(each) for each in page], {**end, "ev": ask.ev, "after": str(page[-1][0])}
    rest = stand.head[0] > ask.since
    return [line_of(each) for each in page], {**end, "more": rest, "ev": stand.ev, "after": ""}


def _within(connection: Connection, statement: str, values: dict[str, Any]) -> tuple[list[tuple[Any, ...]], bool]:
    """The first rows of a question, while their contents have room, at least one; and whether there are more.

    A few are asked for at once, which is mostly all there is. Where there are more they come a few at a time: what does
    not go into this page is never held.
    """
    few = connection.execute(statement.encode(), values | {"limit": min(values["limit"], FEW + 1)}).fetchall()
    if len(few) < min(values["limit"], FEW + 1) and sum(len(found[CONTENTS]) for found in few) <= ROOM:
        return few, False
    page: list[tuple[Any, ...]] = []
    room = ROOM
    with connection.cursor(name="page") as cursor:
        cursor.itersize = FEW
        cursor.execute(statement.encode(), values)
        for found in cursor:
            room -= len(found[CONTENTS])
            if page and (room < 0 or len(page) == values["limit"] - 1):
                return page, True
            page.append(found)
    return page, False
