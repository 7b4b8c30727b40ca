"""Conflicts as records: opened with both claims, joined by further devices, one claim a device, none ever dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sync.changes import Change, Policy, Value
from sync.merge.heads import Head, Touch

NAMESPACE = UUID("5f1c6a52-1c4e-5b53-9a0e-7d1a3b1f6c11")
DUE = {"A": timedelta(hours=24), "B": timedelta(days=7), "C": timedelta(days=30)}
"""How long a conflict may stay open, by class."""
OPEN, PROPOSED, RESOLVED = "open", "proposed", "resolved"
"""The values of a conflict's `status`."""
WITHDRAWN = "withdrawn"
"""Where a conflict keeps the proposals that another claim took back."""


@dataclass(frozen=True, slots=True)
class Contest:
    """What a conflict is about, before it is a record."""

    path: str
    policy: Policy
    was: Value = field(repr=False)
    now: Value = field(repr=False)
    said: Value = field(repr=False)
    shown: Value = field(repr=False)
    now_by: Touch | None = None
    others: tuple[tuple[Touch, Value], ...] = field(default=(), repr=False)
    """Of a safeguarding value: who else claims what; else what stands is claimed by who said it last."""


def row_of_device(device: str) -> str:
    """The sibling row of a device: rows begin with a digit."""
    return f"0{device[:31]}"


def opened(change: Change, head: Head, contest: Contest, at: str) -> Head:
    """A new conflict of a record with both claims, or the open one with this claim joined."""
    standing = head.conflicts.get(contest.path)
    mine = sibling(row_of_device(change.device), contest.said, Touch.of(change, head.version + 1))
    if standing is not None:
        return _joined(standing, row_of_device(change.device), mine, contest.shown)
    version = head.version + 1
    state: dict[str, Value] = {
        "record": head.record,
        "path": contest.path,
        "class": contest.policy.klass,
        "policy": contest.policy.merge,
        "order": list(contest.policy.order) or None,
        "status": OPEN,
        "opened": at,
        "due": _due(at, contest.policy.klass),
        "trunk": contest.was,
        "shown": contest.shown,
    }
    for said, value in contest.others:
        state |= sibling(row_of_device(said.device), value, said)
    if contest.now_by is not None and not contest.others:
        row = row_of_device(contest.now_by.device)
        other = f"1{row[1:]}" if contest.now_by.device == change.device else row
        state |= sibling(other, contest.now, contest.now_by)
    # With the hash, which is salted: else whoever knows the record could take the place before central does.
    name = uuid5(NAMESPACE, f"{head.record}|{contest.path}|{version}|{change.hash}").hex
    return rewritten(Head(name, "conflict", head.scope), state | mine)


def sibling(row: str, value: Value, said: Touch) -> dict[str, Value]:
    """One device's claim, as paths of the conflict record."""
    return {
        f"siblings/{row}/value": value,
        f"siblings/{row}/actor": said.actor,
        f"siblings/{row}/device": said.device,
        f"siblings/{row}/occurred_at": said.occurred_at,
        f"siblings/{row}/recorded_at": said.recorded_at,
        f"siblings/{row}/change": said.change,
    }


def rewritten(conflict: Head, state: Mapping[str, Value]) -> Head:
    """A conflict at its next version; everybody is sent it, for only central writes it."""
    said = {path: value for path, value in state.items() if value is not None}
    return replace(conflict.at(conflict.version + 1, said), echo=True)


def rows(conflict: Head) -> tuple[str, ...]:
    """The rows of the claims."""
    return tuple(sorted(path.split("/")[1] for path in conflict.state if path.endswith("/change")))


def without(state: Mapping[str, Value], place: str) -> dict[str, Value]:
    """A state without what stands under a path."""
    return {path: value for path, value in state.items() if not path.startswith(f"{place}/")}


def _joined(standing: Head, row: str, mine: Mapping[str, Value], shown: Value) -> Head:
    kept = {**without(without(standing.state, f"siblings/{row}"), PROPOSED), **_withdrawn(standing, row, mine)}
    return rewritten(standing, {**kept, **mine, "status": OPEN, "shown": shown})


def _withdrawn(standing: Head, row: str, mine: Mapping[str, Value]) -> dict[str, Value]:
    """A proposal that had not seen this claim counts no more. It stays to be found, with what came between."""
    told = {path.removeprefix(f"{PROPOSED}/"): value for path, value in standing.state.items() if _is_proposal(path)}
    place = f"{WITHDRAWN}/{len(withdrawn(standing)):03d}"
    after = {"after": mine[f"siblings/{row}/change"]} if told else {}
    return {f"{place}/{name}": value for name, value in {**told, **after}.items()}


def _is_proposal(path: str) -> bool:
    return path.startswith(f"{PROPOSED}/")


def withdrawn(conflict: Head) -> tuple[Mapping[str, Value], ...]:
    """The proposals that another claim took back, oldest first: `actor`, `value`, `reason`, `at`, and `after` what."""
    places = sorted({path.rpartition("/")[0] for path in conflict.state if path.startswith(f"{WITHDRAWN}/")})
    return tuple(
        {path.rpartition("/")[2]: value for path, value in conflict.state.items() if path.startswith(f"{place}/")}
        for place in places
    )


def _due(at: str, klass: str) -> str:
    return (datetime.fromisoformat(at) + DUE.get(klass, DUE["C"])).isoformat()
