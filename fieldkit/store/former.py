"""A chain that has ended: after a fork a device goes on under another id, and what was not sent goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sync.changes import Change, apply, erased, is_erased, state_text
from sync.client import Reason

if TYPE_CHECKING:
    from fieldkit.store.store import Store

_KEPT = "device, seq, record, scope, prev_hash, hash, line, state, outcome, reason"


class Former:
    """The tables of what stood in the chain before, and the way from there to the new one."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def begin_anew(self, device: str) -> int:
        """End the chain and begin that of `device`; how many changes were made anew, in order, as its own.

        All that was not sent, and what central set aside because two spoke under one id: its author is here. One that
        was on its way may be at central already: said again with the same values it agrees there.
        """
        outbox = self.store.outbox
        with self.store.transaction() as connection:
            unsent = sorted([*self._forked(), *outbox.pending(-1)], key=lambda each: each.seq)
            unsent = [change for change in unsent if not is_erased(change.line)]
            touched = outbox.unsettled_records() | {change.record for change in unsent}
            self._settle_answered(sorted(touched))
            self._put_away({change.seq for change in unsent})
            connection.execute(
                "insert or ignore into held_before select distinct scope from digest where scope <> 'ref'"
            )
            for change in unsent:
                outbox.add(replace(change, device=device, seq=0))
            self.store.records.redraw_all(sorted(touched))
        return len(unsent)

    def _forked(self) -> list[Change]:
        """What the fork itself brought: central set it aside as nobody's, and under the new id it is this device's."""
        return [change for change, _, reason in self.store.outbox.parked_here() if reason == Reason.FORK]

    def _settle_answered(self, records: list[str]) -> None:
        """What central has said it has goes into the base: the pull that follows brings it as it is there."""
        above = self.store.outbox.answered(records)
        bases = self.store.records.bases(list(above))
        for record, base in bases.items():
            state = dict(base.state)
            for change in above[record]:
                state = apply(state, {path: value for path, value in change.patch.items() if path[:1] != "@"})
            bases[record] = replace(base, text=state_text(state))
        self.store.records.rebase(list(bases.values()), any_version=True)

    def _put_away(self, remade: set[int]) -> None:
        """The old chain, without the words that are at central or in the new chain."""
        connection = self.store.connection
        rows = connection.execute(
            "select o.device, o.seq, o.record, o.scope, (select hash from outbox b where b.seq = o.seq - 1), o.hash,"
            " o.line, s.state, s.outcome, s.reason from outbox o join sending s using (seq) order by o.seq"
        ).fetchall()
        kept = [
            (*row[:4], row[4] or "", row[5], row[6] if row[7] == "parked" else erased(row[6]), *_ended(row, remade))
            for row in rows
        ]
        connection.executemany(f"insert into former ({_KEPT}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", kept)  # noqa: S608
        connection.execute("delete from sending")
        connection.execute("delete from outbox")
        connection.execute("delete from meta where name in ('chain_seq', 'chain_hash', 'compacted')")

    def parked(self) -> list[tuple[Change, str, str]]:
        """(change, outcome, reason) of what needed a person when its chain ended, and still does."""
        query = f"select {_KEPT} from former where state = 'parked' order by device, seq"  # noqa: S608
        return [
            (Change.of_line(row[6], row[0], row[1], row[4], row[5]), str(row[8]), str(row[9]))
            for row in self.store.connection.execute(query)
            if not is_erased(row[6])
        ]

    def erase(self, column: str, value: str) -> None:
        """Take the words about a `record`, or of a whole `scope`, out of what is kept."""
        connection = self.store.connection
        query = {"record": "record = ?", "scope": "scope = ?"}[column]
        rows = connection.execute(f"select device, seq, line from former where {query}", (value,)).fetchall()  # noqa: S608
        connection.executemany(
            "update former set line = ? where device = ? and seq = ?",
            [(erased(line), device, seq) for device, seq, line in rows],
        )

    def named_again(self, scope: str) -> None:
        """Central says that this scope is held, under the new id too."""
        self.store.connection.execute("delete from held_before where scope = ?", (scope,))

    def not_named_again(self) -> list[str]:
        """The scopes of before that central does not name to the new id: they were lost meanwhile."""
        connection = self.store.connection
        lost = [str(row[0]) for row in connection.execute("select scope from held_before order by scope")]
        connection.execute("delete from held_before")
        return lost


def _ended(row: tuple[object, ...], remade: set[int]) -> tuple[object, ...]:
    """What the old chain says of a change from here on: state, outcome, reason."""
    return ("remade", "", "") if row[1] in remade else row[7:10]
