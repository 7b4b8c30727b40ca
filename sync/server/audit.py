"""The audit trail: who did what to which thing, by id; never a name, an answer or a code."""

from datetime import datetime

from sync.server.database import Connection


def note(connection: Connection, now: datetime, what: str, who: str, about: str) -> None:
    """Write one line, in the transaction of what it tells of."""
    values = (now, what, who, about)
    connection.execute("insert into audit (at, what, who, about) values (%s, %s, %s, %s)", values)
