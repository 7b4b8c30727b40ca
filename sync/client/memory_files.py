"""What the plain twin holds of central, and the files beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sync.changes import State
from sync.protocol.attachments import Named, Piece, seals_in


@dataclass(frozen=True, slots=True)
class Held:
    """A record as this device has it from central."""

    record: str
    kind: str
    scope: str
    version: int
    version_hash: str
    state: State = field(repr=False)


class MemoryFiles:
    """Files by their seal, as far as they are here."""

    base: dict[str, Held]
    files: dict[str, bytes]
    files_there: set[str]

    def _named(self) -> list[Named]:
        files = [(each.record, *file) for each in self.base.values() for file in seals_in(each.state)]
        return [Named(*each) for each in files]

    def files_to_send(self) -> Sequence[Named]:
        """The files central may not have yet."""
        here = [each for each in self._named() if len(self.files.get(each.seal, b"")) == each.size]
        return [each for each in here if each.seal not in self.files_there]

    def files_to_fetch(self) -> Sequence[tuple[Named, int]]:
        """The files whose bytes are not here."""
        told = [(each, len(self.files.get(each.seal, b""))) for each in self._named()]
        return [(each, at) for each, at in told if at < each.size]

    def file_piece(self, named: Named, at: int, count: int) -> bytes:
        """Some bytes of a file."""
        return self.files[named.seal][at : at + count]

    def file_sent(self, named: Named) -> None:
        """Central has it."""
        self.files_there.add(named.seal)

    def keep_piece(self, piece: Piece) -> None:
        """Bytes that arrived."""
        seal = piece.named.seal
        so_far = self.files.get(seal, b"")[: piece.at] + piece.content
        wrong = len(so_far) == piece.named.size and hashlib.sha256(so_far).hexdigest() != seal
        self.files[seal] = b"" if wrong else so_far
        if len(so_far) == piece.named.size and not wrong:
            self.files_there.add(seal)
