"""What follows from a register: who is in the building, walk-ins completed, bookings of a course, reach as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from fieldkit.casework import finding, people, registers
from fieldkit.casework.kinds import day as day_told
from fieldkit.casework.registers import BOOKED, CAME, IN, UNDONE, Attender, Reach
from fieldkit.errors import Refused
from fieldkit.exports import reach as pictures
from fieldkit.store.records import Record
from fieldkit.workspace.families import Families
from fieldkit.workspace.new_file import NewFile
from fieldkit.workspace.registers import BANDS, FINISHED, UNFINISHED, WEEKS, Registers
from fieldkit.workspace.views import PersonDetails
from fieldkit.workspace.words import said_reason
from sync.changes import Value
from sync.merge.attendances import attendance_id, status_of


@dataclass(frozen=True, slots=True)
class InNow:
    """Somebody who is in the building now."""

    person: str
    name: str = field(repr=False)
    adult: bool
    age: int | None
    allergies: str = field(repr=False)
    collect: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class InGroup:
    """One session of the day, for an evacuation: who of it is in, and how many were counted without a name."""

    name: str = field(repr=False)
    begins: str
    people: tuple[InNow, ...]
    unnamed: int


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody whose registration is still to be completed."""

    person: str
    name: str = field(repr=False)
    band: str
    on: date
    centre: str
    perhaps: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Who it may be of those already known: id, and name with family."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What completes a walk-in: who it is of those already known; else a family, or a new one, and the rest."""

    known: str = ""
    family: str = ""
    surname: str = field(default="", repr=False)
    dob: str = field(default="", repr=False)
    relation: str = field(default="", repr=False)


class CentreDay(Registers, Families):
    """The verbs of a centre's day that read a register, or finish it."""

    def in_now(self, session: str) -> list[InNow]:
        """Who of a session is in the building now; protected people by alias. Children first."""
        door = self.door(session)
        return _inside(door.attenders, door.book.statuses)

    def in_building(self, session: str) -> list[InGroup]:
        """Who is in the building, for an evacuation: every session of that centre and day, this one first."""
        door = self.door(session)
        own, scope = door.session, f"centre:{door.session.centre}"
        same = [row for row in self.sessions(own.centre) if row.on == own.on and row.id != session]
        statuses = self._statuses({scope})
        groups = []
        for row in (own, *same):
            unnamed = sum(count.adults + count.children for _, count in self._headcounts(scope, row.id))
            here = _inside(door.attenders, statuses.get(row.id, {}))
            groups.append(InGroup(row.name, row.begins, tuple(here), unnamed))
        return groups

    def write_in_now(self, session: str, out: Path, reason: str) -> int:
        """The evacuation's list as a new file, children first; how many stand on it. Audited, and Today reminds."""
        why = said_reason(reason)
        groups = self.in_building(session)
        with NewFile(out) as file:
            self.store.audit.note("in-now", f"{session}: {why}")
            self.store.exports.keep(session, "in-now", "centre", str(out.absolute()))
            file.write("\n".join([self._as_of(), *printed(groups)]).encode())
        return sum(len(group.people) + group.unnamed for group in groups)

    def _as_of(self) -> str:
        return f"In the building, {self.clock.now():%d %b %Y %H:%M}. Names as at the door; destroy it afterwards."

    def book(self, session: str, persons: Sequence[str]) -> dict[str, dict[str, str]]:
        """Book people; of a course, for this week and those that follow. What was said before, by session and person.

        Who is in, or was, stays so.
        """
        held = self._session(session)
        statuses = self._statuses({held.scope})
        before: dict[str, dict[str, str]] = {}
        with self.store.transaction():
            for each in self._course(held):
                said = statuses.get(each, {})
                free = [person for person in persons if said.get(person, UNDONE) == UNDONE]
                before[each] = self.attend(each, free, BOOKED) if free else {}
        return before

    def _course(self, session: Record) -> list[str]:
        """This session and, of a course, those after it."""
        if not session.state.get(WEEKS):
            return [session.id]
        rows = self.sessions(session.scope.removeprefix("centre:"))
        own = next(row for row in rows if row.id == session.id)
        later = sorted((row.on, row.id) for row in rows if people.fold(row.name) == people.fold(own.name))
        return [session.id, *(each for on, each in later if on > own.on)]

    # -- walk-ins

    def to_complete(self, centre: str = "") -> list[WalkIn]:
        """Walk-ins who came and whose registration is to be completed, the latest first; in the safe view none."""
        held = () if self.room.safe else self.store.records.of_kind("centre")
        scopes = [each.scope for each in held if not centre or each.id == centre]
        rows = [self._walk_in(each) for scope in scopes for each in self._unfinished_of(scope)]
        return sorted(rows, key=lambda row: (row.on, row.name), reverse=True)

    def _unfinished_of(self, scope: str) -> Iterator[Record]:
        came = {
            str(each.state.get("person"))
            for each in self.store.records.of_scope(scope, "attendance")
            if status_of(each.state) in CAME
        }
        for each in self.store.records.of_scope(scope, "person"):
            if each.state.get("walk_in") == UNFINISHED and each.id in came:
                yield each

    def _walk_in(self, record: Record) -> WalkIn:
        on = day_told(record.state.get("asked_on")) or self.when(record.at).date()
        name, band = people.full_name(record.state), str(record.state.get("band") or "")
        return WalkIn(record.id, name, band, on, record.scope.removeprefix("centre:"))

    def perhaps_known(self, walk_in: str) -> WalkIn:
        """One walk-in, with those already known who may be the same: protected people by alias."""
        held = self._walked_in(walk_in)
        attenders = self._attenders(held.scope, self.clock.now().date())
        own = next(each for each in attenders if each.id == walk_in)
        row = self._walk_in(held)
        found = tuple((each.id, self._shown_as(each)) for each in finding.perhaps_known(own, attenders))
        return WalkIn(row.person, row.name, row.band, row.on, row.centre, found)

    def _shown_as(self, person: Attender) -> str:
        home = self.store.records.get(person.family)
        return person.name if person.protected or home is None else f"{person.name}, {home.state.get('name') or ''}"

    def _walked_in(self, person: str) -> Record:
        held = self.record(person)
        if held.state.get("walk_in") != UNFINISHED or not held.scope.startswith("centre:"):
            raise Refused("That is nobody whose registration waits.", "Look at `fieldkit walk-ins`.")
        return held

    def finish_walk_in(self, walk_in: str, told: Completed) -> str:
        """A walk-in becomes one of a family, or turns out to be somebody known; the person's id.

        Wherever the walk-in stood in a register that person stands now, so that nobody is counted twice.
        """
        held = self._walked_in(walk_in)
        with self.store.transaction():
            person = self._same(held, told.known) if told.known else self._registered(held, told)
            for each in self.store.records.of_scope(held.scope, "attendance"):
                if each.state.get("person") == walk_in and status_of(each.state) != UNDONE:
                    self._moved(each, person)
            self.change(held, {"walk_in": FINISHED, "became": person})
        return person

    def _same(self, held: Record, known: str) -> str:
        if known == held.id:
            raise Refused("That is the walk-in itself.", "Name somebody who was known before.")
        return self._comer(known)

    def _registered(self, held: Record, told: Completed) -> str:
        if told.dob and day_told(told.dob) is None:
            raise Refused("That is no day.", "Write it as 2024-12-04.")
        given = str(held.state.get("given") or "")
        family = told.family or self.add_family(told.surname or given)
        grown = held.state.get("band") == "adult"
        relation = told.relation or ("" if grown else "child")
        return self.add_person(
            family, PersonDetails(given=given, surname=told.surname, dob=told.dob, relation=relation)
        )

    def _moved(self, attendance: Record, person: str) -> None:
        session = self._session(str(attendance.state["session"]))
        there = self.store.records.get(attendance_id(session.id, person))
        if there is None or status_of(there.state) not in CAME:
            self._mark(session, person, status_of(attendance.state))
        self._mark(session, str(attendance.state["person"]), UNDONE)

    # -- reach

    def reach(self, centre: str, since: date, until: date) -> list[Reach]:
        """Under-fives who came to a centre, by month and in all (`casework.registers.reach`)."""
        home = self.record(centre)
        contacts = []
        for each in self.store.records.of_scope(home.scope, "attendance"):
            on = day_told(each.state.get("date"))
            if on is not None and status_of(each.state) in CAME:
                contacts.append((on, str(each.state.get("person") or "")))
        came = {person: self.store.records.get(person) for _, person in contacts}
        born = {person: day for person, held in came.items() if held and (day := _born(held.state))}
        ageless = [person for person, held in came.items() if person not in born and not (held and _grown(held.state))]
        return registers.reach(contacts, born, since, until, ageless)

    def write_reach(self, centre: str, period: tuple[date, date], out: Path, reason: str) -> None:
        """Reach as a new file, by its ending a picture (.svg) or a table (.csv); audited."""
        way, why = out.suffix.lstrip(".").casefold(), said_reason(reason)
        if way not in pictures.WAYS:
            raise Refused("A file for reach ends in .svg or .csv.", "Name it so; nothing was written.")
        rows, name = self.reach(centre, *period), str(self.record(centre).state.get("name") or "")
        title = f"{name}: under-fives, {period[0]:%d %b %Y} to {period[1]:%d %b %Y}"
        with NewFile(out) as file:
            self.store.audit.note("reach", f"{centre} as {way}: {why}")
            file.write(pictures.as_csv(rows) if way == "csv" else pictures.as_svg(rows, title))


def _born(state: Mapping[str, Value]) -> date | None:
    """A birthday; of a walk-in the latest that the age they gave allows, so that a band counts as its youngest."""
    band, asked = BANDS.get(str(state.get("band") or "")), day_told(state.get("asked_on"))
    told = day_told(state.get("dob"))
    if told is not None or band is None or asked is None:
        return told
    return asked.replace(year=asked.year - band, day=min(asked.day, 28))


def _grown(state: Mapping[str, Value]) -> bool:
    relation = str(state.get("relation") or "")
    return state.get("band") == "adult" or (bool(relation) and relation not in people.CHILDREN)


def _inside(attenders: Sequence[Attender], statuses: Mapping[str, str]) -> list[InNow]:
    here = [each for each in attenders if statuses.get(each.id) in IN]
    rows = [InNow(p.id, p.name, p.adult, p.age, p.allergies, p.collect) for p in here]
    return sorted(rows, key=lambda row: (row.adult, people.fold(row.name)))


def in_line(row: InNow) -> str:
    """One person for an evacuation's list."""
    age = "adult" if row.adult else f"child, {row.age}" if row.age is not None else "child"
    more = [f"allergies: {row.allergies}"] if row.allergies else []
    more += [f"collected by: {row.collect}"] if row.collect else []
    return "  ".join([f"{row.name} ({age})", *more])


def printed(groups: Sequence[InGroup]) -> Iterator[str]:
    """The list of an evacuation: a group after the other, a box to tick at each name."""
    for group in groups:
        yield ""
        yield f"{group.name} {group.begins}: {len(group.people)} by name, {group.unnamed} without".strip()
        yield from (f"[ ] {in_line(row)}" for row in group.people)
    yield ""
