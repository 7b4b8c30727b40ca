"""What central has told devices, held against what it keeps: every change it answered for lies in exactly one place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sync.changes import hashed, link
from sync.protocol import SETTLED, Receipt
from sync.server.database import Connection
from sync.server.errors import LedgerBroken

ANSWERED = """
    select r.device, r.seq, r.change_hash, r.line, d.last_seq, v.prev_hash, v.line, v.made, coalesce(q.change, h.change)
    from receipt r left join device d on d.id = r.device
    left join (
        select device, seq, min(prev_hash) as prev_hash, min(line) as line, array_agg(version_hash) as made
        from version group by device, seq
    ) v on v.device = r.device and v.seq = r.seq
    left join quarantine q on q.device = r.device and q.seq = r.seq and q.change_hash = r.change_hash
    left join held h on h.device = r.device and h.seq = r.seq and h.change_hash = r.change_hash
    order by r.device, r.seq
"""
UNANSWERED = """
    select d.id from device d
    where d.worker is not null and d.last_seq <> (select count(*) from receipt r where r.device = d.id)
    order by d.id limit 1
"""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A receipt with what lies at its change's place."""

    device: str
    seq: int
    change_hash: str
    line: str = field(repr=False)
    last_seq: int | None
    prev_hash: str | None
    history: str | None = field(repr=False)
    made: list[str] | None
    aside: str | None = field(repr=False)


def verify(connection: Connection) -> int:
    """How many receipts hold; LedgerBroken names the first that does not. As the owner."""
    count, place = 0, ("", 0)
    for kept in _answered(connection):
        expected = place[1] + 1 if kept.device == place[0] else 1
        if kept.seq != expected or not _holds(kept):
            raise LedgerBroken(f"At the receipt of {kept.device}, change {expected}.")
        count, place = count + 1, (kept.device, kept.seq)
    short = connection.execute(UNANSWERED.encode()).fetchone()
    if short is not None:
        raise LedgerBroken(f"At the receipts of {short[0]}: there are more or fewer than it was answered.")
    return count


def _holds(kept: _Kept) -> bool:
    """Whether the change that was answered lies where the receipt says, and is the one."""
    try:
        receipt = Receipt.from_json(json.loads(kept.line))
        if receipt.seq != kept.seq or kept.last_seq is None:
            return False
        if receipt.outcome not in SETTLED:
            return kept.history is None and kept.aside is not None and _hash_aside(kept) == kept.change_hash
        if kept.history is None or kept.prev_hash is None or kept.aside is not None:
            return False
        known = link(kept.prev_hash, kept.device, kept.seq, *hashed(kept.history))
    except (ValueError, KeyError, TypeError):
        return False
    return known == kept.change_hash and receipt.version_hash in (kept.made or [])


def _hash_aside(kept: _Kept) -> str:
    told: dict[str, Any] = json.loads(kept.aside or "{}")
    return link(str(told["prev_hash"]), kept.device, kept.seq, *hashed(str(told["line"])))


def _answered(connection: Connection) -> Iterator[_Kept]:
    """A few thousand at a time: a council's receipts do not fit in memory."""
    with connection.cursor(name="receipts") as cursor:
        cursor.itersize = 2_000
        cursor.execute(ANSWERED.encode())
        for found in cursor:
            yield _Kept(*found)
