"""Sealed copies of drafts, as the desk sees them: that they exist and how old they are; opened by two, destroyed."""

from pathlib import Path
from typing import Any

import click

from sync.server import draft_copies, workers
from sync.server.clock import real_clock, stamp
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.verbs.core import REASON, verb


@verb("drafts")
def drafts(data: Path, dsn: str | None) -> dict[str, Any]:
    """Count the copies of drafts, by worker: how many, since when the oldest, and when one came last."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        return {"drafts": draft_copies.counts(connection)}


@verb("drafts-open")
@click.argument("worker")
@click.option("--to", required=True, help="Whose laptop may fetch them for a day.")
@click.option("--by", required=True, help="Who decides it: a lead, information governance, or an administrator.")
@click.option("--second", required=True, help="Another of them; neither is the worker.")
@click.option("--reason", type=REASON, required=True)
def open_drafts(data: Path, dsn: str | None, worker: str, to: str, **given: str) -> dict[str, Any]:
    """Open the copies of somebody who left or forgot; it takes two persons, and the council's key to read them."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        about, receiver = (workers.find(connection, each) for each in (worker, to))
        two = (workers.find(connection, given["by"]), workers.find(connection, given["second"]))
        until = draft_copies.open_to(connection, about, receiver, two, (given["reason"], real_clock()))
        return {"worker": about, "open_to": receiver, "until": stamp(until)}


@verb("drafts-destroy")
@click.argument("device")
@click.option("--by", required=True, help="Who decided it (a worker).")
@click.option("--reason", type=REASON, required=True)
def destroy(data: Path, dsn: str | None, device: str, by: str, reason: str) -> dict[str, Any]:
    """Destroy every copy that came from a device, unread. What it held of unfinished work is then nowhere else."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        gone = draft_copies.destroy(connection, device, (workers.find(connection, by), reason), real_clock())
        return {"device": device, "destroyed": gone}
