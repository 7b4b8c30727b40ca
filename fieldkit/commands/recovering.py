"""A device whose passphrase is lost: it asks, two persons answer elsewhere, it gets a new passphrase."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.commands.council_key import council_key_group, two_persons, write_new
from fieldkit.commands.edge import (
    Cost,
    device_verb,
    new_passphrase,
    place,
    read_file,
    read_secret,
    shown,
    tell,
    who_asks,
)
from fieldkit.config import SystemClock
from fieldkit.vault import council_key, recovery
from fieldkit.workspace import recover_workspace
from fieldkit.workspace.new_file import NewFile

FILE = click.Path(path_type=Path, dir_okay=False)
LARGEST = 256 << 10
"""Bytes of a file that is read; a larger one is none of ours."""


@click.command()
@device_verb
@click.option("--request", "asked", type=FILE, help="Write the request for the two persons to this new file.")
@click.option("--answer", type=FILE, help="Take their answer from this file.")
@click.option("--code-file", type=FILE, help="With --answer: the code that they read out, in a file.")
@click.option("--new-passphrase-file", type=FILE, help="With --answer: read the new passphrase from this file.")
def recover(
    home: Path | None,
    passphrase_file: Path | None,
    asked: Path | None,
    answer: Path | None,
    code_file: Path | None,
    new_passphrase_file: Path | None,
) -> None:
    """Open a device whose passphrase is lost, with the two who hold the council's key; then choose a new one."""
    at = place(home, passphrase_file)
    if (asked is None) == (answer is None):
        raise click.UsageError("Give --request to ask, or --answer to take what came back.")
    if asked is not None:
        with NewFile(asked) as file:  # first: asking makes an earlier request void
            file.write(recovery.ask(at.home, Cost.kdf))
        click.echo("Take the file to the two who hold the council's key: `fieldkit council-key open`.", err=True)
        return
    code = read_secret(code_file) if code_file else str(click.prompt("Code", err=True))
    who = who_asks(at.home)
    given = recovery.Accepted(
        read_file(answer or Path(), LARGEST), code, new_passphrase(new_passphrase_file, (who.person,))
    )
    workspace = recover_workspace(at.home, given, clock=SystemClock(), kdf=Cost.kdf, door=who)
    workspace.close()
    key = "." if workspace.vault.told else " and a new store key."
    click.echo(f"Opened, with a new passphrase{key} Central hears of it with the next sync.", err=True)
    for sentence in workspace.vault.told:
        click.echo(sentence, err=True)


@council_key_group.command("open")
@click.argument("request", type=FILE)
@click.option("--key", type=FILE, required=True, help="The council's key file.")
@click.option("--out", type=FILE, required=True, help="The new file with the answer for the device.")
@click.option("--first-passphrase-file", type=FILE, help="Read the first person's passphrase from this file.")
@click.option("--second-passphrase-file", type=FILE, help="Read the second person's passphrase from this file.")
def open_request(
    request: Path, key: Path, out: Path, first_passphrase_file: Path | None, second_passphrase_file: Path | None
) -> None:
    """Answer a device's request, both persons together; the code that is printed is read out to whoever asked."""
    wanted, file = recovery.read_request(read_file(request, LARGEST)), read_file(key, LARGEST)
    click.echo(f"Device {shown(wanted.device)} asks, sealed to key {wanted.number}. Be sure who asks.", err=True)
    pair = council_key.opened(file, two_persons(first_passphrase_file, second_passphrase_file), Cost.kdf)
    content, code = recovery.answer(wanted, pair)
    write_new(out, content)
    tell({"code": code}, as_json=False, lines=lambda: [code])


COMMANDS = (recover,)
