"""Copies of a store that are kept, and the moment at which a new one takes an old one's place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from fieldkit.store.room import BINARY, sync_folder
from fieldkit.store.witness import Witness

REBUILT = ".rebuilt"
"""A store that is ready to take the damaged one's place: an opening that finds it ends what was begun."""
BEFORE = ".before-"
"""What a store was before a migration to this number; it goes at the next opening that went well."""
SCRATCH = ".rebuilding"
"""A store that a rebuilding is making, and of which nothing counts before it is `REBUILT`."""
PART = ".part"
"""Ends the name of a folder that a damaged store is being copied to."""
SIDES = ("", "-wal", "-witness")


def finish(store: Path) -> None:
    """End a rebuilding that was begun: the rebuilt store takes its place. What one that was cut off left goes."""
    sweep(store)
    ready = store.with_name(store.name + REBUILT)
    if not ready.exists():
        return
    Witness(store).release()
    for end in ("-wal", "-shm"):
        store.with_name(store.name + end).unlink(missing_ok=True)
    sync_folder(store.parent)
    os.replace(ready, store)
    sync_folder(store.parent)


def sweep(store: Path) -> None:
    """Half a store and half a copy take room on a full disk, and serve nobody: the damaged store is as it was."""
    for end in (*SIDES, "-shm"):
        store.with_name(store.name + SCRATCH + end).unlink(missing_ok=True)
    for part in store.parent.glob(f"*{PART}"):
        shutil.rmtree(part, ignore_errors=True)


def copy_aside(store: Path, folder: Path) -> None:
    """A store and what lies beside it, byte for byte, durably, into a folder that is not there yet: whole or not."""
    part = folder.with_name(folder.name + PART)
    part.mkdir(mode=0o700)
    try:
        for end in SIDES:
            file = store.with_name(store.name + end)
            if file.exists():
                copy_whole(file, part / file.name)
        os.replace(part, folder)
        sync_folder(folder.parent)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise


def copy_whole(file: Path, copy: Path) -> None:
    """A copy that takes its name only when all of it is on the disk."""
    fresh = copy.with_name(copy.name + ".new")
    number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | BINARY, 0o600)
    with file.open("rb") as source, os.fdopen(number, "wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, copy)
    sync_folder(copy.parent)


def copies_before(store: Path) -> list[Path]:
    """The copies that migrations kept."""
    return sorted(store.parent.glob(f"{store.name}{BEFORE}*"))


def remove(copies: list[Path]) -> None:
    """They have served."""
    for copy in copies:
        copy.unlink(missing_ok=True)
    if copies:
        sync_folder(copies[0].parent)
