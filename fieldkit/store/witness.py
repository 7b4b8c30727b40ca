"""The witness: a few bytes beside the store that say how far its log had come when a save was acknowledged.

SQLite reads its log up to the first frame that is not whole, and takes the rest for a save that never ended. So a log
that was damaged or cut loses saves without a word. After each commit the witness is told the log's generation and
length (never synced: it may lag behind, never run ahead); a store whose log is shorter than that has lost saves.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from fieldkit.store.room import sync_folder

SUFFIX = "-witness"
_HEADER = 32
_GENERATIONS = 1 << 20
"""How many generations of the log the witness may lag behind after a power cut."""


@dataclass(frozen=True, slots=True)
class Length:
    """A generation of the log (its two salts) and how many frames it holds."""

    first: int
    second: int
    frames: int

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
        if salts is None:
            return
        told = struct.pack(">III", *salts, frames)
        if self._number < 0:
            self._number = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        os.lseek(self._number, 0, os.SEEK_SET)
        os.write(self._number, told + struct.pack(">I", zlib.crc32(told)))

    def told(self) -> Length | None:
        """What it says; None when it says nothing, or cannot be read."""
        try:
            kept = self.path.read_bytes()
        except OSError:
            return None
        if len(kept) != 16 or zlib.crc32(kept[:12]) != struct.unpack(">I", kept[12:])[0]:
            return None
        return Length(*struct.unpack(">III", kept[:12]))

    def misses(self, frames: int) -> bool:
        """Whether the log, of which so many frames can be read, lacks some that were acknowledged."""
        told = self.told()
        if told is None:
            return False
        salts = _salts(self.log)
        if salts is None:
            return True
        if salts == (told.first, told.second):
            return frames < told.frames
        return not told.is_before(salts[0])

    def forget(self) -> None:
        """The log is about to be emptied or removed: from now on it is no witness, also after a power cut."""
        if self._number >= 0:
            os.close(self._number)
            self._number = -1
        if self.path.exists():
            try:
                self.path.unlink()
            except OSError:
                self.path.write_bytes(b"")
            sync_folder(self.path.parent)


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
    order = ">" if words[0] & 1 else "<"
    first = second = 0
    for one, other in struct.iter_unpack(f"{order}II", header[:24]):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return (words[4], words[5]) if (first, second) == words[6:8] else None
