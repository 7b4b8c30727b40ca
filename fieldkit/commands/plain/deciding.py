"""Conflicts one by one, line by line: what it was, what each side says, and the decision with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fieldkit.commands.plain.talk import Left, Talk
from fieldkit.errors import FieldkitError

if TYPE_CHECKING:
    from fieldkit.workspace import Workspace
    from fieldkit.workspace.views import ConflictCard

LATER, BOTH = "later: leave it open", "both, as dated statements"


def decide(workspace: Workspace, talk: Talk, only: str = "") -> None:
    """Go through the open conflicts, or one of them; each decision is kept before the next is shown."""
    waiting = [row.id for row in workspace.conflicts() if only in ("", row.id)]
    talk.say(f"{len(waiting)} to look at." if waiting else "No conflicts.")
    try:
        for place, conflict in enumerate(waiting, 1):
            talk.say("", f"Conflict {place} of {len(waiting)}.")
            _one(workspace, workspace.conflict(conflict), talk)
    except Left as left:
        talk.say("", left.why or "The others stay open.")


def _one(workspace: Workspace, card: ConflictCard, talk: Talk) -> None:
    if card.blocked_by_room:
        talk.say("Not while somebody else is in the room. It waits for you here.")
        return
    talk.say(*told(card))
    takes = [side.row for side in card.sides]
    words = [
        f"{'mine' if side.mine else 'theirs'}: {side.value_text or 'nothing'}{_less(card, side.row)}"
        for side in card.sides
    ]
    chosen = talk.choose([*words, BOTH, LATER])
    if chosen is None or chosen > len(takes):
        talk.say("It stays open.")
        return
    talk.say("Why? It is kept with the decision. A blank line leaves it open.")
    reason = talk.ask().strip()
    if not reason:
        talk.say("It stays open.")
        return
    _keep(workspace, card, (*takes, "both")[chosen], reason, talk)


def _keep(workspace: Workspace, card: ConflictCard, take: str, reason: str, talk: Talk) -> None:
    try:
        done = workspace.resolve(card.id, take, reason)
    except FieldkitError as wrong:
        talk.say(f"{wrong.said} {wrong.cure}")
        return
    talk.say("Proposed: a lead must agree." if done.state == "proposed" else "Decided.")
    click.echo(f"ACK {card.id}")


def _less(card: ConflictCard, row: str) -> str:
    return " (less safe: a lead must agree)" if row in card.less_protective else ""


def told(card: ConflictCard) -> list[str]:
    """A conflict in sentences, in the order in which they are listened to."""
    lines = [f"{card.field_label}{f' of {card.family_name}' if card.family_name else ''}."]
    lines.append(f"It was: {card.was or 'nothing'}.")
    for side in card.sides:
        whose = "Mine" if side.mine else f"Theirs, {side.who}"
        words = f" In their words: {side.words}" if side.words else ""
        lines.append(f"{whose}, {side.when:%d %b %H:%M}: {side.value_text or 'nothing'}.{words}")
    lines.append(f"Shown meanwhile: {card.shown}. {card.shown_why}".strip())
    if card.proposed_by:
        lines.append(f"{card.proposed_by} proposes {card.proposed}; a second person decides.")
    lines += [f"Counts no more: {each}" for each in card.withdrawn]
    return [*lines, f"Decide by {card.due:%d %b %H:%M}."]
