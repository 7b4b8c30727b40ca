"""Files that a record names and whose bytes have not come: who is waited for, and what a hash alone must not open.

A hash is no key. Whoever names one before its bytes are here might know nothing but the hash; when the bytes come
through another record, in a scope of its own, this one shows them only after they have come through it too.
"""

from dataclasses import dataclass
from datetime import datetime

from sync.changes import Change
from sync.protocol.attachments import Named, seals_in
from sync.server.database import Connection, acting_as, row
from sync.server.taking import Desk


@dataclass(frozen=True, slots=True)
class Waited:
    """A file that has not arrived through the record that names it."""

    record: str
    scope: str
    hash: str
    size: int
    """Bytes it should have."""
    received: int
    """Bytes that came so far."""
    device: str
    """Who named it: the bytes lie there. Blank for what was named before central kept this."""
    worker: str
    since: datetime


def expect(desk: Desk, change: Change) -> None:
    """Note what a change names that is not whole here; held against whoever completes it at this moment."""
    for seal, size in sorted(set(seals_in(change.patch))):
        desk.connection.execute("select pg_advisory_xact_lock_shared(hashtext(%s))", (seal,))
        desk.connection.execute(
            "insert into awaited_file (record, hash, size, device, since)"
            " select %(record)s, %(seal)s, %(size)s, %(device)s, %(now)s"
            " where not exists (select from attachment where hash = %(seal)s and whole) on conflict do nothing",
            {"record": change.record, "seal": seal, "size": size, "device": desk.device.id, "now": desk.now},
        )


def alone_with(connection: Connection, seal: str) -> None:
    """Let no change name this file until the transaction ends. Before any row of it is locked."""
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", (seal,))


def arrived(connection: Connection, named: Named) -> None:
    """A file is whole: it is waited for no more, and shown through nothing of another scope that only knew its hash.

    What a split copied from the record shows it as the record does.
    """
    connection.execute(
        "insert into unshown_file (record, hash) select w.record, w.hash from awaited_file w"
        " join record r on r.id = w.record, record here where here.id = %(record)s and w.hash = %(seal)s"
        " and r.scope <> here.scope and r.state not like %(copy)s on conflict do nothing",
        {"record": named.record, "seal": named.seal, "copy": f'%"origin":"{named.record}"%'},
    )
    connection.execute("delete from awaited_file where hash = %s", (named.seal,))


def is_shown_to(connection: Connection, scopes: set[str], named: Named) -> bool:
    """Whether another record of these scopes shows the whole file already."""
    found = connection.execute(
        "select exists (select from attachment a where a.hash = %(seal)s and a.size = %(size)s and a.whole)"
        " and exists (select from record r where r.scope = any(%(scopes)s) and r.id <> %(record)s"
        " and not r.deleted and r.state like %(named)s"
        " and not exists (select from unshown_file u where u.record = r.id and u.hash = %(seal)s))",
        {
            "seal": named.seal,
            "size": named.size,
            "scopes": sorted(scopes),
            "record": named.record,
            "named": f'%"hash":"{named.seal}"%',
        },
    ).fetchone()
    return found == (True,)


def listed(connection: Connection) -> list[Waited]:
    """What is waited for, the longest first; nothing that its record no longer names."""
    acting_as(connection, "central")
    found = connection.execute(
        "select w.record, r.scope, w.hash, w.size, w.received, w.device, coalesce(d.worker, ''), w.since from ("
        "  select a.record, a.hash, a.size, coalesce(f.received, 0) received, a.device, a.since"
        "  from awaited_file a left join attachment f using (hash)"
        ") w join record r on r.id = w.record left join device d on d.id = w.device"
        """ where not r.deleted and r.state like '%"hash":"' || w.hash || '"%' order by w.since, w.record, w.hash"""
    ).fetchall()
    return [Waited(*each) for each in found]


def count(connection: Connection) -> int:
    """How many files are waited for, as a figure."""
    return int(row(connection, "select count(*) from awaited_file")[0])


def forget(connection: Connection, records: list[str]) -> None:
    """Wait for nothing more of records that were erased."""
    connection.execute("delete from awaited_file where record = any(%s)", (records,))
