"""Resolving a conflict: a person's change that names what was looked at. A safer value falls only by two people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sync.changes import Change, Policy, Value, apply
from sync.merge.conflicts import PROPOSED, RESOLVED, rewritten, row_of_device, rows, without
from sync.merge.heads import DELETED, Head, Merge
from sync.merge.kinds import URGENT
from sync.merge.policies import entries, rank
from sync.merge.sayings import decided

LEAD = "lead"
"""The role of the second person."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person takes, and why."""

    take: str
    value: Value = field(repr=False)
    reason: str = field(repr=False)
    role: str | None = None
    """Of a proposal: what its author is; of the two people one must be a lead, whoever comes first."""


def resolve(change: Change, conflict: Head, about: Head, role: str, at: str) -> Merge:
    """What becomes of a resolve. The head is the conflict's; the record it is about stands in `also` when it changed.

    The patch: `take` (mine, theirs, both or a sibling's row), `reason`, `seen` (the hashes of the claims looked at),
    and for `both` of a text the joined `value`. `role` is the actor's, as central knows it.
    """
    choice = _choice(change, conflict)
    if refusal := _refusal(change, conflict, choice):
        return Merge("refused", conflict, refusal)
    assert choice is not None
    if not needs_second(conflict, choice.value):
        return _settle(change, conflict, about, choice, at)
    if conflict.state.get("status") == PROPOSED and conflict.state.get("proposed/value") == choice.value:
        if conflict.state.get("proposed/actor") == change.actor or LEAD not in (
            role,
            conflict.state.get("proposed/role"),
        ):
            return Merge("refused", conflict, "second-person")
        return _settle(change, conflict, about, choice, at)
    noted = _noted(change, conflict, PROPOSED, replace(choice, role=role), at)
    return Merge("applied", noted, "second-person", urgent=True)


def needs_second(conflict: Head, value: Value) -> bool:
    """Whether taking this value lowers protection, or could: then a second person must agree."""
    if conflict.state.get("class") != "A" or value == conflict.state.get("shown"):
        return False
    policy = Policy("ask", "A", tuple(entries(conflict.state.get("order"))))
    taken, shown = rank(value, policy), rank(conflict.state.get("shown"), policy)
    return taken is None or shown is None or taken < shown


def _refusal(change: Change, conflict: Head, choice: Choice | None) -> str:
    if conflict.state.get("status") == RESOLVED:
        return "already-decided"
    claims = {conflict.state[f"siblings/{row}/change"] for row in rows(conflict)}
    if not claims <= set(entries(change.patch.get("seen"))):
        return "sibling-arrived"
    return "" if choice is not None and choice.reason else "malformed"


def _choice(change: Change, conflict: Head) -> Choice | None:
    take, reason = str(change.patch.get("take") or ""), str(change.patch.get("reason") or "")
    if take == "both":
        return Choice(take, _both(change, conflict), reason)
    row = _row(take, change.device, rows(conflict))
    return None if row is None else Choice(take, conflict.state.get(f"siblings/{row}/value"), reason)


def _row(take: str, device: str, claims: tuple[str, ...]) -> str | None:
    mine = row_of_device(device)
    if take == "theirs":
        others = [row for row in claims if row != mine]
        return others[0] if len(others) == 1 else None
    wanted = mine if take == "mine" else take
    return wanted if wanted in claims else None


def _both(change: Change, conflict: Head) -> Value:
    values = [conflict.state.get(f"siblings/{row}/value") for row in rows(conflict)]
    if any(isinstance(value, list) for value in values):
        return list(dict.fromkeys(entry for value in values for entry in entries(value)))
    said = change.patch.get("value")
    return said if isinstance(said, str) else "\n\n".join(str(value) for value in values if value is not None)


def _noted(change: Change, conflict: Head, status: str, choice: Choice, at: str) -> Head:
    note = {
        "status": status,
        f"{status}/actor": change.actor,
        f"{status}/device": change.device,
        f"{status}/take": choice.take,
        f"{status}/value": choice.value,
        f"{status}/reason": choice.reason,
        f"{status}/at": at,
        f"{status}/role": choice.role,
    }
    return rewritten(conflict, {**without(conflict.state, status), **note})


def _settle(change: Change, conflict: Head, about: Head, choice: Choice, at: str) -> Merge:
    after = _noted(change, conflict, RESOLVED, choice, at)
    path, version = str(conflict.state["path"]), about.version + 1
    patch = _patch(path, choice.value, conflict)
    state = about.state if path == DELETED else apply(about.state, patch)
    touched = {said: decided(change, about, said, value) for said, value in patch.items()}
    record = replace(
        about.at(version, state),
        touched={**about.touched, **touched},
        conflicts={place: each for place, each in about.conflicts.items() if place != path},
        deleted=choice.value == "deleted" if path == DELETED else about.deleted,
        echo=True,
    )
    urgent = about.kind in URGENT or conflict.state.get("class") == "A"
    return Merge("applied", after, also=(record,), urgent=urgent)


def _patch(path: str, value: Value, conflict: Head) -> dict[str, Value]:
    """What the choice writes into the record: one path, or all members of a unit."""
    claims = [conflict.state.get(f"siblings/{row}/value") for row in rows(conflict)]
    members = {member for claim in claims if isinstance(claim, dict) for member in claim}
    if not members or "hash" in members:
        return {path: value}
    taken = value if isinstance(value, dict) else {}
    return {member: taken.get(member) for member in sorted(members)}
