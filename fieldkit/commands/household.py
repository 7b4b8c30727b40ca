"""People of a family on the command line: who is who, a birth, the plan, who knows what, who may be here twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from fieldkit.casework import knowing
from fieldkit.casework.household import BONDS, SOURCES
from fieldkit.casework.plan import MARKS, STATUSES
from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.errors import Refused
from fieldkit.workspace.views import FamilyPage, PersonDetails


@click.command(name="family")
@device_verb
@json_flag
@click.argument("family")
def family_page(home: Path | None, passphrase_file: Path | None, as_json: bool, family: str) -> None:
    """The whole of a family: people and what they are to each other, plan, scores, sharing, what happened."""
    with opened(home, passphrase_file) as workspace:
        page = workspace.family(family)
        tell(page, as_json, lambda: _page(page))


def _page(page: FamilyPage) -> Iterator[str]:
    whole = page.whole
    yield " · ".join(
        part for part in (page.name, f"lead {page.lead}" if page.lead else "no lead yet", whole.agreed) if part
    )
    yield from (
        line for line in (*page.taken_back, *page.banners, whole.stands, *whole.advice, *whole.differing) if line
    )
    for person in page.people:
        told = (person.name, person.age_words, person.relation, person.where, person.days)
        yield "  " + "  ".join(part for part in told if part) + f"  ({person.id})"
        yield from (f"    ! {flag}" for flag in person.flags)
        yield from (f"    {tie}" for tie in person.ties)
    yield from (f"  {agency}: {answer}" for agency, answer in whole.agencies)
    yield from (f"  {MARKS[row.stands]} {row.what}  {row.owner}  {row.stands}" for row in whole.actions)
    yield from (f"  {row.about}, {row.voice}: {row.first} {row.picture} {row.last}" for row in whole.scores)
    yield from (f"  {words}" for words in whole.talk)
    yield from (f"  {row.on.isoformat()}  {row.title}  {row.line}  {row.state}" for row in page.chronology)


@click.command()
@device_verb
@click.argument("family")
@click.option("--given", default="")
@click.option("--surname", default="")
@click.option("--known-as", default="")
@click.option("--dob", default="", help="Date of birth: 2024-08-01.")
@click.option("--expected", default="", help="When an unborn child is expected.")
@click.option("--relation", default="", help="mother, child, grandmother …")
@click.option("--household", default="", help="home, elsewhere, both.")
@click.option("--days", default="", help="With two homes: on which days.")
@click.option("--phone", default="")
@click.option("--nhs-number", default="")
@click.option("--somebody-else", is_flag=True, help="Whoever is alike is another person: add this one.")
def add_person(home: Path | None, passphrase_file: Path | None, family: str, somebody_else: bool, **told: str) -> None:
    """Add a person to a family. Exit 1 with the reasons, field by field, when they may be here already."""
    details = PersonDetails(**told)
    with opened(home, passphrase_file) as workspace:
        found = workspace.alike(family, details)
        for row in found:
            click.echo(f"{row.level}: {row.id} ({'; '.join(row.reasons)})", err=True)
        if found and not somebody_else:
            raise Refused("They may be here already; nobody was added.", "If it is somebody else: --somebody-else.")
        click.echo(f"ACK {workspace.add_person(family, details, [row.id for row in found])}")


@click.command()
@device_verb
@click.argument("one")
@click.argument("word", type=click.Choice(sorted(BONDS)))
@click.argument("other")
@click.option("--pr", default="", type=click.Choice(["", "yes", "no", "unknown"]), help="Parental responsibility.")
@click.option("--pr-from", default="", type=click.Choice(["", *SOURCES]), help="Where it comes from.")
def relate(home: Path | None, passphrase_file: Path | None, one: str, word: str, other: str, **told: str) -> None:
    """ONE is WORD of OTHER: `relate NGOZI mother ADA`. Kept once, read from both ends."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.relate(one, word, other, told['pr'], told['pr_from'])}")


@click.command()
@device_verb
@click.argument("child", metavar="PERSON")
@click.option("--dob", required=True, help="Date of birth: 2026-11-21.")
@click.option("--given", default="", help="Their name, when it is known.")
def born(home: Path | None, passphrase_file: Path | None, child: str, dob: str, given: str) -> None:
    """An expected child is born: the same person gets a date of birth."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.born(child, dob, given)}")


@click.command()
@device_verb
@json_flag
@click.argument("family")
def plan(home: Path | None, passphrase_file: Path | None, as_json: bool, family: str) -> None:
    """The actions of a family's plan, what is late first."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.plan(family)
        lines = [f"{MARKS[r.stands]} {r.what}  {r.owner}  {r.by or ''}  {r.stands}  ({r.row})" for r in rows]
        tell(rows, as_json, lambda: lines or ["No action is written yet."])


@click.command(name="move-action")
@device_verb
@click.argument("family")
@click.argument("row")
@click.option("--to", "status", default="", type=click.Choice(["", *STATUSES]), help="Else one step on.")
@click.option("--words", default="", help="What came of it; or why it stopped, as the form's word.")
def move_action(
    home: Path | None, passphrase_file: Path | None, family: str, row: str, status: str, words: str
) -> None:
    """Move an action on: an ordinary edit of the record that told of it last."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.move_action(family, row, status, words)}")


@click.command(name="who-knows")
@device_verb
@json_flag
@click.argument("family")
@click.option("--large-print", is_flag=True, help="Wide apart, a line an idea.")
@click.option("--for-family", is_flag=True, help="To be left with them: nothing that endangers who reads it.")
def who_knows(
    home: Path | None, passphrase_file: Path | None, as_json: bool, family: str, large_print: bool, for_family: bool
) -> None:
    """Who knows what about a family and why, in plain words."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.who_knows(family, careful=for_family)
        tell(rows, as_json, lambda: knowing.lines(rows, large_print))


@click.command(name="is-open")
@device_verb
@json_flag
@click.argument("family")
def is_open(home: Path | None, passphrase_file: Path | None, as_json: bool, family: str) -> None:
    """Whether an assessment is open already for a family or for its people elsewhere, and whom to ring."""
    with opened(home, passphrase_file) as workspace:
        found = workspace.open_assessment(family)
        lines = (
            [f"Open since {found.since}: {found.lead}, {found.contact}. {found.why}"]
            if found
            else ["None is open here."]
        )
        tell(found, as_json, lambda: lines)


@click.command()
@device_verb
@json_flag
@click.argument("record")
def history(home: Path | None, passphrase_file: Path | None, as_json: bool, record: str) -> None:
    """Who changed which answer of a record and when, what was there before; the latest first."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.history(record)
        lines = [f"{r.at:%d %b %Y %H:%M}  {r.who}: {r.label}  {r.before} > {r.after}  ({r.id})" for r in rows]
        tell(rows, as_json, lambda: lines)


@click.command(name="put-back")
@device_verb
@click.argument("record")
@click.argument("change")
def put_back(home: Path | None, passphrase_file: Path | None, record: str, change: str) -> None:
    """Put back what stood at a place before a change, named as `history` names it: an ordinary edit."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.restore_answer(record, change)}")


COMMANDS = (family_page, history, put_back, add_person, relate, born, plan, move_action, who_knows, is_open)
