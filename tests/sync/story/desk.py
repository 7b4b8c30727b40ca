"""What is decided at central's desk in a story: who holds which family, and what is erased."""

from __future__ import annotations

from sync.server import erasing
from sync.server.database import one
from sync.server.errors import NotKnown
from tests.sync.story.world import Hand, Story


def grant(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody is given a family."""
    scope = _scope(story, a)
    story.central.grant(hand.name, scope)
    story.held[hand.worker].add(scope)


def withdraw(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """A family is taken from somebody."""
    scope = _scope(story, a)
    story.central.withdraw(hand.name, scope)
    story.held[hand.worker].discard(scope)


def move(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """A family goes from one worker to another."""
    withdraw(story, hand, a, b, c)
    grant(story, story.hands[(story.hands.index(hand) + 1) % len(story.hands)], a, b, c)


def _scope(story: Story, place: int) -> str:
    scopes = story.central.rows_of("select id from scope where id like 'family:%%' order by id")
    return str(scopes[place % len(scopes)][0])


def erase(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """A record is erased on request."""
    found = story.central.rows_of(
        "select id from record where scope like 'family:%%' and kind <> 'family' and kind <> 'conflict' order by id"
    )
    if not found:
        return
    record = str(found[a % len(found)][0])
    try:
        with one(story.central.owner_dsn) as connection:
            gone = erasing.erase(connection, [record], "desk", "asked for", story.central.clock())
    except NotKnown:
        return
    story.erased |= set(gone)
    story.ever_erased |= set(gone)


def lose(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """A mistake: a record of central is not on a laptop any more."""
    held = sorted(record for record, each in hand.keep.base().items() if each.scope.startswith("family:"))
    mine = {change.record for change in hand.keep.outbox()}
    free = [record for record in held if record not in mine]
    if free:
        hand.keep.lose(free[a % len(free)])
        hand.twofold = True
