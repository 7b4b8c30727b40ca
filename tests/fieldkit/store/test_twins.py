"""The encrypted replica and its plain twin live through the same made-up histories and end the same."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.config import SystemClock
from fieldkit.store.replica import StoreReplica
from fieldkit.store.store import Store
from sync.changes import Patch, State, apply, is_erased, state_text, version_hash
from sync.client import (
    MODULUS,
    Frame,
    MemoryReplica,
    Outcome,
    PageBegins,
    PageEnd,
    PushAnswer,
    Put,
    Receipt,
    Replica,
    Retold,
    ScopeGained,
    ScopeLost,
    Tomb,
)

T = TypeVar("T")
RECORDS = ("fam1", "per1", "not1", "not2")
SCOPES = ("family:a", "family:b")
PATHS = ("name", "risk_level", "summary")


@dataclass(frozen=True)
class Step:
    """One thing that happens to a device; what the numbers mean is up to the verb."""

    verb: str
    one: int
    two: int


VERBS = (
    "write",
    "write",
    "write",
    "delete",
    "leave",
    "settle",
    "settle",
    "settle",
    "put",
    "put",
    "tomb",
    "retold",
    "erase",
    "lose",
    "archive",
    "archive",
    "report",
    "gain",
    "rewind",
)
STEPS = st.lists(st.builds(Step, st.sampled_from(VERBS), st.integers(0, 7), st.integers(0, 7)), max_size=30)
OUTCOMES = (Outcome.APPLIED, Outcome.APPLIED, Outcome.APPLIED, Outcome.MERGED, Outcome.REFUSED, Outcome.HELD)


class Twins:
    """Two replicas to which the same is done."""

    def __init__(self, store: Store) -> None:
        self.store = store
        seal = X25519PrivateKey.generate().public_key().public_bytes_raw().hex()
        store.set_meta("central_keys", json.dumps({"seal": seal}))
        self.plain = MemoryReplica("d1", "w1")
        self.real = StoreReplica(store, "d1")
        self.plain.spare = self.real.spare = 2
        self.durable = 0
        self.versions = dict.fromkeys(RECORDS, 0)
        self.page = 0
        self.behind: set[str] = set()
        """Records of which central holds more than this device has seen."""

    def do(self, step: Step) -> None:
        """Let it happen to both, and compare."""
        getattr(self, step.verb)(step.one, step.two)
        self.compare()

    def both(self, verb: Callable[[Replica], T]) -> None:
        """The same call, the same answer."""
        assert verb(self.plain) == verb(self.real)

    def write(self, one: int, two: int) -> None:
        record = RECORDS[one % 4]
        patch: Patch = {PATHS[two % 3]: f"mine {one}{two}{len(self.plain.outbox)}" if two else None}
        fresh = self.store.records.get(record) is None
        if fresh:
            patch = {"@kind": "person", "@scope": SCOPES[one % 2], "@form": None, "name": "new", **patch}
        self._written(record, "create" if fresh else "set", patch)

    def delete(self, one: int, _two: int) -> None:
        if self.store.records.get(RECORDS[one % 4]) is not None:
            self._written(RECORDS[one % 4], "delete", {})

    def _written(self, record: str, kind: str, patch: Patch) -> None:
        change = self.plain.write(record, kind, patch)
        with self.store.transaction():
            kept = self.store.outbox.add(replace(change, salt="", hash=""))
            self.store.records.redraw(kept)
        assert kept.seq == change.seq

    def leave(self, one: int, _two: int) -> None:
        for each in (self.plain, self.real):
            if batch := each.batch(one + 1):
                each.mark_sent(batch)

    def settle(self, one: int, two: int) -> None:
        """Central answers the first changes, one of them perhaps not as hoped."""
        receipts, states = [], {record: held.state for record, held in self.plain.base.items()}
        for place, change in enumerate(self.plain.outbox[self.plain.standing().last_seq :][: 1 + two % 3]):
            outcome = OUTCOMES[(one + place) % 6]
            taken = outcome in (Outcome.APPLIED, Outcome.MERGED)
            self.versions[change.record] += int(taken)
            version = self.versions[change.record] if taken else 0
            under: State = {} if change.kind == "delete" else states.get(change.record, {})
            state = apply(under, {path: value for path, value in change.patch.items() if path[0] != "@"})
            states[change.record] = state if taken else states.get(change.record, {})
            known = version_hash(change.record, version, state if one != 5 else {"other": "x"})
            self.behind |= {change.record} if outcome is Outcome.MERGED or (taken and one == 5) else set()
            echo = change.record in self.behind
            receipts.append(Receipt(change.seq, outcome, version, known, "why", echo=echo))
        self.both(lambda replica: replica.settle(PushAnswer(len(receipts), "e1", "", 0, tuple(receipts))))

    def retold(self, one: int, _two: int) -> None:
        """Central has tried again what it held, and tells: taken, or refused after all."""
        held = [each.change.seq for each in self.plain.parked() if each.outcome is Outcome.HELD]
        for seq in held[:1]:
            receipt = Receipt(seq, Outcome.REFUSED, reason="exists") if one % 2 else Receipt(seq, Outcome.APPLIED, 99)
            self._take(Retold(receipt))

    def put(self, one: int, two: int) -> None:
        record = RECORDS[one % 4]
        self.versions[record] += two % 2
        version = max(1, self.versions[record] - (1 if two == 6 else 0))
        self.behind -= {record} if version >= self.versions[record] else set()
        state = {"name": f"theirs {version}", PATHS[two % 3]: "central"}
        # A record may come to live in another scope; but not one that is only being made here: central has none of it.
        made = any(each.record == record and each.kind == "create" for each in self.plain.outbox)
        head = (
            record,
            "person",
            SCOPES[one % 2 if made else one // 4],
            "",
            version,
            version_hash(record, version, state),
        )
        self._take(Put(*head, "w2", "d2", "2026-11-23", text=state_text(state)))

    def tomb(self, one: int, _two: int) -> None:
        record = RECORDS[one % 4]
        self.versions[record] += 1
        self._take(Tomb(record, SCOPES[0], self.versions[record]))

    def erase(self, one: int, _two: int) -> None:
        record = RECORDS[one % 4]
        self.versions[record] += 1
        self._take(Tomb(record, SCOPES[0], self.versions[record], gone=True))

    def lose(self, one: int, _two: int) -> None:
        self._take(ScopeLost(SCOPES[one % 2]))

    def report(self, _one: int, _two: int) -> None:
        """Central hears what was removed, and says that it has."""
        told = self.plain.purged()
        assert self.real.purged() == told
        self.both(lambda replica: replica.purges_told(told))

    def gain(self, one: int, two: int) -> None:
        """A scope comes (back), perhaps by pages, of which some arrive."""
        self._take(ScopeGained(SCOPES[one % 2], number=self.page, pages=two))
        for page in range(two // 2):
            self._take(PageBegins(SCOPES[one % 2], self.page - page - 1, page))

    def _take(self, frame: Frame) -> None:
        self.page += 1
        end = PageEnd(self.page, (self.page, "h"), self.page % 3 == 0, "e1", 0, "", durable_seq=self.durable)
        self.both(lambda replica: replica.take([frame], end))

    def archive(self, one: int, two: int) -> None:
        """Central's disk is copied: what it has answered so far, or some of it, is durable."""
        self.durable = max(self.durable, self.plain.standing().last_seq - one % 3)
        self.put(one, two)

    def rewind(self, one: int, two: int) -> None:
        self.both(lambda replica: replica.rewind(f"e{two}", one))

    def real_words(self) -> list[bool]:
        """Of which changes the store still has the words."""
        lines = self.store.connection.execute("select line from outbox order by seq").fetchall()
        return [not is_erased(line) for (line,) in lines]

    def compare(self) -> None:
        """Everything that a screen or a sync could see of either."""
        self.both(lambda replica: replica.standing())
        self.both(lambda replica: replica.waiting())
        self.both(lambda replica: (batch.first, batch.last) if (batch := replica.batch(99)) else None)
        self.both(lambda replica: [(each.change.seq, each.outcome, each.reason) for each in replica.parked()])
        assert self.real_words() == [not is_erased(change.line) for change in self.plain.outbox]
        for record in RECORDS:
            held = self.store.records.get(record)
            assert self.plain.view(record) == (dict(held.state) if held else {}), record
        assert set(self.store.records.bases(RECORDS)) == set(self.plain.base)
        self.both(lambda replica: [is_erased(each.change.line) for each in replica.parked()])
        self.both(lambda replica: {scope: each for scope, value in replica.sums().items() if (each := value % MODULUS)})
        assert self.store.records.digests.count_anew() == 0
        assert self.store.records.rebuild() == 0


@settings(max_examples=120, deadline=None)
@given(STEPS)
def test_whatever_happens_the_twins_agree(steps: list[Step]) -> None:
    lived_through(steps)


def lived_through(steps: list[Step]) -> Twins:
    """Twins after these steps, compared after each."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db", secrets.token_bytes(48), SystemClock())
        twins = Twins(store)
        for step in steps:
            twins.do(step)
        store.close()
    return twins


ELSEWHERE, HERE = Step("archive", 4, 0), Step("archive", 0, 0)
"""The family comes from central: it lives in the second scope; in the first."""
NAMED, LEVELLED = Step("write", 0, 0), Step("write", 0, 1)
REWOUND, GONE, LOST = Step("rewind", 0, 0), Step("tomb", 0, 0), Step("lose", 0, 0)


@pytest.mark.parametrize(
    "last", [[Step("delete", 0, 0), HERE, Step("settle", 0, 1)], [HERE, GONE, Step("settle", 0, 0)]]
)
def test_what_was_written_of_a_record_is_sealed_with_the_scope_it_lived_in_last(last: list[Step]) -> None:
    """The store remembered where the record lived when it was written: its words outlived the loss of that family."""
    twins = lived_through([ELSEWHERE, REWOUND, NAMED, *last, LOST])
    assert all(is_erased(change.line) for change in twins.plain.outbox)


def test_what_was_answered_below_a_newer_version_lies_on_the_record_no_more() -> None:
    """The twin took off only the change that was just folded, and showed an older one on top of what came after it."""
    twins = lived_through([NAMED, LEVELLED, HERE, NAMED, Step("settle", 0, 1), Step("settle", 0, 0)])
    assert twins.plain.view("fam1") == {}


def test_an_edit_of_what_is_not_here_makes_no_record_without_a_scope() -> None:
    """Folded, it was a record of no kind and no scope, that no loss of a scope would ever have removed."""
    told = [Step("settle", 0, 1), GONE, Step("settle", 1, 2)]
    twins = lived_through([NAMED, NAMED, NAMED, NAMED, LEVELLED, *told])
    assert "" not in {held.scope for held in twins.plain.base.values()}
    lived_through([NAMED, NAMED, NAMED, NAMED, LEVELLED, *told, LOST])


def test_who_makes_a_record_anew_elsewhere_has_it_there() -> None:
    """The twin still had it in the scope that was lost, and told central of a change that was not of that scope."""
    told = Step("report", 0, 0)
    lived_through([NAMED, LOST, Step("archive", 1, 0), told, Step("write", 5, 0), told])
