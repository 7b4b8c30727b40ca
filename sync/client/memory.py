"""The plain twin of the encrypted store: a replica in memory, for tests and for previews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sync.changes import NO_TRUNK, SCHEMA, START, Change, Patch, Value, apply, erased, is_erased, version_hash
from sync.client.memory_files import Held, MemoryFiles
from sync.client.replica import SPARE, Parked, Settlement, Standing, is_parked
from sync.protocol import (
    MOST_BATCH,
    Batch,
    Frame,
    PageEnd,
    Purged,
    PushAnswer,
    Put,
    Receipt,
    Retold,
    ScopeGained,
    ScopeLost,
    Tomb,
    digests,
)
from sync.protocol import Held as HeldParts
from sync.protocol.attachments import seals_in


class MemoryReplica(MemoryFiles):
    """A `Replica` that keeps everything in dictionaries, and writes changes for its author."""

    def __init__(self, device: str, actor: str = "", schema: int = SCHEMA) -> None:
        self._standing = Standing(device)
        self._actor = actor
        self._schema = schema
        self.outbox: list[Change] = []
        self.sent: set[int] = set()
        self.receipts: dict[int, Receipt] = {}
        self.base: dict[str, Held] = {}
        self.files: dict[str, bytes] = {}
        """Bytes by seal; of a file that is being fetched those that arrived."""
        self.files_there: set[str] = set()
        """The seals central is known to have."""
        self.spare = SPARE
        """How many of the newest changes keep their words in any case."""
        self.compacted = 0
        """Up to which seq the words of what is durable have gone from the outbox."""
        self._overlay: dict[str, list[int]] = {}
        """Per record the seqs that are written, not parked and not in the base yet."""
        self._scopes: dict[str, str] = {}
        """The scope of each record that was seen here."""
        self.sealed: list[Change] = []
        """Changes about lost scopes: the real store has their words sealed to central's key."""
        self._purges: dict[str, Purged] = {}

    def write(self, record: str, kind: str, patch: Patch, at: str = "") -> Change:
        """Save an edit as its author sees the record now; a closed chain of changes, ready to be pushed."""
        seen, held = self.view(record), self.base.get(record)
        last = self.outbox[-1] if self.outbox else None
        change = Change(
            device=self._standing.device,
            seq=len(self.outbox) + 1,
            record=record,
            kind=kind,
            trunk=(held.version, held.version_hash) if held else NO_TRUNK,
            patch=dict(patch),
            was={path: seen[path] for path in patch if path in seen},
            actor=self._actor,
            occurred_at=at,
            recorded_at=at,
            seen=self._standing.seen,
            schema=self._schema,
            prev_hash=last.hash if last else START,
        ).sealed()
        self.outbox.append(change)
        if kind == "create" and held is None and not self._overlay.get(record):
            self._scopes[record] = str(patch.get("@scope") or "")
        self._overlay.setdefault(record, []).append(change.seq)
        return change

    def view(self, record: str) -> dict[str, Value]:
        """The record as its author sees it: base and own changes that are not in it yet."""
        held = self.base.get(record)
        state: dict[str, Value] = dict(held.state) if held else {}
        for seq in self._overlay.get(record, ()):
            change = self.outbox[seq - 1]
            if change.kind == "resolve" or is_erased(change.line):
                continue
            if change.kind == "delete":
                state = {}
            state = apply(state, _plain(change.patch))
        return state

    def standing(self) -> Standing:
        """Where this device stands."""
        return self._standing

    def batch(self, limit: int, beyond: int = 0) -> Batch | None:
        """The oldest changes without a receipt, as they travel."""
        first = max(self._standing.last_seq, beyond)
        changes = within(self.outbox[first : first + limit])
        return Batch.of(changes) if changes else None

    def waiting(self) -> int:
        """How many changes have no receipt."""
        return len(self.outbox) - self._standing.last_seq

    def mark_sent(self, batch: Batch) -> None:
        """Note that these are about to leave."""
        self.sent.update(range(batch.first, batch.last + 1))

    def settle(self, answer: PushAnswer) -> Settlement:
        """Keep every receipt, in seq order and without a gap; fold or park its change."""
        done = Settlement()
        for receipt in sorted(answer.receipts, key=lambda each: each.seq):
            if receipt.seq == self._standing.last_seq + 1 <= len(self.outbox):
                done = self._keep(receipt, done)
        self._standing = replace(self._standing, epoch=self._standing.epoch or answer.epoch)
        return done

    def _keep(self, receipt: Receipt, done: Settlement) -> Settlement:
        change = self.outbox[receipt.seq - 1]
        self.receipts[receipt.seq] = receipt
        self._standing = replace(self._standing, last_seq=receipt.seq)
        if is_parked(receipt):
            self._lift(change)
            return replace(done, parked=done.parked + 1)
        if is_erased(change.line):
            return done
        held = self.base.get(change.record)
        if held is not None and held.version >= receipt.version:
            self._overlay[change.record].remove(receipt.seq)
        elif not receipt.echo:
            if not self._fold(change, receipt):
                return replace(done, broken=True)
            return replace(done, folded=done.folded + 1)
        return done

    def _lift(self, change: Change) -> None:
        """Take a change off the view; one that was erased lies on it no more."""
        if change.seq in self._overlay[change.record]:
            self._overlay[change.record].remove(change.seq)

    def _fold(self, change: Change, receipt: Receipt) -> bool:
        held = self.base.get(change.record)
        if change.kind == "delete":
            self.base.pop(change.record, None)
            self._forget(change.record, receipt.version)
            return True
        state = apply(held.state if held else {}, _plain(change.patch))
        # An edit of what is not here says not even where its record lives: nothing could be made of it.
        is_known = held is not None or change.kind == "create"
        if not is_known or version_hash(change.record, receipt.version, state) != receipt.version_hash:
            return False
        kind, scope = (held.kind, held.scope) if held else (_word(change, "@kind"), _word(change, "@scope"))
        self.base[change.record] = Held(change.record, kind, scope, receipt.version, receipt.version_hash, state)
        self._forget(change.record, receipt.version)
        return True

    def take(self, frames: Sequence[Frame], end: PageEnd) -> int:
        """Bring a page into the base, with the cursor."""
        changed = sum(self._take(frame, end) for frame in frames)
        self._standing = self._standing.past(end, frames)
        if not end.more:
            self._compact()
        return changed

    def _compact(self) -> None:
        for seq in (seqs := self._standing.spared(self.compacted, self.spare)):
            change, receipt = self.outbox[seq - 1], self.receipts.get(seq)
            if receipt and not is_parked(receipt) and seq not in self._overlay.get(change.record, ()):
                self.outbox[seq - 1] = _blank(change)
        self.compacted = max(self.compacted, seqs.stop - 1)

    def _take(self, frame: Frame, end: PageEnd) -> int:
        match frame:
            case Put():
                return self._put(frame)
            case Tomb():
                self._forget(frame.record, frame.version)
                if frame.gone:
                    self._erase(frame.record)
                return int(self.base.pop(frame.record, None) is not None)
            case ScopeGained():
                self._purges.pop(frame.scope, None)
            case ScopeLost():
                self._purges[frame.scope] = Purged(frame.scope, end.ev, 0, 0, 0)
                return self._carry_out(frame.scope)
            case Retold():
                # Its words come with the record itself.
                self.receipts[frame.receipt.seq] = frame.receipt
        return 0

    def purged(self) -> Sequence[Purged]:
        """The receipts for lost scopes that central has not taken yet."""
        for scope in sorted(self._purges):
            self._carry_out(scope)
        return [self._purges[scope] for scope in sorted(self._purges)]

    def purges_told(self, told: Sequence[Purged]) -> None:
        """Central has these."""
        for each in told:
            if not each.left and self._purges.get(each.scope, each).ev == each.ev:
                self._purges.pop(each.scope, None)

    def _carry_out(self, scope: str) -> int:
        """Remove what there is of a lost scope, but for what central has not answered."""
        ours = [change for change in self.outbox if self._scopes.get(change.record) == scope]
        answered = [change for change in ours if change.seq <= self._standing.last_seq and not is_erased(change.line)]
        waiting = {change.record for change in ours if change.seq > self._standing.last_seq}
        self.sealed += answered
        for change in answered:
            self._lift(change)
            self.outbox[change.seq - 1] = _blank(change)
        lost = [record for record, held in self.base.items() if held.scope == scope]
        seals = {seal for record in lost if record not in waiting for seal, _ in seals_in(self.base[record].state)}
        for record in lost:
            del self.base[record]
        files = seals - {seal for held in self.base.values() for seal, _ in seals_in(held.state)}
        gone = sum(self.files.pop(seal, None) is not None for seal in files)
        before = self._purges[scope]
        left = sum(change.seq > self._standing.last_seq and not is_erased(change.line) for change in ours)
        self._purges[scope] = replace(before, rows=before.rows + len(lost), files=before.files + gone, left=left)
        return len(lost)

    def _erase(self, record: str) -> None:
        """Take the words of a record out of the own chain: it was erased."""
        self._overlay[record] = []
        for place, change in enumerate(self.outbox):
            if change.record == record:
                self.outbox[place] = _blank(change)

    def _put(self, put: Put) -> int:
        held = self.base.get(put.record)
        if held is not None and held.version >= put.version and not self._standing.whole:
            return 0
        self.base[put.record] = Held(put.record, put.kind, put.scope, put.version, put.version_hash, put.state)
        self._scopes[put.record] = put.scope
        self._forget(put.record, put.version)
        return 1

    def _forget(self, record: str, version: int) -> None:
        """Take out of the overlay what the base holds now."""
        waiting = self._overlay.get(record, [])
        self._overlay[record] = [
            seq for seq in waiting if seq not in self.receipts or self.receipts[seq].version > version
        ]

    def rewind(self, epoch: str, last_seq: int) -> None:
        """Central was restored: what it does not have is unanswered again, and everything is pulled anew."""
        for seq in [seq for seq in self.receipts if seq > last_seq]:
            del self.receipts[seq]
            change = self.outbox[seq - 1]
            self._overlay[change.record] = sorted({*self._overlay.get(change.record, ()), seq})
        self.files_there.clear()
        kept = min(self._standing.last_seq, last_seq)
        self._standing = Standing(self._standing.device, epoch=epoch, last_seq=kept, whole=True)

    def sums(self) -> Mapping[str, int]:
        """The sum over the base of each scope."""
        found: dict[str, list[tuple[str, str]]] = {}
        for each in self.base.values():
            found.setdefault(each.scope, []).append((each.record, each.version_hash))
        return {scope: digests.total(held) for scope, held in found.items()}

    def parts(self, scope: str) -> Mapping[int, int]:
        """The sums of the parts of a scope."""
        held = [(each.record, each.version_hash) for each in self.base.values() if each.scope == scope]
        return digests.by_bucket(held)

    def mend(self, puts: Sequence[Put], held: HeldParts) -> int:
        """Make parts of a scope what central has."""
        ours = {
            record
            for record, each in self.base.items()
            if each.scope == held.scope and digests.bucket(record) in held.parts and record not in held.records
        }
        for record in ours:
            del self.base[record]
        wrong = [put for put in puts if self._known(put.record) != put.version_hash]
        for put in wrong:
            self.base[put.record] = Held(put.record, put.kind, put.scope, put.version, put.version_hash, put.state)
            self._forget(put.record, put.version)
        return len(ours) + len(wrong)

    def _known(self, record: str) -> str:
        return self.base[record].version_hash if record in self.base else ""

    def parked(self) -> Sequence[Parked]:
        """The changes that stand apart."""
        apart = sorted((seq, receipt) for seq, receipt in self.receipts.items() if is_parked(receipt))
        return [Parked(self.outbox[seq - 1], receipt.outcome, receipt.reason) for seq, receipt in apart]


def within(changes: Sequence[Change]) -> Sequence[Change]:
    """As many of these as one push may hold, at least one."""
    room = MOST_BATCH
    for place, change in enumerate(changes):
        room -= len(change.line)
        if room < 0:
            return changes[: max(place, 1)]
    return changes


def _blank(change: Change) -> Change:
    """A change without its words: its place and its hash stay."""
    return replace(change, line=erased(change.line), patch={}, was={}, salt="")


def _plain(patch: Patch) -> Patch:
    return {path: value for path, value in patch.items() if path[0] != "@"}


def _word(change: Change, name: str) -> str:
    return str(change.patch.get(name) or "")
