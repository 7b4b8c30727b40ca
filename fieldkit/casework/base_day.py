"""The base day of a team lead (DOMAIN 5.18): who has not synced, what waits for a person, how old it is. Pure.

Nothing here measures a person's work. It says where something waits that somebody must see to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SILENT = timedelta(days=2)
"""A laptop that has not synced for longer is pointed out: what is on it is nowhere else."""
AGES = (("under 24 h", timedelta(hours=24)), ("1 to 7 days", timedelta(days=7)))
OLDER = "older"
UNREAD_FOR = timedelta(minutes=30)
"""A concern that nobody has read for longer stands out."""
SAMPLE = 6
"""Assessments a month that a lead looks at with the checklist, unless the council says otherwise."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team, as central last told it."""

    worker: str
    name: str = field(repr=False)
    role: str
    last_sync: datetime | None
    waiting: int
    """Changes that were still on the laptop when it last spoke."""
    scopes: frozenset[str]
    """Families and centres that both the member and the lead hold."""
    held: int


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits: in which scope, and since when."""

    scope: str
    since: datetime
    klass: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in the families of a team."""

    conflicts: Sequence[Matter] = ()
    unsigned: Sequence[Matter] = ()
    overdue: Sequence[Matter] = ()


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the base day."""

    worker: str
    name: str = field(repr=False)
    role: str
    last_sync: datetime | None
    silent_days: int
    """Whole days since the last sync; -1 when there never was one."""
    alarm: bool
    waiting: int
    conflicts: int
    unsigned: int
    overdue: int
    families: int


def rows(members: Iterable[Member], waiting: Waiting, leads: Mapping[str, str], now: datetime) -> tuple[MemberRow, ...]:
    """One row a member, who has been silent longest first. `leads`: by family scope, whose family it is by name."""
    team = list(members)
    counts = [_by_member(matters, team, leads) for matters in (waiting.conflicts, waiting.unsigned, waiting.overdue)]
    made = [_row(member, [count.get(member.worker, 0) for count in counts], now) for member in team]
    return tuple(sorted(made, key=lambda row: (not row.alarm, -row.silent_days if row.alarm else 0, row.name)))


def _row(member: Member, counts: Sequence[int], now: datetime) -> MemberRow:
    conflicts, unsigned, overdue = counts
    never = member.last_sync is None
    silence = timedelta.max if member.last_sync is None else now - member.last_sync
    return MemberRow(
        member.worker,
        member.name,
        member.role,
        member.last_sync,
        -1 if never else max(silence.days, 0),
        silence > SILENT,
        member.waiting,
        conflicts,
        unsigned,
        overdue,
        sum(scope.startswith("family:") for scope in member.scopes),
    )


def _by_member(matters: Iterable[Matter], team: Sequence[Member], leads: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for matter in matters:
        whose = holder(matter.scope, team, leads.get(matter.scope, ""))
        if whose:
            found[whose] = found.get(whose, 0) + 1
    return found


def holder(scope: str, team: Iterable[Member], lead: str = "") -> str:
    """Whose a family is: the lead professional it names, else the first worker who holds it, else any holder."""
    holders = [each for each in team if scope in each.scopes]
    named = [each for each in holders if lead and lead in (each.name, each.worker)]
    workers = [each for each in holders if each.role == "worker"]
    found = [*named, *workers, *holders]
    return found[0].worker if found else ""


def ages(matters: Iterable[Matter], now: datetime) -> dict[str, int]:
    """How many are how old: under a day, up to a week, older."""
    counted = dict.fromkeys((*(name for name, _ in AGES), OLDER), 0)
    for matter in matters:
        counted[next((name for name, limit in AGES if now - matter.since < limit), OLDER)] += 1
    return counted


def sample(month: str, records: Collection[str], count: int = SAMPLE) -> tuple[str, ...]:
    """Which records are looked at this month: chosen by a hash of month and id, so that nobody picks and all can check.

    `month`: 2026-11. The same month and records give the same sample on every laptop.
    """

    def order(record: str) -> str:
        return hashlib.sha256(f"{month} {record}".encode()).hexdigest()

    return tuple(sorted(records, key=order)[:count])
