"""The plan of a family: its actions as the latest forms tell them, how each stands, and one step on. Pure.

An assessment, a plan and a review tell of the same actions, row for row; what a later form says of a row stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from fieldkit.casework.kinds import day
from fieldkit.errors import Refused
from sync.changes import Value


@dataclass(frozen=True, slots=True)
class Places:
    """Where a form tells of an action, within its row."""

    repeat: str
    what: str
    by: str
    came: str
    """Where it wants to hear what came of it; blank where it does not ask."""
    why_stopped: tuple[tuple[str, str], ...]
    """The reasons it knows for an action that stopped: word and label."""


_WHY = (
    ("choice", "the family's choice"),
    ("unavailable", "not available"),
    ("unneeded", "no longer needed"),
    ("passed", "passed on"),
)
_WHY_IN_REVIEW = (
    ("family", "the family's choice"),
    ("missing", "not available"),
    ("needless", "no longer needed"),
    ("passed", "passed on"),
)
PLACES: Mapping[str, Places] = {
    "eha": Places("o/actions", "action/act", "action/by_when", "", _WHY),
    "plan": Places("b/actions", "action/act", "action/by_when", "action/came_of", _WHY),
    "review": Places("b/actions", "action/what", "action/new_date", "action/tells", _WHY_IN_REVIEW),
}
"""By form: where its actions lie."""
STATUS, OWNER, STOPPED = "action/status", "action/owner", "action/stopped"
NEW, ON, LATE, DONE, ENDED = "not begun", "on the way", "late", "done", "stopped"
MARKS: Mapping[str, str] = {DONE: "✓", ON: "●", LATE: "!", ENDED: "–", NEW: "○"}
"""By how it stands: the mark before the words, which are always there as well."""
STATUSES: Mapping[str, str] = {
    "proposed": NEW,
    "agreed": NEW,
    "started": ON,
    "partly": ON,
    "done": DONE,
    "stopped": ENDED,
}
"""By the form's word: how an action stands, when it is not late."""
STEP: Mapping[str, str] = {"proposed": "agreed", "agreed": "started", "started": "done", "partly": "done"}
"""One step on from each status."""
WANTS_WORDS = frozenset({"done", "partly"})
_ORDER = (LATE, ON, NEW, DONE, ENDED)


@dataclass(frozen=True, slots=True)
class Action:
    """Something somebody said they would do."""

    record: str
    row: str
    form: str
    what: str = field(repr=False)
    owner: str = field(repr=False)
    by: date | None
    status: str

    def stands(self, today: date) -> str:
        """How it stands, in the words of the table."""
        told = STATUSES.get(self.status, NEW)
        return LATE if told in (NEW, ON) and self.by is not None and self.by < today else told

    @property
    def place(self) -> str:
        """Where it lies in its record."""
        return f"{PLACES[self.form].repeat}/{self.row}"


@dataclass(frozen=True, slots=True)
class Told:
    """A filed form, as far as the plan needs it: the earliest first."""

    record: str
    kind: str
    state: Mapping[str, Value] = field(repr=False)


def actions(filed: Iterable[Told], today: date) -> tuple[Action, ...]:
    """The actions of a family, what is late first. A plan takes the place of the assessment's list."""
    found: dict[str, Action] = {}
    for each in filed:
        places = PLACES.get(each.kind)
        if places is None:
            continue
        rows = {row: _action(each, places, row) for row in _rows(each.state, places.repeat)}
        if each.kind == "plan" and rows:
            found = {row: action for row, action in found.items() if row in rows}
        for row, action in rows.items():
            found[row] = _newer(found.get(row), action)
    return tuple(sorted(found.values(), key=lambda one: (_ORDER.index(one.stands(today)), one.by or date.max, one.row)))


def step(action: Action) -> str:
    """The status one step on; Refused where there is none."""
    if action.status in STEP:
        return STEP[action.status]
    if action.status:
        raise Refused("That action is finished.", "Choose another status to open it again.")
    return "agreed"


def moved(action: Action, status: str, words: str = "") -> dict[str, Value]:
    """The edit that moves an action on: its status and what came of it, where the form asks for that."""
    if status not in STATUSES:
        raise Refused("That is no status of an action.", f"Use one of: {', '.join(STATUSES)}.")
    places = PLACES[action.form]
    came = places.came
    if status in WANTS_WORDS and came and not words:
        raise Refused("What came of it? A few words, for whoever reads the plan next.", "Nothing was changed.")
    if status == "stopped" and words not in dict(places.why_stopped):
        raise Refused("Why did it stop?", f"One of: {', '.join(word for word, _ in places.why_stopped)}.")
    patch: dict[str, Value] = {f"{action.place}/{STATUS}": status}
    if status == "stopped":
        patch[f"{action.place}/{STOPPED}"] = words
    elif words and came:
        patch[f"{action.place}/{came}"] = words
    return patch


def line(found: Iterable[Action], today: date) -> str:
    """The plan in one line: 2 of 5 actions are done, 1 late."""
    told = [each.stands(today) for each in found]
    if not told:
        return ""
    late = f", {told.count(LATE)} late" if LATE in told else ""
    return f"{told.count(DONE)} of {len(told)} done{late}"


def _rows(state: Mapping[str, Value], repeat: str) -> list[str]:
    start, end = f"{repeat}/", "/@order"
    placed = [(str(told), path) for path, told in state.items() if path.startswith(start) and path.endswith(end)]
    ids = [path.removeprefix(start).removesuffix(end) for _, path in sorted(placed)]
    return [row for row in ids if "/" not in row]


def _action(told: Told, places: Places, row: str) -> Action:
    at = f"{places.repeat}/{row}"
    said = (places.what, OWNER, places.by, STATUS)
    what, owner, by, status = (str(told.state.get(f"{at}/{one}") or "") for one in said)
    return Action(told.record, row, told.kind, what, owner, day(by), status)


def _newer(before: Action | None, after: Action) -> Action:
    """A later word on the same row: what it does not tell stays as it was told."""
    if before is None:
        return after
    return replace(after, what=after.what or before.what, owner=after.owner or before.owner, by=after.by or before.by)
