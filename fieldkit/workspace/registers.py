"""Sessions at a centre and their register: planned, booked, marked at the door, counted. Never a child seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid5

from fieldkit.casework import people, registers
from fieldkit.casework.kinds import day as day_told
from fieldkit.casework.registers import STATUSES, Attender, Book, Counts, Headcount
from fieldkit.errors import Refused
from fieldkit.store.records import Record
from fieldkit.workspace.drafting import Drafting
from fieldkit.workspace.words import refuse_controls
from sync.changes import Value
from sync.merge.attendances import NAMESPACE, SAYS, attendance_id, status_of

NAME, ON, BEGINS, ENDS = "a/session/name", "a/session/held_on", "a/session/begins", "a/session/ends"
VENUE, LEADER, KIND, PLACES = "a/session/venue", "a/session/leader", "a/session/kind", "a/planned/places"
WEEK, WEEKS = "a/session/week", "a/session/weeks"
MOST_WEEKS = 52
BANDS: Mapping[str, int | None] = {"0": 0, "1": 1, "2": 2, "3": 3, "5": 5, "12": 12, "adult": None}
"""The ages that are asked of somebody who walks in: from this one on; the form's own bands."""
UNFINISHED, FINISHED = "yes", "done"
"""What `walk_in` says of a person: the registration is still to be completed, or was."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a session beforehand."""

    name: str
    on: date
    begins: str = ""
    ends: str = ""
    venue: str = ""
    leader: str = ""
    kind: str = "play"
    places: int = 0
    weeks: int = 1
    """How often it is repeated, a week apart: a course."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list."""

    id: str
    centre: str
    centre_name: str
    name: str
    on: date
    begins: str
    here: int
    of: int
    places: int


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that the door needs, read once."""

    session: SessionRow
    attenders: tuple[Attender, ...] = field(repr=False)
    book: Book = field(repr=False)
    headcounts: Mapping[str, Headcount]
    """By device: each laptop's own count, added and never overwritten."""
    own: str
    """The device that this is."""

    @property
    def counts(self) -> Counts:
        """The numbers at the foot."""
        return registers.counts(self.attenders, self.book, self.headcounts.values())


class Registers(Drafting):
    """The verbs of a centre's day."""

    def plan_session(self, centre: str, plan: Plan) -> list[str]:
        """Plan a session, or a course of them a week apart; their ids in order."""
        home = self.record(centre)
        if home.kind != "centre" or not refuse_controls(plan.name):
            raise Refused("A session has a name and a centre.", "Choose the centre, then give the group's name.")
        if not 1 <= plan.weeks <= MOST_WEEKS:
            raise Refused(f"A course has 1 to {MOST_WEEKS} weeks.")
        form = next((f"{row.id}@{row.version}" for row in self.forms() if row.id == "session"), "")
        with self.store.transaction():
            return [self._planned(home, plan, week, form) for week in range(plan.weeks)]

    def _planned(self, home: Record, plan: Plan, week: int, form: str) -> str:
        told = {
            NAME: refuse_controls(plan.name),
            ON: (plan.on + timedelta(weeks=week)).isoformat(),
            BEGINS: refuse_controls(plan.begins),
            ENDS: refuse_controls(plan.ends),
            VENUE: refuse_controls(plan.venue) or str(home.state.get("name") or ""),
            LEADER: refuse_controls(plan.leader) or self.me.worker,
            KIND: "course" if plan.weeks > 1 and plan.kind == "play" else plan.kind,
            PLACES: str(plan.places or ""),
        }
        if plan.weeks > 1:
            told |= {WEEK: str(week + 1), WEEKS: str(plan.weeks)}
        return self.create("session", home.scope, dict(told), form)

    def sessions(self, centre: str = "") -> list[SessionRow]:
        """Sessions of a centre, or of all here, the nearest day first; in the safe view none."""
        if self.room.safe:
            return []
        held = self.store.records.of_kind("session")
        chosen = [each for each in held if not centre or each.scope == f"centre:{centre}"]
        statuses = self._statuses({each.scope for each in chosen})
        today = self.clock.now().date()
        rows = [self._session_row(each, statuses.get(each.id, {})) for each in chosen]
        return sorted(rows, key=lambda row: (abs((row.on - today).days), row.begins, row.name))

    def _session_row(self, record: Record, statuses: Mapping[str, str]) -> SessionRow:
        state, centre = record.state, record.scope.removeprefix("centre:")
        home = self.store.records.get(centre)
        on = day_told(state.get(ON)) or self.when(record.at).date()
        places = str(state.get(PLACES) or "")
        return SessionRow(
            record.id,
            centre,
            str(home.state.get("name") or "") if home else "",
            str(state.get(NAME) or "Session"),
            on,
            str(state.get(BEGINS) or "")[:5],
            sum(status in registers.CAME for status in statuses.values()),
            sum(status != registers.UNDONE for status in statuses.values()),
            int(places) if places.isdecimal() else 0,
        )

    def _statuses(self, scopes: Collection[str]) -> dict[str, dict[str, str]]:
        """Session → person → status."""
        found: dict[str, dict[str, str]] = {}
        for scope in scopes:
            for each in self.store.records.of_scope(scope, "attendance"):
                session, person = str(each.state.get("session") or ""), str(each.state.get("person") or "")
                found.setdefault(session, {})[person] = status_of(each.state)
        return found

    # -- the door

    def door(self, session: str) -> Door:
        """Everything the door of a session needs; Refused while a family is being visited."""
        if self.room.safe:
            raise Refused("Somebody is in the room.", "End the visit; then the register opens.")
        record = self._session(session)
        statuses = self._statuses({record.scope})
        row = self._session_row(record, statuses.get(session, {}))
        before = sorted(self._before(row), key=lambda each: each.on)
        same = [each.id for each in before if people.fold(each.name) == people.fold(row.name)]
        came = {each.id: _came(statuses.get(each.id, {})) for each in before}
        book = Book(
            statuses.get(session, {}), came[same[-1]] if same else frozenset(), frozenset().union(*came.values())
        )
        counts = dict(self._headcounts(record.scope, session))
        return Door(row, self._attenders(record.scope, row.on), book, counts, self.identity.device)

    def _session(self, session: str) -> Record:
        found = self.record(session)
        if found.kind != "session":
            raise Refused("That is no session.", "Look at `fieldkit sessions`.")
        return found

    def _before(self, row: SessionRow) -> Iterator[SessionRow]:
        for each in self.store.records.of_scope(f"centre:{row.centre}", "session"):
            other = self._session_row(each, {})
            if (other.on, other.id) < (row.on, row.id):
                yield other

    def _headcounts(self, scope: str, session: str) -> Iterator[tuple[str, Headcount]]:
        for each in self.store.records.of_scope(scope, "headcount"):
            if each.state.get("session") == session:
                adults, children = (int(str(each.state.get(name) or 0)) for name in ("adults", "children"))
                yield str(each.state.get("device") or each.id), Headcount(adults, children)

    def _attenders(self, scope: str, on: date) -> tuple[Attender, ...]:
        return tuple(registers.both_ways(self._known(scope, on)))

    def _known(self, scope: str, on: date) -> Iterator[Attender]:
        families = {each.id: each for each in self.store.records.of_kind("family")}
        cards = {each.scope: _card(each.state) for each in self.store.records.of_kind("registration")}
        for each in self.store.records.of_kind("person"):
            if (each.scope == scope or each.scope.startswith("family:")) and not each.state.get("became"):
                family = families.get(str(each.state.get("family") or ""))
                yield _attender(each, family, cards.get(each.scope, ""), on)

    def attend(self, session: str, persons: Sequence[str], status: str = registers.PRESENT) -> dict[str, str]:
        """Say of people that they are here, late, gone, booked, or not here after all; what was said before, by person.

        The same person at the same session is one record, whichever laptop writes it.
        """
        if status not in STATUSES:
            raise Refused("Somebody is present, late, left, booked or undone.")
        held, before = self._session(session), {}
        if not persons:
            raise Refused("Nobody is ticked.", "Tick who came: their digits.")
        with self.store.transaction():
            for person in dict.fromkeys(persons):
                before[person] = self._mark(held, self._comer(person), status)
        return before

    def unmark(self, session: str, before: Mapping[str, str]) -> dict[str, str]:
        """What this laptop said of people was not so: as it was before, but for what another laptop says of them.

        How they stand now, by person.
        """
        held = self._session(session)
        with self.store.transaction():
            for person, status in before.items():
                known = self.record(attendance_id(held.id, person))
                own = status if status in registers.CAME else registers.UNDONE
                told = {"status": status, SAYS + self.identity.device: own, "at": self.store.now()}
                self.change(known, dict(told))
        statuses = self._statuses({held.scope}).get(session, {})
        return {person: statuses[person] for person in before}

    def _comer(self, person: str) -> str:
        found = self.record(person)
        if found.kind != "person":
            raise Refused("That is nobody who can come.", "Name a person's id: `fieldkit find NAME`.")
        return found.id

    def _mark(self, session: Record, person: str, status: str) -> str:
        place = attendance_id(session.id, person)
        known, own = self.store.records.get(place), SAYS + self.identity.device
        if known is not None:
            before = status_of(known.state)
            # Not here after all, said as such, is said for every laptop.
            others = [path for path in known.state if path.startswith(SAYS)] if status == registers.UNDONE else []
            if before != status:
                self.change(known, {**dict.fromkeys((*others, "status", own), status), "at": self.store.now()})
            return before
        told: dict[str, Value] = {
            own: status,
            "session": session.id,
            "person": person,
            "status": status,
            "date": session.state.get(ON),
            "title": session.state.get(NAME),
            "at": self.store.now(),
        }
        self.create("attendance", session.scope, told, record=place)
        return registers.UNDONE

    def walk_in(self, session: str, name: str, band: str) -> str:
        """Somebody new at the door, in ten seconds: a name and an age; the person's id. The rest is asked later."""
        held, called = self._session(session), refuse_controls(name)
        if not called or band not in BANDS:
            raise Refused("A name and an age, that is all.", f"The ages are {', '.join(BANDS)}.")
        age = BANDS[band]
        told: dict[str, Value] = {"given": called, "walk_in": UNFINISHED, "band": band, "asked_on": held.state.get(ON)}
        if age is None:
            told["relation"] = "adult"
        with self.store.transaction():
            made = self.create("person", held.scope, told)
            self._mark(held, made, registers.PRESENT)
        return made

    def count_unnamed(self, session: str, adults: int, children: int) -> None:
        """How many were counted without a name on this laptop: this laptop's own row, beside those of others."""
        held = self._session(session)
        if min(adults, children) < 0:
            raise Refused("Nobody can be counted away whom this laptop did not count.")
        place = uuid5(NAMESPACE, f"headcount {session} {self.identity.device}").hex
        known, told = self.store.records.get(place), {"adults": str(adults), "children": str(children)}
        if known is not None:
            self.change(known, dict(told))
            return
        whose: dict[str, Value] = {"session": session, "device": self.identity.device}
        self.create("headcount", held.scope, whose | told, record=place)


def _came(statuses: Mapping[str, str]) -> frozenset[str]:
    return frozenset(person for person, status in statuses.items() if status in registers.CAME)


def _card(state: Mapping[str, Value]) -> str:
    return next((str(value) for path, value in state.items() if path.rpartition("/")[2] == "card" and value), "")


def _attender(record: Record, family: Record | None, card: str, on: date) -> Attender:
    state: Mapping[str, Value] = record.state
    home: Mapping[str, Value] = family.state if family else {}
    age = people.age(state.get("dob"), on)
    band = str(state.get("band") or "")
    if age is None and band in BANDS:
        age = BANDS[band]
    apart = state.get("must_not_meet")
    grown = str(state.get("relation") or "") not in people.CHILDREN if age is None else age >= people.GROWN
    return Attender(
        record.id,
        family.id if family else "",
        str(state.get("given") or state.get("known_as") or ""),
        str(state.get("surname") or ""),
        age,
        grown,
        card=str(state.get("card") or home.get("card") or card),
        protected="yes" in (state.get("address_confidential"), home.get("address_confidential")),
        alias=str(state.get("alias") or ""),
        allergies=str(state.get("allergies") or home.get("allergies") or ""),
        collect=str(state.get("may_collect") or ""),
        apart=frozenset(map(str, apart)) if isinstance(apart, list) else frozenset(),
        walk_in=state.get("walk_in") == UNFINISHED,
    )
