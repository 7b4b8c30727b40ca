"""Families and people: lists, search, the family's page, and the small typed verbs that make them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta

from fieldkit.casework import agreement, chronology, household, people
from fieldkit.casework.household import Relation
from fieldkit.casework.kinds import TITLES, UNSEEN
from fieldkit.casework.registers import UNDONE
from fieldkit.casework.room import LONGEST_VISIT, VISIT_MINUTES
from fieldkit.errors import Refused
from fieldkit.store.drafts import Draft
from fieldkit.store.records import Record
from fieldkit.workspace.device_views import Room
from fieldkit.workspace.drafting import Drafting
from fieldkit.workspace.levels import as_told, levels_of, refuse_unknown
from fieldkit.workspace.views import (
    AgreementRow,
    CentreRow,
    EventRow,
    FamilyPage,
    FamilyRow,
    Found,
    PermissionRow,
    PersonDetails,
    PersonRow,
    RecordRow,
)
from fieldkit.workspace.words import refuse_controls

NOTES = frozenset({"visit"})
RISKS = levels_of("family", "risk_level")


class Families(Drafting):
    """The verbs about families and people."""

    def families(self, limit: int = 200, after: str | None = None) -> list[FamilyRow]:
        """Families in order of id, a page at a time."""
        drafts = {draft.family for draft in self.store.drafts.all()}
        contested = {conflict.scope for conflict in self.store.conflicts.open()}
        found = self.store.records.of_kind("family", limit, after or "")
        if self.room.safe:
            found = [record for record in (self.store.records.get(self.visiting),) if record and not after]
        return [self._row(record, record.id in drafts, record.scope in contested) for record in found]

    def _row(self, record: Record, draft: bool, conflict: bool) -> FamilyRow:
        names = tuple(people.full_name(person.state) for person in self.store.records.of_scope(record.scope, "person"))
        state = record.state
        postcode, risk = str(state.get("postcode") or ""), as_told(state.get("risk_level"), RISKS)
        return FamilyRow(record.id, str(state.get("name") or ""), names, postcode, risk, draft, conflict)

    def find(self, text: str, limit: int = 50) -> list[Found]:
        """Families and people by name, the best first. In the safe view: only the family being visited."""
        hits = self.store.search.find(text, limit)
        kept = [hit for hit in hits if not self.room.safe or hit.scope == f"family:{self.visiting}"]
        return [found for found in (self._found(hit.record, hit.kind, hit.words) for hit in kept) if found]

    visiting: str = ""

    def _found(self, record: str, kind: str, words: str) -> Found | None:
        held = self.store.records.get(record)
        if held is None:
            return None
        family = held.scope.removeprefix("family:")
        if kind == "family":
            where = "" if self.room.safe else str(held.state.get("address") or "")
            return Found(kind, record, family, str(held.state.get("name") or ""), where, words)
        home = self.store.records.get(family)
        detail = str(home.state.get("name") or "") if home else ""
        return Found(kind, record, family, people.full_name(held.state), detail, words)

    def family(self, id: str) -> FamilyPage:
        """The whole of a family on one page; UnknownRecord when it is not on this device."""
        record = self.record(id)
        self.only_theirs(record)
        held = self.store.records.of_scope(record.scope)
        names = tuple(people.full_name(each.state) for each in held if each.kind == "person")
        relations = tuple(household.relation(each.id, each.state) for each in held if each.kind == "relation")
        signed = {str(each.state.get("record")) for each in held if each.kind == "signature"}
        told = [each for each in held if self._told(each.kind) and each.state.get("came") != UNDONE]
        rows = [self._line(each, names) for each in told if each.form or each.kind in TITLES]
        rows += [self._unfinished(draft) for draft in self.store.drafts.all() if draft.family == id]
        rows = [row for row in rows if self._told(row.kind)]
        agreed = [self._agreement(each, signed) for each in held if each.kind == "agreement"]
        state = record.state
        return FamilyPage(
            id=id,
            name=str(state.get("name") or ""),
            lead=str(state.get("lead") or ""),
            risk="" if self.room.safe else as_told(state.get("risk_level"), RISKS),
            address=self._address(record, held),
            banners=self._banners(record),
            people=tuple(self._person(each, relations) for each in held if each.kind == "person"),
            agreements=tuple(filter(self._is_theirs, agreed)),
            permissions=tuple(filter(self._is_theirs, self._permissions(held))),
            assessments=tuple(_as_row(row) for row in rows if row.kind == "eha"),
            notes=tuple(_as_row(row) for row in rows if row.kind in NOTES),
            chronology=tuple(sorted(rows, key=lambda row: (row.on, row.record), reverse=True)),
        )

    def _address(self, family: Record, held: Sequence[Record]) -> str:
        """Where the family lives; not while somebody else is in the room, where anybody must not learn it."""
        careful = {"address_confidential", "must_not_learn_address"}
        if self.room.safe and any(each.state.get(name) == "yes" for each in (family, *held) for name in careful):
            return ""
        return ", ".join(str(family.state[part]) for part in ("address", "postcode") if family.state.get(part))

    def _is_theirs(self, row: AgreementRow | PermissionRow) -> bool:
        """Whether what a giver said may be on the screen: with others in the room, only to that giver."""
        return not self.room.safe or row.giver.casefold() in {each.casefold() for each in self.room.present}

    def _told(self, kind: str) -> bool:
        """Whether a record of this kind may stand in a family's story with those who are in the room."""
        return kind != "signature" and not (self.room.safe and kind in UNSEEN)

    def _title(self, kind: str) -> str:
        return TITLES.get(kind) or next((form.title for form in self.forms() if form.id == kind), kind)

    def _banners(self, family: Record) -> tuple[str, ...]:
        if self.room.safe:
            return ()
        count = sum(conflict.scope == family.scope for conflict in self.store.conflicts.open())
        return (f"{count} {'conflict needs' if count == 1 else 'conflicts need'} a decision",) if count else ()

    def _person(self, record: Record, relations: Sequence[Relation] = ()) -> PersonRow:
        state, today = record.state, self._corrected_day()
        safe, lives = self.room.safe, household.home(state)
        return PersonRow(
            record.id,
            people.full_name(state),
            people.age(state.get("dob"), today),
            str(state.get("relation") or ""),
            people.responsibility(state),
            lives.where,
            () if safe else household.markers(state),
            household.age_words(state, today),
            "" if safe else lives.days,
            () if safe else tuple(self._ties(record.id, relations)),
        )

    def _ties(self, person: str, relations: Sequence[Relation]) -> Iterator[str]:
        """What somebody is to the others; a relationship that ended says so."""
        for tie in household.ties(person, relations):
            other = self.store.records.get(tie.other)
            words = f"{tie.words} {people.full_name(other.state) if other else 'somebody who is not here'}"
            ended = f"until {tie.ended}" if tie.ended else ""
            yield ", ".join(filter(None, (words, tie.responsibility, ended)))

    def _agreement(self, record: Record, signed: set[str]) -> AgreementRow:
        giver = next((str(v) for path, v in record.state.items() if path.endswith(("giver_name", "giver/name"))), "")
        state = self.store.outbox.state_of(record.id)
        return AgreementRow(record.id, giver, self.when(record.at).date(), state, record.id in signed)

    def _permissions(self, held: Sequence[Record]) -> list[PermissionRow]:
        found = []
        for record in (each for each in held if each.kind == "agreement"):
            giver = self._agreement(record, set()).giver
            rows = agreement.permissions(record.state)
            found += [PermissionRow(agency, giver, decision, topics) for agency, decision, topics in rows]
        return found

    def _line(self, record: Record, names: Sequence[str] = ()) -> EventRow:
        title, state = self._title(record.kind), self.store.outbox.state_of(record.id)
        author, day = self.worker_name(record.actor), self._day(record)
        if self.room.safe:
            return EventRow(record.id, record.kind, day, title, "", state, author)
        seen, about = chronology.seen(record.kind, record.state), chronology.names(record.state, names)
        told = (seen, self._words(record))
        # Of a day at a centre who and what stand first: the title says already where it was.
        line = ": ".join(filter(None, told[::-1] if record.kind == "attended" else told))
        return EventRow(record.id, record.kind, day, title, line, state, author, seen, about)

    def _unfinished(self, draft: Draft) -> EventRow:
        kind = draft.form.partition("@")[0]
        line = f"{draft.answered} of {draft.total}" if draft.total else ""
        on = self.when(draft.begun_at).date()
        return EventRow(draft.id, kind, on, self._title(kind), line, "draft", self.me.worker)

    def _words(self, record: Record) -> str:
        if record.kind == "concern":
            return "read" if record.state.get("acknowledged_by") else "no one has read this"
        if record.kind == "attended":
            who = self.store.records.get(str(record.state.get("person") or ""))
            return ": ".join(
                filter(None, (people.full_name(who.state) if who else "", str(record.state.get("title") or "")))
            )
        for name in ("purpose", "access", "outcome", "summary"):
            told = next((v for path, v in record.state.items() if path.rpartition("/")[2] == name), None)
            if isinstance(told, str):
                return told[:80]
        return ""

    def _day(self, record: Record) -> date:
        for name in ("visited_on", "date", "started", "on"):
            told = next((v for path, v in record.state.items() if path.rpartition("/")[2] == name), None)
            if isinstance(told, str) and len(told) >= 10:
                try:
                    return date.fromisoformat(told[:10])
                except ValueError:
                    continue
        return self.when(record.at).date()

    # -- typed verbs

    def add_family(self, name: str, **values: str) -> str:
        """Make a family; its id. Creating grants its author the scope at central."""
        called = refuse_controls(name)
        if not called:
            raise Refused("A family needs a name to be found by.")
        made = self.new_id()
        state = {key: refuse_controls(value) for key, value in values.items()}
        refuse_unknown({key: value or None for key, value in state.items()}, {"risk_level": RISKS})
        return self.create("family", f"family:{made}", {"name": called, "status": "open", **state}, record=made)

    def add_centre(self, name: str) -> str:
        """Make a Child and Family Centre; its id. Sessions are kept in its scope, apart from every family's."""
        called = refuse_controls(name)
        if not called:
            raise Refused("A centre needs a name to be found by.")
        if self.me.role == "worker":
            raise Refused("Centres are opened by those who run one.", "Ask centre staff or your lead.")
        made = self.new_id()
        return self.create("centre", f"centre:{made}", {"name": called}, record=made)

    def centres(self) -> list[CentreRow]:
        """The centres on this device, by name. In the safe view: none."""
        held = () if self.room.safe else self.store.records.of_kind("centre")
        rows = [(str(each.state.get("name") or ""), each) for each in held]
        counted = [CentreRow(c.id, name, len(self.store.records.of_scope(c.scope, "session"))) for name, c in rows]
        return sorted(counted, key=lambda row: row.name)

    def add_person(self, family: str, details: PersonDetails) -> str:
        """Add a person to a family; the person's id."""
        home = self.record(family)
        told = {each.name: refuse_controls(getattr(details, each.name)) for each in fields(details)}
        if not any(told[name] for name in ("given", "surname", "known_as")):
            raise Refused("A person needs at least one name; an unborn child can be called Unborn.")
        return self.create("person", home.scope, told | {"family": family})

    # -- the room

    def only_theirs(self, record: Record) -> None:
        """Refused while somebody else is in the room and it is not of the family being visited, or not to be known."""
        if self.room.safe and (record.scope != f"family:{self.visiting}" or record.kind in UNSEEN):
            raise Refused("That is not shown while somebody else is in the room.", "End the visit first.")

    def start_visit(self, family: str, present: Sequence[str], minutes: int = VISIT_MINUTES) -> None:
        """Somebody is present from now on: the safe view is on. `minutes`: when it is agreed to end."""
        self.visiting = self.record(family).id
        now = self.clock.now()
        until = now + timedelta(minutes=min(max(minutes, 1), LONGEST_VISIT))
        self.room = Room(tuple(refuse_controls(name) for name in present), now, bool(present), until)

    def end_visit(self, at: datetime | None = None) -> None:  # noqa: ARG002 - for who keeps when it was
        """Nobody but the worker is present any more."""
        self.visiting, self.room = "", Room()


def _as_row(event: EventRow) -> RecordRow:
    return RecordRow(event.record, event.kind, event.on, event.title, event.state, event.author)
