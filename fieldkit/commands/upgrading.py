"""Drafts and the versions of their forms: list them, look at a plan, accept it, take it back. No answer is printed."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.workspace import Workspace
from fieldkit.workspace.upgrading import Line, Offer

HEADINGS = {
    "proposed": "Found elsewhere by name: taken over only when ticked (--tick PATH)",
    "orphaned": "No longer asked: kept, read-only, filed with the rest",
    "widened": "Asked more widely now: carried",
    "moved": "Moved: carried",
    "new": "New",
}


@click.command()
@device_verb
@json_flag
def drafts(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """The drafts on this device: id, form and version, how far, and the newer version when there is one."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.draft_versions()
        tell(
            rows, as_json, lambda: [f"{row.id}  {row.form}  {row.answered} of {row.total}{_newer(row)}" for row in rows]
        )


def _newer(row: object) -> str:
    newer = getattr(row, "newer", "")
    return f"  newer version here: {newer}" if newer else ""


@click.command()
@device_verb
@json_flag
@click.argument("draft")
@click.option("--plan", "only_plan", is_flag=True, help="Only say what would change (also without any option).")
@click.option("--yes", is_flag=True, help="Go on with the newer version.")
@click.option("--tick", "ticked", multiple=True, metavar="PATH", help="Take over a proposed place; with --yes.")
@click.option("--undo", is_flag=True, help="Go back to the version before, exactly as it was.")
def upgrade(  # noqa: PLR0913 - one option each of the command line
    home: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    draft: str,
    only_plan: bool,
    yes: bool,
    ticked: tuple[str, ...],
    undo: bool,
) -> None:
    """What a newer version of its form would change in a draft; --yes accepts it, --undo takes it back."""
    if only_plan + yes + undo > 1:
        raise click.UsageError("Give one of --plan, --yes and --undo.")
    if ticked and not yes:
        raise click.UsageError("--tick goes with --yes.")
    with opened(home, passphrase_file) as workspace:
        if undo:
            form = workspace.undo_upgrade(draft)
            tell({"draft": draft, "form": form}, as_json, lambda: [f"ACK {draft}", f"It is {form} again."])
        elif yes:
            done = workspace.upgrade(draft, ticked)
            tell(done, as_json, lambda: [f"ACK {draft}", f"It is version {done.after} now. --undo goes back."])
        else:
            _show(workspace, draft, as_json)


def _show(workspace: Workspace, draft: str, as_json: bool) -> None:
    offer = workspace.upgrade_offered(draft)
    tell(offer, as_json, lambda: _lines(offer) if offer else ["No newer version of its form is here for this draft."])


def _lines(offer: Offer) -> list[str]:
    lines = [f"{offer.form_title}: {offer.before} → {offer.after}"]
    for what, heading in HEADINGS.items():
        found = offer.only(what)
        lines += [f"{heading} ({len(found)})", *map(_line, found)] if found else []
    gone = [line for line in offer.lines if line.gone]
    lines += ["Choices no longer offered", *(f"  {line.path}: {', '.join(line.gone)}" for line in gone)] if gone else []
    return [*lines, f"Carried as it is: {len(offer.only('carried'))}"]


def _line(line: Line) -> str:
    to = f" → {line.to}" if line.to not in ("", line.path) else ""
    mark = f"  [{line.answered} answered]" if line.answered else ""
    return f"  {line.path}{to}  {line.label}{mark}" + (f"  ({line.why})" if line.why else "")


COMMANDS = (drafts, upgrade)
