"""Erasing records on request: words and salt go everywhere, the chains stay whole, every device is told `gone`."""

import json
from collections.abc import Iterable
from datetime import datetime

from sync.changes import Change, erased, state_text
from sync.server import audit, awaited, book, consents, files, held, own
from sync.server.database import Connection, acting_as, row
from sync.server.errors import NoSuchRecord


def erase(owner: Connection, records: Iterable[str], by: str, reason: str, now: datetime) -> list[str]:
    """Erase records with their conflicts; which. As the owner of the tables. NotKnown when there is none of them."""
    acting_as(owner, "central")
    wanted = _with_conflicts(owner, set(records))
    standing = book.lock(owner, wanted)
    if not standing:
        raise NoSuchRecord
    ids = sorted(standing)
    own.end(owner, standing.values(), now)
    files.forget(owner, [state_text(each.state) for each in standing.values()])
    awaited.forget(owner, ids)
    owner.cursor().executemany(
        "insert into gone (record, at, reason) values (%s, %s, %s) on conflict do nothing",
        [(record, now, reason) for record in ids],
    )
    _blank_history(owner, ids)
    _blank_quarantine(owner, set(ids))
    held.blank(owner, ids)
    consents.forget(owner, ids)
    audit.note(owner, now, "erase", by, " ".join(ids)[:2_000])
    return ids


def are_there(connection: Connection, records: list[str]) -> bool:
    """Whether there is something to erase and each of it is central's: else one slip would go unseen among many."""
    acting_as(connection, "central")
    (found,) = row(connection, "select count(*) from record where id = any(%s)", (records,))
    return 0 < len(set(records)) == int(found)


def of_scope(connection: Connection, scope: str) -> list[str]:
    """The records of a scope."""
    acting_as(connection, "central")
    found = connection.execute("select id from record where scope = %s order by id", (scope,)).fetchall()
    return [str(record) for (record,) in found]


def _with_conflicts(connection: Connection, records: set[str]) -> set[str]:
    found = connection.execute("select id from conflict where record = any(%s)", (sorted(records),)).fetchall()
    return records | {str(record) for (record,) in found}


def _blank_history(connection: Connection, records: list[str]) -> None:
    statement = "select record, version, line from version where record = any(%s)"
    rows = connection.execute(statement, (records,)).fetchall()
    connection.cursor().executemany(
        "update version set line = %s where record = %s and version = %s",
        [(erased(line), record, version) for record, version, line in rows],
    )


def _blank_quarantine(connection: Connection, records: set[str]) -> None:
    """What was set aside names its record only in its line."""
    for device, seq, known, kept in connection.execute(
        "select device, seq, change_hash, change from quarantine"
    ).fetchall():
        told = json.loads(kept)
        if Change.of_line(told["line"], device, seq, told["prev_hash"], known).record in records:
            connection.execute(
                "update quarantine set change = %s where device = %s and seq = %s and change_hash = %s",
                (json.dumps({**told, "line": erased(told["line"])}), device, seq, known),
            )
