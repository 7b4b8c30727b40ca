"""Files over the line: in pieces that go on where they were cut, after all words."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from sync.client.replica import Replica
from sync.client.reports import Progress
from sync.errors import Rejected
from sync.protocol import Reason
from sync.protocol.attachments import PIECE, Named, Piece


class TakesFiles(Protocol):
    """The other end, as files need it."""

    def put_file(self, piece: Piece) -> tuple[int, bool]:
        """Send a piece of a file, or ask how much of it has arrived."""
        ...

    def get_file(self, asked: Piece) -> Piece:
        """Fetch a piece of a file."""
        ...


@dataclass(frozen=True, slots=True)
class FileLine:
    """Carries the files of one replica."""

    replica: Replica
    central: TakesFiles
    line: ThreadPoolExecutor = field(repr=False)

    def send_all(self, tell: Callable[[Progress], None]) -> int:
        """What central does not take for one is no reason to leave the others; how many it has whole now."""
        whole = 0
        for named in self.replica.files_to_send():
            try:
                whole += self._send(named, tell)
            except Rejected as refused:
                if refused.reason == Reason.SIGN_IN:
                    break  # The council takes nothing at all without one: it would say so of each.
        return whole

    def fetch_all(self, tell: Callable[[Progress], None]) -> int:
        """What central does not give for one is no reason to leave the others; how many are here whole now."""
        whole = 0
        for named, at in self.replica.files_to_fetch():
            with suppress(Rejected):
                whole += self._fetch(named, at, tell)
        return whole

    def _send(self, named: Named, tell: Callable[[Progress], None]) -> bool:
        received, whole = self._put(Piece(named, 0))
        while not whole:
            before = received
            received, whole = self._put(Piece(named, before, self.replica.file_piece(named, before, PIECE)))
            tell(Progress("files", received, named.size))
            if not whole and received <= before:
                return False  # Not what was sealed, or central has begun again: the next sync tries anew.
        self.replica.file_sent(named)
        return True

    def _put(self, piece: Piece) -> tuple[int, bool]:
        return self.line.submit(self.central.put_file, piece).result()

    def _fetch(self, named: Named, at: int, tell: Callable[[Progress], None]) -> bool:
        while at < named.size:
            piece = self.line.submit(self.central.get_file, Piece(named, at)).result()
            if not piece.content:
                return False  # Central has not the whole of it yet.
            self.replica.keep_piece(piece)
            at += len(piece.content)
            tell(Progress("files", at, named.size))
        return True
