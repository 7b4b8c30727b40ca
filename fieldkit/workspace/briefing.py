"""Before and after a visit: the one-page brief, and the note that is to be written in time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from fieldkit import lone
from fieldkit.casework import brief as briefs
from fieldkit.casework.brief import Facts, Section, Visited
from fieldkit.casework.room import VISIT_MINUTES
from fieldkit.config import boot, since_boot
from fieldkit.errors import Refused
from fieldkit.exports import calendar
from fieldkit.store.records import Record
from fieldkit.workspace.device_views import Room
from fieldkit.workspace.families import Families
from fieldkit.workspace.sharing import Sharing
from fieldkit.workspace.views import ToRecord
from fieldkit.workspace.words import refuse_controls, said_reason
from sync.merge.consent import ALL, SERVICE
from sync.merge.consent import name as name_key

VISITS = "visits_ended"
"""The fact that tells which visits ended and wait for their note."""
ROOM = "visit_going_on"
"""The fact that tells who is in the room, encrypted like every other."""
KEPT_VISITS = 50
LONGEST_MEETING = 600
"""Minutes."""
INVITATIONS = UUID("7b8a3f44-0f3e-5b6e-9a7d-2f1f6c0d9e11")


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

    # -- the team's invitation

    def invite(self, family: str, asked: Invited, reason: str) -> bytes:
        """A calendar file for a meeting of the team around a family. Refused where an agency may not know; audited.

        An agency that somebody said no to is not invited (DOMAIN 2.4 rule 11): the file is refused, and says which.
        """
        home, why = self.record(family), said_reason(reason)
        barred = {word.agency for word in self._said_in(home.scope) if word.decision in ("no", "withdrawn")}
        closed = [each for each in asked.agencies if {name_key(refuse_controls(each)), ALL, SERVICE} & barred]
        if closed:
            raise Refused(f"Not allowed: {', '.join(closed)}.", "Leave them out, or ask the family again.")
        if asked.begins <= self.clock.now() or not 1 <= asked.minutes <= LONGEST_MEETING:
            raise Refused("A meeting is to come, and takes minutes or hours.", "Look at the day and the time.")
        name = str(home.state.get("name") or "")
        whose = name if asked.named else calendar.initials([name])
        meeting = calendar.Meeting(
            uuid5(INVITATIONS, f"{family} {asked.begins.date()}").hex,
            f"Team around the family, {whose}",
            asked.begins,
            asked.begins + timedelta(minutes=asked.minutes),
            refuse_controls(asked.place),
            f"Asked: {', '.join(asked.agencies)}" if asked.agencies else "",
            asked.version,
        )
        self.store.audit.note("invitation", f"{family}: {why}")
        return calendar.invitation(meeting, self.clock.now())

    def _record_within(self) -> timedelta:
        settings = next(iter(self.store.records.of_kind("settings", 1)), None)
        told = str((settings.state.get("recorded_within/hours") if settings else "") or "")
        return timedelta(hours=int(told)) if told.isdecimal() and int(told) else briefs.RECORD_WITHIN


@dataclass(frozen=True, slots=True)
class Invited:
    """A meeting that a team is asked to."""

    begins: datetime
    minutes: int = 60
    place: str = field(default="", repr=False)
    agencies: tuple[str, ...] = ()
    named: bool = False
    """Whether the family's name stands in it; else its first letters."""
    version: int = 0
    """How often the same day's invitation was altered."""


def _set(told: object) -> list[str]:
    return [str(each) for each in told] if isinstance(told, list) else []
