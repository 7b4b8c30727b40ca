"""The outbox: what was made on this device, immutable and in order, and what has become of each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sync.changes import START, Change

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


class Outbox:
    """The chain of this device's changes. Queries say `state <> 'settled'`, or the partial index would not serve."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, draft: Change) -> Change:
        """Give a change its place in the chain and keep it; call it inside the verb's transaction."""
        with self.store.transaction() as connection:
            last = connection.execute("select seq, hash from outbox order by seq desc limit 1").fetchone()
            seq, before = (int(last[0]), str(last[1])) if last else self._start()
            change = replace(draft, seq=seq + 1, prev_hash=before, salt="").sealed()
            line = json.dumps(change.to_json(), ensure_ascii=False, separators=(",", ":"))
            values = (change.seq, change.record, change.hash, line)
            connection.execute("insert into outbox (seq, record, hash, line) values (?, ?, ?, ?)", values)
            connection.execute("insert into sending (seq, state) values (?, 'waiting')", (change.seq,))
        return change

    def _start(self) -> tuple[int, str]:
        seq, known = self.store.meta("chain_seq"), self.store.meta("chain_hash")
        return (int(seq), known) if seq and known else (0, START)

    def pending(self, limit: int = 2_000) -> list[Change]:
        """What central is not known to have, in order: a run without gaps, from the first that waits."""
        query = (
            "select line from outbox where seq in (select seq from sending"
            " where state in ('waiting', 'sent') and state <> 'settled' order by seq limit ?) order by seq"
        )
        return [Change.from_json(json.loads(row[0])) for row in self.store.connection.execute(query, (limit,))]

    def by_seq(self, seqs: Sequence[int]) -> dict[int, Change]:
        """Some of the chain, by place."""
        query = "select line from outbox where seq in (select value from json_each(?))"
        rows = self.store.connection.execute(query, (json.dumps(list(seqs)),))
        return {change.seq: change for change in (Change.from_json(json.loads(row[0])) for row in rows)}

    def mark_sent(self, seqs: Sequence[int]) -> None:
        """Note, before they leave, that central may have them."""
        with self.store.transaction() as connection:
            connection.executemany(
                "update sending set state = 'sent' where seq = ? and state = 'waiting'", [(seq,) for seq in seqs]
            )

    def answer(self, answers: Sequence[Answer]) -> None:
        """Keep what central said of each."""
        rows = [(each.state, each.outcome, each.reason, each.version, each.seq) for each in answers]
        with self.store.transaction() as connection:
            connection.executemany(
                "update sending set state = ?, outcome = ?, reason = ?, version = ? where seq = ?", rows
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
        return Counts(found.get("waiting", 0) + found.get("sent", 0), found.get("parked", 0))

    def parked(self) -> list[tuple[Change, str, str]]:
        """(change, outcome, reason) of what needs a person."""
        query = "select o.line, s.outcome, s.reason from outbox o join sending s using (seq) where s.state = 'parked'"
        rows = self.store.connection.execute(query).fetchall()
        return [(Change.from_json(json.loads(line)), str(outcome), str(reason)) for line, outcome, reason in rows]

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
            "select o.line from json_each(?) asked cross join outbox o on o.record = asked.value"
            " join sending s using (seq) where s.state in ('waiting', 'sent', 'answered') order by o.seq"
        )
        for row in self.store.connection.execute(query, (json.dumps(list(records)),)):
            change = Change.from_json(json.loads(row[0]))
            found[change.record].append(change)
        return found

    def unsettled_records(self) -> set[str]:
        """Which records have something of ours on top."""
        query = (
            "select distinct o.record from outbox o join sending s using (seq)"
            " where s.state in ('waiting', 'sent', 'answered') and s.state <> 'settled'"
        )
        return {str(row[0]) for row in self.store.connection.execute(query)}
