"""The store as sync sees it: the real twin of `sync.client.memory.MemoryReplica`. Every method is one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fieldkit.store.form_versions import FormVersion
from fieldkit.store.outbox import Answer
from fieldkit.store.records import Agreed, Base
from fieldkit.store.refused_forms import RefusedForm, refused_form
from sync.changes import Change, State, apply, is_erased, state_text, text_hash, version_hash
from sync.client import (
    Batch,
    Frame,
    Held,
    Named,
    Outcome,
    PageEnd,
    Piece,
    Purged,
    PushAnswer,
    Put,
    Receipt,
    Retold,
    ScopeGained,
    ScopeLost,
    Tomb,
)
from sync.client.replica import SPARE, Coming, Parked, Settlement, Standing, is_parked

if TYPE_CHECKING:
    from fieldkit.store.store import Store

STANDING, COMPACTED = "standing", "compacted"
CENTRAL_TIME = "central_time"
"""The fact that tells central's time when it was last heard: the lease begins there."""


def _no_fault(_form: State) -> str:
    return ""


class StoreReplica:
    """Keeps the promises of `sync.client.replica.Replica` in the encrypted store."""

    def __init__(self, store: Store, device: str, fault: Callable[[State], str] = _no_fault) -> None:
        self.store = store
        self.device = device
        self.fault = fault
        """Why a form that came is not to be kept; blank when it may be."""
        self.refused_forms: list[RefusedForm] = []
        """The forms that came and were not kept, until somebody has told of them."""
        self.spare = SPARE
        """How many of the newest changes keep their words in any case."""

    def standing(self) -> Standing:
        """Where this device stands with central."""
        kept = self.store.meta(STANDING)
        if kept is None:
            return Standing(self.device)
        raw = json.loads(kept)
        raw["head_seen"] = tuple(raw["head_seen"])
        raw["coming"] = tuple(Coming(*each) for each in raw.get("coming", ()))
        return Standing(**raw)

    def _stand(self, standing: Standing) -> None:
        names = ("device", "epoch", "cursor", "head_seen", "ev", "last_seq", "after", "whole", "durable")
        coming = [[each.scope, each.number, each.pages, each.here] for each in standing.coming]
        kept = json.dumps({name: getattr(standing, name) for name in names} | {"coming": coming})
        # A sync with nothing to do changes nothing, and then it need not wait for the disk.
        if kept != self.store.meta(STANDING):
            self.store.set_meta(STANDING, kept)

    def batch(self, limit: int, beyond: int = 0) -> Batch | None:
        """The oldest changes without a receipt, as they travel."""
        return self.store.outbox.batch(max(self.standing().last_seq, beyond), limit)

    def waiting(self) -> int:
        """How many changes have no receipt."""
        return self.store.outbox.counts().waiting

    def mark_sent(self, batch: Batch) -> None:
        """Note that these are about to leave."""
        self.store.outbox.mark_sent(batch.first, batch.last)

    def settle(self, answer: PushAnswer) -> Settlement:
        """Keep the receipts that come next in the chain; fold what agrees, park what central did not take."""
        with self.store.transaction():
            standing = self.standing()
            receipts = _run(answer.receipts, standing.last_seq)
            about = self.store.outbox.records_of(receipts[0].seq, receipts[-1].seq) if receipts else {}
            known = [receipt for receipt in receipts if receipt.seq in about]
            done = self._keep(known, about) if known else Settlement()
            last = known[-1].seq if known else standing.last_seq
            self._stand(replace(standing, last_seq=last, epoch=standing.epoch or answer.epoch))
        return done

    def _keep(self, receipts: Sequence[Receipt], about: Mapping[int, str]) -> Settlement:
        agreed = self._agreed(receipts)
        rest = [receipt for receipt in receipts if about[receipt.seq] not in agreed]
        done = self._fold(rest) if rest else Settlement()
        plain = [receipt for receipt in receipts if about[receipt.seq] in agreed]
        self.store.outbox.answer([_answer(receipt, "settled") for receipt in plain])
        self.store.records.agree(agreed.values())
        return replace(done, folded=done.folded + len(plain))

    def _agreed(self, receipts: Sequence[Receipt]) -> dict[str, Agreed]:
        """The records that stand at central, to the letter, as they are seen here: their view becomes their base."""
        told = {receipt.seq: receipt for receipt in receipts}
        agreed = {}
        for seen in self.store.outbox.seen(receipts[0].seq, receipts[-1].seq):
            receipt = told.get(seen.seq)
            if receipt is None or is_parked(receipt) or receipt.echo or seen.version >= receipt.version:
                continue
            if text_hash(seen.record, receipt.version, seen.text) == receipt.version_hash:
                stamp = (receipt.version, receipt.version_hash, seen.actor, seen.device, seen.at)
                agreed[seen.record] = Agreed(seen.record, seen.scope, *stamp)
        return agreed

    def _fold(self, receipts: Sequence[Receipt]) -> Settlement:
        changes = self.store.outbox.by_seq([receipt.seq for receipt in receipts])
        records = list(dict.fromkeys(changes[receipt.seq].record for receipt in receipts))
        bases: dict[str, Base | None] = dict(self.store.records.bases(records))
        kept = _Kept(bases)
        for receipt in receipts:
            kept.take(changes[receipt.seq], receipt)
        self.store.outbox.answer(kept.answers)
        self.store.outbox.absorb(kept.deleted)
        self.store.records.drop([record for record in kept.folded if bases[record] is None])
        self.store.records.rebase([base for record in kept.folded if (base := bases[record]) is not None])
        self.store.records.redraw_all(sorted(kept.laid_off))
        return Settlement(folded=len(kept.folded_seqs), parked=kept.parked, broken=kept.broken)

    def take(self, frames: Sequence[Frame], end: PageEnd) -> int:
        """Bring a page into the base, with the cursor; how many records changed."""
        with self.store.transaction():
            standing = self.standing()
            anew = standing.whole
            puts = self._without_faults([frame for frame in frames if isinstance(frame, Put)])
            changed = self.store.records.rebase([_base(put) for put in puts], any_version=anew)
            self._keep_forms(puts)
            self.store.outbox.answer([_retold(frame.receipt) for frame in frames if isinstance(frame, Retold)])
            changed += sum(self._drop(frame, end) for frame in frames if isinstance(frame, Tomb | ScopeLost))
            for frame in frames:
                if isinstance(frame, ScopeGained):
                    self.store.purges.regained(frame.scope)
            self._stand(standing.past(end, frames))
            self.store.set_meta(CENTRAL_TIME, end.server_time)
            if not end.more:
                self.store.purges.order_unnamed(end.ev)
                self._compact()
        return changed

    def _compact(self) -> None:
        if seqs := self.standing().spared(int(self.store.meta(COMPACTED) or 0), self.spare):
            self.store.outbox.compact(seqs)
            self.store.set_meta(COMPACTED, str(seqs.stop - 1))

    def _without_faults(self, puts: Sequence[Put]) -> list[Put]:
        """What may be kept: a form with a fault is left out whole, and everything else goes on."""
        faults = [(put, self.fault(put.state) if put.kind == "form" else "") for put in puts]
        for put, why in faults:
            if why:
                self.refused_forms.append(refused_form(put, why))
                self.store.refused_forms.note(put)
            elif put.kind == "form":
                self.store.refused_forms.forget(put.record)
        return [put for put, why in faults if not why]

    def _drop(self, frame: Tomb | ScopeLost, end: PageEnd) -> int:
        if isinstance(frame, Tomb):
            self.store.refused_forms.forget(frame.record)
        if isinstance(frame, Tomb) and frame.gone:
            for draft in self.store.drafts.about(frame.record):
                self.store.attachments.destroy(draft)
                self.store.drafts.end(draft)
            return self.store.records.erase(frame.record)
        if isinstance(frame, Tomb):
            self.store.outbox.absorb({frame.record: frame.version})
            return self.store.records.drop([frame.record])
        return self.store.purges.order(frame.scope, end.ev)

    def purged(self) -> Sequence[Purged]:
        """The receipts for lost scopes that central has not taken yet."""
        return self.store.purges.receipts()

    def purges_told(self, told: Sequence[Purged]) -> None:
        """Central has these."""
        self.store.purges.told(told)

    def _keep_forms(self, puts: Sequence[Put]) -> None:
        for put in puts:
            if put.kind == "form":
                texts = {name: str(put.state.get(name) or "") for name in ("id", "version", "hash")}
                self.store.form_versions.keep(FormVersion(**texts, published=json.dumps(dict(put.state))))

    def rewind(self, epoch: str, last_seq: int) -> None:
        """Central was restored: what it does not have is unanswered again, and everything is pulled anew."""
        with self.store.transaction():
            self.store.records.redraw_all(self.store.outbox.unanswer_after(last_seq))
            self.store.attachments.ask_again()
            self.store.copies.all_due()
            before = self.standing()
            if epoch != before.epoch or last_seq < before.last_seq:
                self.store.purges.owe()
            kept = min(before.last_seq, last_seq)
            self._stand(Standing(self.device, epoch=epoch, last_seq=kept, whole=True))

    def begin_anew(self, device: str) -> int:
        """Go on under another id: nothing is known to central of it; how many unsent changes it takes along."""
        with self.store.transaction():
            made = self.store.former.begin_anew(device)
            self.device = device
            self._stand(Standing(device, whole=True))
        return made

    def sums(self) -> Mapping[str, int]:
        """The sum over the base of each scope, as kept."""
        return self.store.refused_forms.sums(self.store.records.digests.all())

    def parts(self, scope: str) -> Mapping[int, int]:
        """The sums of the parts of a scope, made from what is really there."""
        return self.store.refused_forms.parts(scope)

    def files_to_send(self) -> Sequence[Named]:
        """The files of records that central has, whose bytes it may not have yet."""
        return self.store.attachments.to_send()

    def files_to_fetch(self) -> Sequence[tuple[Named, int]]:
        """The files whose bytes are not here, with how much has arrived."""
        return self.store.attachments.to_fetch()

    def file_piece(self, named: Named, at: int, count: int) -> bytes:
        """Some bytes of a file that is here."""
        return self.store.attachments.piece(named, at, count)

    def file_sent(self, named: Named) -> None:
        """Central has the whole of it."""
        self.store.attachments.sent(named)

    def keep_piece(self, piece: Piece) -> None:
        """Bytes that arrived."""
        self.store.attachments.arrived(piece)

    def mend(self, puts: Sequence[Put], held: Held) -> int:
        """Make parts of a scope what central has; an incident, so it is noted."""
        with self.store.transaction():
            mended = self.store.records.mend([_base(put) for put in self._without_faults(puts)], held)
            self.store.records.digests.count_anew()
            if mended:
                self.store.audit.note("mended", held.scope)
        return mended

    def parked(self) -> Sequence[Parked]:
        """The changes that stand apart, with their reasons."""
        return [Parked(change, Outcome(outcome), reason) for change, outcome, reason in self.store.outbox.parked()]


class _Kept:
    """What the receipts of one push come to, before any of it is written."""

    def __init__(self, bases: dict[str, Base | None]) -> None:
        self.bases = bases
        self.answers: list[Answer] = []
        self.folded: dict[str, None] = {}
        """Records whose base changed, in order."""
        self.folded_seqs: list[int] = []
        self.laid_off: set[str] = set()
        """Records that one of our changes no longer lies on."""
        self.deleted: dict[str, int] = {}
        """Records that we deleted, and at which version: what was answered below it lies on nothing any more."""
        self.parked = 0
        self.broken = False

    def take(self, change: Change, receipt: Receipt) -> None:
        """One receipt, in the order of the chain."""
        state = self._state(change, receipt)
        self.answers.append(_answer(receipt, state))
        if state != "answered":
            self.laid_off.add(change.record)

    def _state(self, change: Change, receipt: Receipt) -> str:
        held = self.bases.get(change.record)
        if is_parked(receipt):
            self.parked += 1
            return "parked"
        if is_erased(change.line) or (held is not None and held.version >= receipt.version):
            return "settled"
        if receipt.echo:
            return "answered"
        base = None if change.kind == "delete" else _folded(change, receipt, held)
        if change.kind == "delete":
            self.deleted[change.record] = receipt.version
        elif base is None:
            self.broken = True
            return "answered"
        self.bases[change.record] = base
        self.folded[change.record] = None
        self.folded_seqs.append(change.seq)
        return "settled"


def _answer(receipt: Receipt, state: str) -> Answer:
    return Answer(receipt.seq, state, str(receipt.outcome), receipt.reason, receipt.version)


def _retold(receipt: Receipt) -> Answer:
    """A change that was held has been tried again: its words come with the record itself."""
    return _answer(receipt, "parked" if is_parked(receipt) else "settled")


def _run(receipts: Sequence[Receipt], last_seq: int) -> list[Receipt]:
    """The receipts that follow on each other from `last_seq`."""
    run: list[Receipt] = []
    for receipt in sorted(receipts, key=lambda each: each.seq):
        if receipt.seq == last_seq + len(run) + 1:
            run.append(receipt)
    return run


def _folded(change: Change, receipt: Receipt, held: Base | None) -> Base | None:
    """The base as central says it is now, made from our own change; None when the hashes differ.

    An edit of what is not here says not even where its record lives: nothing can be made of it.
    """
    if held is None and change.kind != "create":
        return None
    plain = {path: value for path, value in change.patch.items() if not path.startswith("@")}
    state: State = apply(held.state if held else {}, plain)
    if version_hash(change.record, receipt.version, state) != receipt.version_hash:
        return None
    stamp = (receipt.version, receipt.version_hash, change.actor, change.device, change.recorded_at)
    text = state_text(state)
    if held is not None:
        return Base(held.id, held.kind, held.scope, held.form, *stamp, text=text)
    kind, scope, form = (str(change.patch.get(name) or "") for name in ("@kind", "@scope", "@form"))
    return Base(change.record, kind, scope, form, *stamp, text=text)


def _base(put: Put) -> Base:
    head = (put.record, put.kind, put.scope, put.form, put.version, put.version_hash)
    return Base(*head, put.actor, put.device, put.at, text=put.text)
