"""A family is not closed while a question about safeguarding is open."""

from sync.changes import Change
from sync.protocol import Reason
from sync.server.database import row
from sync.server.taking import Desk


def barred(desk: Desk, change: Change) -> Reason | None:
    """Why a closure may not stand yet. Its words are kept where it was written, to be filed again."""
    head = desk.shelf.heads.get(change.record)
    kind = head.kind if head else change.patch.get("@kind")
    scope = head.scope if head else str(change.patch.get("@scope") or "")
    closes = kind == "closure" and head is None
    closes = closes or (kind == "family" and head is not None and change.patch.get("status") == "closed")
    return Reason.OPEN_SAFEGUARDING if closes and _is_open(desk, scope) else None


def _is_open(desk: Desk, scope: str) -> bool:
    """Whether one is open in the scope: in the table, or opened or decided by this very push."""
    changed = desk.shelf.changed.values()
    here = [head for head in changed if head.scope == scope and head.state.get("class") == "A"]
    if any(head.state.get("status") != "resolved" for head in here):
        return True
    statement = (
        "select exists (select from conflict c join record r on r.id = c.record"
        " where c.is_open and c.class = 'A' and r.scope = %s and c.id <> all(%s))"
    )
    return bool(row(desk.connection, statement, (scope, [head.record for head in here]))[0])
