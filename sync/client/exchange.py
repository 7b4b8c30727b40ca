"""One sync: push all, then pull to the head. Every step may be cut and is simply done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import takewhile
from typing import Protocol

from sync.changes import text_hash
from sync.client.files import FileLine
from sync.client.replica import Replica, Standing, is_parked
from sync.client.reports import Progress, Report
from sync.errors import NotCentral, OlderCopy, Rejected, TooLarge
from sync.protocol import (
    FIRST_CHANGES,
    MOST_CHANGES,
    MOST_ROOM,
    Batch,
    Compare,
    Frame,
    Held,
    Outcome,
    PageEnd,
    PullAsk,
    Purged,
    PushAnswer,
    Put,
    Reason,
    Receipt,
    ScopeGained,
    ScopeLost,
)
from sync.protocol.attachments import Piece
from sync.protocol.digests import root

RESTORED = (Reason.BROKEN_CHAIN,)
"""Refusals of a whole push after which the pull tells how far central has us."""
FIRST_ROOM = 64 << 10
"""Bytes of pages that are asked for at once at first; it doubles with each answer that comes."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a pull."""

    frames: Sequence[Frame]
    end: PageEnd


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went over the line so far."""

    requests: int = 0
    up: int = 0
    down: int = 0


class Central(Protocol):
    """The other end, over whatever line.

    Raises Unreachable, NotCentral, Rejected, Malformed or TooLarge; then nothing may be taken as received.
    """

    def push(self, batch: Batch) -> PushAnswer:
        """Send a run of the device's chain."""
        ...

    def pull(self, ask: PullAsk) -> Page:
        """Ask for what is new."""
        ...

    def compare(self, ask: Compare) -> Page:
        """Ask for what differs in one scope."""
        ...

    def put_file(self, piece: Piece) -> tuple[int, bool]:
        """Send a piece of a file, or ask how much of it has arrived."""
        ...

    def get_file(self, asked: Piece) -> Piece:
        """Fetch a piece of a file."""
        ...

    def traffic(self) -> Traffic:
        """What went over the line since this object was made."""
        ...


def _silent(_progress: Progress) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Exchange:
    """A sync between one replica and central."""

    replica: Replica
    central: Central
    verify: bool = True
    """Whether every pulled record's hash is computed anew."""
    _report: Report = field(default_factory=Report, init=False)
    _line: ThreadPoolExecutor = field(init=False, repr=False)
    _behind: Page | None = field(default=None, init=False, repr=False)
    """The page that came behind the answer to the last push."""
    _written: int = field(default=0, init=False)
    """The last change there was when the push began."""
    _ahead: Batch | None = field(default=None, init=False, repr=False)
    """What is sent next, if the batch on its way is taken whole."""
    _began: Traffic = field(default_factory=Traffic, init=False)

    def run(self, tell: Callable[[Progress], None] = _silent) -> Report:
        """Push all, pull to the head, and say what happened. May be called again after any failure."""
        self._report, self._began = Report(), self.central.traffic()
        with ThreadPoolExecutor(1, "sync-line") as self._line:
            try:
                self._carry_words(tell)
            except Rejected as refused:
                if refused.reason == Reason.SIGN_IN:
                    # Words went without a sign-in, and so do files: what is on one laptop only is what gets lost.
                    self._send_files(tell)
                raise
            self._send_files(tell)
            self._fetch_files(tell)
        return self.so_far()

    def so_far(self) -> Report:
        """What the last run did; also when it was cut, for what it did until then is kept."""
        now, then = self.central.traffic(), self._began
        up, down = now.up - then.up, now.down - then.down
        return replace(self._report, requests=now.requests - then.requests, bytes_up=up, bytes_down=down)

    def _carry_words(self, tell: Callable[[Progress], None]) -> None:
        if not self._push_all(tell) or not self._pull_all(tell):
            # Central was restored: it told how far it has us, and takes the rest again as it was.
            self._report = replace(self._report, restored=True)
            if not self._push_all(tell):
                raise Rejected(Reason.BROKEN_CHAIN)
            self._pull_all(tell)

    def _push_all(self, tell: Callable[[Progress], None]) -> bool:
        """While central takes one batch the answer to the one before it is kept. False: central was restored."""
        size, done, of = FIRST_CHANGES, 0, self.replica.waiting()
        self._behind, self._ahead, self._written = None, None, self.replica.standing().last_seq + of
        sent = self._send(size, 0)
        while sent is not None:
            batch, answering = sent
            following = min(size * 2, MOST_CHANGES)
            # Read while central works, so that it need not wait for us.
            self._ahead = self.replica.batch(following, batch.last) if batch.last < self._written else None
            try:
                answer = answering()
            except TooLarge:
                if len(batch.lines) == 1:
                    raise
                size = len(batch.lines) // 2
                sent = self._send(size, batch.first - 1)
                continue
            except Rejected as refused:
                if refused.reason in RESTORED and not self._report.restored:
                    return self._ask_where_we_stand()
                raise
            if self._is_another_epoch(answer.epoch):
                return self._ask_where_we_stand()
            receipts = _receipts(batch, answer)
            size = following
            # What is answered up to here may go on; a receipt that is missing is asked for with the next batch.
            sent = self._send(size, receipts[-1].seq)
            self._settle(replace(answer, receipts=receipts))
            self._behind = _page_of(answer) if sent is None else None
            done += len(receipts)
            tell(Progress("push", done, of, self.central.traffic().up))
        return True

    def _send(self, size: int, beyond: int) -> tuple[Batch, Callable[[], PushAnswer]] | None:
        ahead, self._ahead = self._ahead, None
        batch = ahead if ahead and ahead.first == beyond + 1 else self.replica.batch(size, beyond)
        if batch is None:
            return None
        # Marked before it leaves: if the answer is lost central may have it, and it is only sent again as it was.
        self.replica.mark_sent(batch)
        standing = self.replica.standing()
        if batch.last < self._written:
            return batch, self._line.submit(self.central.push, batch).result
        asking = replace(batch, ask=self._news(standing))
        # While this goes there is nothing else to do, unless a batch before it is to be kept meanwhile.
        alone = partial(self.central.push, asking)
        return asking, self._line.submit(alone).result if beyond else alone

    def _news(self, standing: Standing) -> PullAsk | None:
        """What is asked for with the last of what waits: nothing where more than news is to be said."""
        plain = standing.is_plain and not self.replica.purged() and not self._held()
        return standing.ask() if plain else None

    def _held(self) -> tuple[int, ...]:
        return tuple(each.change.seq for each in self.replica.parked() if each.outcome is Outcome.HELD)

    def _settle(self, answer: PushAnswer) -> None:
        receipts = answer.receipts
        settled = self.replica.settle(answer)
        if settled.broken:
            standing = self.replica.standing()
            self.replica.rewind(standing.epoch, standing.last_seq)
        reasons = {receipt.reason: None for receipt in receipts if receipt.reason}
        report = self._report
        self._report = replace(
            report,
            pushed=report.pushed + len(receipts),
            merged=report.merged + sum(receipt.outcome is Outcome.MERGED for receipt in receipts),
            conflicts=report.conflicts + sum(receipt.outcome is Outcome.CONFLICT for receipt in receipts),
            parked=report.parked + sum(map(is_parked, receipts)),
            reasons=tuple(dict.fromkeys((*report.reasons, *reasons))),
        )

    def _pull_all(self, tell: Callable[[Progress], None]) -> bool:
        """While one page is kept the next is on its way. False: central was restored."""
        standing, purged = self.replica.standing(), self.replica.purged()
        room, ask = FIRST_ROOM, standing.ask()
        coming: Callable[[], Page] | None = self._first(standing, purged)
        while coming is not None:
            page, before = coming(), standing
            if standing.epoch not in ("", page.end.epoch):
                self.replica.rewind(page.end.epoch, page.end.last_seq)
                return False
            ours = standing.last_seq
            if page.end.last_seq < ours:
                # Put back to before it took our last changes, and nobody who saw a later number has asked since.
                self.replica.rewind(page.end.epoch, page.end.last_seq)
                return False
            if page.end.last_seq > ours:
                # All of ours is pushed, and still central has more of this device: this is an older copy of it.
                raise OlderCopy
            self._check(page)
            standing = standing.past(page.end, page.frames)
            if ask.places and standing.coming == before.coming:
                raise NotCentral  # Asked for pages it answered none, and would for ever.
            anew = before.whole and not standing.whole
            complete = anew or (bool(before.coming) and not standing.coming)
            pulled = self._take(page) if complete else 0
            ask, room = self._next(standing, complete, room), min(room * 2, MOST_ROOM)
            # What a restored central never had was not sent, so only the digests can tell that it must go.
            more = page.end.more or bool(standing.coming) or anew
            coming = self._line.submit(self.central.pull, ask).result if more else None
            self._count(page, pulled if complete else self._take(page))
            self._tell_pulled(standing, tell)
            if not page.end.agrees:
                self._mend(page.end.scopes)
            self.replica.purges_told(purged)
            if page.end.root and page.end.root != root(self.replica.sums()):
                # Asked once more with the own digest, so that central names the scopes to compare.
                coming = partial(self.central.pull, standing.ask(self._digest(standing)))
        return True

    def _first(self, standing: Standing, purged: Sequence[Purged]) -> Callable[[], Page]:
        """The page that came behind the last push, else the one to be asked for."""
        behind = self._behind
        if behind is not None and standing.is_plain:
            return lambda: behind
        # News first, also when pages are still to come from a sync that was cut: a scope may be ours no more.
        ask = replace(standing.ask(self._digest(standing)), purged=purged, held=self._held())
        return partial(self.central.pull, ask)

    def _take(self, page: Page) -> int:
        return self.replica.take(page.frames, page.end)

    def _digest(self, standing: Standing) -> str:
        """What travels once everything up to the cursor is here."""
        return root(self.replica.sums()) if standing.cursor and not standing.whole and not standing.coming else ""

    def _next(self, standing: Standing, complete: bool, room: int) -> PullAsk:
        """What is asked after a page: pages of snapshots, or more news.

        `complete`: all of a first sync, or of one anew, is here, so that it can be compared by content.
        """
        if standing.coming:
            return standing.ask_pages(room)
        return standing.ask(self._digest(standing) if complete else "")

    def _tell_pulled(self, standing: Standing, tell: Callable[[Progress], None]) -> None:
        left = sum(each.pages - each.here for each in standing.coming)
        tell(Progress("pull", self._report.pulled, 0, self.central.traffic().down, left))

    def _send_files(self, tell: Callable[[Progress], None]) -> None:
        self._count_files(self._files().send_all(tell))

    def _fetch_files(self, tell: Callable[[Progress], None]) -> None:
        self._count_files(self._files().fetch_all(tell))

    def _files(self) -> FileLine:
        return FileLine(self.replica, self.central, self._line)

    def _count_files(self, whole: int) -> None:
        self._report = replace(self._report, files=self._report.files + whole)

    def _mend(self, scopes: Sequence[str]) -> None:
        """Find what differs, scope by scope and part by part, and make it what central has."""
        for scope in sorted({*scopes, *self.replica.sums()}):
            page = self._line.submit(self.central.compare, Compare(scope, self.replica.parts(scope))).result()
            self._check(page)
            puts = [frame for frame in page.frames if isinstance(frame, Put)]
            for held in (frame for frame in page.frames if isinstance(frame, Held)):
                mended = self.replica.mend(puts, held)
                self._report = replace(self._report, mended=self._report.mended + mended)

    def _count(self, page: Page, pulled: int) -> None:
        gained = tuple(frame.scope for frame in page.frames if isinstance(frame, ScopeGained))
        lost = tuple(frame.scope for frame in page.frames if isinstance(frame, ScopeLost))
        self._report = replace(
            self._report,
            pulled=self._report.pulled + pulled,
            scopes_gained=self._report.scopes_gained + gained,
            scopes_lost=self._report.scopes_lost + lost,
        )

    def _check(self, page: Page) -> None:
        if not self.verify:
            return
        for frame in page.frames:
            if isinstance(frame, Put) and text_hash(frame.record, frame.version, frame.text) != frame.version_hash:
                raise NotCentral

    def _ask_where_we_stand(self) -> bool:
        end = self.central.pull(self.replica.standing().ask()).end
        self.replica.rewind(end.epoch, end.last_seq)
        return False

    def _is_another_epoch(self, epoch: str) -> bool:
        known = self.replica.standing().epoch
        return bool(known) and epoch != known


def _page_of(answer: PushAnswer) -> Page | None:
    """The page behind the answer to a push, where there is one."""
    *frames, end = answer.frames or (None,)
    return Page([frame for frame in frames if frame], end) if isinstance(end, PageEnd) else None


def _receipts(batch: Batch, answer: PushAnswer) -> tuple[Receipt, ...]:
    """The receipts of a batch's changes, from its first on without a gap: what is missing is not acknowledged."""
    told = {receipt.seq: receipt for receipt in answer.receipts}
    run = tuple(told[seq] for seq in takewhile(told.__contains__, range(batch.first, batch.last + 1)))
    if not run:
        raise NotCentral
    return run
