"""Writing: capture a form from an answer file, edit a record, sign. `ACK <id>` is printed after the durable save."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from fieldkit.casework import corrections
from fieldkit.commands.edge import device_verb, opened
from fieldkit.errors import FieldkitError, Refused, UnknownRecord
from fieldkit.workspace import Workspace
from fieldkit.workspace.drafting import OpenDraft
from fieldkit.workspace.views import Evidence, Giver
from forms.errors import FormError


class BadAnswerFile(FieldkitError):
    """The answer file is not JSON, or names a place the form does not have."""

    said = "The answer file could not be used."
    exit_code = 6

    def __init__(self, cure: str) -> None:
        super().__init__("bad answer file")
        self.cure = cure


@click.command()
@device_verb
@click.argument("form")
@click.option("--answers", "file", required=True, type=click.Path(path_type=Path), help="JSON: {path: answer, …}.")
@click.option("--family", help="The family's record id; without it a new family is made with --family-name.")
@click.option("--family-name", help="What a new family is called.")
@click.option("--centre", help="The centre's record id, for forms about a centre's day.")
@click.option("--centre-name", help="What a new centre is called.")
@click.option("--draft", is_flag=True, help="Keep it as a draft, whatever is missing.")
def capture(  # noqa: PLR0913 - one option each of the command line
    home: Path | None,
    passphrase_file: Path | None,
    form: str,
    file: Path,
    family: str | None,
    family_name: str | None,
    centre: str | None,
    centre_name: str | None,
    draft: bool,
) -> None:
    """Fill a form from a file and file it. Exit 6 names the places that are not valid, never the answers."""
    answers = _read(file)
    with opened(home, passphrase_file) as workspace:
        about = family or centre or _new(workspace, family_name, centre_name)
        made = workspace.begin(form, about, carry=False)
        filling = workspace.draft(made)
        for path, answer in answers.items():
            _fill(filling, path, answer)
        filling.keep_progress()
        filling.drain()
        if draft:
            click.echo(f"ACK {made}")
            return
        try:
            record = workspace.file(made)
        except FieldkitError:
            click.echo(f"It is kept as draft {made}.", err=True)
            raise
        click.echo(f"ACK {record}")


def _new(workspace: Workspace, family: str | None, centre: str | None) -> str:
    """The family or centre that the form is the first to speak of."""
    if family:
        return workspace.add_family(family)
    if centre:
        return workspace.add_centre(centre)
    raise Refused("Whose is it?", "Give --family ID or --family-name NAME; for a session --centre or --centre-name.")


def _read(file: Path) -> Mapping[str, Any]:
    try:
        raw = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        raise BadAnswerFile("It must be a readable file of JSON.") from wrong
    if not isinstance(raw, dict):
        raise BadAnswerFile("It must be one JSON object: paths and answers.")
    return raw


def _fill(draft: OpenDraft, path: str, answer: Any) -> None:
    try:
        if isinstance(answer, list) and any(isinstance(each, dict) for each in answer):
            for row in answer:
                _fill_row(draft, path, row)
            return
        base, _, mark = path.partition("@")
        if mark == "not-recorded":
            draft.not_recorded(base, str(answer))
        elif mark == "voice":
            draft.voice(base, str(answer))
        else:
            draft.answer(path, answer if isinstance(answer, list | dict) or answer is None else str(answer))
    except FormError as wrong:
        raise BadAnswerFile(f"The form has no place {path[:120]}.") from wrong


def _fill_row(draft: OpenDraft, path: str, row: Mapping[str, Any]) -> None:
    at = draft.add_row(path)
    for name, answer in row.items():
        _fill(draft, f"{at}/{name}", answer)


@click.command()
@device_verb
@click.argument("record")
@click.option("--set", "values", multiple=True, required=True, metavar="PATH=VALUE", help="A place and its new answer.")
def edit(home: Path | None, passphrase_file: Path | None, record: str, values: tuple[str, ...]) -> None:
    """Change answers of a record; an empty value clears. PATH@not-recorded=CODE says why there is none."""
    told = {}
    for pair in values:
        path, found, value = pair.partition("=")
        if not found or not path:
            raise click.UsageError("--set takes PATH=VALUE")
        told[path] = value
    with opened(home, passphrase_file) as workspace:
        gone = corrections.gives_way(told, workspace.record(record).state)
        click.echo(f"ACK {workspace.edit(record, told)}")
    for path in gone:
        click.echo(f"Taken away, for only one of the two can stand: {path}", err=True)


@click.command()
@device_verb
@click.argument("record")
@click.option("--giver", required=True, help="Who agrees: their name.")
@click.option("--role", default="", help="mother, carer, young person …")
@click.option("--method", default="typed", help="typed, drawn, paper, witnessed, phone, participation, refused …")
@click.option("--statement", default="", help="Their words, or the statement beside a typed name.")
@click.option("--strokes", type=click.Path(path_type=Path), help="JSON: [[[x, y, t], …], …] of a drawn signature.")
@click.option("--witness", default="")
@click.option("--place", default="", help="Where it was signed, or where the paper is kept.")
@click.option("--interpreter", default="")
def sign(home: Path | None, passphrase_file: Path | None, record: str, strokes: Path | None, **given: str) -> None:
    """Freeze a filed form, seal how somebody agreed, and keep the bundle."""
    with opened(home, passphrase_file) as workspace:
        frozen = workspace.freeze(_known(workspace, record), Giver(given["giver"], given["role"]))
        evidence = Evidence(
            method=given["method"],
            name=given["giver"],
            role=given["role"],
            statement=given["statement"],
            strokes=json.loads(strokes.read_text("utf-8")) if strokes else (),
            witness=given["witness"],
            place=given["place"],
            interpreter=given["interpreter"],
        )
        click.echo(f"ACK {workspace.sign(frozen, evidence)}")


def _known(workspace: Workspace, record: str) -> str:
    if workspace.store.records.get(record) is None:
        raise UnknownRecord
    return record


COMMANDS = (capture, edit, sign)
