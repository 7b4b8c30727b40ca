"""A store made anew from what could be salvaged of a damaged one. What is missing comes from central at the next sync.

The device's chain may go on only when its end is known for sure: else a number could be given twice, which central must
take for another laptop that speaks in this one's name. Where it is not known the laptop gets a new key, and with it a
new chain; the words that central may not have are put into it line by line as they were, and wait for a new code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit.config import Clock
from fieldkit.store.replica import STANDING
from fieldkit.store.salvage import Cells, Salvaged
from fieldkit.store.store import Store
from sync.changes import START, Change, chain_holds, is_erased
from sync.client import seals_in

ENROL_AGAIN = "enrol_again"
KNOWN = ("answered", "settled")


@dataclass(frozen=True, slots=True)
class Told:
    """What a rebuilding keeps, loses and asks for: by kind and count, never by name."""

    pages: int
    damaged: int
    kept: dict[str, int]
    unsent: int
    """Changes that central may not have and that are kept."""
    lost_unsent: int
    """Changes that central may not have and that could not be read."""
    lost: dict[str, int]
    """Rows known to have been there, by kind; central has all but drafts and unsent changes."""
    perhaps: tuple[str, ...]
    """Kinds of which more may be missing: nobody knows how much stood on a page that is damaged."""
    new_key: bool
    """Whether the laptop gets a new key and must be enrolled with a new code."""


@dataclass(slots=True)
class Chain:
    """What is left of the outbox: the places of the chain, what became of each, and whether its end is known."""

    lines: dict[int, Cells] = field(repr=False)
    states: dict[int, Cells] = field(repr=False)
    answered: int
    """The highest seq that central has answered."""
    goes_on: bool = False

    def waits(self, seq: int) -> bool:
        """Whether central may not have a change, or needs to be told again."""
        told = self.states.get(seq)
        if told is None:
            return seq > self.answered
        return told[1] not in KNOWN

    @property
    def missing(self) -> list[int]:
        """Places known to have been written, whose words could not be read."""
        last = max((*self.lines, *self.states, self.answered, 0))
        first = min((*self.lines, *self.states), default=1)
        return [seq for seq in range(first, last + 1) if seq not in self.lines]


def rebuild(found: Salvaged, path: Path, key: bytes, clock: Clock) -> Told:
    """Write a whole store of what was found at `path`, which must not be there yet; what it keeps and what is lost."""
    store = Store(path, key, clock)
    try:
        chain = _chain(found)
        with store.transaction():
            for table in ("meta", "form_version", "draft", "journal", "draft_upgrade", "attachment", "sealed", "purge"):
                _insert(store, table, found.rows[table])
            _insert(store, "record", found.rows["record"])
            _keep_audit(store, found)
            device = _keep_chain(store, chain)
            _stand(store, device, chain)
            _make_the_rest(store)
            told = _told(found, chain, store)
            store.audit.note("rebuilt", f"{told.damaged} of {told.pages} pages; {told.lost_unsent} unsent lost")
        store.empty_log()
    finally:
        store.close()
    return told


def _insert(store: Store, table: str, found: Sequence[Cells]) -> None:
    """Rows as they were; columns stand in a row's order: the key first where the table has no row numbers."""
    told = store.connection.execute(f"pragma table_info({table})").fetchall()
    names = [str(row[1]) for row in told]
    for row in found:
        listed, marks = ", ".join(names[: len(row)]), ", ".join("?" * len(row))
        store.connection.execute(f"insert or ignore into {table} ({listed}) values ({marks})", row)  # noqa: S608


def _chain(found: Salvaged) -> Chain:
    lines = {int(str(row[0])): row for row in found.rows["outbox"]}
    states = {int(str(row[0])): row for row in found.rows["sending"]}
    meta = {str(row[0]): row[1] for row in found.rows["meta"]}
    answered = int(json.loads(str(meta.get(STANDING) or "{}")).get("last_seq", 0))
    chain = Chain(lines, states, answered)
    holed = {"outbox", "sending", "meta"} & found.holes or any(found.cut.get(each) for each in ("outbox", "sending"))
    chain.goes_on = found.all_saves and not holed and not chain.missing and "device_key" in meta and _holds(chain)
    return chain


def _holds(chain: Chain) -> bool:
    rows = [chain.lines[seq] for seq in sorted(chain.lines)]
    before, changes = START, []
    for row in rows:
        changes.append(Change.of_line(str(row[4]), str(row[1]), int(str(row[0])), before, str(row[3])))
        before = str(row[3])
    return not rows or int(str(rows[0][0])) > 1 or chain_holds(changes, START)


def _keep_chain(store: Store, chain: Chain) -> str:
    """The chain as it was, or the words that wait on a new one; whose it is."""
    if chain.goes_on:
        _insert(store, "outbox", list(chain.lines.values()))
        _insert(store, "sending", list(chain.states.values()))
        device = store.connection.execute("select device from outbox limit 1").fetchone()
        return str(device[0]) if device else ""
    key = Ed25519PrivateKey.generate()
    store.set_meta("device_key", key.private_bytes_raw().hex())
    for name in ("chain_seq", "chain_hash", "compacted"):
        store.connection.execute("delete from meta where name = ?", (name,))
    store.set_meta(ENROL_AGAIN, "1")
    device = _device_of(key)
    _again(store, chain, device)
    return device


def _device_of(key: Ed25519PrivateKey) -> str:
    from sync.client.http import Identity

    return Identity(key).device


def _again(store: Store, chain: Chain, device: str) -> None:
    """What central may not have, line by line as it was, in its old order on the new chain."""
    before, seq = START, 0
    for old in sorted(chain.lines):
        row = chain.lines[old]
        if not chain.waits(old) or is_erased(str(row[4])):
            continue
        seq += 1
        change = Change.of_line(str(row[4]), device, seq, before)
        before = change.hash
        scope = row[5] if len(row) > 5 else ""
        values = (seq, device, change.record, change.hash, change.line, scope)
        store.connection.execute(
            "insert into outbox (seq, device, record, hash, line, scope) values (?, ?, ?, ?, ?, ?)", values
        )
        store.connection.execute("insert into sending (seq, state) values (?, 'waiting')", (seq,))


def _stand(store: Store, device: str, chain: Chain) -> None:
    """Everything is pulled anew, own changes too, as at a first sync."""
    kept = json.loads(store.meta(STANDING) or "{}")
    last = chain.answered if chain.goes_on else 0
    epoch = kept.get("epoch", "") if chain.goes_on else ""
    told = {"device": device or kept.get("device", ""), "epoch": epoch, "cursor": 0, "head_seen": [0, ""], "ev": 0}
    store.set_meta(
        STANDING, json.dumps(told | {"last_seq": last, "after": "", "whole": True, "durable": 0, "coming": []})
    )


def _keep_audit(store: Store, found: Salvaged) -> None:
    """The audit as it was, when it is whole; else it begins anew and says so (the old one is in the copy)."""
    _insert(store, "audit", found.rows["audit"])
    if "audit" in found.holes or store.audit.broken_at() is not None:
        number, last = store.audit.head()
        store.connection.execute("delete from audit")
        store.audit.note("audit-begins-anew", f"after entry {number} {last[:16]}")


def _make_the_rest(store: Store) -> None:
    """Views, sums, names that can be searched, conflicts and files that are wanted: all follow from what is there."""
    store.connection.execute("delete from record where base is null and view is null")
    store.records.rebuild()
    store.records.digests.count_anew()
    ids = [str(row[0]) for row in store.connection.execute("select id from record").fetchall()]
    records = [held for each in ids if (held := store.records.get(each)) is not None]
    store.search.index_many((held.id, held.kind, held.state, held.scope) for held in records)
    bases = list(store.records.bases(ids).values())
    store.conflicts.note(bases)
    for base in bases:
        if '"hash":"' in base.text:
            store.attachments.want(base.id, seals_in(base.state))
    store.connection.execute("delete from journal where draft not in (select id from draft)")


NAMES = {"record": "records", "draft": "drafts", "attachment": "files", "form_version": "forms"}
HOLES = {"outbox": "changes", "sending": "changes", "journal": "drafts", "audit": "audit"} | NAMES


def _unread(found: Salvaged) -> set[str]:
    """Where the last saves are missing, or rows whose table is not known."""
    cut = {HOLES[each] for each in found.cut if each in HOLES} | (
        set(HOLES.values()) if found.cut["unknown"] else set()
    )
    return cut if found.all_saves else {*HOLES.values()}


def _told(found: Salvaged, chain: Chain, store: Store) -> Told:
    names = NAMES
    ask = store.connection.execute
    kept = {word: int(ask(f"select count(*) from {table}").fetchone()[0]) for table, word in names.items()}  # noqa: S608
    lost = {names[table]: found.cut[table] for table in names if found.cut.get(table)}
    drafts = {row[0] for row in found.rows["journal"]} - {row[0] for row in found.rows["draft"]}
    if drafts:
        lost["drafts"] = lost.get("drafts", 0) + len(drafts)
    return Told(
        pages=found.pages,
        damaged=found.damaged,
        kept=kept,
        unsent=sum(chain.waits(seq) for seq in chain.lines),
        lost_unsent=sum(chain.waits(seq) for seq in chain.missing),
        lost=lost,
        perhaps=tuple(sorted({HOLES[each] for each in found.holes if each in HOLES} | _unread(found))),
        new_key=not chain.goes_on,
    )
