"""The device itself: make it, enrol it, sync it, check it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from fieldkit import door, vault
from fieldkit.casework import evidence
from fieldkit.commands.closing import open_lines
from fieldkit.commands.edge import (
    Cost,
    device_verb,
    json_flag,
    new_passphrase,
    opened,
    place,
    read_words,
    tell,
    who_asks,
)
from fieldkit.commands.progress import going_on
from fieldkit.commands.restoring import offer
from fieldkit.config import SystemClock
from fieldkit.errors import FieldkitError
from fieldkit.machine import warnings
from fieldkit.store.room import LOW_MIB
from fieldkit.vault import advice
from fieldkit.workspace import NewPassphrase, change_passphrase, create_workspace
from fieldkit.workspace.device_views import Status

CONFLICTS_WAIT = 5


class Unsound(FieldkitError):
    """`verify` found something."""

    said = "Something on this device is not as it was saved."
    cure = "The list above says what, and what to do."
    exit_code = 7


@click.command()
@device_verb
@click.option("--person", default="", help="What you are called at the door. It stands in the clear: initials do.")
@click.option("--words", is_flag=True, help="Propose four words to remember.")
@click.option("--no-keyring", is_flag=True, help="Do not keep a secret of this device in this login's keyring.")
def init(home: Path | None, passphrase_file: Path | None, person: str, words: bool, no_keyring: bool) -> None:
    """Make a device in an empty folder."""
    at = place(home, passphrase_file)
    vault.refuse_made(at.home)
    keyring = vault.NoKeyring() if no_keyring else Cost.keyring(at.home)
    kept = keyring.is_there()
    if not kept:
        click.echo(advice.NO_KEYRING, err=True)
    if words:
        click.echo(f"Four words that nobody has used before: {advice.four_words()}", err=True)
    chosen = at.passphrase(new=True)
    advice.refuse(chosen, (person,), kept=kept)
    who = vault.Door(person, keyring if kept else vault.NoKeyring())
    made = create_workspace(at.home, chosen, clock=SystemClock(), kdf=Cost.kdf, door=who)
    made.mind_the_disk()
    made.close()
    for warning in warnings(at.home):
        click.echo(f"! {warning}", err=True)
    click.echo("Made. Enrol it with `fieldkit enrol URL CODE`.", err=True)


@click.command()
@device_verb
@click.argument("url")
@click.argument("code")
@click.option("--label", default="laptop", help="What the device is called at central.")
def enrol(home: Path | None, passphrase_file: Path | None, url: str, code: str, label: str) -> None:
    """Make the device known to central with a one-time code; after a fork again, and what was not sent goes along."""
    with opened(home, passphrase_file) as workspace:
        anew, made = workspace.me.enrolled, workspace.enrol(url, code, label)
        click.echo(f"Enrolled for {workspace.me.worker}.", err=True)
        if anew:
            click.echo(f"It has a new id; {made} changes that had not been sent were made anew under it.", err=True)
        offer(workspace)


@click.command()
@device_verb
@json_flag
def status(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """What waits, what is parked, which conflicts are open, when it last synced. While the app is open: as it told."""
    at = place(home, passphrase_file).home
    told = door.told(at)
    if told and door.is_open(at):
        facts = {"open": True, **told}
        tell(facts, as_json, lambda: open_lines(facts))
        return
    with opened(home, passphrase_file) as workspace:
        now = workspace.status()
        tell(now, as_json, lambda: _status_lines(now))


def _status_lines(now: Status) -> list[str]:
    last = f"{now.last_sync:%d %B %Y %H:%M}" if now.last_sync else "never"
    counts = f"{now.waiting} waiting · {now.parked} need a person · {now.drafts} drafts · {now.conflicts} conflicts"
    files = [f"{now.files} files wait to be sent or fetched"] if now.files else []
    asked = "central asks you to sign in: what you write goes on being sent, what is new comes after that"
    twice = "two laptops speak under this one's id, or this is an older copy: enrol again with a new code"
    files += [twice] if now.enrol_again else []
    low = [f"only {now.free_mib} MiB free on this disk: make room"] if 0 <= now.free_mib < LOW_MIB else []
    return [
        counts,
        *files,
        *([asked] if now.sign_in else []),
        f"last sync: {last}",
        *_copies(now),
        *low,
        "practice only, no real family",
    ]


def _copies(now: Status) -> list[str]:
    if not now.drafts:
        return []
    newest = f"{now.newest_copy:%d %B %Y %H:%M}" if now.newest_copy else "none"
    return [f"newest copy of a draft at central: {newest} · {now.drafts_uncopied} moved on since"]


@click.command()
@device_verb
@json_flag
def sync(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Send what waits and fetch what is new. Exit 4: central away. Exit 5: done, conflicts wait."""
    with opened(home, passphrase_file) as workspace:
        with going_on(quiet=as_json) as report:
            done = workspace.sync(report)
        waiting = workspace.status().conflicts
        words = f"{done.pushed} sent · {done.pulled} fetched · {done.parked} need a person · {waiting} conflicts wait"
        tell(done, as_json, lambda: [words, *done.reasons])
    if waiting:
        raise click.exceptions.Exit(CONFLICTS_WAIT)


@click.command()
@device_verb
@click.option("--new-passphrase-file", type=click.Path(path_type=Path), help="Read the new one from this file.")
@click.option("--new-key", is_flag=True, help="Give the store a new key too: every page is written anew.")
@click.option("--words", is_flag=True, help="Propose four words to remember.")
def passphrase(
    home: Path | None, passphrase_file: Path | None, new_passphrase_file: Path | None, new_key: bool, words: bool
) -> None:
    """Change your passphrase; the store itself is touched only with --new-key."""
    at = place(home, passphrase_file)
    who, old = who_asks(at.home), at.passphrase()
    if words:
        click.echo(f"Four words that nobody has used before: {advice.four_words()}", err=True)
    new = new_passphrase(new_passphrase_file, (who.person,))
    change_passphrase(at.home, NewPassphrase(old, new, new_key), clock=SystemClock(), kdf=Cost.kdf, door=who)
    click.echo("Changed.", err=True)


@click.command()
@device_verb
@json_flag
@click.option("--bundle", type=click.Path(path_type=Path), help="Check one sealed bundle in a file instead.")
def verify(home: Path | None, passphrase_file: Path | None, as_json: bool, bundle: Path | None) -> None:
    """Check pages, chains, views and seals. Exit 7 when anything is not as it was saved."""
    if bundle is not None:
        whole = evidence.is_whole(read_words(bundle).strip())
        tell({"whole": whole}, as_json, lambda: ["whole" if whole else "not as it was sealed"])
        if not whole:
            raise Unsound
        return
    with opened(home, passphrase_file) as workspace:
        found = workspace.verify()
        tell(found, as_json, lambda: [f"{each.what}: {each.where}. {each.cure}" for each in found] or ["all whole"])
    if found:
        raise Unsound


@click.command()
@device_verb
@click.option("--canonical", is_flag=True, help="One canonical JSON object a line, in order of id.")
@click.option("--reason", required=True, help="Why it is handed over; asked for, and audited as done.")
def dump(home: Path | None, passphrase_file: Path | None, canonical: bool, reason: str) -> None:
    """Every record of this device, for a hand-over."""
    with opened(home, passphrase_file) as workspace:
        for record in workspace.dump(reason):
            click.echo(_line(record, canonical))


def _line(record: dict[str, Any], canonical: bool) -> str:
    if canonical:
        return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return json.dumps(record, ensure_ascii=False)


COMMANDS = (init, enrol, status, sync, passphrase, verify, dump)
