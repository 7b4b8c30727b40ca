"""What central does when a family is offered, accepted or covered for: here alone it changes hands."""

from collections.abc import Iterable
from datetime import date, datetime

from sync.changes import Change
from sync.merge import Head, Merge
from sync.merge.handovers import ACCEPTED, COVER, HOLDERS, Offer, refusal
from sync.protocol import Reason
from sync.server import audit, entitlement, publish, workers
from sync.server.clock import end_of
from sync.server.database import Connection
from sync.server.errors import NotALead, NotHeld
from sync.server.taking import Desk


def bar(desk: Desk, change: Change, head: Head | None) -> Reason | None:
    """Why an offer or its answer is not taken."""
    if said := refusal(change, head, desk.device.role, desk.scopes):
        return Reason(said)
    if head is None:
        offer = Offer.of({path: value for path, value in change.patch.items() if value is not None})
        if not _holds(desk, offer.by, offer.family):
            # Glass or cover: who was lent a family gives it to nobody, and not to themselves for good.
            return Reason.NOT_ENTITLED
        return None if _can_hold(desk.connection, offer) else Reason.UNKNOWN_WORKER
    offer = Offer.of(head.state)
    if change.patch["status"] == ACCEPTED and not _holds(desk, offer.giver, offer.family):
        # Overtaken: the family went elsewhere meanwhile, and nobody can give what they do not hold.
        return Reason.SETTLED
    return None


def follow(desk: Desk, change: Change, made: Merge) -> None:
    """Show an offer to whom it is made; carry out what was accepted."""
    offer = Offer.of(made.head.state)
    if change.kind == "create":
        for person in dict.fromkeys((*offer.to, offer.giver)):
            if person != change.actor:
                entitlement.grant(desk.connection, person, [made.head.scope], change.actor, desk.now)
    elif made.head.state.get("status") == ACCEPTED:
        _carry_out(desk, offer, change)


def _carry_out(desk: Desk, offer: Offer, change: Change) -> None:
    """The receiver holds it from here on; the giver no longer, or until the day that was agreed."""
    ends = end_of(offer.until, publish.zone(desk.connection)) if offer.until else None
    to, scope = change.actor, offer.family
    if offer.way == COVER:
        entitlement.grant(desk.connection, to, [scope], offer.by, desk.now, ends)
        audit.note(desk.connection, desk.now, "cover", offer.by, f"{to} {scope} {offer.giver} {offer.until}")
    else:
        entitlement.grant(desk.connection, to, [scope], offer.by, desk.now)
        if ends is not None and ends > desk.now:
            entitlement.limit(desk.connection, offer.giver, scope, ends)
        else:
            entitlement.withdraw(desk.connection, offer.giver, scope, to, desk.now)
        audit.note(desk.connection, desk.now, "transfer", offer.by, f"{offer.giver} {to} {scope} {offer.until or ''}")
    desk.scopes.add(scope)


def _can_hold(connection: Connection, offer: Offer) -> bool:
    """Whether everybody named is a worker, and each receiver one who may be given a family."""
    wanted = {*offer.to, offer.giver}
    found = connection.execute("select id, role from worker where id = any(%s)", (sorted(wanted),)).fetchall()
    roles = {str(person): role for person, role in found}
    return wanted == set(roles) and all(roles[person] in HOLDERS for person in offer.to)


def _holds(desk: Desk, worker: str, scope: str) -> bool:
    return scope in entitlement.lasting_of(desk.connection, worker)


def cover(connection: Connection, absent: str, to: str, until: date, by: str, now: datetime) -> list[str]:
    """Let a worker hold an absent one's families and centres until a day; which. NotALead, NotHeld.

    Only what a lead may hand out by the armful: an address or restricted material is opened by name, one by one.
    """
    if workers.role_of(connection, by) != "lead" or workers.role_of(connection, to) not in HOLDERS:
        raise NotALead
    theirs, end = entitlement.ends_of(connection, absent), end_of(until, publish.zone(connection))
    scopes = sorted(swept(theirs) - entitlement.scopes_of(connection, to))
    if not scopes:
        raise NotHeld
    for scope in scopes:
        # What the absent worker was lent is not lent for longer by it.
        entitlement.grant(connection, to, [scope], by, now, min(end, theirs[scope] or end))
        audit.note(connection, now, "cover", by, f"{to} {scope} {absent} {until}")
    return scopes


def swept(scopes: Iterable[str]) -> set[str]:
    """Of these scopes the ones that may be handed out by the armful."""
    return {scope for scope in scopes if scope.startswith(("family:", "centre:"))}
