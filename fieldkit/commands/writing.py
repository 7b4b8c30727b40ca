"""Writing: capture a form from an answer file, edit a record, sign. `ACK <id>` is printed after the durable save."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fieldkit.casework import corrections, index
from fieldkit.casework.evidence import Standing, Support
from fieldkit.commands.edge import device_verb, opened, read_json
from fieldkit.errors import FieldkitError, Refused, UnknownRecord
from fieldkit.workspace import Workspace
from fieldkit.workspace.allowed import LeaseOver
from fieldkit.workspace.answering import cleaned, refuse_wrong
from fieldkit.workspace.drafting import OpenDraft
from fieldkit.workspace.views import Evidence, Giver
from fieldkit.workspace.words import refuse_controls
from forms.errors import FormError
from forms.interview import Interview

POINT = 3
"""Numbers of a point of a stroke: x and y in cells, t in seconds."""


_PLACE = re.compile(r"[a-z0-9_]{1,40}(/[a-z0-9_]{1,40}){1,4}(@[a-z-]{1,20})?")


class BadAnswerFile(FieldkitError):
    """The answer file is not JSON, or names a place the form does not have."""

    said = "The answer file could not be used."
    exit_code = 6

    def __init__(self, cure: str) -> None:
        super().__init__("bad answer file")
        self.cure = cure


@dataclass(frozen=True, slots=True)
class About:
    """Whose day a form is about, as it was named."""

    family: str | None
    family_name: str | None
    centre: str | None
    centre_name: str | None

    @property
    def named(self) -> bool:
        """Whether anybody was named."""
        return any((self.family, self.family_name, self.centre, self.centre_name))

    @property
    def new(self) -> str:
        """What is to be made for it: a family, a centre, or nothing."""
        if self.family or self.centre:
            return ""
        return "family" if self.family_name else "centre" if self.centre_name else ""

    def of(self, workspace: Workspace) -> str:
        """The record of the family or centre, made when it is new."""
        return self.family or self.centre or _new(workspace, self.family_name, self.centre_name)


@click.command()
@device_verb
@click.argument("form", required=False)
@click.option("--answers", "file", type=click.Path(path_type=Path), help="JSON: {path: answer, …}.")
@click.option("--family", help="The family's record id; without it a new family is made with --family-name.")
@click.option("--family-name", help="What a new family is called.")
@click.option("--centre", help="The centre's record id, for forms about a centre's day.")
@click.option("--centre-name", help="What a new centre is called.")
@click.option("--draft", is_flag=True, help="Keep it as a draft, whatever is missing.")
@click.option("--plain", is_flag=True, help="Ask line by line, for screen readers; FORM may be a draft's id.")
@click.option("--present", multiple=True, help="With --plain: who is in the room. What is not for them is not said.")
def capture(home: Path | None, passphrase_file: Path | None, form: str | None, file: Path | None, **given: Any) -> None:
    """Fill a form from a file, or line by line with --plain, and file it.

    Exit 6 names the places that are not valid, never the answers.
    """
    about = About(*(given[name] for name in ("family", "family_name", "centre", "centre_name")))
    if given["plain"] == (file is not None):
        raise click.UsageError("Give one of --answers FILE and --plain.")
    if given["plain"]:
        from fieldkit.commands.plain.beginning import Wanted, fill_in

        with opened(home, passphrase_file) as workspace:
            fill_in(workspace, Wanted(form or "", about.of(workspace) if about.named else "", given["present"]))
        return
    if form is None or file is None:
        raise click.UsageError("Name the form.")
    answers = _read(file)
    with opened(home, passphrase_file) as workspace:
        if about.new:
            _try(workspace.trial(form, about.new), answers, given["draft"])
        _tell_open(workspace, form, about.family)
        _capture(workspace, workspace.begin(form, about.of(workspace), carry=False), answers, given["draft"])


def _try(interview: Interview, answers: Mapping[str, Any], only_draft: bool) -> None:
    """Refuse what would be refused, before a family is made for it that nobody would know of."""
    for path, answer in answers.items():
        _fill(interview, path, answer)
    if not only_draft:
        refuse_wrong(interview)


def _capture(workspace: Workspace, made: str, answers: Mapping[str, Any], only_draft: bool) -> None:
    filling = workspace.draft(made)
    for path, answer in answers.items():
        _fill(filling, path, answer)
    filling.keep_progress()
    filling.drain()
    if only_draft:
        click.echo(f"ACK {made}")
        return
    try:
        record = workspace.file(made)
    except FieldkitError:
        click.echo(f"It is kept as draft {made}.", err=True)
        raise
    click.echo(f"ACK {record}")


def _tell_open(workspace: Workspace, form: str, family: str | None) -> None:
    """Say that an assessment is open already, and whom to ring; it stops nobody, and not after the lease either."""
    if family and form.partition("@")[0] == index.OPENS:
        with suppress(LeaseOver):
            found = workspace.open_assessment(family)
            if found is not None:
                click.echo(f"{index.advice(found)} {found.contact}", err=True)


def _new(workspace: Workspace, family: str | None, centre: str | None) -> str:
    """The family or centre that the form is the first to speak of."""
    if family:
        return workspace.add_family(family)
    if centre:
        return workspace.add_centre(centre)
    raise Refused("Whose is it?", "Give --family ID or --family-name NAME; for a session --centre or --centre-name.")


def _read(file: Path) -> Mapping[str, Any]:
    try:
        raw = read_json(file)
    except Refused as wrong:
        raise BadAnswerFile(f"{wrong.said} {wrong.cure}") from None
    if not isinstance(raw, dict):
        raise BadAnswerFile("It must be one JSON object: paths and answers.")
    return raw


def _fill(draft: OpenDraft | Interview, path: str, answer: Any) -> None:
    try:
        if isinstance(answer, list) and any(isinstance(each, dict) for each in answer):
            for row in answer:
                _fill_row(draft, path, row)
            return
        base, _, mark = path.partition("@")
        if mark == "not-recorded":
            draft.not_recorded(base, str(answer))
        elif mark == "voice":
            draft.voice(base, str(cleaned(str(answer))))
        else:
            draft.answer(path, cleaned(answer if isinstance(answer, list | dict) or answer is None else str(answer)))
    except FormError as wrong:
        raise BadAnswerFile(f"The form has no place {_shown(path)}.") from wrong


def _shown(path: str) -> str:
    """A place by name where it looks like one: who mixed up places and answers is not told an answer."""
    return path if _PLACE.fullmatch(path) else "as one that the file names"


def _fill_row(draft: OpenDraft | Interview, path: str, row: Mapping[str, Any]) -> None:
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
@click.option("--plain", is_flag=True, help="Ask line by line, for screen readers.")
@click.option("--giver", default="", help="Who agrees: their name.")
@click.option("--person", default="", help="Their record's id; else the one of the family who has that name.")
@click.option("--role", default="", help="mother, carer, young person …")
@click.option("--capacity", default="", help="parent, carer, young, adult, advocate; else as the form tells.")
@click.option("--responsibility", default="", help="Where parental responsibility comes from.")
@click.option("--competence", default="", help="What a young person could do, or how capacity was looked at.")
@click.option("--judged-by", default="", help="Who judged that.")
@click.option("--language", default="", help="Of the text, as a code; else as the form tells.")
@click.option("--method", default="typed", help="typed, drawn, paper, witnessed, phone, participation, refused …")
@click.option("--statement", default="", help="Their words, or the statement beside a typed name.")
@click.option("--strokes", type=click.Path(path_type=Path), help="JSON: [[[x, y, t], …], …] of a drawn signature.")
@click.option("--witness", default="")
@click.option("--place", default="", help="Where it was signed, or where the paper is kept.")
@click.option("--interpreter", default="")
@click.option("--interpreter-language", default="")
@click.option("--read-back", is_flag=True, help="It was read back and agreed.")
@click.option("--supporter", default="", help="Who stood by them.")
@click.option("--only-spoken", default="", help="Why there are only words.")
@click.option("--read-out", default="", help="Who read it out: worker, interpreter, supporter.")
def sign(home: Path | None, passphrase_file: Path | None, record: str, strokes: Path | None, **given: Any) -> None:
    """Freeze a filed form, seal how somebody agreed, and keep the bundle."""
    if given.pop("plain"):
        from fieldkit.commands.plain.agreeing import agree
        from fieldkit.commands.plain.talk import Talk

        with opened(home, passphrase_file) as workspace:
            agree(workspace, _known(workspace, record), Talk(workspace.idle_minutes))
        return
    if not given["giver"]:
        raise click.UsageError("Say who agrees with --giver, or give --plain.")
    words = {name: refuse_controls(value) if isinstance(value, str) else value for name, value in given.items()}
    standing = Standing(*(words[name] for name in ("person", "responsibility", "competence", "judged_by")))
    with opened(home, passphrase_file) as workspace:
        giver = Giver(words["giver"], words["role"], words["capacity"], standing, words["language"])
        frozen = workspace.freeze(_known(workspace, record), giver)
        if frozen.translation:
            click.echo(frozen.translation, err=True)
        evidence = Evidence(
            method=words["method"],
            name=words["giver"],
            role=words["role"],
            statement=words["statement"],
            strokes=_strokes(strokes) if strokes else (),
            witness=words["witness"],
            place=words["place"],
            interpreter=words["interpreter"],
            support=Support(
                words["interpreter_language"],
                bool(words["read_back"]),
                words["supporter"],
                words["only_spoken"],
                read_out=words["read_out"],
            ),
        )
        click.echo(f"ACK {workspace.sign(frozen, evidence)}")


def _strokes(file: Path) -> list[list[list[float]]]:
    """Strokes as the pad keeps them; Refused for anything else."""
    told = read_json(file)
    try:
        made = [[[float(number) for number in point] for point in stroke] for stroke in told]
        if all(len(point) == POINT and all(map(math.isfinite, point)) for stroke in made for point in stroke):
            return made
    except (TypeError, ValueError, OverflowError):
        pass
    raise Refused("That file holds no strokes.", "Write [[[x, y, t], …], …]: cells and seconds.")


def _known(workspace: Workspace, record: str) -> str:
    if workspace.store.records.get(record) is None:
        raise UnknownRecord
    return record


COMMANDS = (capture, edit, sign)
