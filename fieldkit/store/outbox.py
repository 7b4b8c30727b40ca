"""The outbox: what was made on this device, immutable and in order, and what has become of each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
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


class Outbox:
    """The chain of this device's changes."""

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
            "select o.line from outbox o join sending s using (seq)"
            " where s.state in ('waiting', 'sent') order by o.seq limit ?"
        )
        return [Change.from_json(json.loads(row[0])) for row in self.store.connection.execute(query, (limit,))]

    def from_seq(self, seq: int, limit: int = 2_000) -> list[Change]:
        """What is still kept from a place in the chain on."""
        query = "select line from outbox where seq >= ? order by seq limit ?"
        return [Change.from_json(json.loads(row[0])) for row in self.store.connection.execute(query, (seq, limit))]

    def mark_sent(self, seqs: Sequence[int]) -> None:
        """Note, before it leaves, that central may have it."""
        with self.store.transaction() as connection:
            connection.executemany(
                "update sending set state = 'sent' where seq = ? and state = 'waiting'", [(seq,) for seq in seqs]
            )

    def settle(self, seqs: Sequence[int]) -> None:
        """Central has these for good in its history."""
        with self.store.transaction() as connection:
            connection.executemany(
                "update sending set state = 'settled', reason = '' where seq = ?", [(seq,) for seq in seqs]
            )

    def park(self, seq: int, reason: str) -> None:
        """Keep one that central refused, with its reason, for a person."""
        with self.store.transaction() as connection:
            connection.execute("update sending set state = 'parked', reason = ? where seq = ?", (reason, seq))

    def unsettle_from(self, seq: int) -> None:
        """Central was restored: everything from here on is sent again as it was."""
        with self.store.transaction() as connection:
            connection.execute("update sending set state = 'waiting', reason = '' where seq >= ?", (seq,))

    def prune(self, durable_seq: int) -> None:
        """Let go of settled changes that central's backups cover too; the chain's last place is remembered."""
        with self.store.transaction() as connection:
            gone = connection.execute(
                "select max(o.seq) from outbox o join sending s using (seq) where o.seq <= ? and s.state = 'settled'"
                " and o.seq < (select max(seq) from outbox)",
                (durable_seq,),
            ).fetchone()[0]
            if gone is not None:
                ended = "select seq from sending where seq <= ? and state = 'settled'"
                rows = connection.execute(ended, (gone,)).fetchall()
                connection.executemany("delete from sending where seq = ?", rows)
                connection.executemany("delete from outbox where seq = ?", rows)

    def counts(self) -> Counts:
        """How much waits and how much is parked."""
        query = "select state, count(*) from sending where state <> 'settled' group by state"
        found = dict(self.store.connection.execute(query).fetchall())
        return Counts(found.get("waiting", 0) + found.get("sent", 0), found.get("parked", 0))

    def parked(self) -> list[tuple[int, str, str]]:
        """(seq, record, reason) of what needs a person."""
        query = "select o.seq, o.record, s.reason from outbox o join sending s using (seq) where s.state = 'parked'"
        return [(int(seq), str(record), str(reason)) for seq, record, reason in self.store.connection.execute(query)]

    def state_of(self, record: str) -> str:
        """draft's later words: complete (waits), sent (left), confirmed (central has all of it)."""
        query = "select distinct s.state from outbox o join sending s using (seq) where o.record = ?"
        states = {row[0] for row in self.store.connection.execute(query, (record,))}
        if "waiting" in states or "parked" in states:
            return "complete"
        return "sent" if "sent" in states else "confirmed"

    def unsettled_by_record(self) -> dict[str, list[Change]]:
        """What lies on top of central's versions, by record."""
        found: dict[str, list[Change]] = defaultdict(list)
        query = "select o.line from outbox o join sending s using (seq) where s.state <> 'settled' order by o.seq"
        for row in self.store.connection.execute(query):
            change = Change.from_json(json.loads(row[0]))
            found[change.record].append(change)
        return found
