"""The device itself: make it, enrol it, sync it, check it."""

from __future__ import annotations

import json
import platform
import shutil
from pathlib import Path
from typing import Any

import click

from fieldkit import vault
from fieldkit.casework import evidence
from fieldkit.commands.edge import Cost, device_verb, door, json_flag, new_passphrase, opened, place, tell
from fieldkit.config import SystemClock
from fieldkit.errors import FieldkitError
from fieldkit.vault import advice
from fieldkit.workspace import NewPassphrase, change_passphrase, create_workspace
from fieldkit.workspace.views import Status

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
    keyring = vault.NoKeyring() if no_keyring else Cost.keyring(at.home)
    kept = keyring.is_there()
    if not kept:
        click.echo(advice.NO_KEYRING, err=True)
    if words:
        click.echo(f"Four words that nobody has used before: {advice.four_words()}", err=True)
    chosen = at.passphrase(new=True)
    advice.refuse(chosen, (person,), kept=kept)
    door = vault.Door(person, keyring if kept else vault.NoKeyring())
    create_workspace(at.home, chosen, clock=SystemClock(), kdf=Cost.kdf, door=door).close()
    click.echo("Made. Enrol it with `fieldkit enrol URL CODE`.", err=True)


@click.command()
@device_verb
@click.argument("url")
@click.argument("code")
@click.option("--label", default="laptop", help="What the device is called at central.")
def enrol(home: Path | None, passphrase_file: Path | None, url: str, code: str, label: str) -> None:
    """Make the device known to central with a one-time code."""
    with opened(home, passphrase_file) as workspace:
        workspace.enrol(url, code, label)
        click.echo(f"Enrolled for {workspace.me.worker}.", err=True)


@click.command()
@device_verb
@json_flag
def status(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """What waits, what is parked, which conflicts are open, when it last synced."""
    with opened(home, passphrase_file) as workspace:
        now = workspace.status()
        tell(now, as_json, lambda: _status_lines(now))


def _status_lines(now: Status) -> list[str]:
    last = f"{now.last_sync:%d %B %Y %H:%M}" if now.last_sync else "never"
    counts = f"{now.waiting} waiting · {now.parked} need a person · {now.drafts} drafts · {now.conflicts} conflicts"
    return [counts, f"last sync: {last}", "practice only, no real family"]


@click.command()
@device_verb
@json_flag
def sync(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Send what waits and fetch what is new. Exit 4: central away. Exit 5: done, conflicts wait."""
    with opened(home, passphrase_file) as workspace:
        done = workspace.sync(None if as_json else lambda step: click.echo(f"{step.step}: {step.done}", err=True))
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
    who, old = door(at.home), at.passphrase()
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
        whole = evidence.is_whole(bundle.read_text("utf-8").strip())
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


@click.command()
@json_flag
@click.option("--home", type=click.Path(path_type=Path), help="The device's folder.")
def doctor(as_json: bool, home: Path | None) -> None:
    """What this machine is like, without opening the store and without personal data."""
    at = place(home, None).home
    nearest = next(folder for folder in (at, *at.parents) if folder.exists())
    facts = {
        "python": platform.python_version(),
        "system": platform.system(),
        "store": (at / vault.STORE_FILE).exists(),
        "key_file": (at / vault.KEY_FILE).exists(),
        "free_mib": shutil.disk_usage(nearest).free >> 20,
    }
    tell(facts, as_json, lambda: [f"{name}: {value}" for name, value in facts.items()])


COMMANDS = (init, enrol, status, sync, passphrase, verify, dump, doctor)
