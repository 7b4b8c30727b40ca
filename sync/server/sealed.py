"""Words that a device sealed when it lost their scope, and that a central that was put back does not have any more.

The device says those changes again without their words; they lie in quarantine with their hashes. The sealed words,
carried like a courier's file, are put there, so that a lead who holds the family sees and settles them. The device is
told nothing: who lost the family does not get it back by having written in it.
"""

import json

from sync.changes import Change
from sync.errors import Malformed
from sync.protocol import Reason, parse
from sync.server.database import Connection, acting_as


def read(body: bytes) -> tuple[int, str] | None:
    """The place and the line of a sealed change; None for what is none."""
    try:
        told = parse(body)
        return int(told["seq"]), str(told["line"])
    except (Malformed, KeyError, TypeError, ValueError):
        return None


def take(connection: Connection, device: str, seq: int, line: str) -> None:
    """Put the words to the change that came without them, when its hash says so; else central has or wants them not."""
    acting_as(connection, "central")
    statement = "select change_hash, change from quarantine where device = %s and seq = %s and reason = %s"
    for known, kept in connection.execute(statement, (device, seq, Reason.ERASED)).fetchall():
        change = _change(line, device, seq, json.loads(kept)["prev_hash"])
        if change is None or change.hash != known or _is_erased(connection, change.record):
            continue
        connection.execute(
            "update quarantine set change = %s, reason = %s where device = %s and seq = %s and change_hash = %s",
            (json.dumps({"prev_hash": change.prev_hash, "line": line}), Reason.MOVED, device, seq, known),
        )


def _change(line: str, device: str, seq: int, before: str) -> Change | None:
    try:
        return Change.of_line(line, device, seq, before)
    except (ValueError, KeyError, TypeError):
        return None


def _is_erased(connection: Connection, record: str) -> bool:
    return connection.execute("select 1 from gone where record = %s", (record,)).fetchone() is not None
