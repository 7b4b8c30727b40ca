"""Parting a family in two (separation, refuge): history up to a date is shared, and nothing after it.

People who go take their records along; their devices' old scope loses them. What was written up to the date is copied,
under ids of its own that name their origin. Central's own hand writes all of it, as one order of a lead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from sync.changes import Change, Value
from sync.merge.attendances import projection_id
from sync.merge.splitting import STAYS, Version, as_it_was, copy_id, is_older, link, new_family, shared
from sync.server import audit, book, entitlement, own, projections, publish, workers
from sync.server.book import Standing
from sync.server.clock import end_of
from sync.server.database import Connection, acting_as
from sync.server.errors import NoSuchRecord, NotHeld
from sync.server.own import Hand, Saying


@dataclass(frozen=True, slots=True)
class Order:
    """What a lead orders."""

    family: str
    on: date
    """The last day both parts share."""
    moved: tuple[str, ...]
    """People, and other records that are only theirs, who go."""
    linked: tuple[str, ...] = ()
    """People who stay, but have a second home where the others go."""
    to: tuple[str, ...] = ()
    """The workers who hold the new part; the lead when nobody is named."""
    by: str = ""
    reason: str = field(default="", repr=False)


@dataclass(slots=True)
class Parting:
    """A split while it is made."""

    order: Order
    old: str
    new: str
    """The scopes."""
    end: datetime
    standing: Mapping[str, Standing] = field(repr=False)
    history: Mapping[str, list[Version]] = field(repr=False)
    hand: Hand
    copied: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    """Records from before the date, changed since, that could not be made as they were: the new part lacks them."""

    @property
    def family(self) -> str:
        """The record of the new family."""
        return self.new.removeprefix("family:")


def split(owner: Connection, order: Order, now: datetime) -> Parting:
    """Part a family, as owner of the tables. NoSuchRecord for what is not in it, NotHeld for a lead who lacks it."""
    acting_as(owner, "central")
    parting = _begin(owner, order, now)
    _open_card(parting)
    for record in order.moved:
        before = parting.standing[record]
        parting.hand.move(before, parting.new, {"family": parting.family} if "family" in before.state else {})
    _move_conflicts(parting)
    _share_history(parting)
    for person in order.linked:
        saying = Saying(copy_id(person, parting.new), "link", link(person, parting.standing[person].state), parting.new)
        parting.hand.say(saying, None)
    _share_attendance(parting)
    _note(parting, now)
    own.write(parting.hand)
    return parting


def _begin(owner: Connection, order: Order, now: datetime) -> Parting:
    old, new = f"family:{order.family}", f"family:{uuid4().hex}"
    if workers.role_of(owner, order.by) != "lead" or old not in entitlement.lasting_of(owner, order.by):
        raise NotHeld
    ids = owner.execute("select id from record where scope = %s and not deleted", (old,)).fetchall()
    standing = book.lock(owner, {str(record) for (record,) in ids})
    standing = {record: each for record, each in standing.items() if each.scope == old and not each.deleted}
    people = {record for record, each in standing.items() if each.kind == "person"}
    movable = {record for record, each in standing.items() if each.kind not in STAYS} | people
    wrong = not order.moved or not set(order.moved) <= movable or not set(order.linked) <= people - set(order.moved)
    if wrong or order.family not in standing:
        raise NoSuchRecord
    end = end_of(order.on, publish.zone(owner))
    return Parting(order, old, new, end, standing, _history(owner, list(standing)), Hand.take(owner, now))


def _history(owner: Connection, records: list[str]) -> dict[str, list[Version]]:
    statement = (
        "select record, version, version_hash, device, seq, prev_hash, line from version"
        " where record = any(%s) order by record, version"
    )
    found: dict[str, list[Version]] = {}
    for record, number, known, device, seq, prev_hash, line in owner.execute(statement, (records,)).fetchall():
        change = Change.of_line(line, device, seq, prev_hash)
        found.setdefault(record, []).append(Version(number, known, change))
    return found


def _as_it_was(parting: Parting, record: str) -> dict[str, Value] | None:
    history = parting.history.get(record, [])
    if is_older(history, parting.end):
        return dict(parting.standing[record].state)
    return as_it_was(record, history, parting.end)


def _open_card(parting: Parting) -> None:
    """The new family: who they are stays known, where they were is not where they are."""
    family = parting.order.family
    before = _as_it_was(parting, family) or {}
    parting.hand.say(Saying(parting.family, "family", new_family(before, family), parting.new), None)


def _move_conflicts(parting: Parting) -> None:
    """What people still disagree about goes along with its record."""
    for each in parting.standing.values():
        if each.kind == "conflict" and each.state.get("record") in parting.order.moved:
            parting.hand.move(each, parting.new, {})


def _share_history(parting: Parting) -> None:
    states = {}
    for record, each in parting.standing.items():
        if each.kind in STAYS or record in parting.order.moved:
            continue
        state = _as_it_was(parting, record)
        if state is not None:
            states[record] = state
        elif _began(parting, record):
            parting.unproven.append(record)
    ids = {record: copy_id(record, parting.new) for record in states} | {parting.order.family: parting.family}
    for record, state in states.items():
        each, first = parting.standing[record], parting.history[record][0].change
        words = {"actor": first.actor, "at": first.recorded_at}
        saying = Saying(ids[record], each.kind, shared(state, record, ids), parting.new, each.form, **words)
        parting.hand.say(saying, None)
        parting.copied.append(ids[record])


def _began(parting: Parting, record: str) -> bool:
    history = parting.history.get(record, [])
    return is_older(history[:1], parting.end)


def _share_attendance(parting: Parting) -> None:
    """Where those who go have been: up to the date both know it; what came later, nobody.

    The new part begins confidential, and where that is so nothing is shown.
    """
    shows = projections.of(parting.hand.connection, parting.standing)
    for record, each in parting.standing.items():
        if record not in shows or each.state.get("person") not in parting.order.moved:
            continue
        if str(each.state.get("date") or "") > str(parting.order.on):
            parting.hand.end(each)
            continue
        attendance, here = shows[record], projection_id(shows[record], parting.new)
        parting.hand.say(Saying(here, projections.KIND, dict(each.state), parting.new), None)
        projections.note(parting.hand.connection, attendance, here)


def _note(parting: Parting, now: datetime) -> None:
    """Who holds the new part, and that it was ordered; the reason stays out of the trail."""
    connection, order = parting.hand.connection, parting.order
    for worker in order.to or (order.by,):
        entitlement.grant(connection, worker, [parting.new], order.by, now)
    connection.execute(
        "insert into split (scope, origin, up_to, by, reason, at) values (%s, %s, %s, %s, %s, %s)",
        (parting.new, parting.old, order.on, order.by, order.reason, now),
    )
    audit.note(connection, now, "split", order.by, f"{parting.old} {parting.new} {' '.join(order.moved)}"[:2_000])
