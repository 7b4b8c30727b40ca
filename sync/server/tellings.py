"""Who must be told that a permission was taken back: every agency that something had gone to by it. Each once."""

import json
from datetime import timedelta
from uuid import UUID, uuid5

from sync.changes import Change, State
from sync.merge import Head, Merge
from sync.merge.consent import ALL, WITHDRAWN, name
from sync.merge.policies import entries
from sync.server.book import Standing
from sync.server.clock import stamp
from sync.server.own import Saying
from sync.server.taking import Desk

NAMESPACE = UUID("7c1e2f43-96d5-5a0b-b1b9-0c4f6a8e2d17")
WITHIN = timedelta(hours=24)
WHAT = "tell-of-withdrawal"


def follow(desk: Desk, _change: Change, made: Merge) -> None:
    """After a share has left, or a permission was said anew."""
    tell(desk, made.head)


def tell(desk: Desk, about: Head) -> None:
    """A `due` for every share that has left and whose permission stands withdrawn now."""
    taken = {
        (str(state.get("giver")), str(state.get("agency")))
        for state in _states(desk, about.scope, "permission").values()
        if state.get("decision") == WITHDRAWN
    }
    if not taken:
        return
    for share, state in _states(desk, about.scope, "share").items():
        agency, givers = name(state.get("agency")), entries(state.get("givers"))
        if state.get("status") == "left" and any((giver, a) in taken for giver in givers for a in (agency, ALL)):
            record, standing = desk.hand().place(uuid5(NAMESPACE, share).hex, "due")
            told = {"what": WHAT, "about": share, "due": stamp(desk.now + WITHIN)}
            if standing is None:
                desk.hand().say(Saying(record, "due", told, about.scope), None)


def _states(desk: Desk, scope: str, kind: str) -> dict[str, State]:
    """The records of a kind in a scope, as this push has made them."""
    found = desk.connection.execute(
        "select id, state from record where scope = %s and kind = %s and not deleted", (scope, kind)
    ).fetchall()
    states: dict[str, State] = {record: dict(json.loads(state)) for record, state in found}
    made: list[Head | Standing] = [*desk.shelf.heads.values(), *desk.hand().written.values()]
    for each in made:
        if (each.scope, each.kind, each.deleted) == (scope, kind, False):
            states[each.record] = each.state
    return states
