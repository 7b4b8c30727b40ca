"""Devices that are lost or given back: refused, shredded, what they held, what they have not purged yet."""

import json
from pathlib import Path
from typing import Any

import click

from sync.server import backup_ends, breach, devices, purges, shredding, workers
from sync.server.clock import real_clock, stamp
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.verbs.core import NAME, central, located, telling, verb


@central.command("devices")
@click.argument("worker", type=NAME, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@located
def known(data: Path, dsn: str | None, worker: str | None, as_json: bool) -> None:
    """Every device, or those of one worker, with the id that `revoke` and `breach-report` ask for."""
    with telling(), at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        found = devices.listed(connection, workers.find(connection, worker) if worker else "")
    lines = [f"{each['device']}  {each['name']}, {each['label']}: {_met(each)}" for each in found]
    click.echo(json.dumps({"devices": found}) if as_json else "\n".join(lines or ["none"]))


def _met(each: dict[str, str]) -> str:
    return f"{each['state']}, enrolled {each['enrolled'][:10]}, last contact {each['last_contact']}"


@verb("revoke")
@click.argument("device")
@click.option("--shred", is_flag=True, help="Tell it on contact to destroy its keys: what it has not synced is lost.")
def revoke(data: Path, dsn: str | None, device: str, shred: bool) -> dict[str, Any]:
    """Refuse a device from its next request on."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        devices.revoke(connection, device, real_clock())
        if shred:
            shredding.order(connection, device, real_clock())
        told = backup_ends.tell(data, connection, desk.keys)
        state = {"device": device, "state": "revoked", "shred": "ordered" if shred else "not ordered"}
        return state | {"told_backups": told}


@verb("purges")
def unconfirmed(data: Path, dsn: str | None) -> dict[str, Any]:
    """List which devices have not confirmed that they removed a scope which their worker lost."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        lines = [
            {
                "device": each.device,
                "label": each.label,
                "worker": each.worker,
                "scope": each.scope,
                "lost_at": stamp(each.lost_at),
                "ordered_at": stamp(each.ordered_at) if each.ordered_at else "",
                "remaining": each.remaining,
            }
            for each in purges.unconfirmed(connection)
        ]
        return {"unconfirmed": lines}


@central.command("breach-report")
@click.argument("device")
@click.option("--by", type=NAME, default="desk", help="Who asks (noted in the audit).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@located
def breach_report(data: Path, dsn: str | None, device: str, by: str, as_json: bool) -> None:
    """Tell what a lost device held, and what to do within 72 hours. Holds names: keep what it prints apart."""
    with telling(), at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        told = breach.report(connection, device, by, real_clock())
    click.echo(json.dumps(told) if as_json else "\n".join(_page(told)))


def _page(told: dict[str, Any]) -> list[str]:
    """The report as a page to read."""
    lists = ("families", "other_scopes", "what_to_do", "kinds_of_data")
    lines = [f"{name.replace('_', ' ')}: {fact}" for name, fact in told.items() if name not in lists]
    lines += ["", "kinds of data:", *(f"  {kind}: {words}" for kind, words in told["kinds_of_data"].items())]
    for heading in lists[:2]:
        lines += ["", f"{heading.replace('_', ' ')}:"]
        lines += [f"  {_line(each)}" for each in told[heading]]
    return [*lines, "", "what to do:", *(f"  {number}. {each}" for number, each in enumerate(told["what_to_do"], 1))]


def _line(each: dict[str, Any]) -> str:
    counts = ", ".join(f"{count} {kind}" for kind, count in each["records"].items()) or "nothing"
    lost = f", lost {each['lost']}" if each["lost"] else ""
    first = f"  SEE TO FIRST: {', '.join(each['see_to_first'])}" if each["see_to_first"] else ""
    return f"{each['name'] or each['scope']} ({each['scope']}; on device: {each['on_device']}{lost}): {counts}{first}"
