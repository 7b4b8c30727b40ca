"""A file that leaves the device: new, its owner's alone, whole or not there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from fieldkit.errors import DiskTrouble, Refused
from fieldkit.store.room import BINARY, sync_folder


class NewFile:
    """A file that was not there, readable by its owner alone. It takes its name only when all of it is on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = path.with_name(path.name + ".unfinished")

    def __enter__(self) -> NewFile:
        if self.path.exists() or self.path.is_symlink():
            raise _there()
        try:
            self.unfinished.unlink(missing_ok=True)  # what a power cut left of the one before
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY | getattr(os, "O_NOFOLLOW", 0)
            self.number = os.open(self.unfinished, flags, 0o600)
        except OSError as wrong:
            raise Refused("That file could not be made.", "Check the folder; nothing was written.") from wrong
        return self

    def write(self, content: bytes) -> None:
        """All of it, on the disk."""
        try:
            with os.fdopen(os.dup(self.number), "wb") as sink:
                sink.write(content)
                sink.flush()
                os.fsync(sink.fileno())
        except OSError as wrong:
            raise DiskTrouble from wrong

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            os.close(self.number)
            if kind is None:
                self._name()
        except OSError as wrong:
            raise DiskTrouble from wrong
        finally:
            with suppress(OSError):
                self.unfinished.unlink(missing_ok=True)

    def _name(self) -> None:
        try:
            os.link(self.unfinished, self.path)
        except FileExistsError as there:
            raise _there() from there
        except OSError:  # a stick without hard links
            self.unfinished.rename(self.path)
        sync_folder(self.path.parent)


def _there() -> Refused:
    return Refused("There is a file of that name already.", "Name another; nothing was written.")
