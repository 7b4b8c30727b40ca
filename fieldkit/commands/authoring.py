"""Forms for their authors: check, publish, export. Needs the `author` extra."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldkit.commands.edge import json_flag, read_words, tell
from fieldkit.errors import Refused
from forms.authoring_errors import FormRefused
from forms.errors import FormError

if TYPE_CHECKING:
    from forms.upgrade import Plan

CARRIED = "carried"
"""As `forms.upgrade` says it: an answer that stays where it is."""


def _refused(refused: FormRefused, as_json: bool) -> Refused:
    """Everything found, for people on stderr; with --json each finding by itself on stdout as well."""
    if as_json:
        tell({"refused": [asdict(each) for each in refused.findings]}, as_json)
    return Refused(str(refused), "Correct the sheet and try again.")


@click.group()
def forms() -> None:
    """For form authors."""


@forms.command()
@json_flag
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check(as_json: bool, file: Path) -> None:
    """Count what a form holds, and refuse what fieldkit does not run: sheet, row, word, and what to use instead."""
    from forms.publishing import check as count

    try:
        counts = count(file)
    except FormRefused as refused:
        raise _refused(refused, as_json) from refused
    names = ("id", "version", "questions", "relevance", "constraints", "calculations", "repeats", "languages", "lists")
    lines = [f"{name}: {getattr(counts, name)}" for name in names]
    kinds = ", ".join(f"{kind} {number}" for kind, number in counts.types.items())
    tell(counts, as_json, lambda: [*lines, f"types: {kinds}", *(f"warning: {each}" for each in counts.warnings)])


@forms.command()
@json_flag
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the published form.")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The version before, published; without it the file that is written over.",
)
def publish(as_json: bool, file: Path, out: Path | None, against: Path | None) -> None:
    """Compile a form with its policy table, and tell what the change means for drafts of the version before.

    Central signs it when it takes it in: fieldkit-central publish.
    """
    from forms.library import Published
    from forms.publishing import before
    from forms.publishing import publish as compile_form

    target = out or file.with_suffix(".json")
    earlier = against or (target if target.exists() else None)
    try:
        published = compile_form(file)
        plan = before(published, Published.from_json(read_words(earlier))) if earlier else None
    except FormRefused as refused:
        raise _refused(refused, as_json) from refused
    except FormError as wrong:
        raise Refused(wrong.said, wrong.cure) from wrong
    try:
        target.write_text(published.to_json(), "utf-8")
    except OSError as wrong:
        raise Refused("The published form could not be written.", "Name a folder that exists and is yours.") from wrong
    facts = {"form": f"{published.id}@{published.version}", "hash": published.hash, "file": str(target)}
    steps = [asdict(step) for step in plan.steps] if plan else []
    tell(facts | {"plan": steps}, as_json, lambda: [f"{facts['form']} {published.hash}", *_told(plan)])


def _told(plan: Plan | None) -> list[str]:
    """An upgrade plan for an author: how many answers stay, and each one that does not."""
    if plan is None:
        return []
    changed = [step for step in plan.steps if step.what != CARRIED or step.gone]
    stay = sum(step.what == CARRIED for step in plan.steps)
    lines = [f"For drafts of {plan.before}: {stay} answers stay where they are, {len(changed)} do not."]
    for step in changed:
        where = f"{step.path} -> {step.to}" if step.to and step.to != step.path else step.path
        gone = f"no longer offered: {', '.join(step.gone)}" if step.gone else ""
        lines.append("  ".join(part for part in (f"{step.what:9}", where, step.why, gone) if part))
    return lines


@forms.command()
@click.argument("source")
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write a spreadsheet that can be edited and published.")
@click.option("--md", type=click.Path(path_type=Path), help="Write Markdown tables that can be edited and published.")
def export(source: str, xlsx: Path | None, md: Path | None) -> None:
    """A form for other programs: its XForm on stdout, or a spreadsheet of its definition.

    SOURCE is a definition (.md, .xlsx), a published form (.json), or the id of a form that comes with fieldkit. A
    published form holds no sheets: its spreadsheet is made of the definition beside it, if that publishes the same.
    """
    from forms.library import Published
    from forms.publishing import DEFINITIONS, PUBLISHED, definition_of
    from forms.spreadsheet import write_markdown, write_spreadsheet

    sheets = bool(xlsx or md)
    named = (DEFINITIONS / f"{source}.md") if sheets else (PUBLISHED / f"{source}.json")
    file = Path(source) if Path(source).is_file() else named
    if not file.is_file():
        raise Refused(
            "There is no such form to export.", "Name a file, or a form that comes with fieldkit: eha, visit …"
        )
    try:
        if not sheets:
            click.echo(Published.from_json(read_words(file)).xml)
            return
        definition = definition_of(file) if file.suffix == ".json" else file
    except FormError as wrong:
        raise Refused(wrong.said, wrong.cure) from wrong
    for target, write in ((xlsx, write_spreadsheet), (md, write_markdown)):
        if target is not None:
            if target.exists():
                raise Refused("There is a file of that name already; it was not written over.", "Name another.")
            try:
                write(definition, target)
            except OSError as wrong:
                raise Refused("The file could not be written.", "Name a folder that exists and is yours.") from wrong
            click.echo(str(target), err=True)


COMMANDS = (forms,)
