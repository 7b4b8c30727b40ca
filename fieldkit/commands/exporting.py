"""What leaves the device as a document, and what comes in: a record exported, a submission taken in as a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fieldkit.commands.edge import Cost, device_verb, json_flag, opened, read_file, read_secret, tell
from fieldkit.exports.audience import AUDIENCES
from fieldkit.exports.documents import KINDS
from fieldkit.exports.sealed_file import new_secret, sealed
from fieldkit.exports.sealed_file import opened as opened_document
from fieldkit.workspace.exporting import Exported
from fieldkit.workspace.new_file import NewFile
from forms.submission_reading import LARGEST


@click.command()
@device_verb
@json_flag
@click.argument("record")
@click.option("--as", "kind", required=True, type=click.Choice(KINDS), help="Which document.")
@click.option("--for", "audience", default="family", show_default=True, type=click.Choice(AUDIENCES), help="For whom.")
@click.option("--reason", required=True, help="Why it leaves the device; kept in the audit.")
@click.option("--out", type=click.Path(path_type=Path), help="A new file, readable by you alone; else standard output.")
@click.option("--seal", is_flag=True, help="Encrypt the file; its secret is told once, for another way than the file.")
def export(  # noqa: PLR0913 - one option each of the command line
    home: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    record: str,
    kind: str,
    audience: str,
    reason: str,
    out: Path | None,
    seal: bool,
) -> None:
    """A filed form as ODK submission, FHIR, JSON, CSV, HTML or tagged PDF, without what is not for its reader."""
    if as_json and out is None:
        raise click.UsageError("--json tells of the file that --out names")
    if seal and out is None:
        raise click.UsageError("--seal is about the file that --out names")
    secret = new_secret() if seal else ""
    with opened(home, passphrase_file) as workspace:
        if out is None:
            made = workspace.export(record, kind, audience, reason)
            click.echo(made.content, nl=False)
        else:
            with NewFile(out) as file:
                made = workspace.export(record, kind, audience, f"{reason} (sealed)" if seal else reason)
                if not seal:
                    workspace.left_in_file(made, out)
                file.write(sealed(made.content, secret, Cost.kdf) if seal else made.content)
    _say(made, out, as_json, secret)


def _say(made: Exported, out: Path | None, as_json: bool, secret: str) -> None:
    if secret:
        click.echo(f"Secret, told only now; it travels another way than the file: {secret}", err=True)
    many = sum(made.left_out.values())
    told: dict[str, Any] = {"record": made.record, "as": made.kind, "for": made.audience, "left_out": made.left_out}
    told["changed_after_signing"] = made.moved
    if as_json:
        tell({**told, "file": str(out), "sealed": bool(secret)}, True)
    elif made.kind != "fhir-questionnaire":
        whys = "; ".join(f"{reason}: {number}" for reason, number in sorted(made.left_out.items()))
        click.echo(f"{many} answers left out for {made.audience}" + (f" ({whys})" if whys else ""), err=True)
        if made.moved:
            click.echo(f"{made.moved} of the answers were changed after signing", err=True)
        if not secret:
            click.echo("Delete it when it has served its reason; until then Today reminds you of a file.", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file, readable by you alone.")
@click.option("--secret-file", type=click.Path(path_type=Path), help="Read the secret from this file; else asked for.")
def unseal(file: Path, out: Path, secret_file: Path | None) -> None:
    """Open a sealed document with its secret; no device is needed."""
    content = read_file(file)
    asked = secret_file is None
    secret = click.prompt("Secret", hide_input=True, err=True) if asked else read_secret(Path(secret_file or "-"))
    with NewFile(out) as made:
        made.write(opened_document(content, secret, Cost.kdf))


@click.command()
@device_verb
@json_flag
@click.option("--forget", type=int, metavar="NUMBER", help="Do not remind of this file any more.")
def exports(home: Path | None, passphrase_file: Path | None, as_json: bool, forget: int | None) -> None:
    """The plain documents that still lie in files."""
    with opened(home, passphrase_file) as workspace:
        if forget is not None:
            workspace.forget_export(forget)
        left = workspace.exports_left()
        tell(left, as_json, lambda: [f"{each.number}  {each.made_at[:10]}  {each.file}" for each in left])


@click.command(name="import-odk")
@device_verb
@click.argument("form")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--family", required=True, help="The family's record id.")
def import_odk(home: Path | None, passphrase_file: Path | None, form: str, file: Path, family: str) -> None:
    """An ODK submission as a draft, to be looked through and filed; places the form lacks are refused by name."""
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.take_in(form, read_file(file, LARGEST), family)}")


COMMANDS = (export, unseal, exports, import_odk)
