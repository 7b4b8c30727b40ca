"""A team lead's desk: the base day, families offered and covered for, notices, and the month's quality checks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from fieldkit.casework import base_day, quality
from fieldkit.casework.base_day import Matter, Member, MemberRow, Waiting
from fieldkit.errors import FieldkitError, Refused
from fieldkit.store.records import Record
from fieldkit.workspace.copying import PEOPLE, TEAM_AT, Copying
from fieldkit.workspace.drafting import Drafting
from fieldkit.workspace.views import ConcernRow, Today
from fieldkit.workspace.words import refuse_controls, said_reason
from forms.errors import FormError
from sync.changes import Value
from sync.merge.duty import Rota
from sync.merge.handovers import ACCEPTED, COVER, DECLINED, HOLDERS, LEAD, OFFERED, TRANSFER, WITHDRAWN

CHECK = "quality-check"
CHECK_WORDS = ("yes", "partly", "no")
ANSWERS = {"accept": ACCEPTED, "decline": DECLINED, "take-back": WITHDRAWN}
"""What can be said to an offer, and the status that it makes."""


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer of a family, as one of the people of it sees it."""

    id: str
    family_name: str = field(repr=False)
    """Blank: not held here, so its name is told once it is."""
    giver: str
    by: str
    to: tuple[str, ...]
    way: str
    until: str
    status: str
    mine: bool
    """Made to me: I can accept or decline it."""
    given: bool
    """Made by me or from me: I can take it back."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """What central told somebody here that waits for a person."""

    id: str
    what: str
    family_name: str = field(repr=False)
    since: datetime
    due: datetime | None
    about: str
    acknowledged: bool
    place: str = ""
    """Where what it is about is looked at: concern-state, conflict; blank when it is not here."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """An assessment in this month's sample, and what the checklist says of it."""

    record: str
    family_name: str = field(repr=False)
    author: str
    on: date
    thin: tuple[str, ...]
    """What the meter finds thin, by title."""
    checked_by: str


@dataclass(frozen=True, slots=True)
class BaseDay:
    """The whole of a base day on one screen."""

    team: tuple[MemberRow, ...]
    told_at: datetime | None
    """When central last told of the team; None: never yet."""
    unread: tuple[ConcernRow, ...]
    duty: tuple[str, ...]
    """Whose duty it is now, by name."""
    deputies: tuple[str, ...]
    conflicts: Mapping[str, Mapping[str, int]]
    """Class → age → how many."""
    offers: tuple[OfferRow, ...]
    notices: tuple[NoticeRow, ...]
    checks: tuple[CheckRow, ...]


class Leading(Drafting, Copying):
    """The verbs of a lead, and those about offers that everybody has."""

    def people_of_team(self) -> tuple[Member, ...]:
        """Who holds what this lead holds too, as central told it within the last hour of syncing."""
        told = json.loads(self.store.meta(PEOPLE) or "[]")
        return tuple(self._member(each) for each in told)

    def _member(self, told: Mapping[str, object]) -> Member:
        last, scopes = str(told.get("last_sync") or ""), told.get("scopes")
        return Member(
            str(told.get("worker") or ""),
            str(told.get("name") or ""),
            str(told.get("role") or ""),
            datetime.fromisoformat(last) if last else None,
            int(str(told.get("waiting") or 0)),
            frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset(),
            int(str(told.get("held") or 0)),
        )

    def base_day_of(self, today: Today) -> BaseDay:
        """The base day, from what today needs. Refused to who does not lead, and while others are in the room."""
        if self.me.role != LEAD:
            raise Refused("The base day is a team lead's.", "Your own day stands on Today.")
        if self.room.safe:
            raise Refused("The base day is not shown while somebody else is in the room.", "End the visit first.")
        now, told_at = self.clock.now(), self.store.meta(TEAM_AT)
        waiting = _waiting(today)
        leads = {each.scope: str(each.state.get("lead") or "") for each in self.store.records.of_kind("family")}
        rota, classes = self._rota(), sorted({matter.klass for matter in waiting.conflicts})
        return BaseDay(
            base_day.rows(self.people_of_team(), waiting, leads, now),
            self.when(told_at) if told_at else None,
            tuple(each for each in today.concerns if each.state != "read"),
            tuple(map(self.worker_name, rota.duty(now))),
            tuple(map(self.worker_name, rota.on("deputy", now))),
            {name: base_day.ages((m for m in waiting.conflicts if m.klass == name), now) for name in classes},
            tuple(row for row in self.offers() if row.status == OFFERED),
            tuple(row for row in self.notices() if not row.acknowledged),
            tuple(self.checks()),
        )

    def _rota(self) -> Rota:
        settings = next(iter(self.store.records.of_kind("settings", 1)), None)
        return Rota.of(settings.state if settings else {})

    # -- offers and cover

    def hand_on(self, family: str, to: str, *, until: str = "", way: str = TRANSFER, giver: str = "") -> str:
        """Offer a family to a colleague, by name or id; the offer's id. It is theirs when they accept, not before.

        A lead may offer for somebody absent (`giver`); `until` a day: of a cover its end, of a transfer the overlap's.
        """
        home, receiver = self.record(family), self._who(to)
        absent = self._who(giver) if giver else self.me.worker_id
        if home.kind != "family":
            raise Refused("Only a family is offered.")
        return self._offer(home.scope, absent, receiver, way, _a_day(until, needed=way == COVER))

    def _offer(self, scope: str, giver: str, to: str, way: str, until: str) -> str:
        if giver != self.me.worker_id and self.me.role != LEAD:
            raise Refused("Only a lead offers what another holds.", "Ask your lead.")
        if giver == to:
            raise Refused("A family is not offered to who holds it.")
        made = self.new_id()
        patch: dict[str, Value] = {"family": scope, "from": giver, "by": self.me.worker_id, "to": [to], "way": way}
        told = {**patch, "until": until or None, "status": OFFERED}
        return self.create("handover", f"handover:{made}", told, record=made)

    def cover(self, absent: str, to: str, until: str) -> list[str]:
        """Offer every family of an absent worker to a colleague until a day; the offers. To oneself: taken at once."""
        away, receiver, day = self._who(absent), self._who(to), _a_day(until, needed=True)
        member = next((each for each in self.people_of_team() if each.worker == away), None)
        scopes = sorted(scope for scope in (member.scopes if member else ()) if scope.startswith("family:"))
        if not scopes:
            raise Refused("No families of theirs are known here.", "Sync first: central tells who holds what.")
        with self.store.transaction():
            made = [self._offer(scope, away, receiver, COVER, day) for scope in scopes]
            if receiver == self.me.worker_id:
                for each in made:
                    self.answer_offer(each, "accept")
        return made

    def offers(self) -> list[OfferRow]:
        """Every offer this person has a part in, the open ones first. In the safe view: none."""
        held = () if self.room.safe else self.store.records.of_kind("handover")
        rows = [self._offer_row(each) for each in held]
        return sorted(rows, key=lambda row: (row.status != OFFERED, row.family_name, row.id))

    def _offer_row(self, record: Record) -> OfferRow:
        state, me = record.state, self.me.worker_id
        to = state.get("to")
        receivers = [str(each) for each in to] if isinstance(to, list) else [str(to or "")]
        giver, by = str(state.get("from") or ""), str(state.get("by") or "")
        return OfferRow(
            record.id,
            self._name_of_family(str(state.get("family") or "")),
            self.worker_name(giver),
            self.worker_name(by),
            tuple(map(self.worker_name, receivers)),
            str(state.get("way") or ""),
            str(state.get("until") or ""),
            str(state.get("status") or ""),
            me in receivers,
            me in (giver, by),
        )

    def _name_of_family(self, scope: str) -> str:
        found = self.store.records.get(scope.removeprefix("family:"))
        return str(found.state.get("name") or "") if found else ""

    def answer_offer(self, offer: str, word: str, reason: str = "") -> None:
        """Accept, decline (with a reason) or take back an offer; central says with the next sync whether it stands."""
        found = self.record(offer)
        row = self._offer_row(found) if found.kind == "handover" else None
        if row is None or row.status != OFFERED:
            raise Refused("That offer is not open.", "Look at `fieldkit offers`.")
        if not (row.given if word == "take-back" else row.mine):
            raise Refused("That offer is not yours to answer.", "Ask who it was made to.")
        patch: dict[str, Value] = {"status": ANSWERS[word]}
        if word == "decline" or reason.strip():
            patch["reason"] = said_reason(reason)
        self.change(found, patch)

    def colleagues(self) -> list[tuple[str, str, str]]:
        """Everybody who can be given a family: id, name, role; by name."""
        held = self.store.records.of_kind("worker")
        told = [(each.id, str(each.state.get("name") or ""), str(each.state.get("role") or "")) for each in held]
        return sorted((each for each in told if each[2] in HOLDERS), key=lambda each: each[1])

    def _who(self, named: str) -> str:
        """A worker by id or name."""
        wanted = named.strip().casefold()
        found = {id for id, name, _ in self.colleagues() if wanted in (id, name.casefold())}
        if len(found) != 1:
            cure = "Write the whole name as central has it: `fieldkit list worker`."
            raise Refused("No one colleague has that name and works with families.", cure)
        return found.pop()

    # -- notices

    def notices(self) -> list[NoticeRow]:
        """What central told this person, the latest first. In the safe view: none."""
        held = () if self.room.safe else self.store.records.of_kind("notice")
        mine = [self._notice_row(each) for each in held if each.state.get("to") == self.me.worker_id]
        return sorted(mine, key=lambda row: row.since, reverse=True)

    def _notice_row(self, record: Record) -> NoticeRow:
        state = record.state
        due, what = state.get("due"), NOTICES.get(str(state.get("what") or ""), "Something waits for a person")
        about = str(state.get("about") or "")
        name = self._name_of_family(record.scope) if record.scope.startswith("family:") else ""
        at = self.when(state.get("since"))
        read = bool(state.get("acknowledged_by"))
        place = PLACES.get(str(state.get("what") or ""), "") if self.store.records.get(about) else ""
        return NoticeRow(record.id, what, name, at, self.when(due) if due else None, about, read, place)

    def note_notice(self, notice: str, words: str = "") -> None:
        """Say by name that a notice has been read: until it is due nobody further is told."""
        found = self.record(notice)
        if found.kind != "notice" or found.state.get("to") != self.me.worker_id:
            raise Refused("That notice was not for you.")
        told = {"acknowledged_by": self.me.worker, "acknowledged_at": self.store.now()}
        said = {"acknowledged_words": refuse_controls(words)} if words.strip() else {}
        self.change(found, {**told, **said})

    # -- quality checks

    def checks(self) -> Iterator[CheckRow]:
        """This month's sample of what was filed last month; the same on every laptop that holds the same."""
        today = self.clock.now().date()
        filed = [each for each in self.store.records.of_kind("eha") if _is_last_month(self.when(each.at).date(), today)]
        held = {each.id: each for each in filed}
        done = {
            str(each.state.get("record")): self.worker_name(each.actor) for each in self.store.records.of_kind(CHECK)
        }
        for record in base_day.sample(f"{today:%Y-%m}", held):
            yield self._check_row(held[record], done.get(record, ""))

    def _check_row(self, record: Record, by: str) -> CheckRow:
        name, author = self._name_of_family(record.scope), self.worker_name(record.actor)
        return CheckRow(record.id, name, author, self.when(record.at).date(), self._thin(record), by)

    def _thin(self, record: Record) -> tuple[str, ...]:
        try:
            read = quality.read(self.interview(record.form, dict(record.state)))
        except (FormError, FieldkitError):
            return ()  # of a version of the form that is not here
        return tuple(item.title for item in read.items if item.state != quality.MET)

    def check_quality(self, record: str, answers: Mapping[str, str], words: str = "") -> str:
        """Keep a lead's checklist of an assessment beside it, for its author to read; its id."""
        found = self.record(record)
        if self.me.role != LEAD or found.kind != "eha":
            raise Refused("A lead checks an assessment.", "Name the assessment: `fieldkit checks`.")
        if found.actor == self.me.worker_id:
            raise Refused("Nobody checks their own assessment.", "Ask another lead.")
        if not answers or set(answers) - set(quality.TITLES) or set(answers.values()) - set(CHECK_WORDS):
            known = ", ".join(quality.TITLES)
            raise Refused("Say yes, partly or no to lines of the checklist.", f"They are: {known}.")
        told: dict[str, Value] = {f"item/{name}": word for name, word in answers.items()}
        return self.create(CHECK, found.scope, {**told, "record": record, "words": refuse_controls(words)})


NOTICES: Mapping[str, str] = {
    "concern": "A concern that no one has read",
    "conflict": "A conflict about safety that waits for a decision",
    "proposal": "A proposal of yours that counts no more: another value came",
}
"""What a notice is about, in words."""


PLACES: Mapping[str, str] = {"concern": "concern-state", "conflict": "conflict", "proposal": "conflict"}


def _waiting(today: Today) -> Waiting:
    return Waiting(
        [Matter(f"family:{each.family}", each.opened, each.klass) for each in today.conflicts],
        [Matter(f"family:{each.family}", _midnight(each.since)) for each in today.unsigned],
        [Matter(f"family:{each.family}", _midnight(each.on)) for each in today.due if each.overdue],
    )


def _midnight(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00")


def _is_last_month(day: date, today: date) -> bool:
    return (today.year * 12 + today.month) - (day.year * 12 + day.month) == 1


def _a_day(told: str, *, needed: bool) -> str:
    if not told and not needed:
        return ""
    try:
        return date.fromisoformat(told).isoformat()
    except ValueError as wrong:
        raise Refused("That is no day.", "Write it as 2026-12-04.") from wrong


__all__: Sequence[str] = ["BaseDay", "CheckRow", "Leading", "NoticeRow", "OfferRow"]
