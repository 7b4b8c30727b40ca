"""The register on the command line: sessions, who came, who is in now, reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from fieldkit.casework import registers
from fieldkit.casework.finding import Finder
from fieldkit.casework.registers import Attender, Book, Party, Reach
from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.errors import Refused
from fieldkit.exports.reach import KEY, bars
from fieldkit.workspace.centre_day import Completed, in_line, printed
from fieldkit.workspace.registers import BANDS, Plan, SessionRow


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
@click.option("--late", "status", flag_value=registers.LATE, help="They came late.")
@click.option("--left", "status", flag_value=registers.LEFT, help="They have gone.")
@click.option("--undo", "status", flag_value=registers.UNDONE, help="They were not there after all.")
@click.option("--walk-in", "new", metavar="NAME", help="Somebody new: a name and --age; the rest is asked later.")
@click.option("--age", "band", type=click.Choice(list(BANDS)), help="Of the walk-in: from this age on.")
def attend(
    home: Path | None, passphrase_file: Path | None, session: str, persons: tuple[str, ...], **told: str | None
) -> None:
    """Say of people that they came. The same person on two laptops is one; it is never "child seen"."""
    new, status = told["new"], told["status"] or registers.PRESENT
    if bool(new) == bool(persons) or bool(new) != bool(told["band"]):
        raise click.UsageError("Name the people; or somebody new with --walk-in NAME --age BAND.")
    with opened(home, passphrase_file) as workspace:
        if new:
            click.echo(f"ACK {workspace.walk_in(session, new, str(told['band']))}")
            return
        for person in workspace.attend(session, persons, status):
            click.echo(f"ACK {person}")


@click.command()
@device_verb
@json_flag
@click.argument("session")
@click.argument("letters", nargs=-1)
def expected(
    home: Path | None, passphrase_file: Path | None, as_json: bool, session: str, letters: tuple[str, ...]
) -> None:
    """Who is expected or here, with their ids; or whom some letters or a card mean."""
    with opened(home, passphrase_file) as workspace:
        door = workspace.door(session)
        if letters:
            parties = Finder(door.attenders).found(" ".join(letters), door.book)
        else:
            parties = registers.expected(door.attenders, door.book)
        rows = [_at_the_door(each, party, door.book) for party in parties for each in party.people]
        tell(rows, as_json, lambda: [f"{row['person']}  {row['name']}: {row['status'] or 'not down'}" for row in rows])


def _at_the_door(person: Attender, party: Party, book: Book) -> dict[str, str]:
    status = book.statuses.get(person.id, "")
    lead = "see lead" if party.see_lead else ""
    return {"person": person.id, "name": person.name, "status": status, "why": party.why, "mark": lead}


@click.command()
@device_verb
@click.argument("session")
@click.argument("persons", nargs=-1, required=True)
def book(home: Path | None, passphrase_file: Path | None, session: str, persons: tuple[str, ...]) -> None:
    """Book people into a session; of a course, into this week and all that follow."""
    with opened(home, passphrase_file) as workspace:
        for each in workspace.book(session, persons):
            click.echo(f"ACK {each}")


@click.command("in-now")
@device_verb
@json_flag
@click.argument("session")
@click.option(
    "--building", is_flag=True, help="Every session of that centre and day, and who was counted without a name."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="The whole building as a new file to print; needs --reason."
)
@click.option("--reason", default="", help="Why the file is made; kept in the audit.")
def in_now(home: Path | None, passphrase_file: Path | None, as_json: bool, session: str, **told: Any) -> None:
    """Who is in the building now, children first; protected people by alias."""
    with opened(home, passphrase_file) as workspace:
        if told["out"]:
            many = workspace.write_in_now(session, told["out"], told["reason"])
            tell({"people": many, "file": str(told["out"])}, as_json, lambda: [f"{many} people, written"])
        elif told["building"]:
            groups = workspace.in_building(session)
            tell(groups, as_json, lambda: list(printed(groups)))
        else:
            rows = workspace.in_now(session)
            tell(rows, as_json, lambda: [f"{len(rows)} people in now", *map(in_line, rows)])


@click.command("walk-ins")
@device_verb
@json_flag
@click.option("--centre", default="", help="Only of this one.")
def walk_ins(home: Path | None, passphrase_file: Path | None, as_json: bool, centre: str) -> None:
    """Who walked in and is still to be registered."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.to_complete(centre)
        tell(
            rows, as_json, lambda: [f"{row.person}  {row.on:%a %d %b}  {row.name}" for row in rows] or ["nobody waits"]
        )


@click.command("finish-walk-in")
@device_verb
@click.argument("walk-in")
@click.option("--same-as", "known", default="", help="It is this person, who was known before.")
@click.option("--family", default="", help="One of this family; else a new one is made.")
@click.option("--surname", default="")
@click.option("--dob", default="", help="As 2024-12-04.")
@click.option("--relation", default="", help="As mother, father, child.")
def finish_walk_in(home: Path | None, passphrase_file: Path | None, walk_in: str, **told: str) -> None:
    """Complete a walk-in: one of a family, or somebody already known. What they came to stays counted, once."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.finish_walk_in(walk_in, Completed(**told))}")


@click.command()
@device_verb
@json_flag
@click.argument("centre")
@click.option("--from", "since", required=True, help="The first day, as 2026-09-01.")
@click.option("--to", "until", required=True, help="The last day.")
@click.option("--bars", "pictured", is_flag=True, help="As bars.")
@click.option("--out", type=click.Path(path_type=Path), help="As a new file, .svg or .csv; needs --reason.")
@click.option("--reason", default="", help="Why the file is made; kept in the audit.")
def reach(home: Path | None, passphrase_file: Path | None, as_json: bool, centre: str, **told: Any) -> None:
    """Under-fives who came, each once: by month, new to the centre, and three times or more."""
    since, until = a_day(told["since"]), a_day(told["until"])
    with opened(home, passphrase_file) as workspace:
        rows = workspace.reach(centre, since, until)
        if told["out"]:
            workspace.write_reach(centre, (since, until), told["out"], told["reason"])
        tell(rows, as_json, lambda: [KEY, *bars(rows, 40)] if told["pictured"] else _reach_lines(rows))


def _reach_lines(rows: Sequence[Reach]) -> list[str]:
    head = "month     children   new   3 times or more   age not known"
    return [head, *(f"{r.month:<9} {r.children:>8} {r.new:>5} {r.sustained:>17} {r.ageless:>15}" for r in rows)]


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


COMMANDS = (plan_session, sessions, expected, book, attend, in_now, walk_ins, finish_walk_in, reach, headcount)
