"""Who must be told of what safeguarding leaves open, and since when: holder, lead, duty deputy, next deputy. Pure.

Each step has its moment between opening and due; what nobody can be told of at one step goes on to the next at once.
Whoever wrote a concern is never the one who is told of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync.changes import State, row_of
from sync.merge.policies import entries

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = ("day", "night", "deputy")
HOLDER, LEAD, DUTY, DEPUTY = "holder", "lead", "duty", "deputy"
SHARES = ((HOLDER, 0.0), (LEAD, 0.25), (DUTY, 0.5))
"""When each step comes, as a share of the time from opening to due. Deputies follow from then on."""
BETWEEN = timedelta(hours=1)
"""Between one deputy and the next, and before an empty rota is looked at again."""
CONCERN = {"yes": timedelta(hours=1), "no": timedelta(hours=4)}
"""How long a concern may stay unread, by `urgent`."""
USUAL_ZONE = "Europe/London"
USUAL_DAYS, USUAL_FROM, USUAL_UNTIL = frozenset(range(5)), time(8, 30), time(17, 30)


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turn of duty."""

    worker: str
    part: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """The council's working hours and its turns of duty."""

    zone: str = USUAL_ZONE
    days: frozenset[int] = USUAL_DAYS
    begins: time = USUAL_FROM
    ends: time = USUAL_UNTIL
    turns: tuple[Turn, ...] = ()

    def is_working(self, at: datetime) -> bool:
        """Whether the council is at work, by its own wall clock."""
        here = at.astimezone(ZoneInfo(self.zone))
        return here.weekday() in self.days and self.begins <= here.time() < self.ends

    def on(self, part: str, at: datetime) -> tuple[str, ...]:
        """Whose turn it is, in the order of the rota, each once."""
        turns = (turn.worker for turn in self.turns if turn.part == part and turn.since <= at < turn.until)
        return tuple(dict.fromkeys(turns))

    def duty(self, at: datetime) -> tuple[str, ...]:
        """Who has duty: by day in working hours, else by night; a deputy where nobody is named."""
        return self.on("day" if self.is_working(at) else "night", at) or self.on("deputy", at)[:1]

    @classmethod
    def of(cls, settings: State) -> Rota:
        """The rota of the council's settings: `zone`, `hours/days|from|until`, `rota/<row>/worker|part|from|until`."""
        days = [DAYS.index(day) for day in entries(settings.get("hours/days")) if day in DAYS]
        return cls(
            zone=_zone(settings.get("zone")),
            days=frozenset(days) or USUAL_DAYS,
            begins=_time(settings.get("hours/from"), USUAL_FROM),
            ends=_time(settings.get("hours/until"), USUAL_UNTIL),
            turns=tuple(_turns(settings)),
        )


@dataclass(frozen=True, slots=True)
class Open:
    """A conflict about safeguarding, or a concern nobody has read."""

    about: str
    opened: datetime
    due: datetime
    holders: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    author: str = ""
    acknowledged: datetime | None = None
    """When somebody who was told said so: until it is due nobody further is told."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Who must be told, at which step, since when."""

    about: str
    step: str
    worker: str
    since: datetime = field(compare=False)


def tells(open_: Open, rota: Rota, now: datetime) -> list[Tell]:
    """Everybody who must have been told by now, each once, in order."""
    found: dict[str, Tell] = {}
    for step, at in _moments(open_, rota):
        if at > now:
            break
        if not _is_quiet(open_, at):
            for name, worker in _next_people(open_, rota, (step, at), found):
                found[worker] = Tell(open_.about, name, worker, at)
    return list(found.values())


def next_moment(open_: Open, rota: Rota, now: datetime) -> datetime:
    """When to look again: the next step, or after an hour, for the rota may have changed."""
    return min((at for _, at in _moments(open_, rota) if at > now), default=now + BETWEEN)


def _moments(open_: Open, rota: Rota) -> Iterator[tuple[str, datetime]]:
    span = open_.due - open_.opened
    yield from ((step, open_.opened + span * share) for step, share in SHARES)
    count = sum(turn.part == "deputy" for turn in rota.turns)
    yield from ((DEPUTY, open_.due + BETWEEN * place) for place in range(max(count, 1)))


def _is_quiet(open_: Open, at: datetime) -> bool:
    return open_.acknowledged is not None and open_.acknowledged <= at < open_.due


def _next_people(
    open_: Open, rota: Rota, moment: tuple[str, datetime], told: Mapping[str, Tell]
) -> list[tuple[str, str]]:
    """Those of the step who have not been told; where there is nobody, of the step after it. Out of hours duty too."""
    first, at = moment
    groups = {
        HOLDER: open_.holders,
        LEAD: open_.leads,
        DUTY: rota.duty(at),
        DEPUTY: rota.on("deputy", at),
    }
    steps = list(groups)
    place = steps.index(first)
    # Where nobody is left further on, those before who were not told yet: overdue is never told to nobody.
    for step in (*steps[place:], *reversed(steps[:place])):
        new = [worker for worker in groups[step] if worker not in told and worker != open_.author]
        if not new:
            continue
        people = [(step, worker) for worker in (new[:1] if step == DEPUTY else new)]
        if step in (HOLDER, LEAD) and not rota.is_working(at):
            people += [(DUTY, each) for each in groups[DUTY] if each not in (*told, *new, open_.author)]
        return people
    return []


def _turns(settings: State) -> Iterator[Turn]:
    rows = {row for path in settings if (row := row_of(path)) is not None and path.startswith("rota/")}
    for row in sorted(rows, key=lambda row: (str(settings.get(f"{row}/@order") or ""), row)):
        told = [str(settings.get(f"{row}/{name}") or "") for name in ("worker", "part", "from", "until")]
        if all(told):
            yield Turn(told[0], told[1], datetime.fromisoformat(told[2]), datetime.fromisoformat(told[3]))


def _time(told: object, usual: time) -> time:
    """A time of the settings; the usual one where what stands there is none: a slip must not stop anybody's sync."""
    try:
        return time.fromisoformat(told) if isinstance(told, str) else usual
    except ValueError:
        return usual


def _zone(told: object) -> str:
    try:
        return ZoneInfo(str(told)).key if told else USUAL_ZONE
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return USUAL_ZONE
