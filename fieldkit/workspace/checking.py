"""Looking and checking: today, one record, every record, concerns, `verify` and `dump`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from fieldkit.casework import corrections
from fieldkit.casework.kinds import NEXT, Filed, day, due, home_of
from fieldkit.errors import FieldkitError, Locked, Refused, StoreDamaged
from fieldkit.store.database import unlike
from fieldkit.store.records import Record
from fieldkit.store.room import LOW_MIB
from fieldkit.workspace import levels
from fieldkit.workspace.allowed import LeaseOver, guarded
from fieldkit.workspace.briefing import Briefing
from fieldkit.workspace.centre_day import CentreDay
from fieldkit.workspace.core import IMMUTABLE
from fieldkit.workspace.device_views import Status
from fieldkit.workspace.drafting import OpenDraft
from fieldkit.workspace.first_day import Learning
from fieldkit.workspace.knowing import Knowing
from fieldkit.workspace.leading import BaseDay, Leading
from fieldkit.workspace.newcomers import Newcomers
from fieldkit.workspace.papers import Papers
from fieldkit.workspace.receipts import Receipts
from fieldkit.workspace.registers import Door
from fieldkit.workspace.restoring import Restoring
from fieldkit.workspace.set_aside import SetAside
from fieldkit.workspace.upgrading import Upgrading
from fieldkit.workspace.views import (
    ConcernRow,
    ConflictRow,
    DraftRow,
    DueRow,
    FamilyPage,
    FieldView,
    Finding,
    RecordView,
    Today,
    UnsignedRow,
)
from fieldkit.workspace.words import refuse_controls
from forms.errors import FormError
from sync.changes import Value, chain_holds

CHECK_SHOWN = "check_shown"
SIGNED_KINDS = frozenset({"eha", "agreement"})


@guarded
class Workspace(
    Newcomers, Briefing, Knowing, CentreDay, Papers, Receipts, Learning, Upgrading, Restoring, Leading, SetAside
):
    """An opened device: every verb there is. Any thread may call any of them."""

    def status(self) -> Status:
        """The honest state of this device; a conflict that was decided here and waits to be sent needs nobody."""
        return replace(super().status(), conflicts=len(self._undecided()))

    def family(self, id: str) -> FamilyPage:
        """The whole of a family on one page; at its top what was taken back, unless others are in the room."""
        page = super().family(id)
        if self.room.safe:
            return page
        return replace(page, taken_back=tuple(self.taken_back(self.record(id).scope)), whole=self.whole(id))

    def draft(self, id: str) -> OpenDraft:
        """Open a draft as it was left; while somebody else is in the room only one about the family being visited."""
        opened = super().draft(id)
        self.only_theirs(self.record(opened.family))
        return opened

    def conflicts(self) -> list[ConflictRow]:
        """Every open conflict; none while somebody else is in the room."""
        return [] if self.room.safe else super().conflicts()

    def door(self, session: str) -> Door:
        """A session's register; not in a family's home."""
        self.only_theirs(self.record(session))
        return super().door(session)

    # -- today

    def today(self) -> Today:
        """What the day needs, in the order it needs it. In the safe view nothing about other families is told."""
        today = self.clock.now().date()
        standing = self.standing
        if self.room.safe or self.me.keeps_register or standing.lease_over:
            drafts = () if self.room.safe else tuple(self._own_drafts())
            closed = f"{LeaseOver.said} {LeaseOver.cure}" if standing.lease_over else ""
            visits = () if standing.lease_over or self.me.keeps_register else tuple(self.to_record())
            rest = (visits, closed)
            return Today(today, drafts, (), (), (), (), self.status().waiting, (), "", self._notices(), (), *rest)
        return Today(
            date=today,
            drafts=tuple(self._drafts()),
            due=tuple(sorted(self._due(today), key=lambda row: row.on)),
            conflicts=tuple(self.conflicts()),
            concerns=tuple(self._concerns()),
            unsigned=tuple(self._unsigned()),
            waiting=self.status().waiting,
            newer=self.newer_forms(),
            copies=self.copies_told(),
            notices=self._notices(),
            exports=tuple(self.exports_left()),
            to_record=tuple(self.to_record()),
        )

    def base_day(self) -> BaseDay:
        """A team lead's day at base: who has not synced, what waits in the team's families, how old it is."""
        return self.base_day_of(self.today())

    def _notices(self) -> tuple[str, ...]:
        free = self.free_mib()
        full = f"! Only {free} MiB are free on this disk. Make room soon: with none left nothing more can be saved."
        return (*self.health_notices, *((full,) if free < LOW_MIB else ()))

    def _own_drafts(self) -> Iterator[DraftRow]:
        """The drafts that this person began: of the register only, for who keeps the register."""
        me = self.me
        for row in self._drafts():
            at_a_centre = home_of(row.form.partition("@")[0]) == "centre"
            if self.store.people.began(row.id) == me.person and (at_a_centre or not me.keeps_register):
                yield row

    def _drafts(self) -> Iterator[DraftRow]:
        for draft in self.store.drafts.all():
            title = self._form_title(draft.form)
            name = self._family_name(draft.family)
            saved = datetime.fromisoformat(draft.saved_at)
            numbers = (draft.part, draft.answered, draft.total, saved, draft.missing)
            restored = self.restored_from(draft.id)
            yield DraftRow(draft.id, draft.form, title, draft.family, name, *numbers, restored)

    def _due(self, today: date) -> Iterator[DueRow]:
        soon = today + timedelta(days=7)
        for family in self.store.records.of_kind("family"):
            on = day(family.state.get("next_visit"))
            if on is not None and on <= soon:
                yield DueRow("Visit", family.id, str(family.state.get("name") or ""), on, on < today)
        for scope, filed in self._filed().items():
            family_id = scope.removeprefix("family:")
            coming = [(what, on) for what, on in due(filed).items() if on <= soon]
            yield from (DueRow(what, family_id, self._family_name(family_id), on, on < today) for what, on in coming)

    def _filed(self) -> dict[str, list[Filed]]:
        """By scope: the filed records that may make something due."""
        found: dict[str, list[Filed]] = {}
        for record in (each for kind in NEXT for each in self.store.records.of_kind(kind)):
            found.setdefault(record.scope, []).append(Filed(record.kind, self.when(record.at).date(), record.state))
        return found

    def _unsigned(self) -> Iterator[UnsignedRow]:
        signed = {str(each.state.get("record")) for each in self.store.records.of_kind("signature")}
        for kind in sorted(SIGNED_KINDS):
            for record in self.store.records.of_kind(kind):
                if record.id not in signed:
                    family = record.scope.removeprefix("family:")
                    yield UnsignedRow(record.id, family, self._family_name(family), self.when(record.at).date())

    # -- concerns

    def concern(self, family: str, about: str, words: str, urgent: bool) -> str:
        """Raise a concern; its id. Never blocked by a form; "no one has read this" until somebody has.

        Without a family it is that of the visit going on, or the only one in which somebody is called so.
        """
        home = self.record(family or self.visiting or self._only_family_of(about))
        said = {"about": refuse_controls(about), "words": refuse_controls(words), "urgent": "yes" if urgent else "no"}
        if not said["words"]:
            raise Refused("A concern needs words.", "Write what worries you, then ring the duty number.")
        return self.create("concern", home.scope, {**said, "raised_at": self.store.now(), "by": self.me.worker})

    def _only_family_of(self, about: str) -> str:
        found = {each.family for each in self.find(about)}
        if len(found) != 1:
            cure = "Open their family, then ! . If it cannot wait, ring: f2 has the numbers. Your words are still here."
            raise Refused("Which family is that? No one family here has somebody called so.", cure)
        return found.pop()

    def acknowledge(self, concern_id: str, words: str) -> None:
        """Say, by name, that a concern has been read. Its own author cannot."""
        concern = self.record(concern_id)
        if concern.actor == self.me.worker_id:
            raise Refused("Somebody else must read your concern.", "Ring the duty number.")
        told = {"acknowledged_by": self.me.worker, "acknowledged_at": self.store.now()}
        said = {"acknowledged_words": refuse_controls(words)} if words.strip() else {}
        self.change(concern, {**told, **said})

    def _concerns(self) -> Iterator[ConcernRow]:
        for record in self.store.records.of_kind("concern"):
            reader = record.state.get("acknowledged_by")
            outbox = self.store.outbox.state_of(record.id)
            state = "read" if reader else "waiting" if outbox == "complete" else outbox
            family = record.scope.removeprefix("family:")
            raised, about = self.when(record.state.get("raised_at")), str(record.state.get("about") or "")
            name = self._family_name(family)
            yield ConcernRow(record.id, family, name, about, raised, state, str(reader) if reader else None)

    # -- records

    def records_of(self, kind: str) -> list[Record]:
        """Every record of a kind on this device."""
        return self.store.records.of_kind(kind)

    def show(self, record: str) -> RecordView:
        """A record with its answers in form order, and which of them moved since it was signed."""
        found = self.record(record)
        self.only_theirs(found)
        moved = self.moved_since_signing(record) if found.kind in SIGNED_KINDS else frozenset()
        title = self._title(found.kind)
        state, open_on = self.store.outbox.state_of(record), self.store.conflicts.paths_on(record)
        family = found.scope.removeprefix("family:")
        fields = (replace(each, contested=each.path in open_on) for each in self._fields(found, moved))
        return RecordView(record, found.kind, title, family, state, tuple(fields))

    def _fields(self, record: Record, moved: frozenset[str]) -> Iterator[FieldView]:
        shown: set[str] = set()
        if record.form:
            interview = self.interview(record.form, dict(record.state))
            for page in interview.pages():
                for view in page.questions:
                    if view.value is None or view.path in shown or not self._may_show(view.klass, view.safe_in_room):
                        continue
                    shown.add(view.path)
                    names = dict(view.choices)
                    told = view.value if isinstance(view.value, list) else [str(view.value)]
                    words = ", ".join(names.get(each, each) for each in told)
                    yield FieldView(view.path, view.label, words, view.path in moved)
            for kept in self.kept_answers(record.id):
                yield FieldView(kept.path, f"{kept.label} (no longer asked; kept)", kept.value_text, False)
        elif not self.room.safe:
            for path, value in sorted(record.state.items()):
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                text = levels.as_told(text, levels.levels_of(record.kind, path))
                yield FieldView(path, path.replace("_", " "), text, path in moved)

    def _may_show(self, klass: str, safe: bool) -> bool:
        from fieldkit.casework.room import may_show

        return may_show(klass, safe, self.room.present)

    def edit(self, record: str, values: Mapping[str, Value]) -> str:
        """Change answers of a record; Refused for kinds whose correction is a new entry.

        An answer takes the place of the reason why there was none, and the reason takes the answer's.
        """
        found = self.record(record)
        if found.kind in IMMUTABLE or found.kind in ("conflict", "form", "settings", "worker", "agency"):
            raise Refused("This kind of record is not changed.", "Write a new one; it can point to this one.")
        cleaned = {path: refuse_controls(value) if isinstance(value, str) else value for path, value in values.items()}
        patch: dict[str, Value] = {path: value or None for path, value in cleaned.items()}
        patch |= dict.fromkeys(corrections.gives_way(cleaned, found.state))
        levels.refuse_unknown(patch, {path: self._words_of(found, path) for path in patch})
        self.change(found, {path: value for path, value in patch.items() if found.state.get(path) != value})
        return record

    def restore_answer(self, record: str, change: str) -> str:
        """Put back what stood at a place before a change: an ordinary edit, which can be put back in its turn."""
        path, before = self._replaced(record, change)
        return self.edit(record, {path: before})

    def _words_of(self, record: Record, path: str) -> tuple[str, ...]:
        """The words a place takes; none where any will do, or where this device does not have the form."""
        if not record.form:
            return levels.levels_of(record.kind, path)
        try:
            return levels.choices_of(self.interview(record.form, dict(record.state)).question(path))
        except (FormError, FieldkitError):
            return ()

    def dump(self, reason: str) -> Iterator[dict[str, Any]]:
        """Every record of this device, for a hand-over; audited with its reason being asked for."""
        if not reason.strip():
            raise Refused("A dump needs a reason.", "Give it with --reason; nothing was written.")
        self.store.audit.note("dump", self.me.worker_id)
        for row in self.store.connection.execute("select id from record order by id").fetchall():
            record = self.record(str(row[0]))
            yield {
                "id": record.id,
                "kind": record.kind,
                "scope": record.scope,
                "form": record.form,
                "state": dict(record.state),
            }

    # -- verify

    def verify(self) -> list[Finding]:
        """What is not as it was saved: pages, chains, views, seals. Never an answer."""
        found = []
        if not self.store.whole():
            found.append(Finding("database", "store", "Copy the folder aside and ask for help."))
        if not self._chain_holds():
            found.append(Finding("chain of changes", "outbox", "Copy the folder aside and ask for help."))
        if wrong := self.store.records.digests.count_anew():
            found.append(Finding("digests", f"{wrong} scopes", "They were counted anew; the next sync compares them."))
        if wrong := self.store.records.rebuild():
            found.append(Finding("views", f"{wrong} records", "They were drawn anew from what was saved."))
        return [*found, *self.evidence_findings()]

    def check_behind(self) -> None:
        """Check the store in a thread of its own, at each unlock; what is wrong is shown at once, good news weekly."""
        threading.Thread(target=self._check_behind, name="fieldkit check", daemon=True).start()

    def _check_behind(self) -> None:
        with suppress(Locked):
            try:
                self.store.search.spellings.read()
                whole = self.store.whole()
            except StoreDamaged:
                whole = False
            shown, today = self.store.meta(CHECK_SHOWN), self.clock.now().date()
            if not whole:
                self.health_notices = (f"! {StoreDamaged.said} Run `fieldkit doctor`, and tell your team lead.",)
            elif shown is None or date.fromisoformat(shown) + timedelta(days=7) <= today:
                self.health_notices = ("This week's check: the store on this device is whole.",)
                self.store.set_meta(CHECK_SHOWN, today.isoformat())

    def examined(self) -> dict[str, object]:
        """What only an opened store can tell of itself: its settings, and how its clock stands."""
        last = self.store.meta("last_sync")
        back = last is not None and self.clock.now() < datetime.fromisoformat(last)
        wrong = unlike(self.store.connection)
        return {
            "settings": wrong or "as they must be",
            "clock": "before the last sync: set it" if back else "after the last sync" if last else "no sync yet",
            "last_sync": last,
        }

    def _chain_holds(self) -> bool:
        rows = self.store.connection.execute("select seq from outbox order by seq").fetchall()
        seqs = [int(row[0]) for row in rows]
        if not seqs:
            return True
        changes = self.store.outbox.by_seq(seqs)
        ordered = [changes[seq] for seq in seqs]
        gapless = seqs == list(range(seqs[0], seqs[0] + len(seqs)))
        return gapless and chain_holds(ordered, ordered[0].prev_hash)


__all__ = ["Workspace"]
