"""Work carried by hand when there is no network for days: a file out that only central can read, its answer back in."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.commands.edge import device_verb, json_flag, opened, read_file, tell
from fieldkit.errors import Refused
from fieldkit.workspace.new_file import NewFile
from sync.client.courier import LARGEST, LARGEST_BY_LINE


@click.group()
def courier() -> None:
    """Carry unsent work to central on a stick, or by a colleague whose laptop cannot read it."""


@courier.command()
@device_verb
@json_flag
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def pack(home: Path | None, passphrase_file: Path | None, as_json: bool, file: Path) -> None:
    """Write all that waits into a new file; whoever carries it can read nothing of it."""
    with opened(home, passphrase_file) as workspace, NewFile(file) as sink:
        packed, count = workspace.pack_courier()
        if not count:
            raise Refused("Nothing waits to be sent.", "No file was written.")
        sink.write(packed)
    told = {"file": str(file), "changes": count}
    tell(told if as_json else {"packed": f"{count} changes; they stay here until central's answer is taken"}, as_json)


@courier.command()
@device_verb
@json_flag
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def take(home: Path | None, passphrase_file: Path | None, as_json: bool, file: Path) -> None:
    """Take in central's answer: what it has is no longer waiting."""
    if file.stat().st_size > LARGEST:
        raise Refused("That file is too large to be central's answer.", "Nothing was taken in.")
    with opened(home, passphrase_file) as workspace:
        taken, said = workspace.take_courier(read_file(file))
    tell({"taken": taken, "refused": list(said)}, as_json)


@courier.command()
@device_verb
@json_flag
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Central's answer, for them."
)
def carry(home: Path | None, passphrase_file: Path | None, as_json: bool, file: Path, out: Path) -> None:
    """Hand a colleague's file on to central over this laptop's line; nothing of it can be read here."""
    if file.stat().st_size > LARGEST_BY_LINE:
        raise Refused("That file is too large for the line.", "Give it to whoever looks after central.")
    with opened(home, passphrase_file) as workspace, NewFile(out) as sink:
        sink.write(workspace.carry_courier(read_file(file)))
    tell({"file": str(out)} if as_json else {"answer": f"{out}: give it back to your colleague"}, as_json)


COMMANDS = (courier,)
