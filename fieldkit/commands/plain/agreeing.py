"""Signing line by line: the whole text is said first, then who agrees and how. Drawing needs a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from fieldkit.casework.evidence import Support
from fieldkit.commands.plain.talk import Left, Talk
from fieldkit.errors import FieldkitError
from fieldkit.workspace.views import Evidence, Giver
from fieldkit.workspace.words import refuse_controls

if TYPE_CHECKING:
    from fieldkit.workspace import Workspace
    from fieldkit.workspace.views import Frozen

WAYS: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "typed": ("their name, typed", (("statement", "Their own words: I have read it and I agree, or what they mean"),)),
    "witnessed": (
        "said aloud, before a witness",
        (("statement", "Their words"), ("witness", "Who heard it"), ("only_spoken", "Why there are only words")),
    ),
    "paper": ("on paper", (("place", "Where the paper is kept"),)),
    "phone": (
        "by phone, read back",
        (
            ("statement", "What was read back"),
            ("witness", "Who else heard it"),
            ("only_spoken", "Why there are only words"),
        ),
    ),
    "participation": ("taking part is their yes", (("statement", "How they took part"),)),
    "not-today": ("not today", (("statement", "When, if they like"),)),
    "refused": ("no", (("statement", "Why, only if they like"),)),
}
"""Every way that needs no picture, and what is asked for it. All are of equal rank."""


def agree(workspace: Workspace, record: str, talk: Talk) -> None:
    """Read out, ask, seal."""
    try:
        _agree(workspace, record, talk)
    except Left as left:
        talk.say("", left.why or "Nothing was sealed.")


def _agree(workspace: Workspace, record: str, talk: Talk) -> None:
    name = _line(talk, "Who agrees? Their name")
    if not name:
        raise Left
    role = _line(talk, "Who are they? mother, carer, Aoife (13) …")
    frozen = workspace.freeze(record, Giver(name, role))
    talk.say("", "Read this out, or let them read it. It is exactly what is sealed.", "", frozen.text, "")
    reader = talk.choose(["I read it out", "an interpreter read it out", "a supporter read it out", "they read it"])
    talk.say("How do they answer?")
    chosen = talk.choose([words for words, _ in WAYS.values()])
    if chosen is None:
        raise Left
    method = [*WAYS][chosen]
    said = {key: _line(talk, words) for key, words in WAYS[method][1]}
    said["read_out"] = ("worker", "interpreter", "supporter", "")[3 if reader is None else reader]
    if not talk.agrees(f"Seal it: {name}, {WAYS[method][0]}?"):
        raise Left
    _seal(workspace, frozen, method, said, talk)


def _seal(workspace: Workspace, frozen: Frozen, method: str, said: Mapping[str, str], talk: Talk) -> None:
    support = Support(only_spoken=said.get("only_spoken", ""), read_out=said["read_out"])
    given = Evidence(
        method=method,
        name=frozen.giver.name,
        role=frozen.giver.role,
        statement=said.get("statement", ""),
        witness=said.get("witness", ""),
        place=said.get("place", ""),
        support=support,
    )
    try:
        click.echo(f"ACK {workspace.sign(frozen, given)}")
    except FieldkitError as wrong:
        talk.say(f"{wrong.said} {wrong.cure}")
        raise Left from None


def _line(talk: Talk, words: str) -> str:
    talk.say(f"{words}.")
    return refuse_controls(talk.ask())
