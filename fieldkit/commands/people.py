"""Who works on a shared device: list them, give somebody a slot, take it away."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.commands.edge import device_verb, json_flag, new_passphrase, opened, tell
from fieldkit.vault import REGISTER, WORKER, Person
from fieldkit.workspace.words import refuse_controls

FILE = click.Path(path_type=Path)


@click.group()
def people() -> None:
    """Who can open this device: each with a passphrase of their own."""


@people.command("list")
@device_verb
@json_flag
def listed(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Everybody who has a slot on this device, or had one."""
    with opened(home, passphrase_file) as workspace:
        found = workspace.people_here()
    tell(found, as_json, lambda: [f"{each.handle}  {each.role}  {each.until or 'has a slot'}" for each in found])


@people.command("add")
@device_verb
@click.argument("handle")
@click.option("--register-only", is_flag=True, help="They only keep the register.")
@click.option("--worker", default="", help="Their own account at central, by name or id.")
@click.option("--new-passphrase-file", type=FILE, help="Read their passphrase from this file.")
def add(
    home: Path | None,
    passphrase_file: Path | None,
    handle: str,
    register_only: bool,
    worker: str,
    new_passphrase_file: Path | None,
) -> None:
    """Give somebody a slot: you open, they choose a passphrase. HANDLE stands in the clear: initials do."""
    with opened(home, passphrase_file) as workspace:
        chosen = new_passphrase(new_passphrase_file, (handle,), f"Passphrase of {handle}")
        if refuse_controls(handle) != handle:
            click.echo(f"Kept as {refuse_controls(handle)}: what a terminal would obey was taken out.", err=True)
        person = Person("", handle, REGISTER if register_only else WORKER, worker)
        click.echo(f"ACK {workspace.add_person_here(person, chosen)}")


@people.command("remove")
@device_verb
@click.argument("handle")
def remove(home: Path | None, passphrase_file: Path | None, handle: str) -> None:
    """Take somebody's slot away. If they may have copied the device, run `passphrase --new-key` too."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.remove_person_here(handle)}")
    click.echo("Removed. If they may have a copy of this device, run `fieldkit passphrase --new-key` too.", err=True)


COMMANDS = (people,)
