"""What a device must keep to sync. The plain twin is `MemoryReplica`; the real one lies in the encrypted store.

The rules both keep:

* The outbox is never rewritten. A change is *unanswered* until it has a receipt; then it is *settled* or *parked*.
* The base is the records at central's versions. The view is the base plus every change that is unanswered, or settled
  but not yet in the base. Parked changes leave the view: the receipt said so.
* Each method is one transaction. Calling one again after a kill does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sync.changes import SCHEMA, Change
from sync.protocol import PAGE, Batch, Frame, Held, Outcome, PageEnd, PullAsk, PushAnswer, Put, Receipt
from sync.protocol.attachments import Named, Piece

PARKED = frozenset({Outcome.HELD, Outcome.QUARANTINED, Outcome.REFUSED, Outcome.GONE})
"""Outcomes after which a change stands apart, visibly, with its reason."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a device stands with central."""

    device: str
    epoch: str = ""
    cursor: int = 0
    head_seen: tuple[int, str] = (0, "")
    ev: int = 0
    last_seq: int = 0
    """The highest of its own seqs that central has answered."""
    after: str = ""
    """Where a backfill goes on."""
    whole: bool = False
    """Whether it pulls everything anew, own changes too: from a rewind to the last page after it."""

    def past(self, end: PageEnd) -> Standing:
        """Where it stands after a page."""
        return replace(
            self,
            epoch=end.epoch,
            cursor=max(self.cursor, end.next),
            head_seen=max(self.head_seen, end.head),
            ev=end.ev,
            after=end.after,
            whole=self.whole and end.more,
        )

    def ask(self, digest: str = "") -> PullAsk:
        """What it asks central for next."""
        place = (self.epoch, self.cursor, self.head_seen, self.ev, PAGE, SCHEMA)
        return PullAsk(*place, last_seq=self.last_seq, after=self.after, whole=self.whole, digest=digest)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the receipts of one push did on the device."""

    folded: int = 0
    """Changes that are in the base already: central has what the device has."""
    parked: int = 0
    broken: bool = False
    """Whether a record should have agreed with central and did not: then everything is pulled again."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A change that central did not take, and why."""

    change: Change
    outcome: Outcome
    reason: str


class Replica(Protocol):
    """A device's store, as sync sees it."""

    def standing(self) -> Standing:
        """Where this device stands."""
        ...

    def batch(self, limit: int, beyond: int = 0) -> Batch | None:
        """The oldest changes without a receipt after seq `beyond`, as they travel; None when there are none.

        At most `limit`, and at most about `sync.protocol.MOST_BATCH` characters, but always one.
        """
        ...

    def waiting(self) -> int:
        """How many changes have no receipt."""
        ...

    def mark_sent(self, batch: Batch) -> None:
        """Note that these are about to leave: central may have them from now on, whatever is answered."""
        ...

    def settle(self, answer: PushAnswer) -> Settlement:
        """Keep every receipt, once. Fold what needs no echo into the base when the version hash agrees; park the rest.

        A change without a receipt stays unanswered. Of a `duplicate` nothing new is learned when it has a receipt.
        """
        ...

    def take(self, frames: Sequence[Frame], end: PageEnd) -> int:
        """Bring a page of a pull into the base, with the cursor; how many records changed.

        A `put` older than the base is passed over. `scope-` removes the scope's records from the base; unsent changes
        stay in the outbox.
        """
        ...

    def rewind(self, epoch: str, last_seq: int) -> None:
        """Central was restored: forget receipts after `last_seq` and what files it had, pull from the start, and until
        that is done take any version (`whole`)."""
        ...

    def parked(self) -> Sequence[Parked]:
        """The changes that stand apart."""
        ...

    def sums(self) -> Mapping[str, int]:
        """The sum over the base of each scope (`sync.protocol.digests`), kept up to date, not made anew."""
        ...

    def parts(self, scope: str) -> Mapping[int, int]:
        """The sums of the parts of a scope, made anew from what is really there."""
        ...

    def files_to_send(self) -> Sequence[Named]:
        """The files of records that central has, whose bytes it may not have yet."""
        ...

    def files_to_fetch(self) -> Sequence[tuple[Named, int]]:
        """The files that records of central name and whose bytes are not here, with how much has arrived."""
        ...

    def file_piece(self, named: Named, at: int, count: int) -> bytes:
        """Some bytes of a file that is here."""
        ...

    def file_sent(self, named: Named) -> None:
        """Central has the whole of it."""
        ...

    def keep_piece(self, piece: Piece) -> None:
        """Bytes that arrived. When they complete a file that is not what was sealed, it is begun again."""
        ...

    def mend(self, puts: Sequence[Put], held: Held) -> int:
        """Make parts of a scope what central has: take these, any version, drop what it has not; how many changed."""
        ...


def is_parked(receipt: Receipt) -> bool:
    """Whether a receipt sets its change apart."""
    return receipt.outcome in PARKED
