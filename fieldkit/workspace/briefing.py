"""Before and after a visit: the one-page brief, and the note that is to be written in time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from fieldkit import lone
from fieldkit.casework import brief as briefs
from fieldkit.casework.brief import Facts, Section, Visited
from fieldkit.casework.kinds import day, next_visit
from fieldkit.casework.room import VISIT_MINUTES
from fieldkit.config import boot, since_boot
from fieldkit.errors import Refused
from fieldkit.store.drafts import Draft
from fieldkit.store.records import Record
from fieldkit.workspace.device_views import Room
from fieldkit.workspace.families import Families
from fieldkit.workspace.sharing import Sharing
from fieldkit.workspace.views import ToRecord
from sync.changes import Value

VISITS = "visits_ended"
"""The fact that tells which visits ended and wait for their note."""
ROOM = "visit_going_on"
"""The fact that tells who is in the room, encrypted like every other."""
KEPT_VISITS = 50


class Briefing(Families, Sharing):
    """The verbs around a visit."""

    def brief(self, family: str) -> tuple[Section, ...]:
        """One page before a visit. Refused while anybody else is in the room."""
        if self.room.present:
            raise Refused("A brief is not shown while somebody else is in the room.", "End the visit first.")
        home, page = self.record(family), self.family(family)
        held = self.store.records.of_scope(home.scope)
        filed = [(self._day(each), each.state) for each in held if each.form]
        mine = [self._day(each) for each in held if each.kind == "visit" and each.actor == self.me.worker_id]
        news = [(row.on, f"{row.title}: {row.line}".rstrip(": ")) for row in page.chronology if row.state != "draft"]
        facts = Facts(
            people=[each.state for each in held if each.kind == "person"],
            hazards=briefs.hazards(filed),
            news=news,
            last_seen=max(mine, default=None),
            promises=self._promises(held),
            permissions=[(row.agency, row.decision) for row in page.permissions],
            not_learn=[self._given_of(person) for each in held for person in _set(each.state.get("must_not_learn"))],
            taken_back=page.taken_back,
            allergies=str(home.state.get("allergies") or ""),
        )
        self.store.audit.note("brief", family)
        return briefs.brief(facts, self.clock.now().date())

    def _promises(self, held: Sequence[Record]) -> list[briefs.Promise]:
        """Of the latest plan or review, and of the notes since."""
        plans = [each for each in held if each.kind in ("plan", "review", "eha")]
        last = max(plans, key=lambda each: each.at, default=None)
        notes = [each for each in held if each.kind == "visit" and (last is None or each.at > last.at)]
        return [found for each in ([last] if last else []) + notes for found in briefs.promises(each.state)]

    def _given_of(self, person: str) -> str:
        found = self.store.records.get(person)
        return str(found.state.get("given") or found.state.get("known_as") or "somebody") if found else "somebody"

    # -- out alone, and who is in the room

    def start_visit(self, family: str, present: Sequence[str], minutes: int = VISIT_MINUTES) -> None:
        """The visit starts: who is present outlives a lock, and the lone worker's timer runs until the agreed end."""
        timer = lone.agreed(minutes, self._clocks())
        super().start_visit(family, present, minutes)
        told = {"family": self.visiting, "present": list(self.room.present), "started": self.clock.now().isoformat()}
        self.store.set_meta(ROOM, json.dumps(told | {"until": timer.until.isoformat()}))
        lone.keep(self.vault.home, timer)

    def resume_visit(self) -> None:
        """After a lock or a crash the same people are still in the room; a visit long over has ended as agreed."""
        told = json.loads(self.store.meta(ROOM) or "{}")
        if not told or self.visiting or self.store.records.get(str(told["family"])) is None:
            return
        started, until = (datetime.fromisoformat(told[when]) for when in ("started", "until"))
        present = tuple(str(each) for each in told["present"])
        self.visiting, self.room = str(told["family"]), Room(present, started, bool(present), until)
        if lone.kept(self.vault.home) is None:
            self.end_visit(min(until, self.clock.now()))

    def extend_visit(self, minutes: int = lone.EXTEND_MINUTES) -> None:
        """Out later than was agreed: the timer and the cover go on from now."""
        timer = lone.agreed(minutes, self._clocks())
        lone.keep(self.vault.home, timer)
        if self.visiting:
            self.room = replace(self.room, until=timer.until)
            told = json.loads(self.store.meta(ROOM) or "{}")
            self.store.set_meta(ROOM, json.dumps(told | {"until": timer.until.isoformat()}))
        self.store.audit.note("timer-extended", self.visiting)

    def safe_out(self) -> None:
        """The worker is out and safe: the timer rings no more. The visit goes on until it is ended."""
        lone.out(self.vault.home)
        self.store.audit.note("timer-ended", self.visiting)

    def timer(self) -> str:
        """How the lone worker's timer stands; blank when none runs."""
        running = lone.kept(self.vault.home)
        return lone.words(running, self._clocks()) if running else ""

    def _clocks(self) -> lone.Moment:
        return lone.Moment(self.clock.now(), since_boot(self.clock), boot())

    # -- the next visit

    def plan_visit(self, family: str, on: str) -> None:
        """Plan the next visit of a family: it stands on Today within a week of its day."""
        told, home = day(on), self.record(family)
        if told is None or told < self._corrected_day():
            raise Refused("A visit is planned for a day to come.", "Write it as 2026-12-08; nothing has been changed.")
        self.change(home, {"next_visit": told.isoformat()})

    def _file(self, draft: Draft, answers: Mapping[str, Value]) -> str:
        """File it, within the verb's transaction; what a visit's note says of the next visit is the family's plan."""
        filed, home = super()._file(draft, answers), self.store.records.get(draft.family)
        if home and draft.form.partition("@")[0] == "visit":
            note = (answers.get("a/when/visit_on"), answers.get("e/meaning/next_visit"))
            if (coming := next_visit(home.state.get("next_visit"), *note)) is not None:
                self.change(home, {"next_visit": coming or None})
        return filed

    # -- the note in time

    def end_visit(self, at: datetime | None = None) -> None:
        """Nobody but the worker is present any more; the visit's note is to be written in time. `at`: else now."""
        lone.out(self.vault.home)
        self.store.set_meta(ROOM, "{}")
        if self.visiting and self.room.started is not None:
            ended = [*self._ended(), Visited(self.visiting, at or self.clock.now())][-KEPT_VISITS:]
            told = [{"family": each.family, "ended": each.ended.isoformat()} for each in ended]
            self.store.set_meta(VISITS, json.dumps(told))
        super().end_visit()

    def _ended(self) -> Iterator[Visited]:
        for each in json.loads(self.store.meta(VISITS) or "[]"):
            yield Visited(str(each["family"]), datetime.fromisoformat(each["ended"]))

    def to_record(self) -> list[ToRecord]:
        """The visits whose note is still to be written, and by when; in the safe view only that of this family."""
        found = briefs.unwritten(self._ended(), self._notes_filed())
        shown = [each for each in found if not self.room.safe or each.family == self.visiting]
        within = self._record_within()
        begun = (draft for draft in self.store.drafts.all() if draft.form.partition("@")[0] == "visit")
        drafts = {draft.family: draft.id for draft in begun}
        return [
            ToRecord(each.family, self._called(each.family), each.due(within), drafts.get(each.family, ""))
            for each in shown
            if self.store.records.get(each.family) is not None
        ]

    def _called(self, family: str) -> str:
        found = self.store.records.get(family)
        return str(found.state.get("name") or "") if found else ""

    def _notes_filed(self) -> dict[str, datetime]:
        waiting = {each.family for each in self._ended()}
        found: dict[str, datetime] = {}
        for family in waiting:
            home = self.store.records.get(family)
            for each in self.store.records.of_scope(home.scope, "visit") if home else ():
                at = self.when(each.at)
                found[family] = max(found.get(family, at), at)
        return found

    def _record_within(self) -> timedelta:
        settings = next(iter(self.store.records.of_kind("settings", 1)), None)
        told = str((settings.state.get("recorded_within/hours") if settings else "") or "")
        return timedelta(hours=int(told)) if told.isdecimal() and int(told) else briefs.RECORD_WITHIN


def _set(told: object) -> list[str]:
    return [str(each) for each in told] if isinstance(told, list) else []
