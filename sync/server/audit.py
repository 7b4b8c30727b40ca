"""The audit trail: who did what to which thing, by id; never a name, an answer or a code. A chain of its own.

Its head's row is the last that a transaction locks: whoever notes something takes nothing else afterwards.
"""

import hashlib
from datetime import datetime

from sync.server.database import Connection, row
from sync.server.errors import AuditBroken


def note(connection: Connection, now: datetime, what: str, who: str, about: str) -> None:
    """Write one line, in the transaction of what it tells of."""
    before, chain = row(connection, "select number, hash from audit_head for update")
    number, prev = int(before) + 1, bytes(chain)
    following = link(prev, number, now, (what, who, about))
    connection.execute(
        "with told as (insert into audit (number, at, what, who, about, prev_hash, hash)"
        " values (%(number)s, %(at)s, %(what)s, %(who)s, %(about)s, %(prev)s, %(hash)s))"
        " update audit_head set number = %(number)s, hash = %(hash)s",
        {"number": number, "at": now, "what": what, "who": who, "about": about, "prev": prev, "hash": following},
    )


def link(prev: bytes, number: int, at: datetime, line: tuple[str, str, str]) -> bytes:
    """The hash of one line, over the line before it."""
    told = "\n".join((str(number), str(int(at.timestamp() * 1000)), *line))
    return hashlib.sha256(prev + told.encode()).digest()


def head(connection: Connection) -> tuple[int, str]:
    """The last number and its hash: what is written down outside, so that nobody can shorten the trail unseen."""
    number, chain = row(connection, "select number, hash from audit_head")
    return int(number), bytes(chain).hex()


def verify(connection: Connection) -> int:
    """Walk the chain; how many lines. AuditBroken names the first wrong one. As the owner: central itself only adds."""
    chain, expected = b"", 1
    with connection.cursor(name="audit") as cursor:
        cursor.execute(b"select number, at, what, who, about, prev_hash, hash from audit order by number")
        for number, at, what, who, about, before, after in cursor:
            linked = link(chain, number, at, (what, who, about))
            if number != expected or bytes(before) != chain or bytes(after) != linked:
                raise AuditBroken(f"At number {expected}.")
            chain, expected = linked, expected + 1
    if head(connection) != (expected - 1, chain.hex()):
        raise AuditBroken("At its head.")
    return expected - 1
