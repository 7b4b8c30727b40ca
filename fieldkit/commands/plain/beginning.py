"""Which form about whom, asked line by line; then the form itself, and what is said when somebody leaves."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import click

from fieldkit.casework.kinds import home_of
from fieldkit.commands.plain.filling import Filling
from fieldkit.commands.plain.talk import Left, Talk
from fieldkit.errors import FieldkitError
from fieldkit.workspace import Workspace
from fieldkit.workspace.words import is_record_id

LOCKED = 3
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was named on the command line; what was not is asked for."""

    form: str = ""
    """A form's id, or the id of a draft that is gone on with."""
    about: str = ""
    present: tuple[str, ...] = ()


def fill_in(workspace: Workspace, wanted: Wanted) -> None:
    """Begin or go on with a form and go through it. Whatever ends it, what was answered is a draft at least."""
    talk = Talk(workspace.idle_minutes)
    draft = ""
    try:
        draft = _draft(workspace, wanted, talk)
        opened = workspace.draft(draft)
        if wanted.present:
            workspace.start_visit(opened.family, wanted.present)
        zone = ZoneInfo(workspace.zone)
        done = Filling(workspace, opened, talk, lambda: workspace.clock.now().astimezone(zone)).run()
    except Left as left:
        _kept(workspace, talk, draft, left.why)
        if left.why:
            raise click.exceptions.Exit(LOCKED) from None
        return
    except (KeyboardInterrupt, click.Abort):
        _kept(workspace, talk, draft)
        raise click.exceptions.Exit(INTERRUPTED) from None
    if done.record:
        talk.say("Filed. It goes with the next sync.")
        click.echo(f"ACK {done.record}")
    else:
        _kept(workspace, talk, draft)


def _kept(workspace: Workspace, talk: Talk, draft: str, why: str = "") -> None:
    """Say that it is kept, and how to go on; the id last, as every verb says it."""
    talk.say("", *([why] if why else []))
    if not draft:
        talk.say("Nothing was begun.")
        return
    workspace.draft(draft).keep_progress()
    workspace.writer.drain()
    talk.say(f"It is kept as a draft. To go on: fieldkit capture {draft} --plain")
    click.echo(f"ACK {draft}")


def _draft(workspace: Workspace, wanted: Wanted, talk: Talk) -> str:
    form = wanted.form or _form(workspace, talk)
    if is_record_id(form):
        return workspace.draft(form).id
    about = wanted.about or _about(workspace, home_of(form.partition("@")[0]), talk)
    return workspace.begin(form, about)


def _form(workspace: Workspace, talk: Talk) -> str:
    """A draft that lies there, or a new form."""
    drafts = workspace.today().drafts
    forms = workspace.forms()
    talk.say("Which form?")
    going_on = [f"go on: {each.form_title}, {each.family_name}" for each in drafts]
    chosen = talk.choose([*going_on, *(f"new: {each.title}" for each in forms)])
    if chosen is None:
        raise Left
    return drafts[chosen].id if chosen < len(drafts) else forms[chosen - len(drafts)].id


def _about(workspace: Workspace, home: str, talk: Talk) -> str:
    if home == "centre":
        centres = workspace.centres()
        talk.say("Which centre?")
        chosen = talk.choose([each.name for each in centres])
        if chosen is None:
            raise Left
        return str(centres[chosen].id)
    while True:
        talk.say("Which family? Type some letters of a name, or “new” and a name.")
        line = talk.ask().strip()
        if not line:
            raise Left
        word, _, name = line.partition(" ")
        if word.lower() == "new" and name.strip():
            return workspace.add_family(name.strip())
        if found := _chosen(workspace, line, talk):
            return found


def _chosen(workspace: Workspace, letters: str, talk: Talk) -> str:
    try:
        found = {each.family: each for each in reversed(workspace.find(letters, 20)) if each.family}
    except FieldkitError as wrong:
        talk.say(f"{wrong.said} {wrong.cure}")
        return ""
    if not found:
        talk.say("Nobody found.")
        return ""
    chosen = talk.choose([f"{each.name} {each.detail}".strip() for each in found.values()])
    return "" if chosen is None else [*found][chosen]
