"""Before somebody is written down, or an assessment begun: are they here already, is one open? Told, never decided."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields

from fieldkit.casework import index, matching, people
from fieldkit.casework.matching import Card
from fieldkit.casework.people import fold
from fieldkit.errors import Refused
from fieldkit.store.records import Record
from fieldkit.store.search import Hit
from fieldkit.workspace.families import Families
from fieldkit.workspace.views import LikeRow, OpenAssessment, PersonDetails
from fieldkit.workspace.words import refuse_controls, said_reason
from sync.changes import Value

CANDIDATES = 60
"""How many people of like names are looked at field by field."""
NOT_SAME = "not_same"
"""Where a person keeps who they were said not to be."""
_CARD = tuple(each.name for each in fields(Card) if each.name not in ("postcode", "family"))


class Newcomers(Families):
    """The verbs asked before somebody is added."""

    def alike(self, family: str, details: PersonDetails) -> tuple[LikeRow, ...]:
        """Who may be this person, the most alike first, with the reasons. With others in the room: this family only."""
        home = self.record(family)
        card = self._card({name: getattr(details, name) for name in _CARD}, home)
        return self._alike(card, home)

    def alike_families(self, name: str, address: str = "", postcode: str = "") -> tuple[LikeRow, ...]:
        """Families of a like name at a like place; none with others in the room."""
        if self.room.safe:
            return ()
        found = (self.store.records.get(hit.record) for hit in self._hits(name) if hit.kind == "family")
        rows = (_like_family(each, name, address, postcode) for each in found if each is not None)
        return tuple(row for row in rows if row is not None)

    def suspects(self, person: str) -> tuple[LikeRow, ...]:
        """Who may be somebody that is written down here already; without those they were said not to be."""
        found = self.record(person)
        home = self.record(found.scope.removeprefix("family:"))
        rows = self._alike(self._card(found.state, home), home)
        told = _said_not(found) | {person}
        return tuple(row for row in rows if row.id not in told and person not in _said_not(self.record(row.id)))

    def add_person(self, family: str, details: PersonDetails, not_same: Collection[str] = ()) -> str:
        """Add a person to a family; the person's id. `not_same`: who they were said not to be."""
        with self.store.transaction():
            made = super().add_person(family, details)
            if not_same:
                self.somebody_else(made, not_same)
        return made

    def somebody_else(self, person: str, others: Collection[str]) -> None:
        """Say that these are other people: nobody is warned of the pair again, on any laptop."""
        found = self.record(person)
        said = sorted(_said_not(found) | {self.record(each).id for each in others})
        self.change(found, {NOT_SAME: list(said)})

    def open_assessment(self, family: str) -> OpenAssessment | None:
        """An assessment that is open already: of this family, or of another that holds the same people."""
        home = self.record(family)
        own = self._open_in(home, "")
        if own is not None or self.room.safe:
            return own
        for person in self.store.records.of_scope(home.scope, "person"):
            found = self._open_for(person.id, home)
            if found is not None:
                return found
        return None

    def _open_for(self, person: str, home: Record) -> OpenAssessment | None:
        """An open assessment of another family that very likely holds the same person."""
        for row in self.suspects(person):
            elsewhere = self.record(row.family)
            if elsewhere.id != home.id and row.level.startswith("very"):
                found = self._open_in(elsewhere, f"{row.name}: {'; '.join(row.reasons)}")
                if found is not None:
                    return found
        return None

    def begin_another(self, family: str, reason: str) -> str:
        """Begin an assessment although one is open, with a reason that is kept; the draft's id."""
        home, why = self.record(family), said_reason(reason)
        found = self.open_assessment(family)
        told = {"found": (found.record or found.family) if found else "nothing", "reason": why, "by": self.me.worker}
        with self.store.transaction():
            self.create("index-check", home.scope, dict(told))
            return self.begin(index.OPENS, family)

    def contribute(self, family: str) -> str:
        """Add to the assessment that is open: a draft that corrects it, so that there is one and not two; its id."""
        found = self.open_assessment(family)
        if found is None or not found.record or found.draft:
            raise Refused("No filed assessment to add to is here.", "Ring its lead, or give a reason for another.")
        return self.begin(index.OPENS, family, found.record)

    # -- what it is made of

    def _card(self, state: Mapping[str, Value], home: Record) -> Card:
        values = {name: str(state.get(name) or "") for name in _CARD}
        return Card(**values, postcode=str(home.state.get("postcode") or ""), family=home.id)

    def _alike(self, card: Card, home: Record) -> tuple[LikeRow, ...]:
        found = []
        for record in self._candidates(card, home):
            if self.room.safe and record.scope != home.scope:
                continue
            there = self.store.records.get(record.scope.removeprefix("family:")) or home
            match = matching.compare(card, self._card(record.state, there))
            if match.level:
                name, called = people.full_name(record.state), str(there.state.get("name") or "")
                row = LikeRow(record.id, there.id, name, called, match.level, matching.reasons(match))
                found.append((match.sum, row))
        return tuple(row for _, row in sorted(found, key=lambda each: (-each[0], each[1].id)))

    def _candidates(self, card: Card, home: Record) -> Iterator[Record]:
        seen: set[str] = set()
        ids = [each.id for each in self.store.records.of_scope(home.scope, "person")]
        asked = {f"{card.given} {card.surname}", f"{card.known_as} {card.surname}", f"{card.surname} {card.given}"}
        ids += [hit.record for words in sorted(asked) for hit in self._hits(words) if hit.kind == "person"]
        if card.nhs_number:
            ids += self.store.records.holding("person", card.nhs_number)
        for id in ids:
            record = self.store.records.get(id) if id not in seen else None
            seen.add(id)
            if record is not None and record.kind == "person":
                yield record

    def _hits(self, words: str) -> list[Hit]:
        return self.store.search.find(words, CANDIDATES)

    def _open_in(self, home: Record, why: str) -> OpenAssessment | None:
        found = index.open_now(self._filed_in(home))
        if found is None:
            return None
        lead = str(home.state.get("lead") or "") or self.worker_name(found.by)
        contact = str(home.state.get("lead_contact") or "") or f"duty {self.duty.day}"
        name = str(home.state.get("name") or "")
        return OpenAssessment(found.id, home.id, name, found.draft, found.on, lead, contact, why)

    def _filed_in(self, home: Record) -> Iterator[index.Filed]:
        for kind in (index.OPENS, *sorted(index.ENDS)):
            for each in self.store.records.of_scope(home.scope, kind):
                declined = each.state.get("a/begin/agree") in ("no", "not_today")
                yield index.Filed(each.id, kind, self.when(each.at).date(), each.actor, declined=declined)
        for draft in self.store.drafts.all():
            kind = draft.form.partition("@")[0]
            if draft.family == home.id and draft.record is None:
                yield index.Filed(draft.id, kind, self.when(draft.begun_at).date(), self.me.worker_id, draft=True)


def _said_not(record: Record) -> frozenset[str]:
    told = record.state.get(NOT_SAME)
    return frozenset(map(str, told)) if isinstance(told, list) else frozenset()


def _like_family(record: Record, name: str, address: str, postcode: str) -> LikeRow | None:
    """A family of a like name, where its place is alike or not known of one of them."""
    state = record.state
    called = str(state.get("name") or "")
    given = matching.compare(Card(surname=refuse_controls(name)), Card(surname=called)).verdicts[1]
    places = {"postcode": postcode, "address": address}
    told = {label: (_close(said), _close(str(state.get(label) or ""))) for label, said in places.items()}
    known = [(label, one == other) for label, (one, other) in told.items() if one and other]
    if given.verdict not in (matching.AGREES, matching.ALIKE) or (known and not any(same for _, same in known)):
        return None
    reasons = [f"name {given.verdict}" + (f": {given.how}" if given.how else "")]
    reasons += [f"{label} {'agrees' if same else 'differs'}" for label, same in known]
    reasons += ["where they live is not known of one of them"] if not known else []
    level = "very likely the same family" if any(same for _, same in known) else "may be the same family"
    return LikeRow(record.id, record.id, called, called, level, tuple(reasons))


def _close(place: str) -> str:
    return fold(place).replace(" ", "")
