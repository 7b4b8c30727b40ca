"""Changes of a schema that central does not speak yet: kept in order, and tried again when it does."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sync.changes import Change, erased, is_erased
from sync.protocol import Receipt
from sync.server.database import Connection

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
RECORDS = "array(select distinct record from held where device = %(device)s)"
"""The records about which something of a device is held, within a query."""
NAMELESS = "-"
"""The record of a change whose own is none."""
MOST_TOLD = 500
"""Outcomes told with one page."""


def keep(connection: Connection, change: Change, now: datetime) -> None:
    """Set a change apart until it can be read. Escaped to ASCII: it may hold what the database has no letters for."""
    connection.execute(
        "insert into held (record, device, seq, change, change_hash, received_at) values (%s, %s, %s, %s, %s, %s)",
        (record_of(change), change.device, change.seq, _kept(change.prev_hash, change.line), change.hash, now),
    )


def record_of(change: Change) -> str:
    """The record that later changes of the device wait for."""
    return change.record if _ID.fullmatch(change.record) else NAMELESS


def devices(connection: Connection) -> list[str]:
    """The devices of which something is held, in the order in which it came."""
    found = connection.execute("select device from held group by device order by min(place)").fetchall()
    return [str(device) for (device,) in found]


def of_device(connection: Connection, device: str) -> list[Change]:
    """What is held of a device, in the order of its chain. Lock the device first."""
    statement = "select seq, change, change_hash from held where device = %s order by seq"
    return [_change(device, *line) for line in connection.execute(statement, (device,)).fetchall()]


def count(connection: Connection) -> int:
    """How many changes are held."""
    found = connection.execute("select count(*) from held").fetchone()
    return 0 if found is None else int(found[0])


def release(connection: Connection, change: Change, receipt: Receipt) -> None:
    """A change was tried again and central has another word on it: that is its receipt from now on."""
    place = (change.device, change.seq)
    connection.execute("delete from held where device = %s and seq = %s", place)
    connection.execute("update receipt set line = %s where device = %s and seq = %s", (receipt.line(), *place))


def outcomes(connection: Connection, device: str, seqs: Iterable[int]) -> list[Receipt]:
    """What became meanwhile of changes that a device was told are held."""
    asked = sorted(seqs)[:MOST_TOLD]
    statement = (
        "select line from receipt r where device = %(device)s and seq = any(%(seqs)s)"
        " and not exists (select from held h where h.device = r.device and h.seq = r.seq) order by seq"
    )
    found = connection.execute(statement, {"device": device, "seqs": asked}).fetchall()
    return [Receipt.from_json(json.loads(line)) for (line,) in found]


def blank(owner: Connection, records: Iterable[str]) -> None:
    """Take the words of erased records out of what is held; the chain of their device still holds."""
    statement = "select record, device, seq, change from held where record = any(%s)"
    for record, device, seq, kept in owner.execute(statement, (sorted(records),)).fetchall():
        told = json.loads(kept)
        if not is_erased(told["line"]):
            owner.execute(
                "update held set change = %s where record = %s and device = %s and seq = %s",
                (_kept(told["prev_hash"], erased(told["line"])), record, device, seq),
            )


def _kept(prev_hash: str, line: str) -> str:
    return json.dumps({"prev_hash": prev_hash, "line": line})


def _change(device: str, seq: int, kept: str, known: str) -> Change:
    told: dict[str, Any] = json.loads(kept)
    return Change.of_line(told["line"], device, seq, told["prev_hash"], known)
