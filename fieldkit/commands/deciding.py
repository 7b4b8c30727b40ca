"""Conflicts on the command line: the list with every side, and the decision."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.workspace.set_aside import AsideRow
from fieldkit.workspace.views import ConflictCard

SECOND = "a second person must agree, and one of the two must be a team lead"


@click.command()
@device_verb
@json_flag
def conflicts(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Every open conflict: was, each side, who and when, what is shown meanwhile."""
    with opened(home, passphrase_file) as workspace:
        cards = [workspace.conflict(row.id) for row in workspace.conflicts()]
        tell(cards, as_json, lambda: [line for card in cards for line in told_of(card)] or ["no conflicts"])


def told_of(card: ConflictCard) -> list[str]:
    """A conflict in words: about whom, what each side says, what is shown meanwhile, what was proposed."""
    sides = [
        f"  {'mine' if side.mine else 'theirs'} ({side.row}): {side.value_text}  {side.who}, {side.when:%d %b %H:%M}"
        for side in card.sides
    ]
    asked = [f"  {card.proposed_by} proposes {card.proposed}; {SECOND}"] if card.proposed_by else []
    asked += [f"  counts no more: {each}" for each in card.withdrawn]
    shown = f"  shown meanwhile: {card.shown} ({card.shown_why})"
    of = f" of {card.family_name}" if card.family_name else ""
    first = f"{card.id}  {card.field_label}{of}  was: {card.was}  decide by {card.due:%d %b %H:%M}"
    return [first, *sides, shown, *asked]


@click.command()
@device_verb
@click.argument("conflict", required=False)
@click.option("--take", help="mine, theirs, both, or a side's row.")
@click.option("--reason", help="Why; kept with the decision.")
@click.option("--plain", is_flag=True, help="Ask line by line, for screen readers; all of them when none is named.")
def resolve(
    home: Path | None,
    passphrase_file: Path | None,
    conflict: str | None,
    take: str | None,
    reason: str | None,
    plain: bool,
) -> None:
    """Decide a conflict. Choosing the less protective value waits for a second person, a team lead."""
    if plain:
        from fieldkit.commands.plain.deciding import decide
        from fieldkit.commands.plain.talk import Talk

        with opened(home, passphrase_file) as workspace:
            decide(workspace, Talk(workspace.idle_minutes), conflict or "")
        return
    if conflict is None or take is None or reason is None:
        raise click.UsageError("Give a conflict, --take and --reason, or --plain.")
    with opened(home, passphrase_file) as workspace:
        done = workspace.resolve(conflict, take, reason)
        click.echo(f"ACK {conflict}")
        click.echo(done.state, err=True)


@click.command("set-aside")
@device_verb
@json_flag
def set_aside(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """What central did not take of this device: why, and the words that were written. Nothing of it is lost."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.set_aside()
        tell(rows, as_json, lambda: [line for row in rows for line in aside_lines(row)] or ["central took everything"])


def aside_lines(row: AsideRow) -> list[str]:
    """One of them in words."""
    first = f"{row.at:%d %b %Y %H:%M}  {row.about}  ({row.record})"
    return [first, f"  {row.why}", *(f"  {label}: {words}" for label, words in row.answers)]


COMMANDS = (conflicts, resolve, set_aside)
