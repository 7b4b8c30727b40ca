"""What a device must keep to sync. The plain twin is `MemoryReplica`; the real one lies in the encrypted store.

The rules both keep:

* The outbox is never rewritten. A change is *unanswered* until it has a receipt; then it is *settled* or *parked*.
  Only when central has said that a settled change is *durable* its words may go from the outbox (the base has them);
  its place in the chain and its hash stay.
* The base is the records at central's versions. The view is the base plus every change that is unanswered, or settled
  but not yet in the base. Parked changes leave the view: the receipt said so.
* Each method is one transaction. Calling one again after a kill does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sync.changes import NOTHING_SEEN, SCHEMA, SEEN_HASH, Change
from sync.merge.allowed import SHARED
from sync.protocol import (
    MOST_PLACES,
    PAGE,
    Batch,
    Frame,
    Held,
    Outcome,
    PageBegins,
    PageEnd,
    Place,
    PullAsk,
    Purged,
    PushAnswer,
    Put,
    Receipt,
    ScopeGained,
    ScopeLost,
)
from sync.protocol.attachments import Named, Piece

PARKED = frozenset({Outcome.HELD, Outcome.QUARANTINED, Outcome.REFUSED, Outcome.GONE})
"""Outcomes after which a change stands apart, visibly, with its reason."""
SPARE = 500
"""So many of the newest changes keep their words even when they are durable: people may put central back on purpose to
a time before that."""
AT_ONCE = 2_000
"""So many changes at most are looked at when a page comes."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A scope that comes by pages, and how many of them are here."""

    scope: str
    number: int
    pages: int
    here: int = 0

    def place(self, page: int) -> Place:
        """One of its pages."""
        return Place(self.scope, self.number, page)


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
    durable: int = 0
    """The highest of its own seqs that lies outside central's own disk too, as central said last."""
    coming: tuple[Coming, ...] = ()
    """The scopes of which pages are still to be fetched: a cut first sync goes on with them."""

    @property
    def seen(self) -> tuple[int, str]:
        """How far it has read the ledger, for a change that is written now; nothing while a pull is half done."""
        number, known = self.head_seen
        done = number == self.cursor and not self.after and not self.coming
        return (number, known[:SEEN_HASH]) if done else NOTHING_SEEN

    @property
    def is_plain(self) -> bool:
        """Whether it has had everything before, so that nothing but news is left to be asked for."""
        return bool(self.cursor) and not (self.after or self.whole or self.coming)

    def past(self, end: PageEnd, frames: Sequence[Frame] = ()) -> Standing:
        """Where it stands after a page."""
        return replace(
            self,
            coming=_coming(self.coming, frames),
            epoch=end.epoch,
            cursor=max(self.cursor, end.next),
            head_seen=max(self.head_seen, end.head),
            ev=end.ev,
            after=end.after,
            whole=self.whole and end.more,
            durable=max(self.durable, min(end.durable_seq, self.last_seq)),
        )

    def spared(self, done: int, spare: int) -> range:
        """The seqs after `done` whose words may go: durable, and not among the newest."""
        return range(done + 1, min(self.durable, self.last_seq - spare, done + AT_ONCE) + 1)

    def ask(self, digest: str = "") -> PullAsk:
        """What it asks central for next."""
        place = (self.epoch, self.cursor, self.head_seen, self.ev, PAGE, SCHEMA)
        kept = (self.last_seq, self.after, self.whole, digest)
        return PullAsk(*place, *kept, snapshots=True)

    def ask_pages(self, room: int) -> PullAsk:
        """The pages it asks for next: names of families first, then what is shared, then the rest."""
        places = sorted((each.place(page) for each in self.coming for page in range(each.here, each.pages)), key=_turn)
        return replace(self.ask(), places=tuple(places[:MOST_PLACES]), room=room)


def _turn(place: Place) -> tuple[int, str, int]:
    shared = place.scope == SHARED
    return (1 if shared else 0 if place.page == 0 else 2), place.scope, place.page


def _coming(before: tuple[Coming, ...], frames: Sequence[Frame]) -> tuple[Coming, ...]:
    """What is still to come by pages once these frames are kept."""
    coming = {each.scope: each for each in before}
    for frame in frames:
        if isinstance(frame, ScopeGained) and frame.pages:
            coming[frame.scope] = Coming(frame.scope, frame.number, frame.pages)
        elif isinstance(frame, ScopeLost):
            coming.pop(frame.scope, None)
        elif isinstance(frame, PageBegins):
            known = coming.get(frame.scope)
            if known is not None and (known.number, known.here) == (frame.number, frame.page):
                coming[frame.scope] = replace(known, here=frame.page + 1)
    return tuple(each for each in coming.values() if each.here < each.pages)


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

        A `put` older than the base is passed over. `scope-` removes all of the scope but unsent changes and drafts;
        the words of what central has answered are sealed to central's key, so that nobody can read them here. At the
        head, the words of settled changes that are durable go from the outbox. `retold` is central's later word on a
        change that was held: it is kept instead of the first.
        """
        ...

    def purged(self) -> Sequence[Purged]:
        """The receipts for lost scopes that central has not taken yet.

        What has been sent meanwhile is removed first.
        """
        ...

    def purges_told(self, told: Sequence[Purged]) -> None:
        """Central has these: what is done with is forgotten."""
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
