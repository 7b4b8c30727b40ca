"""How a laptop's process ends: between two calls of sync, or in the middle of a transaction of the encrypted store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from fieldkit.errors import StoreFault
from sync.client import Replica
from tests.sync.story.stores import Encrypted
from tests.sync.story.world import Crash

KEEPING = ("mark_sent", "settle", "take", "rewind", "mend", "file_sent", "keep_piece")
"""The calls that write; each is one transaction."""


class _Doomed:
    """A replica that lives for so many writing calls."""

    def __init__(self, replica: Replica, calls: int, *, before: bool) -> None:
        self._replica, self._left, self._before = replica, calls, before

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._replica, name)
        if name not in KEEPING:
            return verb

        def doomed(*asked: Any) -> Any:
            self._left -= 1
            if self._left == 0 and self._before:
                raise Crash
            told = verb(*asked)
            if self._left == 0:
                raise Crash
            return told

        return doomed


def after_calls(replica: Replica, calls: int, *, before: bool) -> Replica:
    """A process that ends at one of the calls that write: before it is done, or just after."""
    return cast(Replica, _Doomed(replica, calls, before=before))


@dataclass
class PowerCut:
    """A power cut at one of the instructions of a transaction: the files are copied as they lie at that moment."""

    keep: Encrypted
    at: int
    lies: Encrypted | None = field(default=None)
    _count: int = 0

    @property
    def replica(self) -> Replica:
        """The store's replica, under whose feet the power goes."""
        self.keep.store.connection.set_progress_handler(self._tick, 200)
        return cast(Replica, _Told(self.keep.replica))

    def left(self) -> Encrypted:
        """What there is after it: the store as the disk had it, or, when the sync was over before, the store."""
        self.keep.store.connection.set_progress_handler(None, 0)
        if self.lies is None:
            return self.keep
        self.keep.close()
        return self.lies

    def _tick(self) -> int:
        if self.lies is None and self.keep.store.connection.in_transaction:
            self._count += 1
            if self._count == self.at:
                self.lies = self.keep.as_it_lies()
        return int(self.lies is not None)


class _Told:
    """The store's own words for a cut statement are a crash to the story."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._replica, name)

        def told(*asked: Any) -> Any:
            try:
                return verb(*asked)
            except StoreFault as wrong:
                raise Crash from wrong

        return told


def at_instruction(keep: Encrypted, at: int) -> PowerCut:
    """A power cut at about the `at`-th two hundred instructions inside transactions."""
    return PowerCut(keep, at)
