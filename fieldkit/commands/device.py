"""The device itself: make it, enrol it, sync it, check it."""

from __future__ import annotations

import json
import platform
import shutil
from pathlib import Path
from typing import Any

import click

from fieldkit import door, vault
from fieldkit.casework import evidence
from fieldkit.commands.closing import open_lines
from fieldkit.commands.edge import Cost, device_verb, json_flag, opened, place, read_secret, tell
from fieldkit.config import SystemClock
from fieldkit.errors import FieldkitError
from fieldkit.machine import warnings
from fieldkit.workspace import create_workspace
from fieldkit.workspace.views import Status

CONFLICTS_WAIT = 5


class Unsound(FieldkitError):
    """`verify` found something."""

    said = "Something on this device is not as it was saved."
    cure = "The list above says what, and what to do."
    exit_code = 7


@click.command()
@device_verb
def init(home: Path | None, passphrase_file: Path | None) -> None:
    """Make a device in an empty folder."""
    at = place(home, passphrase_file)
    create_workspace(at.home, at.passphrase(new=True), clock=SystemClock(), kdf=Cost.kdf).close()
    for warning in warnings(at.home):
        click.echo(f"! {warning}", err=True)
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
def passphrase(home: Path | None, passphrase_file: Path | None, new_passphrase_file: Path | None) -> None:
    """Change the passphrase; the store itself is not touched."""
    at = place(home, passphrase_file)
    old = at.passphrase()
    held = vault.unlock(at.home, old, Cost.kdf)
    try:
        asked = new_passphrase_file is None
        new = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True) if asked else ""
        vault.change_passphrase(held, old, new or read_secret(Path(new_passphrase_file or "-")), Cost.kdf)
    finally:
        held.close()
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
