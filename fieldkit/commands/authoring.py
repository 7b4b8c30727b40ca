"""Forms for their authors: check, publish, export. Needs the `author` extra."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.commands.edge import json_flag, tell
from fieldkit.errors import Refused
from forms.authoring_errors import FormRefused


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
        raise Refused(str(refused), "Correct the sheet and check again.") from refused
    names = ("id", "version", "questions", "relevance", "constraints", "calculations", "repeats", "languages")
    lines = [f"{name}: {getattr(counts, name)}" for name in names]
    kinds = ", ".join(f"{kind} {number}" for kind, number in counts.types.items())
    tell(counts, as_json, lambda: [*lines, f"types: {kinds}", *(f"warning: {each}" for each in counts.warnings)])


@forms.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the published form.")
def publish(file: Path, out: Path | None) -> None:
    """Compile a form with its policy table; central signs it when it takes it in."""
    from forms.publishing import publish as compile_form

    try:
        published = compile_form(file)
    except FormRefused as refused:
        raise Refused(str(refused), "Correct the sheet and publish again.") from refused
    (out or file.with_suffix(".json")).write_text(published.to_json(), "utf-8")
    click.echo(f"{published.id}@{published.version} {published.hash}")


@forms.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def export(file: Path) -> None:
    """The XForm of a published form, on stdout."""
    from forms.library import Published

    click.echo(Published.from_json(file.read_text("utf-8")).xml)


COMMANDS = (forms,)
