"""Looking and checking: today, one record, every record, concerns, `verify` and `dump`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from fieldkit.casework import evidence
from fieldkit.casework.kinds import NEXT, Filed, day, due, home_of
from fieldkit.errors import Refused
from fieldkit.store.records import Record
from fieldkit.workspace.allowed import LeaseOver, guarded
from fieldkit.workspace.core import IMMUTABLE, refuse_controls
from fieldkit.workspace.deciding import Deciding
from fieldkit.workspace.exporting import Exporting
from fieldkit.workspace.families import Families
from fieldkit.workspace.signing import Signing
from fieldkit.workspace.signing_in import SigningIn
from fieldkit.workspace.upgrading import Upgrading
from fieldkit.workspace.views import (
    ConcernRow,
    DraftRow,
    DueRow,
    FieldView,
    Finding,
    RecordView,
    Status,
    Today,
    UnsignedRow,
)
from sync.changes import Value, chain_holds

SIGNED_KINDS = frozenset({"eha", "agreement"})


@guarded
class Workspace(Families, Signing, Deciding, Exporting, Upgrading, SigningIn):
    """An opened device: every verb there is. Any thread may call any of them."""

    def status(self) -> Status:
        """The honest state of this device; a conflict that was decided here and waits to be sent needs nobody."""
        return replace(super().status(), conflicts=len(self._undecided()))

    # -- today

    def today(self) -> Today:
        """What the day needs, in the order it needs it. In the safe view nothing about other families is told."""
        today = self.clock.now().date()
        standing = self.standing
        if self.room.safe or self.me.keeps_register or standing.lease_over:
            drafts = () if self.room.safe else tuple(self._own_drafts())
            closed = f"{LeaseOver.said} {LeaseOver.cure}" if standing.lease_over else ""
            return Today(today, drafts, (), (), (), (), self.status().waiting, closed=closed)
        return Today(
            date=today,
            drafts=tuple(self._drafts()),
            due=tuple(sorted(self._due(today), key=lambda row: row.on)),
            conflicts=tuple(self.conflicts()),
            concerns=tuple(self._concerns()),
            unsigned=tuple(self._unsigned()),
            waiting=self.status().waiting,
            newer=self.newer_forms(),
        )

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
            yield DraftRow(draft.id, draft.form, title, draft.family, name, *numbers)

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
        """Raise a concern; its id. Never blocked by a form; "no one has read this" until somebody has."""
        home = self.record(family)
        said = {"about": refuse_controls(about), "words": refuse_controls(words), "urgent": "yes" if urgent else "no"}
        if not said["words"]:
            raise Refused("A concern needs words.", "Write what worries you, then ring the duty number.")
        return self.create("concern", home.scope, {**said, "raised_at": self.store.now(), "by": self.me.worker})

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
        bundles = self.bundles_of(record) if found.kind in SIGNED_KINDS else []
        moved = set(evidence.changed_since(bundles[-1], _signed_part(bundles[-1], found.state))) if bundles else set()
        title = self._title(found.kind)
        state = self.store.outbox.state_of(record)
        family = found.scope.removeprefix("family:")
        return RecordView(record, found.kind, title, family, state, tuple(self._fields(found, moved)))

    def _fields(self, record: Record, moved: set[str]) -> Iterator[FieldView]:
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
                yield FieldView(path, path.replace("_", " "), text, path in moved)

    def _may_show(self, klass: str, safe: bool) -> bool:
        from fieldkit.casework.room import may_show

        return may_show(klass, safe, self.room.present)

    def edit(self, record: str, values: Mapping[str, Value]) -> str:
        """Change answers of a record; Refused for kinds whose correction is a new entry."""
        found = self.record(record)
        if found.kind in IMMUTABLE or found.kind in ("conflict", "form", "settings", "worker", "agency"):
            raise Refused("This kind of record is not changed.", "Write a new one; it can point to this one.")
        cleaned = {path: refuse_controls(value) if isinstance(value, str) else value for path, value in values.items()}
        patch: dict[str, Value] = {path: value or None for path, value in cleaned.items()}
        self.change(found, {path: value for path, value in patch.items() if found.state.get(path) != value})
        return record

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
        broken = self.store.audit.broken_at()
        if broken is not None:
            found.append(Finding("audit chain", f"entry {broken}", "Tell your information-governance lead."))
        if not self._chain_holds():
            found.append(Finding("chain of changes", "outbox", "Copy the folder aside and ask for help."))
        if wrong := self.store.records.digests.count_anew():
            found.append(Finding("digests", f"{wrong} scopes", "They were counted anew; the next sync compares them."))
        if wrong := self.store.records.rebuild():
            found.append(Finding("views", f"{wrong} records", "They were drawn anew from what was saved."))
        for record in self.store.records.of_kind("signature"):
            if not evidence.is_whole(str(record.state.get("bundle") or "")):
                found.append(Finding("seal", record.id, "Treat it as not signed; ask again."))
        return found

    def _chain_holds(self) -> bool:
        rows = self.store.connection.execute("select seq from outbox order by seq").fetchall()
        seqs = [int(row[0]) for row in rows]
        if not seqs:
            return True
        changes = self.store.outbox.by_seq(seqs)
        ordered = [changes[seq] for seq in seqs]
        gapless = seqs == list(range(seqs[0], seqs[0] + len(seqs)))
        return gapless and chain_holds(ordered, ordered[0].prev_hash)


def _signed_part(sealed: str, state: Mapping[str, Value]) -> dict[str, Value]:
    """The answers of today at the places that were signed."""
    signed = json.loads(sealed)["answers"]
    return {path: state[path] for path in signed if path in state}


__all__ = ["Workspace"]
