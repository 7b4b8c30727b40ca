"""The plain twin of central: the same merge over dictionaries, with a line that can lose what goes over it."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from sync.changes import START, Change, Policies, chain_holds, state_text
from sync.client import Page, Traffic
from sync.errors import Rejected, Unreachable
from sync.merge import Head, Merge, merge, policies_for, resolve
from sync.protocol import (
    Batch,
    Compare,
    Frame,
    Held,
    Outcome,
    PageEnd,
    PullAsk,
    PushAnswer,
    Put,
    Reason,
    Receipt,
    Tomb,
    frame_line,
    frame_of_line,
    pack_lines,
    push_body,
    read_answer,
    read_page,
    read_push,
)
from sync.protocol import answer_body as answer_bytes
from sync.protocol.attachments import PIECE, Piece
from sync.protocol.digests import bucket, by_bucket, differing, root, total

AT = "2026-11-23T09:00:00+00:00"


@dataclass
class Row:
    """A record with the number under which it was last written."""

    number: int
    head: Head
    device: str


@dataclass
class MemoryCentral:
    """Central in memory: one ledger number a write, a receipt a change."""

    published: dict[str, Policies] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    epoch: str = "first"
    number: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)
    receipts: dict[tuple[str, int], tuple[str, Receipt]] = field(default_factory=dict)
    page: int = 2_000
    files: dict[str, bytes] = field(default_factory=dict)

    def copy(self, epoch: str) -> "MemoryCentral":
        """Central as restored from a copy taken now."""
        made = deepcopy(self)
        made.epoch = epoch
        return made

    def last_seq(self, device: str) -> int:
        """The highest seq of a device that has a receipt."""
        return max((seq for owner, seq in self.receipts if owner == device), default=0)

    def push(self, changes: Sequence[Change]) -> PushAnswer:
        """Take a batch: known ones get their receipt again, the rest must continue the chain."""
        receipts = []
        for change in changes:
            stored = self.receipts.get((change.device, change.seq))
            if stored is not None:
                assert stored[0] == change.hash, "a fork"
                receipts.append(stored[1])
                continue
            before = self.receipts.get((change.device, change.seq - 1), (START,))[0]
            if not chain_holds([change], before):
                raise Rejected(Reason.BROKEN_CHAIN)
            receipts.append(self._take(change))
        device = changes[0].device
        return PushAnswer(self.last_seq(device), self.epoch, AT, 0, tuple(receipts))

    def _take(self, change: Change) -> Receipt:
        made = self._merge(change)
        if made.stands:
            self.history.append(change)
            for head in (made.head, *made.also):
                self.number += 1
                self.rows[head.record] = Row(self.number, head, change.device)
                self._hang(head)
        after = made.head
        receipt = Receipt(change.seq, Outcome(made.outcome), after.version, after.version_hash, made.reason, made.echo)
        self.receipts[change.device, change.seq] = (change.hash, receipt)
        return receipt

    def _hang(self, conflict: Head) -> None:
        """A conflict that was proposed about hangs at its record as it stands now."""
        row = self.rows.get(str(conflict.state.get("record")))
        if conflict.kind == "conflict" and conflict.state["status"] == "proposed" and row is not None:
            path = str(conflict.state["path"])
            row.head = replace(row.head, conflicts={**row.head.conflicts, path: conflict})

    def _merge(self, change: Change) -> Merge:
        row = self.rows.get(change.record)
        if change.kind == "resolve" and row is not None:
            about = self.rows[str(row.head.state["record"])].head
            return resolve(change, row.head, about, self.roles.get(change.actor, "worker"), AT)
        kind, form = (row.head.kind, row.head.form) if row else (str(change.patch.get("@kind")), "")
        return merge(change, row.head if row else None, policies_for(kind, form, self.published), AT)

    def pull(self, ask: PullAsk, device: str = "") -> Page:
        """What was written after the cursor, each record once, a device's own writes only where they need an echo."""
        since = ask.since if ask.epoch in ("", self.epoch) else 0
        new = sorted((row for row in self.rows.values() if row.number > since), key=lambda row: row.number)
        if not ask.whole:
            new = [row for row in new if row.device != device or row.head.echo]
        page, rest = new[: self.page], new[self.page :]
        frames = [frame_of_line(frame_line(_frame(row))) for row in page]
        following = page[-1].number if rest else self.number
        end = PageEnd(
            following, (self.number, ""), bool(rest), self.epoch, 0, AT, agrees=bool(page) or self.agrees(ask)
        )
        return Page(frames, end)

    def compare(self, ask: Compare) -> Page:
        """What a device has otherwise in one scope."""
        held = [row for row in self.rows.values() if row.head.scope == ask.scope and not row.head.deleted]
        parts = differing(by_bucket((row.head.record, row.head.version_hash) for row in held), ask.sums)
        wrong = [row for row in held if bucket(row.head.record) in parts]
        ids = sorted(row.head.record for row in wrong)
        end = PageEnd(self.number, (self.number, ""), False, self.epoch, 0, AT)
        return Page([*map(_frame, wrong), Held(ask.scope, sorted(parts), ids)], end)

    def agrees(self, ask: PullAsk) -> bool:
        """Whether a device at the head holds what stands here."""
        held: dict[str, list[tuple[str, str]]] = {}
        for row in self.rows.values():
            if not row.head.deleted:
                held.setdefault(row.head.scope, []).append((row.head.record, row.head.version_hash))
        sums = {scope: total(each) for scope, each in held.items()}
        return not ask.digest or ask.since != self.number or ask.digest == root(sums)

    def conflicts(self) -> list[Head]:
        """All conflicts, open or not."""
        return [row.head for row in self.rows.values() if row.head.kind == "conflict"]

    def open_on(self, record: str) -> dict[str, Head]:
        """The open conflicts of a record."""
        return dict(self.rows[record].head.conflicts)


def _frame(row: Row) -> Frame:
    head = row.head
    if head.deleted:
        return Tomb(head.record, head.scope, head.version)
    return Put(
        head.record,
        head.kind,
        head.scope,
        head.form,
        head.version,
        head.version_hash,
        "",
        row.device,
        AT,
        state_text(head.state),
    )


@dataclass
class Line:
    """A device's line to a central: bytes really go through the protocol; requests and answers can be lost."""

    central: MemoryCentral
    device: str
    lose: list[str] = field(default_factory=list)
    """What becomes of the next requests: `request` or `answer` is lost, `twice` is sent again at once, else fine."""
    count: Traffic = field(default_factory=Traffic)

    def traffic(self) -> Traffic:
        """What went over the line."""
        return self.count

    def push(self, batch: Batch) -> PushAnswer:
        """Send a batch over this line."""
        fate = self._fate()
        body = push_body(batch, b"")
        if fate == "twice":
            self.central.push(read_push(body, self.device).changes)
        answer = answer_bytes(self.central.push(read_push(body, self.device).changes))
        self._arrive(fate, body, answer)
        return read_answer(answer)

    def pull(self, ask: PullAsk) -> Page:
        """Ask for news over this line."""
        fate = self._fate()
        page = self.central.pull(ask, self.device)
        end = replace(page.end, last_seq=self.central.last_seq(self.device))
        body = pack_lines(map(frame_line, (*page.frames, end)))
        self._arrive(fate, b"{}", body)
        *frames, last = read_page(body)
        assert isinstance(last, PageEnd)
        return Page(frames, last)

    def compare(self, ask: Compare) -> Page:
        """Ask for what differs over this line."""
        page = self.central.compare(Compare.from_json(ask.to_json()))
        *frames, last = read_page(pack_lines(map(frame_line, (*page.frames, page.end))))
        assert isinstance(last, PageEnd)
        return Page(frames, last)

    def put_file(self, piece: Piece) -> tuple[int, bool]:
        """Send a piece of a file."""
        files = self.central.files
        so_far = files.get(piece.named.seal, b"")
        if piece.content and piece.at == len(so_far):
            so_far = files[piece.named.seal] = so_far + piece.content
        return len(so_far), len(so_far) == piece.named.size

    def get_file(self, asked: Piece) -> Piece:
        """Fetch a piece of a file."""
        content = self.central.files.get(asked.named.seal, b"")
        whole = len(content) == asked.named.size
        return Piece(asked.named, asked.at, content[asked.at : asked.at + PIECE] if whole else b"")

    def _fate(self) -> str:
        fate = self.lose.pop(0) if self.lose else ""
        if fate == "request":
            raise Unreachable
        return fate

    def _arrive(self, fate: str, up: bytes, down: bytes) -> None:
        if fate == "answer":
            raise Unreachable
        self.count = Traffic(self.count.requests + 1, self.count.up + len(up), self.count.down + len(down))
