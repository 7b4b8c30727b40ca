"""Drafts of a lost laptop: brought back onto a new one; and for a lead, that there are some and how old they are."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.commands.edge import Cost, device_verb, json_flag, opened, read_secret, tell
from fieldkit.errors import FieldkitError
from fieldkit.workspace import Workspace
from fieldkit.workspace.copying import TeamRow
from fieldkit.workspace.restoring import Restoration


def offer(workspace: Workspace) -> None:
    """Tell a worker with a new laptop that drafts of another one wait at central."""
    try:
        count = workspace.copies_elsewhere()
    except FieldkitError:
        return  # an older central has none; the worker is enrolled all the same
    if count:
        drafts = "1 draft" if count == 1 else f"{count} drafts"
        click.echo(f"Central has copies of {drafts} from another laptop of yours: `fieldkit restore-drafts`.", err=True)


@click.command("restore-drafts")
@device_verb
@json_flag
@click.option("--old-passphrase-file", type=click.Path(path_type=Path), help="The lost laptop's passphrase.")
def restore_drafts(
    home: Path | None, passphrase_file: Path | None, as_json: bool, old_passphrase_file: Path | None
) -> None:
    """Bring back the drafts of a lost laptop, with the passphrase that it had. Exit 3: that opens none of them."""
    with opened(home, passphrase_file) as workspace:
        if old_passphrase_file is not None:
            old = read_secret(old_passphrase_file)
        else:
            old = str(click.prompt("The other laptop's passphrase", hide_input=True, err=True))
        done = workspace.restore_drafts(old, Cost.kdf)
        tell(done, as_json, lambda: _lines(done))


def _lines(done: Restoration) -> list[str]:
    back = [
        f"{each.draft}  {each.form_title}, the copy of {each.copied_at:%d %B %Y %H:%M} from {each.device}"
        + (f"; {each.files_missing} attached files were on that laptop only" if each.files_missing else "")
        for each in done.restored
    ]
    left = [f"not brought back, a copy of {each.copied_at:%d %B %Y %H:%M}: {each.why}" for each in done.left]
    return [*back, *left] or ["Central has no copies of drafts that are not here."]


@click.command("team-drafts")
@device_verb
@json_flag
def team_drafts(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """For a lead: which workers have unfinished drafts, how many and how old. Never of whom, nor what is in them."""
    with opened(home, passphrase_file) as workspace:
        found = workspace.team_drafts()
        tell(found, as_json, lambda: [_row(each) for each in found])


def _row(each: TeamRow) -> str:
    return f"{each.name}: {each.drafts}, the oldest since {each.oldest:%d %B %Y}, newest {each.newest:%d %B %Y %H:%M}"


COMMANDS = (restore_drafts, team_drafts)
