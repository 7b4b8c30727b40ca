"""The ledger: every accepted change in one gapless order, chained by hash, with the history and the records it made.

Numbers come from one counter row, taken after every record is locked and given back by the commit: the order of
numbers is the order of commits, so a reader by cursor skips nothing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sync.changes import Change, hashed, text_hash
from sync.changes import link as chain_link
from sync.protocol.digests import MODULUS, element
from sync.server import digests
from sync.server.book import listed
from sync.server.database import Connection, row
from sync.server.errors import LedgerBroken

RECORD = (
    "id, scope, kind, form, version, version_hash, state, field_versions,"
    " deleted, urgent, echo, number, actor, device, at"
)
VERSION = "record, version, number, version_hash, device, seq, prev_hash, line"
UPSERT = f"""
    with counted as (update counter set number = %(number)s, hash = %(hash)s)
    insert into record ({RECORD}) select {RECORD} from incoming
    on conflict (id) do update set
        scope = excluded.scope, form = excluded.form, version = excluded.version,
        version_hash = excluded.version_hash, state = excluded.state, field_versions = excluded.field_versions,
        deleted = excluded.deleted, urgent = excluded.urgent, echo = excluded.echo, number = excluded.number,
        actor = excluded.actor, device = excluded.device, at = excluded.at
"""  # noqa: S608 - column names of this module only


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted change and the record as it stands after it."""

    record: str
    scope: str
    kind: str
    form: str
    version: int
    version_hash: str
    state: str = field(repr=False)
    field_versions: str = field(repr=False)
    deleted: bool
    urgent: bool
    echo: bool
    """Whether the device that made it cannot know the outcome by itself."""
    actor: str
    device: str
    at: str
    change: Change = field(repr=False)


def write(connection: Connection, entries: list[Entry]) -> int:
    """Give each entry its number and write ledger, history and records; the new head. Call it last."""
    head, chain = row(connection, "select number, hash from counter for update")
    if not entries:
        return int(head)
    connection.execute("create temp table if not exists incoming (like record) on commit delete rows")
    numbered = list(enumerate(entries, int(head) + 1))
    chain = _write_ledger(connection, numbered, bytes(chain))
    with connection.cursor().copy(f"copy version ({VERSION}) from stdin".encode()) as copy:
        for number, entry in numbered:
            copy.write_row(_version_row(number, entry))
    with connection.cursor().copy(f"copy incoming ({RECORD}) from stdin".encode()) as copy:
        for number, entry in {entry.record: (number, entry) for number, entry in numbered}.values():
            copy.write_row(_record_row(number, entry))
    _keep_digests(connection, numbered)
    connection.execute(UPSERT.encode(), {"number": numbered[-1][0], "hash": chain})
    return numbered[-1][0]


def _keep_digests(connection: Connection, numbered: list[tuple[int, Entry]]) -> None:
    """Take what these records held out of their scopes' sums and put in what they hold now. Before they are written."""
    last = {entry.record: (number, entry) for number, entry in numbered}
    standing, before = _standing(connection, numbered)
    moved: dict[str, int] = {}
    for scope, record, known in standing:
        moved[scope] = moved.get(scope, 0) - element(record, known)
    for _, entry in last.values():
        if not entry.deleted:
            moved[entry.scope] = moved.get(entry.scope, 0) + element(entry.record, entry.version_hash)
    connection.cursor().executemany(
        "insert into digest (scope, sum) values (%s, %s) on conflict (scope) do update set sum = excluded.sum",
        [(scope, digests.packed(before.get(scope, 0) + moved[scope])) for scope in sorted(moved)],
    )
    left = [(record, scope, *last[record]) for scope, record, _ in standing if last[record][1].scope != scope]
    _note_departures(connection, [(record, scope, number, entry.version) for record, scope, number, entry in left])


def _standing(
    connection: Connection, numbered: list[tuple[int, Entry]]
) -> tuple[list[tuple[str, str, str]], dict[str, int]]:
    """What these records hold now (scope, id, hash), and the sums of the scopes they are in and will be in."""
    # By a list of ids: joined with a table nobody has counted, the whole of `record` would be read.
    statement = (
        "with standing as (select scope, id, version_hash from record"
        " where id = any(string_to_array(%(ids)s, ' ')) and not deleted)"
        " select scope, id, version_hash, null from standing union all select scope, '', '', sum from digest"
        " where scope = any(%(scopes)s) or scope in (select scope from standing)"
    )
    values = {
        "ids": listed({entry.record for _, entry in numbered}),
        "scopes": sorted({entry.scope for _, entry in numbered}),
    }
    found = connection.execute(statement, values).fetchall()
    standing = [(scope, record, known) for scope, record, known, kept in found if kept is None]
    return standing, {scope: int.from_bytes(kept, "big") for scope, _, _, kept in found if kept is not None}


def _note_departures(connection: Connection, left: list[tuple[str, str, int, int]]) -> None:
    """Keep which records live in another scope from now on: devices that hold only the old one must drop them."""
    if left:
        connection.cursor().executemany(
            "insert into departed (record, scope, number, version) values (%s, %s, %s, %s)"
            " on conflict (scope, record) do update set number = excluded.number, version = excluded.version",
            left,
        )


def _write_ledger(connection: Connection, numbered: list[tuple[int, Entry]], chain: bytes) -> bytes:
    columns = "number, record, scope, version, change_hash, prev_hash, hash"
    with connection.cursor().copy(f"copy ledger ({columns}) from stdin".encode()) as copy:
        for number, entry in numbered:
            change = bytes.fromhex(entry.change.hash)
            following = link(chain, number, entry.record, entry.scope, entry.version, change)
            copy.write_row((number, entry.record, entry.scope, entry.version, change, chain, following))
            chain = following
    return chain


def _version_row(number: int, entry: Entry) -> tuple[object, ...]:
    change = entry.change
    place = (change.device, change.seq, change.prev_hash)
    return (entry.record, entry.version, number, entry.version_hash, *place, change.line)


def _record_row(number: int, entry: Entry) -> tuple[object, ...]:
    return (
        entry.record,
        entry.scope,
        entry.kind,
        entry.form,
        entry.version,
        entry.version_hash,
        entry.state,
        entry.field_versions,
        entry.deleted,
        entry.urgent,
        entry.echo,
        number,
        entry.actor,
        entry.device,
        entry.at,
    )


def link(prev: bytes, number: int, record: str, scope: str, version: int, change_hash: bytes) -> bytes:
    """The hash of one ledger row, over the row before it."""
    line = f"{number}\n{record}\n{scope}\n{version}\n".encode()
    return hashlib.sha256(prev + line + change_hash).digest()


def verify(connection: Connection) -> dict[str, int]:
    """Walk the chain and compare it with the history and the records; LedgerBroken names the first wrong number."""
    connection.execute("select set_config('fieldkit.reader', 'central', true)")
    chain, expected = b"", 1
    statement = (
        "select l.number, l.record, l.scope, l.version, l.change_hash, l.prev_hash, l.hash,"
        " v.device, v.seq, v.prev_hash, v.line from ledger l"
        " left join version v on v.record = l.record and v.version = l.version and v.number = l.number"
        " order by l.number"
    )
    for number, record, scope, version, change, before, after, *kept in _stream(connection, statement):
        linked = link(chain, number, record, scope, version, bytes(change))
        if (
            number != expected
            or bytes(before) != chain
            or bytes(after) != linked
            or _hash_of(*kept) != bytes(change).hex()
        ):
            raise LedgerBroken(f"At number {expected}.")
        chain, expected = linked, expected + 1
    head, known = row(connection, "select number, hash from counter")
    if int(head) != expected - 1 or bytes(known) != chain:
        raise LedgerBroken("At its head.")
    _compare_records(connection)
    return {"entries": expected - 1}


def verify_digests(connection: Connection) -> None:
    """Make every scope's sum anew; LedgerBroken names a scope whose kept sum is another."""
    connection.execute("select set_config('fieldkit.reader', 'central', true)")
    made: dict[str, int] = {}
    for scope, record, known in _stream(connection, "select scope, id, version_hash from record where not deleted"):
        made[scope] = (made.get(scope, 0) + element(record, known)) % MODULUS
    kept = digests.of(connection, None)
    for scope in sorted({*made, *kept}):
        if made.get(scope, 0) != kept.get(scope, 0):
            raise LedgerBroken(f"At the digest of {scope}.")


def _compare_records(connection: Connection) -> None:
    """Every record must be what its last version in the history says, by hash and in its words."""
    statement = (
        "select r.id, r.version, r.version_hash, r.state, v.version_hash from record r"
        " left join version v on v.record = r.id and v.version = r.version"
    )
    for record, version, known, state, kept in _stream(connection, statement):
        if kept != known or text_hash(record, version, state) != known:
            raise LedgerBroken(f"At record {record}.")


def _hash_of(device: str | None, seq: int, prev_hash: str, line: str) -> str:
    """The hash of a change as the history has it; of an erased one from what stays."""
    return "" if device is None else chain_link(prev_hash, device, seq, *hashed(line))


def _stream(connection: Connection, statement: str) -> Iterator[tuple[Any, ...]]:
    """Rows a few thousand at a time: a council's ledger does not fit in memory."""
    with connection.cursor(name="verify") as cursor:
        cursor.itersize = 2_000
        cursor.execute(statement.encode())
        yield from cursor
