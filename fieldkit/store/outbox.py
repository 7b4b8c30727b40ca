"""The outbox: what was made on this device, immutable and in order, and what has become of each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fieldkit.errors import Refused
from sync.changes import START, Change, erased, is_erased
from sync.client import MOST_BATCH, Batch
from sync.errors import TooLarge

if TYPE_CHECKING:
    from fieldkit.store.store import Store


@dataclass(frozen=True, slots=True)
class Counts:
    """How many changes wait for central, and how many need a person."""

    waiting: int
    parked: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What central said of one change: answered (in its history), settled (in our base too), parked, and why."""

    seq: int
    state: str
    outcome: str
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A record on which one change of ours lies, as it is seen with it."""

    record: str
    seq: int
    scope: str
    text: str = field(repr=False)
    version: int
    device: str
    actor: str
    at: str


_CHANGE = "o.seq, o.device, (select hash from outbox b where b.seq = o.seq - 1), o.hash, o.line"


class Outbox:
    """The chain of this device's changes. Queries say `state <> 'settled'`, or the partial index would not serve."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, draft: Change) -> Change:
        """Give a change its place in the chain and keep it; call it inside the verb's transaction."""
        with self.store.transaction() as connection:
            last = connection.execute("select seq, hash from outbox order by seq desc limit 1").fetchone()
            seq, before = (int(last[0]), str(last[1])) if last else self._start()
            change = _sealed(replace(draft, seq=seq + 1, prev_hash=before, salt=""))
            values = (change.seq, change.device, change.record, change.hash, change.line, self._scope(change))
            connection.execute(
                "insert into outbox (seq, device, record, hash, line, scope) values (?, ?, ?, ?, ?, ?)", values
            )
            connection.execute("insert into sending (seq, state) values (?, 'waiting')", (change.seq,))
        return change

    def _scope(self, change: Change) -> str:
        found = self.store.connection.execute("select scope from record where id = ?", (change.record,)).fetchone()
        return str(found[0] if found else change.patch.get("@scope") or "")

    def lived(self, record: str) -> None:
        """A record goes: note with our own changes where it lived last, or its words would outlive the loss of that."""
        self.store.connection.execute(
            "update outbox set scope = (select scope from record where id = :record) where record = :record"
            " and scope <> (select scope from record where id = :record and scope <> '')",
            {"record": record},
        )

    def _start(self) -> tuple[int, str]:
        seq, known = self.store.meta("chain_seq"), self.store.meta("chain_hash")
        return (int(seq), known) if seq and known else (0, START)

    def pending(self, limit: int = 2_000) -> list[Change]:
        """What central is not known to have, in order: a run without gaps, from the first that waits."""
        return self._changes(
            "seq in (select seq from sending where state in ('waiting', 'sent') and state <> 'settled'"
            " order by seq limit ?)",
            limit,
        )

    def batch(self, after: int, limit: int) -> Batch | None:
        """What follows on a place in the chain, as it travels."""
        query = "select seq, hash, line from outbox where seq > ? order by seq limit ?"
        first, room = 0, MOST_BATCH
        hashes: list[str] = []
        lines: list[str] = []
        for seq, known, line in self.store.connection.execute(query, (after, limit)):
            room -= len(line)
            if room < 0 and lines:
                break
            first = first or int(seq)
            hashes.append(str(known))
            lines.append(str(line))
        return Batch(first, self._before(first), lines, hashes[-1]) if lines else None

    def _before(self, seq: int) -> str:
        found = self.store.connection.execute("select hash from outbox where seq = ?", (seq - 1,)).fetchone()
        return str(found[0]) if found else self._start()[1]

    def by_seq(self, seqs: Sequence[int]) -> dict[int, Change]:
        """Some of the chain, by place."""
        found = self._changes("seq in (select value from json_each(?))", json.dumps(list(seqs)))
        return {change.seq: change for change in found}

    def of_record(self, record: str) -> list[Change]:
        """The changes of a record whose words are still in the chain, in order."""
        return [change for change in self._changes("record = ?", record) if not is_erased(change.line)]

    def _changes(self, which: str, asked: object) -> list[Change]:
        query = f"select {_CHANGE} from outbox o where {which} order by o.seq"  # noqa: S608 - words of this module
        return [self._change(row) for row in self.store.connection.execute(query, (asked,))]

    def _change(self, row: tuple[Any, ...]) -> Change:
        seq, device, before, known, line = row[:5]
        return Change.of_line(line, device, seq, before or self._start()[1], known)

    def mark_sent(self, first: int, last: int) -> None:
        """Note, before they leave, that central may have them."""
        with self.store.transaction() as connection:
            connection.execute(
                "update sending set state = 'sent' where seq between ? and ? and state = 'waiting'"
                " and state <> 'settled'",
                (first, last),
            )

    def answer(self, answers: Sequence[Answer]) -> None:
        """Keep what central said of each, in order of seq: runs of the same, without a gap, in one go."""
        with self.store.transaction() as connection:
            for ((state, outcome, reason, version), _), run in groupby(enumerate(answers), key=_word):
                seqs = [each.seq for _, each in run]
                connection.execute(
                    "update sending set state = ?, outcome = ?, reason = ?, version = ? where seq between ? and ?",
                    (state, outcome, reason, version, seqs[0], seqs[-1]),
                )

    def records_of(self, first: int, last: int) -> dict[int, str]:
        """Which record each change of a run of the chain is about."""
        query = "select seq, record from outbox where seq between ? and ? order by seq"
        return dict(self.store.connection.execute(query, (first, last)).fetchall())

    def seen(self, first: int, last: int) -> list[Seen]:
        """The records that one change of a run is about, as they are seen here, with nothing else of ours on them."""
        query = (
            "select o.record, o.seq, r.scope, coalesce(r.view, r.base), r.version, o.device,"
            " json_extract(o.line, '$.actor'), json_extract(o.line, '$.recorded_at')"
            " from outbox o join record r on r.id = o.record where o.seq between :first and :last"
            " and json_extract(o.line, '$.kind') not in ('delete', 'resolve')"
            " and json_extract(o.line, '$.erased') is null"
            " and (r.base is not null or json_extract(o.line, '$.kind') = 'create')"
            " and not exists (select 1 from outbox p join sending s using (seq) where p.record = o.record"
            " and p.seq <> o.seq and s.state in ('waiting', 'sent', 'answered'))"
        )
        rows = self.store.connection.execute(query, {"first": first, "last": last})
        return [Seen(*row) for row in rows]

    def anything_unsettled(self) -> bool:
        """Whether anything of ours lies on top of what central sent."""
        query = "select 1 from sending where state in ('waiting', 'sent', 'answered') and state <> 'settled' limit 1"
        return self.store.connection.execute(query).fetchone() is not None

    def erase(self, record: str) -> None:
        """Take the words about a record out of the chain; what waits is sent without them."""
        with self.store.transaction() as connection:
            rows = connection.execute("select seq, line from outbox where record = ?", (record,)).fetchall()
            connection.executemany(
                "update outbox set line = ? where seq = ?", [(erased(line), seq) for seq, line in rows]
            )
            connection.execute(
                "update sending set state = 'settled' where state = 'answered'"
                " and seq in (select seq from outbox where record = ?)",
                (record,),
            )
            self.store.former.erase("record", record)

    def compact(self, seqs: range) -> None:
        """Take the words of what is settled in this run out of the chain: central holds them for good."""
        with self.store.transaction() as connection:
            rows = connection.execute(
                "select o.seq, o.line from outbox o join sending s using (seq)"
                " where o.seq between ? and ? and s.state = 'settled'",
                (seqs.start, seqs.stop - 1),
            ).fetchall()
            connection.executemany(
                "update outbox set line = ? where seq = ?", [(erased(line), seq) for seq, line in rows]
            )

    def absorb(self, versions: Mapping[str, int]) -> None:
        """The base of these records has reached these versions: what was answered up to them is settled."""
        with self.store.transaction() as connection:
            connection.executemany(
                "update sending set state = 'settled' where state = 'answered' and version <= ?"
                " and seq in (select seq from outbox where record = ?)",
                [(version, record) for record, version in versions.items()],
            )

    def unanswer_after(self, seq: int) -> list[str]:
        """Central was restored: what it does not have is sent again as it was; whose records those are."""
        with self.store.transaction() as connection:
            rows = connection.execute(
                "select distinct o.record from outbox o join sending s using (seq)"
                " where o.seq > ? and s.state <> 'waiting'",
                (seq,),
            ).fetchall()
            connection.execute(
                "update sending set state = 'sent', outcome = '', reason = '', version = 0"
                " where seq > ? and state <> 'waiting'",
                (seq,),
            )
        return [str(row[0]) for row in rows]

    def counts(self) -> Counts:
        """How much waits and how much is parked."""
        query = (
            "select state, count(*) from sending"
            " where state in ('waiting', 'sent', 'parked') and state <> 'settled' group by state"
        )
        found = dict(self.store.connection.execute(query).fetchall())
        parked = found.get("parked", 0) + len(self.store.former.parked())
        return Counts(found.get("waiting", 0) + found.get("sent", 0), parked)

    def parked(self) -> list[tuple[Change, str, str]]:
        """(change, outcome, reason) of what needs a person."""
        return [*self.store.former.parked(), *self.parked_here()]

    def parked_here(self) -> list[tuple[Change, str, str]]:
        """The same of this chain alone, without the ones that ended before it."""
        query = (
            f"select {_CHANGE}, s.outcome, s.reason from outbox o join sending s using (seq)"  # noqa: S608
            " where s.state = 'parked' order by o.seq"
        )
        rows = self.store.connection.execute(query).fetchall()
        return [(self._change(row), str(row[5]), str(row[6])) for row in rows]

    def state_of(self, record: str) -> str:
        """draft's later words: complete (waits), sent (left), confirmed (central has all of it)."""
        query = "select distinct s.state from outbox o join sending s using (seq) where o.record = ?"
        states = {row[0] for row in self.store.connection.execute(query, (record,))}
        if "waiting" in states or "parked" in states:
            return "complete"
        return "sent" if "sent" in states else "confirmed"

    def unsettled_by_record(self, records: Sequence[str]) -> dict[str, list[Change]]:
        """What lies on top of central's versions of these records, by record."""
        found: dict[str, list[Change]] = defaultdict(list)
        query = (
            f"select {_CHANGE} from outbox o join sending s using (seq)"  # noqa: S608
            " where o.record in (select value from json_each(?)) and s.state in ('waiting', 'sent', 'answered')"
            " order by o.seq"
        )
        for row in self.store.connection.execute(query, (json.dumps(list(records)),)):
            change = self._change(row)
            if not is_erased(change.line):
                found[change.record].append(change)
        return found

    def answered(self, records: Sequence[str]) -> dict[str, list[Change]]:
        """Of what lies on top of these records, what central has said it has: below what is still to be sent."""
        above = self.unsettled_by_record(records)
        waiting = {change.seq for change in self.pending(-1)}
        return {record: [each for each in own if each.seq not in waiting] for record, own in above.items()}

    def unsettled_records(self) -> set[str]:
        """Which records have something of ours on top."""
        query = (
            "select distinct o.record from outbox o join sending s using (seq)"
            " where s.state in ('waiting', 'sent', 'answered') and s.state <> 'settled'"
            ' and instr(o.line, \',"salt":"\')'
        )
        return {str(row[0]) for row in self.store.connection.execute(query)}


def _sealed(change: Change) -> Change:
    try:
        return change.sealed()
    except TooLarge as wrong:
        raise Refused(
            "This is more than one record can hold: four million letters.",
            "Nothing was filed; what you wrote is kept as it is. Attach the longest text as a file instead.",
        ) from wrong


def _word(placed: tuple[int, Answer]) -> tuple[tuple[str, str, str, int], int]:
    """What was said, and what stays the same while seqs follow on each other: what lies between has its own answer."""
    place, answer = placed
    return (answer.state, answer.outcome, answer.reason, answer.version), answer.seq - place
