"""Parting a family in two: what of a record goes along, under which id, and what never does. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from sync.changes import Change, State, Value, apply, is_erased, state_text, text_hash

NAMESPACE = UUID("8a0b1c58-1d2f-5b9e-8f0a-2f3f5f0d6a77")
STAYS = frozenset({"family", "person", "conflict", "attended", "link", "address", "handover", "restricted"})
"""Kinds that are not shared history: people live in one home, and what lies where has a rule of its own."""
WHEREABOUTS = frozenset({"address", "postcode", "uprn", "phone", "email", "second_home"})
"""What of the family card is about the old home."""
NAMED = ("given", "surname", "known_as")
"""What another home knows of somebody who does not live in it."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record as the history has it."""

    number: int
    hash: str
    change: Change = field(repr=False)


def copy_id(record: str, scope: str) -> str:
    """The id of a record's copy in another scope: the same whoever asks, and not to be guessed without the scope."""
    return uuid5(NAMESPACE, f"{record} {scope}").hex


def as_it_was(record: str, history: Sequence[Version], end: datetime) -> dict[str, Value] | None:
    """The contents of a record at a time, made from its history; None when there was none, or it cannot be proven.

    A version counts when what was made has its hash: words that were merged cannot be made anew, and then the last
    version before that is what is known.
    """
    state: dict[str, Value] = {}
    known: dict[str, Value] | None = None
    for version in history:
        if is_erased(version.change.line) or not _was_written(version.change, end):
            break
        plain = {path: value for path, value in version.change.patch.items() if path[0] != "@"}
        state = {} if version.change.kind in ("delete", "resolve") else dict(apply(state, plain))
        if text_hash(record, version.number, state_text(state)) == version.hash:
            known = state
    return known


def is_older(history: Sequence[Version], end: datetime) -> bool:
    """Whether all that was ever written in a record was written by then."""
    return bool(history) and all(_was_written(version.change, end) for version in history)


def _was_written(change: Change, end: datetime) -> bool:
    try:
        told = datetime.fromisoformat(change.recorded_at)
    except ValueError:
        return False
    return told.tzinfo is not None and told < end


def shared(state: State, origin: str, ids: Mapping[str, str]) -> dict[str, Value]:
    """A copy's contents: it names its origin, and what it pointed at is the copy of that."""
    return {**{path: _pointed(value, ids) for path, value in state.items()}, "origin": origin}


def _pointed(value: Value, ids: Mapping[str, str]) -> Value:
    if isinstance(value, list):
        return [ids.get(entry, entry) for entry in value]
    return ids.get(value, value) if isinstance(value, str) else value


def new_family(state: State, origin: str) -> dict[str, Value]:
    """The card of the part that goes: nothing of where the old home is, and an address that is confidential."""
    kept = {path: value for path, value in state.items() if path.partition("@")[0] not in WHEREABOUTS}
    return {**kept, "origin": origin, "address_confidential": "yes"}


def link(person: str, state: State) -> dict[str, Value]:
    """What another home holds of somebody who lives elsewhere: who it is, and nothing else."""
    return {"person": person, **{path: state[path] for path in NAMED if path in state}}
