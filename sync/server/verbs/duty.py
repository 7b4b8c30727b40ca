"""What waits: changes of a newer schema, and the clocks of safeguarding."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from sync.merge.duty import DAYS, PARTS
from sync.server import workers
from sync.server.clock import real_clock, stamp
from sync.server.database import Connection, one
from sync.server.desk import at_desk
from sync.server.own import Saying, say
from sync.server.publish import SETTINGS
from sync.server.verbs.core import verb

CLOCK = click.DateTime(["%H:%M"])


@verb("held")
@click.option("--try", "again", is_flag=True, help="Try them again now, as serving does when it starts.")
def held_changes(data: Path, dsn: str | None, again: bool) -> dict[str, Any]:
    """How many changes wait because a newer fieldkit wrote them; or try them again."""
    from sync.server import held, retrying

    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        told = retrying.try_held(connection, real_clock()) if again else {}
        return {**told, "held": held.count(connection)}


@verb("escalate")
def escalate(data: Path, dsn: str | None) -> dict[str, Any]:
    """Tell whoever must be told by now of open safeguarding: for a timer, every few minutes."""
    from sync.server import escalation

    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        told = written = escalation.run_due(connection, real_clock())
        while written:
            told += (written := escalation.run_due(connection, real_clock()))
        return {"told": told, **escalation.gauges(connection)}


@verb("rota")
@click.argument("worker")
@click.option("--part", type=click.Choice(PARTS), required=True, help="Duty by day, by night, or a deputy.")
@click.option("--from", "since", type=click.DateTime(), required=True, help="When the turn begins, UTC.")
@click.option("--until", type=click.DateTime(), required=True, help="When it ends, UTC.")
def rota(data: Path, dsn: str | None, worker: str, part: str, since: datetime, until: datetime) -> dict[str, Any]:
    """Add a turn of duty to the council's settings."""
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        if since >= until:
            raise click.UsageError("A turn must begin before it ends.")
        if until.replace(tzinfo=UTC) < real_clock():
            raise click.UsageError("That turn is over already.")
        person = workers.find(connection, worker)
        turn = {"worker": person, "part": part, "from": _utc(since), "until": _utc(until)}
        row = f"rota/0{uuid4().hex[:15]}"
        _settle(connection, {f"{row}/{name}": value for name, value in turn.items()} | {f"{row}/@order": _utc(since)})
        return turn


@verb("hours")
@click.option("--day", "days", type=click.Choice(DAYS), multiple=True, required=True, help="A working day.")
@click.option("--from", "begins", type=CLOCK, default="08:30", help="When work begins, by the council's own clock.")
@click.option("--until", "ends", type=CLOCK, default="17:30", help="When it ends.")
def hours(data: Path, dsn: str | None, days: tuple[str, ...], begins: datetime, ends: datetime) -> dict[str, Any]:
    """Say when the council is at work: outside these hours duty is told at once."""
    if begins >= ends:
        raise click.UsageError("Work must begin before it ends, on the same day.")
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        told: dict[str, Any] = {
            "hours/days": list(dict.fromkeys(days)),
            "hours/from": f"{begins:%H:%M}",
            "hours/until": f"{ends:%H:%M}",
        }
        _settle(connection, told)
        return told


def _settle(connection: Connection, patch: dict[str, Any]) -> None:
    say(connection, [Saying(SETTINGS, "settings", patch)], real_clock())


def _utc(told: datetime) -> str:
    return stamp(told.replace(tzinfo=UTC))
