"""What leaves the device as a document, and what comes in: a record exported, a submission taken in as a draft."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.errors import DiskTrouble, Refused
from fieldkit.exports.audience import AUDIENCES
from fieldkit.exports.documents import KINDS
from fieldkit.store.room import BINARY, sync_folder
from fieldkit.workspace.exporting import Exported, NotTakenIn
from forms.submission_reading import LARGEST


@click.command()
@device_verb
@json_flag
@click.argument("record")
@click.option("--as", "kind", required=True, type=click.Choice(KINDS), help="Which document.")
@click.option("--for", "audience", default="family", show_default=True, type=click.Choice(AUDIENCES), help="For whom.")
@click.option("--reason", required=True, help="Why it leaves the device; kept in the audit.")
@click.option("--out", type=click.Path(path_type=Path), help="A new file, readable by you alone; else standard output.")
def export(  # noqa: PLR0913 - one option each of the command line
    home: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    record: str,
    kind: str,
    audience: str,
    reason: str,
    out: Path | None,
) -> None:
    """A filed form as ODK submission, FHIR or JSON, without what is not for its reader."""
    if as_json and out is None:
        raise click.UsageError("--json tells of the file that --out names")
    with opened(home, passphrase_file) as workspace:
        if out is None:
            made = workspace.export(record, kind, audience, reason)
            click.echo(made.content, nl=False)
        else:
            with NewFile(out) as file:
                made = workspace.export(record, kind, audience, reason)
                file.write(made.content)
    _say(made, out, as_json)


def _say(made: Exported, out: Path | None, as_json: bool) -> None:
    many = sum(made.left_out.values())
    told = {"record": made.record, "as": made.kind, "for": made.audience, "left_out": made.left_out}
    if as_json:
        tell({**told, "file": str(out)}, True)
    elif made.kind != "fhir-questionnaire":
        whys = "; ".join(f"{reason}: {number}" for reason, number in sorted(made.left_out.items()))
        click.echo(f"{many} answers left out for {made.audience}" + (f" ({whys})" if whys else ""), err=True)
        click.echo("Delete it when it has served its reason.", err=True)


class NewFile:
    """A file that was not there, readable by its owner alone. It takes its name only when all of it is on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = path.with_name(path.name + ".unfinished")

    def __enter__(self) -> NewFile:
        if self.path.exists() or self.path.is_symlink():
            raise _there()
        try:
            self.unfinished.unlink(missing_ok=True)  # what a power cut left of the one before
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY | getattr(os, "O_NOFOLLOW", 0)
            self.number = os.open(self.unfinished, flags, 0o600)
        except OSError as wrong:
            raise Refused("That file could not be made.", "Check the folder; nothing was written.") from wrong
        return self

    def write(self, content: bytes) -> None:
        """All of it, on the disk."""
        try:
            with os.fdopen(os.dup(self.number), "wb") as sink:
                sink.write(content)
                sink.flush()
                os.fsync(sink.fileno())
        except OSError as wrong:
            raise DiskTrouble from wrong

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            os.close(self.number)
            if kind is None:
                self._name()
        except OSError as wrong:
            raise DiskTrouble from wrong
        finally:
            with suppress(OSError):
                self.unfinished.unlink(missing_ok=True)

    def _name(self) -> None:
        try:
            os.link(self.unfinished, self.path)
        except FileExistsError as there:
            raise _there() from there
        except OSError:  # a stick without hard links
            self.unfinished.rename(self.path)
        sync_folder(self.path.parent)


def _there() -> Refused:
    return Refused("There is a file of that name already.", "Name another; nothing was written.")


@click.command(name="import-odk")
@device_verb
@click.argument("form")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--family", required=True, help="The family's record id.")
def import_odk(home: Path | None, passphrase_file: Path | None, form: str, file: Path, family: str) -> None:
    """An ODK submission as a draft, to be looked through and filed; places the form lacks are refused by name."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.take_in(form, _read(file), family)}")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(LARGEST + 1)
    except OSError as wrong:
        raise NotTakenIn("The submission could not be read.", "Check the file's name.") from wrong


COMMANDS = (export, import_odk)
