"""The witness: a few bytes beside the store that say how far its log had come when a save was acknowledged.

SQLite reads its log up to the first frame that is not whole, and takes the rest for a save that never ended. So a log
that was damaged or cut loses saves without a word. After each commit the witness is told the log's generation and
length (never synced: it may lag behind, never run ahead); a store whose log is shorter than that has lost saves.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.errors import SavesMissing
from fieldkit.store.database import PAGE_SIZE
from fieldkit.store.room import BINARY

SUFFIX = "-witness"
_HEADER, _FRAME_HEADER = 32, 24
_FRAME = _FRAME_HEADER + PAGE_SIZE
_SIZE = 20
_GENERATIONS = 1 << 20
"""How many generations of the log the witness may lag behind after a power cut."""


@dataclass(frozen=True, slots=True)
class Length:
    """A generation of the log (its two salts) and how many frames it holds."""

    first: int
    second: int
    frames: int
    released: int = 0
    """1: it was about to be carried into the main file and emptied, so it need not be there any more."""

    def is_before(self, first: int) -> bool:
        """Whether the log has been begun anew since: SQLite counts its first salt on."""
        return 0 < (first - self.first) % (1 << 32) <= _GENERATIONS


class Witness:
    """The file beside the store."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + SUFFIX)
        self.log = store.with_name(store.name + "-wal")
        self._number = -1

    def note(self, frames: int) -> None:
        """So many frames of the log have been acknowledged."""
        salts = _salts(self.log)
        if salts is not None:
            self._write(Length(*salts, frames))

    def _write(self, length: Length) -> None:
        told = struct.pack(">IIII", length.first, length.second, length.frames, length.released)
        if self._number < 0:
            self._number = os.open(self.path, os.O_RDWR | os.O_CREAT | BINARY, 0o600)
        os.lseek(self._number, 0, os.SEEK_SET)
        os.write(self._number, told + struct.pack(">I", zlib.crc32(told)))

    def told(self) -> Length | None:
        """What it says; None when it says nothing, or cannot be read."""
        try:
            kept = self.path.read_bytes()
        except OSError:
            return None
        if len(kept) != _SIZE or zlib.crc32(kept[:-4]) != struct.unpack(">I", kept[-4:])[0]:
            return None
        return Length(*struct.unpack(">IIII", kept[:-4]))

    def misses(self) -> bool:
        """Whether the log lacks frames that were acknowledged.

        To be asked before SQLite sees the log: it takes what it can read for all there is, and removes the rest.
        """
        told = self.told()
        if told is None:
            return False
        salts = _salts(self.log)
        if salts == (told.first, told.second):
            return readable(self.log.read_bytes()) < told.frames
        return not told.released and (salts is None or not told.is_before(salts[0]))

    def release(self) -> None:
        """The log is about to be emptied or removed: durably noted before, so that it is not missed after."""
        told = self.told()
        if told is not None and not told.released:
            self._write(replace(told, released=1))
            os.fsync(self._number)
        if self._number >= 0:
            os.close(self._number)
            self._number = -1


def call_off(store: Path) -> None:
    """Before somebody else than the store itself carries its log: SavesMissing when it lacks what was acknowledged."""
    witness = Witness(store)
    if witness.misses():
        raise SavesMissing
    witness.release()


def _salts(log: Path) -> tuple[int, int] | None:
    """The generation that a log's header tells; None when it has none or an altered one."""
    try:
        with log.open("rb") as opened:
            header = opened.read(_HEADER)
    except OSError:
        return None
    if len(header) < _HEADER:
        return None
    words = struct.unpack(">8I", header)
    return (words[4], words[5]) if _sum(header[:24], _order(header), (0, 0)) == words[6:8] else None


def _order(header: bytes) -> str:
    return ">" if header[3] & 1 else "<"


def _sum(content: bytes, order: str, before: tuple[int, int]) -> tuple[int, int]:
    """SQLite's running sum over the log."""
    first, second = before
    for one, other in struct.iter_unpack(f"{order}II", content):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second


def readable(log: bytes) -> int:
    """How many frames SQLite would read of a log whose header is whole: up to the last commit before a fault."""
    header, running = log[:_HEADER], struct.unpack(">II", log[24:_HEADER])
    order, ends = _order(header), 0
    for place, at in enumerate(range(_HEADER, len(log) - _FRAME + 1, _FRAME), 1):
        head = log[at : at + _FRAME_HEADER]
        running = _sum(log[at + _FRAME_HEADER : at + _FRAME], order, _sum(head[:8], order, running))
        if head[8:16] != header[16:24] or running != struct.unpack(">II", head[16:24]):
            break
        ends = place if head[4:8] != bytes(4) else ends
    return ends
