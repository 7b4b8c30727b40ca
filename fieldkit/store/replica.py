"""The store as sync sees it: the real twin of `sync.client.memory.MemoryReplica`. Every method is one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fieldkit.store.form_versions import FormVersion
from fieldkit.store.outbox import Answer
from fieldkit.store.records import Base
from sync.changes import Change, State, apply, version_hash
from sync.client import Frame, Outcome, PageEnd, PushAnswer, Put, Receipt, ScopeLost, Tomb
from sync.client.replica import Parked, Settlement, Standing, is_parked

if TYPE_CHECKING:
    from fieldkit.store.store import Store

STANDING = "standing"


class StoreReplica:
    """Keeps the promises of `sync.client.replica.Replica` in the encrypted store."""

    def __init__(self, store: Store, device: str) -> None:
        self.store = store
        self.device = device

    def standing(self) -> Standing:
        """Where this device stands with central."""
        kept = self.store.meta(STANDING)
        if kept is None:
            return Standing(self.device)
        raw = json.loads(kept)
        raw["head_seen"] = tuple(raw["head_seen"])
        return Standing(**raw)

    def _stand(self, standing: Standing) -> None:
        names = ("device", "epoch", "cursor", "head_seen", "ev", "last_seq", "after", "whole")
        self.store.set_meta(STANDING, json.dumps({name: getattr(standing, name) for name in names}))

    def unanswered(self, limit: int) -> Sequence[Change]:
        """The oldest changes without a receipt, in order."""
        return self.store.outbox.pending(limit)

    def waiting(self) -> int:
        """How many changes have no receipt."""
        return self.store.outbox.counts().waiting

    def mark_sent(self, changes: Sequence[Change]) -> None:
        """Note that these are about to leave."""
        self.store.outbox.mark_sent([change.seq for change in changes])

    def settle(self, answer: PushAnswer) -> Settlement:
        """Keep the receipts that come next in the chain; fold what agrees, park what central did not take."""
        with self.store.transaction():
            standing = self.standing()
            receipts = _run(answer.receipts, standing.last_seq)
            if not receipts:
                return Settlement()
            done = self._keep(receipts)
            last = receipts[-1].seq
            self._stand(replace(standing, last_seq=last, epoch=standing.epoch or answer.epoch))
        return done

    def _keep(self, receipts: Sequence[Receipt]) -> Settlement:
        changes = self.store.outbox.by_seq([receipt.seq for receipt in receipts])
        bases = self.store.records.bases(list({change.record for change in changes.values()}))
        answers: list[Answer] = []
        folded: dict[str, Base] = {}
        removed: list[str] = []
        parked: list[str] = []
        broken = False
        for receipt in receipts:
            change = changes[receipt.seq]
            held = folded.get(change.record) or bases.get(change.record)
            state = "parked" if is_parked(receipt) else "answered"
            if state == "parked":
                parked.append(change.record)
            elif held is not None and held.version >= receipt.version:
                state = "settled"
            elif not receipt.echo and change.kind == "delete":
                state = "settled"
                removed.append(change.record)
            elif not receipt.echo:
                base = _folded(change, receipt, held)
                broken = broken or base is None
                if base is not None:
                    folded[change.record] = base
            word = (str(receipt.outcome), receipt.reason, receipt.version)
            answers.append(Answer(receipt.seq, state, *word))
        self.store.outbox.answer(answers)
        self.store.records.rebase(list(folded.values()))
        for record in removed:
            self.store.records.forget(record)
        self.store.records.redraw_all(parked)
        return Settlement(folded=len(folded), parked=len(parked), broken=broken)

    def take(self, frames: Sequence[Frame], end: PageEnd) -> int:
        """Bring a page into the base, with the cursor; how many records changed."""
        with self.store.transaction():
            standing = self.standing()
            anew = standing.whole
            puts = [frame for frame in frames if isinstance(frame, Put)]
            changed = self.store.records.rebase([_base(put) for put in puts], any_version=anew)
            self._keep_forms(puts)
            changed += sum(self._drop(frame) for frame in frames if isinstance(frame, Tomb | ScopeLost))
            self._stand(
                replace(
                    standing,
                    epoch=end.epoch,
                    cursor=max(standing.cursor, end.next),
                    head_seen=max(standing.head_seen, end.head),
                    ev=end.ev,
                    after=end.after,
                    whole=standing.whole and end.more,
                )
            )
        return changed

    def _drop(self, frame: Tomb | ScopeLost) -> int:
        if isinstance(frame, Tomb):
            self.store.outbox.absorb({frame.record: frame.version})
            lost = [frame.record] if self.store.records.get(frame.record) else []
        else:
            lost = [record.id for record in self.store.records.of_scope(frame.scope)]
        for record in lost:
            self.store.records.forget(record)
        return len(lost)

    def _keep_forms(self, puts: Sequence[Put]) -> None:
        for put in puts:
            if put.kind == "form":
                texts = {name: str(put.state.get(name) or "") for name in ("id", "version", "hash")}
                self.store.form_versions.keep(FormVersion(**texts, published=json.dumps(dict(put.state))))

    def rewind(self, epoch: str, last_seq: int) -> None:
        """Central was restored: what it does not have is unanswered again, and everything is pulled anew."""
        with self.store.transaction():
            self.store.outbox.unanswer_after(last_seq)
            kept = min(self.standing().last_seq, last_seq)
            self._stand(Standing(self.device, epoch=epoch, last_seq=kept, whole=True))

    def parked(self) -> Sequence[Parked]:
        """The changes that stand apart, with their reasons."""
        return [Parked(change, Outcome(outcome), reason) for change, outcome, reason in self.store.outbox.parked()]


def _run(receipts: Sequence[Receipt], last_seq: int) -> list[Receipt]:
    """The receipts that follow on each other from `last_seq`."""
    run: list[Receipt] = []
    for receipt in sorted(receipts, key=lambda each: each.seq):
        if receipt.seq == last_seq + len(run) + 1:
            run.append(receipt)
    return run


def _folded(change: Change, receipt: Receipt, held: Base | None) -> Base | None:
    """The base as central says it is now, made from our own change; None when the hashes differ."""
    plain = {path: value for path, value in change.patch.items() if not path.startswith("@")}
    state: State = apply(held.state if held else {}, plain)
    if version_hash(change.record, receipt.version, state) != receipt.version_hash:
        return None
    stamp = (receipt.version, receipt.version_hash, change.actor, change.device, change.recorded_at)
    if held is not None:
        return Base(held.id, held.kind, held.scope, held.form, *stamp, state=state)
    kind, scope, form = (str(change.patch.get(name) or "") for name in ("@kind", "@scope", "@form"))
    return Base(change.record, kind, scope, form, *stamp, state=state)


def _base(put: Put) -> Base:
    head = (put.record, put.kind, put.scope, put.form, put.version, put.version_hash)
    return Base(*head, put.actor, put.device, put.at, state=put.state)
