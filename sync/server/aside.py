"""What is set aside for a person to look at: the change as it came, once."""

import json
from collections.abc import Sequence
from datetime import datetime

from sync.changes import Change, erased
from sync.protocol import Reason
from sync.server.database import Connection


def keep(
    connection: Connection, changes: Sequence[Change], reason: Reason, now: datetime, *, gone: bool = False
) -> None:
    """Set changes aside for a reason; without their words where the record is `gone`."""
    connection.cursor().executemany(
        "insert into quarantine (device, seq, change_hash, reason, change, received_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        [(each.device, each.seq, each.hash, reason, _kept(each, gone), now) for each in changes],
    )


def _kept(change: Change, gone: bool) -> str:
    """Escaped to ASCII: what was refused may hold what the database has no letters for."""
    line = erased(change.line) if gone else change.line
    return json.dumps({"prev_hash": change.prev_hash, "line": line})
