"""What goes to agencies by permission, and permission taken back."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.casework.sharing import BASES
from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.exports.documents import KINDS
from fieldkit.workspace.new_file import NewFile


@click.command()
@device_verb
@click.argument("record")
@click.option("--with", "agency", required=True, help="The agency, as the agreement names it.")
@click.option("--reason", required=True, help="Why it goes there.")
@click.option("--basis", type=click.Choice(BASES), help="Without permission: the basis. A lead's decision.")
def share(
    home: Path | None, passphrase_file: Path | None, record: str, agency: str, reason: str, basis: str | None
) -> None:
    """Queue a record for an agency; it leaves with `release`, unless somebody takes permission back before."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.share(record, agency, reason, basis or '')}")


@click.command()
@device_verb
@click.argument("share_id", metavar="SHARE")
@click.option("--as", "kind", default="json", show_default=True, type=click.Choice(KINDS), help="Which document.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file, readable by you alone.")
def release(home: Path | None, passphrase_file: Path | None, share_id: str, kind: str, out: Path) -> None:
    """Let a queued share leave: central is asked first (exit 4 without it), and the permission looked at once more."""
    with opened(home, passphrase_file) as workspace, NewFile(out) as file:
        file.write(workspace.release(share_id, kind).content)
    click.echo(f"ACK {share_id}")
    click.echo("Delete the file when it has been sent.", err=True)


@click.command()
@device_verb
@json_flag
@click.argument("family")
def shares(home: Path | None, passphrase_file: Path | None, as_json: bool, family: str) -> None:
    """What is to go, has gone or was stopped, and what was taken back."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.shares(family)
        taken_back = list(workspace.taken_back(workspace.record(family).scope))
        lines = [f"{each.state:<8} {each.title} to {each.agency}  {each.why}" for each in rows]
        tell({"taken_back": taken_back, "shares": rows}, as_json, lambda: [*taken_back, *lines])


@click.command()
@device_verb
@click.argument("family")
@click.option("--giver", required=True, help="Who takes it back: their name, as in the agreement.")
@click.option("--agency", required=True, help="Which agency; @all is every one, @service the help itself.")
@click.option("--how", default="words", show_default=True, help="words, letter, e-mail, phone …")
@click.option("--since", default="", help="From when on; else from now.")
def withdraw(home: Path | None, passphrase_file: Path | None, family: str, **told: str) -> None:
    """Note that somebody takes a permission back. It stops what waits, erases nothing, and the lead is told."""
    with opened(home, passphrase_file) as workspace:
        made = workspace.withdraw(family, told["giver"], told["agency"], told["how"], told["since"])
        click.echo(f"ACK {made}")
    # Names are data: they stand on standard output of who asks for them, and in no log of what was said.
    click.echo(f"Noted. What it stops has stopped; `fieldkit shares {family}` shows it.", err=True)


COMMANDS = (share, release, shares, withdraw)
