"""What follows from a change that was written, in its own transaction: one table, kind of record → what central does.

An effect decides with pure functions (`sync/merge`), writes records only with central's own hand (`Desk.hand`), and
locks what it touches in id order. A push that meets another one's locks is done again.
"""

from collections.abc import Callable, Mapping

from sync.changes import Change
from sync.merge import Merge
from sync.server import consents, escalation
from sync.server.taking import Desk

Effect = Callable[[Desk, Change, Merge], None]

EFFECTS: Mapping[str, tuple[Effect, ...]] = {
    "agreement": (consents.follow,),
    "withdrawal": (consents.follow,),
    "conflict": (consents.decided,),
    "concern": (escalation.follow_concern,),
    "notice": (escalation.follow_notice,),
}
"""What follows, by kind of record."""


def follow(desk: Desk, change: Change, made: Merge) -> None:
    """Do what follows from a change that stands."""
    for effect in EFFECTS.get(made.head.kind, ()):
        effect(desk, change, made)
