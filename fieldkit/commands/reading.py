"""Reading: find, list, show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from fieldkit.casework.brief import Section
from fieldkit.casework.quality import Quality
from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.workspace.views import FieldView, RecordView, Today


@click.command()
@device_verb
@json_flag
@click.argument("text")
def find(home: Path | None, passphrase_file: Path | None, as_json: bool, text: str) -> None:
    """Families and people by name; slips of the finger are forgiven."""
    with opened(home, passphrase_file) as workspace:
        found = workspace.find(text)
        tell(found, as_json, lambda: [f"{each.name}  ({each.kind}) {each.detail}" for each in found])


@click.command(name="list")
@device_verb
@json_flag
@click.argument("kind")
def list_records(home: Path | None, passphrase_file: Path | None, as_json: bool, kind: str) -> None:
    """Every record of a kind: family, person, centre, concern, signature, draft, form, or the id of a form (eha …)."""
    with opened(home, passphrase_file) as workspace:
        if kind == "draft":
            drafts = workspace.today().drafts
            tell(drafts, as_json, lambda: [f"{each.id}  {each.form_title}  part {each.part}" for each in drafts])
        elif kind == "form":
            forms = workspace.forms()
            tell(forms, as_json, lambda: [f"{each.id}@{each.version}  {each.title}" for each in forms])
        else:
            held = workspace.records_of(kind)
            rows = [
                {
                    "id": each.id,
                    "kind": each.kind,
                    "family": each.scope.removeprefix("family:"),
                    "version": each.version,
                }
                | {"name": each.state.get("name") or each.state.get("given") or ""}
                for each in held
            ]
            tell(rows, as_json, lambda: [f"{row['id']}  {row['name']}" for row in rows])


@click.command()
@device_verb
@json_flag
@click.argument("record")
def show(home: Path | None, passphrase_file: Path | None, as_json: bool, record: str) -> None:
    """One record: its answers in form order, and what moved since it was signed."""
    with opened(home, passphrase_file) as workspace:
        view = workspace.show(record)
        raw = dict(workspace.record(record).state) if as_json else {}
        data = {"id": view.id, "kind": view.kind, "title": view.title, "family": view.family, "state": view.state}
        fields = [
            {
                "path": each.path,
                "label": each.label,
                "value": each.value_text,
                "changed": each.changed_after_signing,
                "contested": each.contested,
            }
            for each in view.fields
        ]
        tell({**data, "fields": fields, "values": raw}, as_json, lambda: _lines(view))


def _lines(view: RecordView) -> list[str]:
    answers = [f"{each.label}: {each.value_text}{_marks(each)}" for each in view.fields]
    return [f"{view.title} · {view.state}", *answers]


def _marks(answer: FieldView) -> str:
    moved = "  [changed after signing]" if answer.changed_after_signing else ""
    return moved + ("  [others say otherwise: see `fieldkit conflicts`]" if answer.contested else "")


@click.command()
@device_verb
@json_flag
@click.argument("thing")
def quality(home: Path | None, passphrase_file: Path | None, as_json: bool, thing: str) -> None:
    """What is still thin in a draft or a record, why it matters and where; never a block, never a number."""
    with opened(home, passphrase_file) as workspace:
        found = workspace.quality(thing)
        tell(found, as_json, lambda: _meter(found))


def _meter(found: Quality) -> list[str]:
    items = [f"{each.state:<8} {each.title}: {each.why}  ({each.go})" for each in found.items]
    labels = [f"“{each.word}”  {each.ask}  ({each.path})" for each in found.labels]
    return [*items, *labels] or ["This form has no meter."]


@click.command()
@device_verb
@json_flag
@click.argument("family")
@click.option("--large-print", is_flag=True, help="Wide apart, a line an idea.")
def brief(home: Path | None, passphrase_file: Path | None, as_json: bool, family: str, large_print: bool) -> None:
    """One page before a visit: dangers, what must not be said, what was promised, what is new."""
    with opened(home, passphrase_file) as workspace:
        sections = workspace.brief(family)
        tell(sections, as_json, lambda: _page(sections, large_print))


def _page(sections: Sequence[Section], large: bool) -> list[str]:
    lines = []
    for section in sections:
        title = section.title.upper() if large else section.title
        told = [f"  {line}" for line in section.lines]
        lines += [title, *(part for line in told for part in ((line, "") if large else (line,))), ""]
    return lines or ["Nothing is written of this family yet."]


@click.command()
@device_verb
@json_flag
def today(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """What the day needs: concerns, notes to write, what is unfinished, what is due, what waits to sync."""
    with opened(home, passphrase_file) as workspace:
        day = workspace.today()
        tell(day, as_json, lambda: _day(day))


def _day(day: Today) -> list[str]:
    lines = [f"! no one has read: {each.about}, {each.state}" for each in day.concerns if each.state != "read"]
    lines += [f"! conflict: {each.family_name}, {each.field_label}" for each in day.conflicts]
    lines += [f"! unsigned: {each.family_name}, since {each.since:%d %b}" for each in day.unsigned]
    lines += [f"  note to write: {each.family_name}, by {each.due:%a %d %b %H:%M}" for each in day.to_record]
    lines += [f"  unfinished: {each.form_title}, {each.family_name}  ({each.id})" for each in day.drafts]
    lines += [f"{'!' if each.overdue else ' '} {each.what}: {each.family_name}, {each.on:%a %d %b}" for each in day.due]
    lines += [f"  {day.waiting} changes wait to go to central"] if day.waiting else []
    return [*([day.closed] if day.closed else []), *day.notices, *lines] or ["Nothing is unfinished, nothing is due."]


COMMANDS = (find, list_records, show, quality, brief, today)
