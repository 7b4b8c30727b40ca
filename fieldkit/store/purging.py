"""Scopes that were lost: everything of them goes, and central gets a receipt.

What waits for central and what somebody is writing stays until it is sent or filed; the receipt says how much. Of what
central has answered the words are sealed to central's key and taken out of the chain, whose hashes stay whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sync.changes import canonical, erased, is_erased
from sync.client import Purged, courier
from sync.errors import Rejected, TooLarge

if TYPE_CHECKING:
    from fieldkit.store.store import Store

_CHANGES = """
    select o.seq, o.device, o.record, o.line, s.state from outbox o join sending s using (seq)
    left join record r on r.id = o.record where coalesce(nullif(r.scope, ''), o.scope) = ? order by o.seq
"""


class Purges:
    """The tables of lost scopes and of what was sealed."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def order(self, scope: str, ev: int) -> int:
        """Remove what there is of a scope, and keep a receipt for central; how many records of central went."""
        with self.store.transaction() as connection:
            connection.execute("insert or replace into purge (scope, ev) values (?, ?)", (scope, ev))
            return self._carry_out(scope)

    def regained(self, scope: str) -> None:
        """The scope is held again: nothing more of it is removed."""
        with self.store.transaction() as connection:
            connection.execute("delete from purge where scope = ?", (scope,))
            self.store.former.named_again(scope)

    def order_unnamed(self, ev: int) -> None:
        """After a beginning under another id: what central did not name again was lost, and nobody will order it."""
        for scope in self.store.former.not_named_again():
            self.order(scope, ev)

    def receipts(self) -> list[Purged]:
        """Remove what has been sent since, and say for each lost scope what went and what is left."""
        query = "select scope, ev, rows, files from purge order by scope"
        if self.store.connection.execute("select 1 from purge limit 1").fetchone() is None:
            return []  # as at almost every sync: nothing is written, and nobody waits for the one who writes
        with self.store.transaction() as connection:
            for scope, *_ in connection.execute(query).fetchall():
                self._carry_out(scope)
            told = [
                Purged(scope, ev, rows, files, self._left(scope))
                for scope, ev, rows, files in connection.execute(query).fetchall()
            ]
        if told:
            # The old pages go from the log too, before anybody is told that they are gone.
            self.store.empty_log()
        return told

    def told(self, receipts: Sequence[Purged]) -> None:
        """Central has these receipts: a scope of which nothing is left is done with."""
        if not receipts:
            return
        with self.store.transaction() as connection:
            connection.executemany(
                "delete from purge where scope = ? and ev = ?",
                [(each.scope, each.ev) for each in receipts if not each.left],
            )

    def owe(self) -> None:
        """Central was put back: what was sealed may be nowhere but here."""
        with self.store.transaction() as connection:
            connection.execute("update sealed set owed = 1")

    def hand_over(self, carry: Callable[[bytes], bytes], device: str, receipt_key: bytes) -> None:
        """Send what is owed as it was sealed: nobody here can read it. What central cannot read yet waits."""
        rows = self.store.connection.execute("select number, content from sealed where owed = 1 order by number")
        for number, content in rows.fetchall():
            try:
                done = courier.is_taken(carry(bytes(content)), device, receipt_key)
            except TooLarge:
                continue  # Too large for the line: a file for central's desk.
            except Rejected:
                done = True  # Sealed to another central, or a file's bytes: it has no use for them.
            if done:
                with self.store.transaction() as connection:
                    connection.execute("update sealed set owed = 0 where number = ?", (number,))

    def _carry_out(self, scope: str) -> int:
        connection = self.store.connection
        records = [str(row[0]) for row in connection.execute("select id from record where scope = ?", (scope,))]
        self._seal_words(scope)
        self.store.former.erase("scope", scope)
        files = self._remove_files(scope, records)
        gone = self.store.records.drop(records)
        connection.execute("delete from conflict where scope = ?", (scope,))
        connection.execute("delete from digest where scope = ?", (scope,))
        if records:
            self.store.search.forget_for_good()
        connection.execute("update purge set rows = rows + ?, files = files + ? where scope = ?", (gone, files, scope))
        return gone

    def _seal_words(self, scope: str) -> None:
        """What central has answered: nobody can read it here any more, and it lies on no record."""
        connection, key = self.store.connection, self._key()
        rows = [
            row
            for row in connection.execute(_CHANGES, (scope,)).fetchall()
            if row[4] not in ("waiting", "sent") and not is_erased(row[3])
        ]
        if not rows or not key:
            return
        self._seal(scope, rows[0][1], [canonical({"seq": row[0], "line": row[3]}) for row in rows], key)
        connection.executemany("update outbox set line = ? where seq = ?", [(erased(row[3]), row[0]) for row in rows])
        connection.executemany(
            "update sending set state = 'settled' where seq = ? and state = 'answered'", [(row[0],) for row in rows]
        )

    def _remove_files(self, scope: str, records: Sequence[str]) -> int:
        """Files of records that have nothing of ours to send: what central has not got is sealed first."""
        connection, key, gone = self.store.connection, self._key(), 0
        waiting = {row[2] for row in connection.execute(_CHANGES, (scope,)) if row[4] in ("waiting", "sent")}
        for record in (each for each in records if each not in waiting):
            found = connection.execute(
                "select hash, content, sent from attachment where owner = ?", (record,)
            ).fetchall()
            unsent = [
                canonical({"record": record, "hash": seal}) + b"\n" + content
                for seal, content, sent in found
                if not sent
            ]
            if unsent and key:
                self._seal(scope, "", unsent, key)
            gone += len(found)
            self.store.attachments.destroy(record)
        connection.executemany("delete from attachment_wanted where record = ?", [(each,) for each in records])
        return gone

    def _seal(self, scope: str, device: str, words: list[bytes], key: bytes) -> None:
        self.store.connection.execute(
            "insert into sealed (scope, at, content) values (?, ?, ?)",
            (scope, self.store.now(), courier.seal(device, words, key)),
        )

    def _left(self, scope: str) -> int:
        """Changes that central has not answered (or that could not be sealed), and drafts."""
        words = sum(not is_erased(row[3]) for row in self.store.connection.execute(_CHANGES, (scope,)))
        query = "select count(*) from draft where family = ?"
        drafts = self.store.connection.execute(query, (scope.partition(":")[2],)).fetchone()[0]
        return words + int(drafts)

    def _key(self) -> bytes:
        """Central's public seal key; nothing before enrolment."""
        told = json.loads(self.store.meta("central_keys") or "{}")
        return bytes.fromhex(str(told.get("seal", "")))
