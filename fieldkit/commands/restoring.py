"""Drafts of a lost laptop: brought back onto a new one; and for a lead, that there are some and how old they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from fieldkit.commands.council_key import FILE, two_persons
from fieldkit.commands.edge import Cost, device_verb, json_flag, opened, read_file, read_secret, tell
from fieldkit.errors import FieldkitError, Refused
from fieldkit.vault import council_key
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
@click.option("--old-passphrase-file", type=FILE, help="The lost laptop's passphrase.")
@click.option("--escrow", "worker", help="The drafts of this worker instead, by the council's key: it takes two.")
@click.option("--key", type=FILE, help="With --escrow: the council's key file.")
@click.option("--reason", default="", help="With --escrow: why they are opened; audited as done.")
@click.option("--first-passphrase-file", type=FILE, help="With --escrow: the first person's, for the council's key.")
@click.option("--second-passphrase-file", type=FILE, help="With --escrow: the second person's.")
def restore_drafts(home: Path | None, passphrase_file: Path | None, as_json: bool, **given: Any) -> None:
    """Bring back the drafts of a lost laptop, with the passphrase that it had. Exit 3: that opens none of them.

    With --escrow those of somebody who left or forgot; first central's desk opens them to you for a day, on the word
    of two persons: `fieldkit-central drafts-open WORKER --to YOU --by ONE --second OTHER --reason TEXT`.
    """
    private = _of_the_council(given) if given["worker"] else b""
    with opened(home, passphrase_file) as workspace:
        if private:
            done = workspace.restore_escrowed(given["worker"], private, given["reason"])
        else:
            done = workspace.restore_drafts(_old_passphrase(given["old_passphrase_file"]), Cost.kdf)
        tell(done, as_json, lambda: _lines(done))


def _old_passphrase(file: Path | None) -> str:
    if file is not None:
        return read_secret(file)
    return str(click.prompt("The other laptop's passphrase", hide_input=True, err=True))


def _of_the_council(given: Mapping[str, Any]) -> bytes:
    """The private half of the council's key, for two persons."""
    if given["key"] is None or not given["reason"].strip():
        raise Refused("Escrow needs the council's key file and a reason.", "Give --key and --reason.")
    persons = two_persons(given["first_passphrase_file"], given["second_passphrase_file"])
    return council_key.opened(read_file(given["key"]), persons, Cost.kdf).private


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
