"""Closing from outside: ask the app that is open to lock, and choose after how long it locks by itself."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from fieldkit import door
from fieldkit.commands.edge import device_verb, opened, place
from fieldkit.errors import Refused

PATIENCE = 8.0
"""Seconds in which an app that was asked must have closed: it looks every second, and is ended after four more."""
LOOK_EVERY = 0.1


@click.command()
@device_verb
@click.option("--after", type=int, metavar="MINUTES", help="Choose after how many minutes without a key it locks.")
def lock(home: Path | None, passphrase_file: Path | None, after: int | None) -> None:
    """Lock the app that is open, without the passphrase. Everything typed is kept."""
    if after is not None:
        with opened(home, passphrase_file) as workspace:
            workspace.lock_after(after)
        click.echo(f"It locks after {after} minutes without a key.", err=True)
        return
    at = place(home, passphrase_file).home
    if not door.is_open(at):
        click.echo("It is locked.", err=True)
        return
    door.ask_to_lock(at)
    until = time.monotonic() + PATIENCE
    while door.is_open(at):
        if time.monotonic() > until:
            raise Refused("What has this store open does not answer.", "It is not the app, or it hangs: end it.")
        time.sleep(LOOK_EVERY)
    click.echo("Locked. What was typed is kept.", err=True)


def open_lines(facts: Mapping[str, Any]) -> list[str]:
    """What `status` says while the app is open: numbers as the app told them, and when."""
    names = (("waiting", "waiting"), ("parked", "need a person"), ("drafts", "drafts"), ("conflicts", "conflicts"))
    counts = " · ".join(f"{facts.get(name, 0)} {words}" for name, words in names)
    last = facts.get("last_sync") or "never"
    return [f"open now · {counts}", f"last sync: {last} · told at {facts.get('told_at', '?')}"]


COMMANDS = (lock,)
