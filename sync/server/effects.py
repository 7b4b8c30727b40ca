"""What follows from a change that was written, in its own transaction: one table, kind of record → what central does.

An effect decides with pure functions (`sync/merge`), writes records only with central's own hand (`Desk.hand`), and
locks what it touches in id order. A push that meets another one's locks is done again.
"""

from collections.abc import Callable, Mapping

from sync.changes import Change
from sync.merge import Head, Merge
from sync.protocol import Reason
from sync.server import consents, countersign, escalation, files, handovers, named, projections, tellings
from sync.server.taking import Desk

Effect = Callable[[Desk, Change, Merge], None]

Bar = Callable[[Desk, Change, Head | None], Reason | None]


def _centrals_own(_desk: Desk, _change: Change, _head: Head | None) -> Reason:
    """Nobody but central writes these."""
    return Reason.NOT_YOUR_ROLE


def _central_begins(_desk: Desk, change: Change, _head: Head | None) -> Reason | None:
    """Central writes these first, and people answer them."""
    return Reason.NOT_YOUR_ROLE if change.kind == "create" else None


EFFECTS: Mapping[str, tuple[Effect, ...]] = {
    "handover": (handovers.follow,),
    "address": (named.follow,),
    "attendance": (projections.follow,),
    "family": (projections.hide,),
    "person": (projections.hide,),
    "agreement": (consents.follow, tellings.follow),
    "withdrawal": (consents.follow, tellings.follow),
    "share": (tellings.follow,),
    "signature": (countersign.follow,),
    "conflict": (consents.decided,),
    "concern": (escalation.follow_concern,),
    "notice": (escalation.follow_notice,),
}
"""What follows, by kind of record."""
BARS: Mapping[str, Bar] = {
    "handover": handovers.bar,
    "attendance": projections.bar,
    "attended": _centrals_own,
    countersign.KIND: _centrals_own,
    "link": _centrals_own,
    "notice": _central_begins,
    "due": _central_begins,
}
"""What is asked before such a change is merged, once its author may write where it belongs."""


def follow(desk: Desk, change: Change, made: Merge) -> None:
    """Do what follows from a change that stands."""
    for effect in EFFECTS.get(made.head.kind, ()):
        effect(desk, change, made)
    escalation.tell_withdrawn(desk, change, made)
    files.follow(desk, change, made)


def barred(desk: Desk, change: Change, kind: str) -> Reason | None:
    """Why a change to a record of this kind may not be merged."""
    bar = BARS.get(kind)
    return bar(desk, change, desk.shelf.heads.get(change.record)) if bar else None
