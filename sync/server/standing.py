"""What a device last said of itself: only numbers and kinds, for the day on which it is lost."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sync.errors import Malformed
from sync.server.clock import stamp
from sync.server.database import Connection

MOST = 1_000
"""Characters of it."""


def keep(connection: Connection, device: str, told: object, now: datetime) -> None:
    """Keep it in place of what was said before. Malformed for anything but a small object."""
    words = json.dumps(told)
    if not isinstance(told, dict) or len(words) > MOST:
        raise Malformed
    connection.execute(
        "insert into device_standing (device, told, at) values (%s, %s, %s)"
        " on conflict (device) do update set told = excluded.told, at = excluded.at",
        (device, words, now),
    )


def last(connection: Connection, device: str) -> Mapping[str, Any]:
    """What it said last, and when; empty when it never did."""
    found = connection.execute("select told, at from device_standing where device = %s", (device,)).fetchone()
    return {**json.loads(found[0]), "said_at": stamp(found[1])} if found else {}
