"""Around a visit: the next one, what goes to the family the same day, and invitations to a meeting about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fieldkit.commands.edge import device_verb, opened
from fieldkit.workspace.new_file import NewFile
from fieldkit.workspace.papers import WAYS, Meeting

OUT = click.Path(path_type=Path)


@click.command(name="family-copy")
@device_verb
@click.argument("family")
@click.option("--as", "way", default="html", show_default=True, type=click.Choice(WAYS), help="Which document.")
@click.option("--large-print", is_flag=True, help="Letters of 20 points.")
@click.option("--reason", required=True, help="Why it leaves the device; kept in the audit.")
@click.option("--out", type=OUT, required=True, help="A new file, readable by you alone.")
def family_copy(home: Path | None, passphrase_file: Path | None, family: str, out: Path, **asked: Any) -> None:
    """Assessment and plan for the family to keep: plain words, without what is not for their copy."""
    with opened(home, passphrase_file) as workspace, NewFile(out) as file:
        file.write(workspace.family_copy(family, asked["way"], asked["reason"], large=asked["large_print"]))
    click.echo("Is it safe for them to have it at home? Hand it over, then delete the file.", err=True)


@click.command()
@device_verb
@click.argument("family")
@click.option("--agency", required=True, help="Who is invited, as the agreement names them.")
@click.option("--on", required=True, metavar="DAYTTIME", help="When, as 2026-12-08T15:00, on the council's clock.")
@click.option("--minutes", default=60, show_default=True, type=int, help="How long.")
@click.option("--place", default="", help="Where; not a family's address.")
@click.option("--moved-from", default="", metavar="DAY", help="The day it was first set for, when it was moved.")
@click.option("--name-because", default="", help="Why the family's name stands in it; else its initials do.")
@click.option("--reason", required=True, help="Why it leaves the device; kept in the audit.")
@click.option("--out", type=OUT, required=True, help="A new file, readable by you alone.")
def invite(home: Path | None, passphrase_file: Path | None, family: str, out: Path, **asked: Any) -> None:
    """A team-around-the-family meeting as a calendar file for one agency, when it may know of it."""
    reason = asked.pop("reason")
    with opened(home, passphrase_file) as workspace, NewFile(out) as file:
        file.write(workspace.invitation(family, Meeting(**asked), reason))
    click.echo("Delete the file when it has been sent.", err=True)


@click.command(name="plan-visit")
@device_verb
@click.argument("family")
@click.option("--on", required=True, metavar="DAY", help="The day, as 2026-12-08.")
def plan_visit(home: Path | None, passphrase_file: Path | None, family: str, on: str) -> None:
    """Plan the next visit: it stands on Today when its day is near, and goes when its note is filed."""
    with opened(home, passphrase_file) as workspace:
        workspace.plan_visit(family, on)
        click.echo(f"ACK {family}")


COMMANDS = (family_copy, invite, plan_visit)
