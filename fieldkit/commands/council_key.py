"""The council's key, on a machine that is not connected to anything: made by two persons, used by two persons."""

from __future__ import annotations

import os
from pathlib import Path

import click

from fieldkit.commands.edge import Cost, json_flag, read_secret, tell
from fieldkit.errors import DiskTrouble, Refused
from fieldkit.vault import advice, council_key
from fieldkit.vault.council_key import TwoPersons

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("council-key")
def council_key_group() -> None:
    """The council's key: devices seal to it what two persons may open. Do this on a machine that is kept offline."""


@council_key_group.command("make")
@click.option("--out", type=FILE, required=True, help="The new file that will hold the private half.")
@click.option("--first-passphrase-file", type=FILE, help="Read the first person's passphrase from this file.")
@click.option("--second-passphrase-file", type=FILE, help="Read the second person's passphrase from this file.")
@json_flag
def make(out: Path, first_passphrase_file: Path | None, second_passphrase_file: Path | None, as_json: bool) -> None:
    """Make a key for two persons; give the public half that is printed to `fieldkit-central council-key set`."""
    if out.exists():
        raise Refused("There is a file by that name already.", "Name another one. Nothing has been changed.")
    persons = two_persons(first_passphrase_file, second_passphrase_file, new=True)
    public, file = council_key.make(persons, Cost.kdf)
    write_new(out, file)
    told = {"public": public.hex(), "fingerprint": council_key.fingerprint(public)}
    tell(told, as_json, lambda: [f"{name}: {value}" for name, value in told.items()])
    click.echo("Keep two copies of the file in two places; without it nothing sealed to it opens again.", err=True)


def two_persons(first: Path | None, second: Path | None, *, new: bool = False) -> TwoPersons:
    """The two passphrases, each from its file or asked for; Refused when both are the same, or easily guessed."""
    asked = [
        read_secret(file) if file else str(click.prompt(words, hide_input=True, confirmation_prompt=new, err=True))
        for file, words in ((first, "First person's passphrase"), (second, "Second person's passphrase"))
    ]
    if asked[0] == asked[1]:
        raise Refused("Both persons gave the same passphrase.", "Each needs one that the other does not know.")
    for each in asked if new else ():
        advice.refuse(each)
    return TwoPersons(*asked)


def write_new(file: Path, content: bytes) -> None:
    """A file that was not there, for its owner only, on the disk before anything is said of it."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError:
        raise Refused("There is a file by that name already.", "Name another one. Nothing has been changed.") from None
    except OSError:
        raise DiskTrouble from None


COMMANDS = (council_key_group,)
