"""What one push works with: read once, kept in step by each change of the batch, written at the end."""

from dataclasses import dataclass, field
from datetime import datetime

from sync.changes import Policies
from sync.server import ledger
from sync.server.database import Connection
from sync.server.devices import Device
from sync.server.own import Hand
from sync.server.shelf import Shelf


@dataclass(slots=True)
class Desk:
    """What one push works with."""

    connection: Connection
    device: Device
    now: datetime
    shelf: Shelf
    scopes: set[str]
    ended: dict[str, datetime]
    """Scopes the author held once, and until when."""
    published: dict[str, Policies]
    gone: frozenset[str]
    proper: set[int]
    """The seqs of what merge, hashes and tables can hold."""
    waits: set[str]
    """Records about which an earlier change of this device is held: later ones wait behind it."""
    at: str
    """`now` as it is written into records."""
    authors: frozenset[str] = frozenset()
    """Whose changes this device may bring."""
    entries: list[ledger.Entry] = field(default_factory=list)
    _hand: Hand | None = None

    def hand(self) -> Hand:
        """Central's own hand in this push: what it writes stands in the ledger after the change that it follows."""
        if self._hand is None:
            self._hand = Hand.take(self.connection, self.now, self.entries)
        return self._hand

    def put_down(self) -> None:
        """Keep how far central's own chain has come, when it wrote anything."""
        if self._hand is not None:
            self._hand.put_down()
