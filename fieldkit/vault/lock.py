"""One fieldkit at a time on one store: a lock that the system lets go of however its holder ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from fieldkit.errors import AlreadyOpen, DiskTrouble
from fieldkit.vault.files import LOCK_FILE


def take(home: Path) -> IO[bytes]:
    """The lock, until it is closed; AlreadyOpen when another has it."""
    try:
        held = os.fdopen(os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except OSError:
        raise DiskTrouble from None
    try:
        if sys.platform == "win32":
            import msvcrt

            held.seek(0)
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        held.close()
        raise AlreadyOpen from taken
    return held
