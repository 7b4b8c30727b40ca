"""Room on the disk: how much there is, and the ballast that is given up first when there is none.

With no room at all a store in WAL mode cannot even be read: it needs a small file beside it. So a file of 8 MiB lies
in the device's folder. It goes slice by slice while the disk is full, for what is freed may be taken by others at
once, and is made whole again when there is room.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

BINARY = getattr(os, "O_BINARY", 0)
"""For every `os.open`: Windows would else write other bytes than it was given."""
BALLAST_FILE = "ballast"
BALLAST = 8 << 20
SLICE = 1 << 20
TIGHT = 1 << 20
"""With less than this a slice of the ballast goes."""
ROOMY = 64 << 20
"""With more than this it is made again."""
LOW_MIB = 200
"""With less than this people are warned."""
FEW_NAMES = 8
"""With fewer new files than this that the disk can still name the ballast goes too: it gives back its own name."""


def free(folder: Path) -> int:
    """Bytes that can still be written there."""
    return shutil.disk_usage(folder).free


def has_no_names(folder: Path) -> bool:
    """Whether hardly a new file can be made."""
    if os.name != "posix":
        return False
    told = os.statvfs(folder)
    return told.f_files > 0 and told.f_favail < FEW_NAMES


def give_up(folder: Path) -> bool:
    """Let a slice of the ballast go, or all of it where names are wanted; whether there was one."""
    file = folder / BALLAST_FILE
    try:
        left = file.stat().st_size - SLICE
        if left <= 0 or has_no_names(folder):
            file.unlink()
        else:
            os.truncate(file, left)
    except OSError:
        return False
    return True


def make_way(folder: Path) -> None:
    """Before the store is opened: when the disk is full some ballast goes."""
    with suppress(OSError):
        if free(folder) < TIGHT or has_no_names(folder):
            give_up(folder)


def keep_ballast(folder: Path) -> None:
    """Make the ballast, or make it whole, where there is plenty of room; never a reason to stop anybody."""
    file = folder / BALLAST_FILE
    with suppress(OSError):
        if (file.exists() and file.stat().st_size == BALLAST) or free(folder) < ROOMY:
            return
        _write_ballast(file)


def _write_ballast(file: Path) -> None:
    number = os.open(file, os.O_WRONLY | os.O_CREAT | BINARY, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(number, 0, BALLAST)
        else:
            os.write(number, os.urandom(BALLAST))  # not zeros: a disk that packs would hold no room for them
    except OSError:
        file.unlink()
    finally:
        os.close(number)


def sync_folder(folder: Path) -> None:
    """Make new and removed names durable; Windows keeps names durable by itself."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
