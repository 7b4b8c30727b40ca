"""Attendance at a session, and how a family's chronology shows it. Pure.

Two laptops that tick the same person at the same session make the same record; undoing sets its status. It belongs to
the centre. A family's chronology has a projection of it, written by central: that somebody came counts nowhere as a
child seen by a worker, and the centre does not learn whether a family worker has the family.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from sync.changes import Change, Patch, State
from sync.merge.heads import Head

NAMESPACE = UUID("0d5f52a4-63f0-5a0e-9a5b-6e1f7c0f3b21")
CAME = frozenset({"present", "late", "left"})
"""The statuses of somebody who was there."""
PRESENT, UNDONE = "present", "undone"
SAYS = "says/"
"""Begins the path, one a device, of what that laptop said last: an undo on one takes nothing back that another saw."""


def attendance_id(session: str, person: str) -> str:
    """The one record of a person at a session."""
    return uuid5(NAMESPACE, f"{session} {person}").hex


def projection_id(attendance: str, scope: str) -> str:
    """The record that shows an attendance in a family's scope."""
    return uuid5(NAMESPACE, f"{attendance} {scope}").hex


def refusal(change: Change, head: Head | None) -> str:
    """Why this record of attendance is not taken, or blank: it stands at a centre, under its natural key."""
    said = {path: str(value) for path, value in change.patch.items() if path in ("session", "person")}
    if head is not None:
        return "" if all(head.state.get(path) == value for path, value in said.items()) else "immutable"
    at_centre = str(change.patch.get("@scope")).startswith("centre:")
    natural = attendance_id(said.get("session", ""), said.get("person", "")) == change.record
    # A scope in a person's place would make the id that central reckons for what it shows of another attendance.
    plain = ":" not in said.get("person", "")
    return "" if at_centre and natural and plain and len(said) == 2 else "malformed"


def shown(attendance: Head) -> Patch:
    """What a chronology shows of it."""
    state: State = attendance.state
    facts = {path: state.get(path) for path in ("person", "date", "title")}
    return {**facts, "came": PRESENT if has_come(attendance) else UNDONE}


def has_come(attendance: Head) -> bool:
    """Whether it says that somebody was there."""
    return not attendance.deleted and status_of(attendance.state) in CAME


def status_of(state: State) -> str:
    """How somebody stands: as was said last; but in, as long as another laptop that saw them has not taken it back."""
    status = str(state.get("status") or "")
    if status in CAME:
        return status
    said = {str(value) for path, value in state.items() if path.startswith(SAYS) and value in CAME}
    return next((each for each in (PRESENT, "late", "left") if each in said), status)
