"""A file that leaves the device: new, its owner's alone, whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from fieldkit.errors import DiskTrouble, Refused


class NewFile:
    """A file that was not there, readable by its owner alone; gone again when nothing whole was written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> NewFile:
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            self.number = os.open(self.path, flags, 0o600)
        except FileExistsError as there:
            raise Refused("There is a file of that name already.", "Name another; nothing was written.") from there
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
        os.close(self.number)
        if kind is not None:
            self.path.unlink(missing_ok=True)
