"""Who holds a family and what lies between hands: cover, what was set aside, scopes opened by name."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from sync.server import entitlement, quarantine, workers
from sync.server.clock import real_clock, stamp
from sync.server.database import Connection, one
from sync.server.desk import at_desk
from sync.server.verbs.core import COUNT, REASON, verb

DAY = click.DateTime(["%Y-%m-%d"])


def _day(told: datetime) -> date:
    return told.date()


def _now(connection: Connection, name: str) -> str:
    """A worker as entitled at this moment: what ended by the clock is ended first."""
    person = workers.find(connection, name)
    entitlement.expire(connection, person, real_clock())
    return person


@verb("cover")
@click.argument("worker")
@click.option("--for", "absent", required=True, help="Who is away.")
@click.option("--until", type=DAY, required=True, help="The last day.")
@click.option("--by", required=True, help="The lead who arranges it.")
def cover(data: Path, dsn: str | None, worker: str, absent: str, until: datetime, by: str) -> dict[str, Any]:
    """Let a worker hold all families and centres of an absent one until a day; never what is for named people."""
    from sync.server import handovers

    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        if _day(until) < real_clock().date():
            raise click.UsageError("That day has passed.")
        away, to, lead = (_now(connection, name) for name in (absent, worker, by))
        scopes = handovers.cover(connection, away, to, _day(until), lead, real_clock())
        return {"worker": to, "for": away, "until": str(_day(until)), "scopes": scopes}


@verb("open-to")
@click.argument("worker")
@click.argument("scope")
@click.option("--by", required=True, help="Somebody who holds it.")
@click.option("--reason", type=REASON, required=True, help="Why this person needs it; it stays out of the trail.")
def open_to(data: Path, dsn: str | None, worker: str, scope: str, by: str, reason: str) -> dict[str, Any]:
    """Open an address or restricted material to one named person."""
    from sync.server import named

    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        person, giver = _now(connection, worker), _now(connection, by)
        named.open_to(connection, person, scope, giver, reason, real_clock())
        return {"worker": person, "scope": scope}


@verb("split")
@click.argument("family")
@click.option("--date", "on", type=DAY, required=True, help="The last day both parts share.")
@click.option("--move", "moved", multiple=True, required=True, help="A person (or a record only theirs) who goes.")
@click.option("--link", "linked", multiple=True, help="A person who stays, with a second home where the others go.")
@click.option("--to", multiple=True, help="Who holds the new part; the lead when nobody is named.")
@click.option("--by", required=True, help="The lead who orders it and holds the family.")
@click.option("--reason", type=REASON, required=True, help="Why; it stays out of the trail.")
def split(data: Path, dsn: str | None, by: str, **given: Any) -> dict[str, Any]:
    """Part a family in two: shared history up to a date, and nothing after it."""
    from sync.server import splits

    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        to = tuple(workers.find(connection, name) for name in given["to"])
        order = splits.Order(
            given["family"],
            _day(given["on"]),
            given["moved"],
            given["linked"],
            to,
            _now(connection, by),
            given["reason"],
        )
        done = splits.split(connection, order, real_clock())
        told = {"family": done.family, "scope": done.new, "moved": list(order.moved)}
        return told | {"copied": len(done.copied), "unproven": done.unproven}


@verb("quarantine")
@click.argument("device", required=False)
@click.argument("seq", type=COUNT, required=False)
@click.option("--by", help="A lead: what belongs where that lead holds. Without: only how many there are.")
def show_quarantine(data: Path, dsn: str | None, device: str | None, seq: int | None, by: str | None) -> dict[str, Any]:
    """What was set aside: counted; for a lead listed; with DEVICE SEQ one of them in its words."""
    if (device is None) != (seq is None) or (device is not None and by is None):
        raise click.UsageError("Give DEVICE and SEQ together, with --by: who looks at one is noted.")
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        if by is None:
            return {"waiting": quarantine.counted(connection)}
        lead = _now(connection, by)
        if device is not None and seq is not None:
            aside = quarantine.look(connection, device, seq, lead, real_clock())
            return {**_told(aside), "patch": dict(aside.change.patch)}
        return {"waiting": [_told(each) for each in quarantine.waiting(connection, lead)]}


@verb("quarantine-settle")
@click.argument("change", type=(str, COUNT), metavar="DEVICE SEQ")
@click.option("--take/--leave", "take", required=True, default=None, help="Make it a version of its author's, or not.")
@click.option("--by", required=True, help="A lead who holds the family.")
@click.option("--reason", type=REASON, required=True, help="Why; it stays beside the change.")
def settle_quarantine(
    data: Path, dsn: str | None, change: tuple[str, int], take: bool, by: str, reason: str
) -> dict[str, Any]:
    """Settle one change that was set aside."""
    (device, seq), now = change, real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        lead = _now(connection, by)
        aside = quarantine.look(connection, device, seq, lead, now)
        version = quarantine.settle(connection, aside, lead, take=take, why=reason, now=now)
        return {"device": device, "seq": seq, "settled": "take" if take else "leave", "version": version}


def _told(aside: quarantine.Aside) -> dict[str, Any]:
    change = aside.change
    ids = {"device": change.device, "seq": change.seq, "record": change.record, "scope": aside.scope}
    return ids | {
        "kind": change.kind,
        "author": change.actor,
        "reason": aside.reason,
        "received_at": stamp(aside.received_at),
    }
