"""The register on the command line: sessions, who came, who is in now, reach."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from fieldkit.casework import registers
from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.errors import Refused
from fieldkit.workspace.registers import BANDS, InNow, Plan, SessionRow

STATUS = ("present", "late", "left", "undo", "book")
AS_STATUS = {"undo": registers.UNDONE, "book": registers.BOOKED}


@click.command("plan-session")
@device_verb
@click.argument("centre")
@click.option("--name", required=True, help="What the group or course is called.")
@click.option("--on", required=True, help="The first day, as 2026-12-04.")
@click.option("--begins", default="", help="As 13:30.")
@click.option("--ends", default="")
@click.option("--venue", default="", help="Else the centre.")
@click.option("--leader", default="", help="Else you.")
@click.option("--kind", default="play", show_default=True, help="As the session's form names it.")
@click.option("--places", type=click.IntRange(0, 10_000), default=0)
@click.option("--weeks", type=click.IntRange(1, 52), default=1, help="Repeated a week apart.")
def plan_session(home: Path | None, passphrase_file: Path | None, centre: str, **told: Any) -> None:
    """Plan a session at a centre, or a course of several."""
    plan = Plan(**{**told, "on": a_day(told["on"])})
    with opened(home, passphrase_file) as workspace:
        for made in workspace.plan_session(centre, plan):
            click.echo(f"ACK {made}")


@click.command()
@device_verb
@json_flag
@click.option("--centre", default="", help="Only of this one.")
def sessions(home: Path | None, passphrase_file: Path | None, as_json: bool, centre: str) -> None:
    """The sessions on this device, the nearest day first."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.sessions(centre)
        tell(rows, as_json, lambda: [_session_line(row) for row in rows] or ["no sessions"])


def _session_line(row: SessionRow) -> str:
    places = f", {row.places} places" if row.places else ""
    return f"{row.id}  {row.on:%a %d %b} {row.begins}  {row.name}, {row.centre_name}: {row.here} of {row.of}{places}"


@click.command()
@device_verb
@click.argument("session")
@click.argument("persons", nargs=-1)
@click.option("--as", "status", type=click.Choice(STATUS), default="present", show_default=True)
@click.option("--walk-in", "new", metavar="NAME", help="Somebody new: a name and --age; the rest is asked later.")
@click.option("--age", "band", type=click.Choice(list(BANDS)), help="Of the walk-in: from this age on.")
def attend(
    home: Path | None, passphrase_file: Path | None, session: str, persons: tuple[str, ...], **told: str | None
) -> None:
    """Say of people that they came. The same person on two laptops is one; it is never "child seen"."""
    new, status = told["new"], str(told["status"])
    if bool(new) == bool(persons) or bool(new) != bool(told["band"]):
        raise click.UsageError("Name the people; or somebody new with --walk-in NAME --age BAND.")
    with opened(home, passphrase_file) as workspace:
        if new:
            click.echo(f"ACK {workspace.walk_in(session, new, str(told['band']))}")
            return
        for person in workspace.attend(session, persons, AS_STATUS.get(status, status)):
            click.echo(f"ACK {person}")


@click.command("in-now")
@device_verb
@json_flag
@click.argument("session")
def in_now(home: Path | None, passphrase_file: Path | None, as_json: bool, session: str) -> None:
    """Who is in the building now, children first; protected people by alias."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.in_now(session)
        tell(rows, as_json, lambda: [f"{len(rows)} people in now", *map(in_line, rows)])


def in_line(row: InNow) -> str:
    """One person for an evacuation's list."""
    age = "adult" if row.adult else f"child, {row.age}" if row.age is not None else "child"
    more = [f"allergies: {row.allergies}"] if row.allergies else []
    more += [f"collected by: {row.collect}"] if row.collect else []
    return "  ".join([f"{row.name} ({age})", *more])


@click.command()
@device_verb
@json_flag
@click.argument("centre")
@click.option("--from", "since", required=True, help="The first day, as 2026-09-01.")
@click.option("--to", "until", required=True, help="The last day.")
def reach(home: Path | None, passphrase_file: Path | None, as_json: bool, centre: str, since: str, until: str) -> None:
    """Under-fives who came, each once: by month, new to the centre, and three times or more."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.reach(centre, a_day(since), a_day(until))
        head = "month     children   new   3 times or more"
        lines = [f"{row.month:<9} {row.children:>8} {row.new:>5} {row.sustained:>17}" for row in rows]
        tell(rows, as_json, lambda: [head, *lines])


@click.command()
@device_verb
@click.argument("session")
@click.option("--adults", type=click.IntRange(0, 100_000), required=True)
@click.option("--children", type=click.IntRange(0, 100_000), required=True)
def headcount(home: Path | None, passphrase_file: Path | None, session: str, adults: int, children: int) -> None:
    """How many this laptop counted without a name; the counts of several laptops are added."""
    with opened(home, passphrase_file) as workspace:
        workspace.count_unnamed(session, adults, children)
        click.echo(f"ACK {session}")


def a_day(told: str) -> date:
    """A day as it is written; Refused for anything else."""
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise Refused("That is no day.", "Write it as 2026-12-04.") from None


COMMANDS = (plan_session, sessions, attend, in_now, reach, headcount)
