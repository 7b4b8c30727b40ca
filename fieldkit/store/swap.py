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
SIDES = ("", "-wal", "-witness")


def finish(store: Path) -> None:
    """End a rebuilding that was begun: the rebuilt store takes its place. Nothing happens where there is none."""
    ready = store.with_name(store.name + REBUILT)
    if not ready.exists():
        return
    Witness(store).release()
    for end in ("-wal", "-shm"):
        store.with_name(store.name + end).unlink(missing_ok=True)
    sync_folder(store.parent)
    os.replace(ready, store)
    sync_folder(store.parent)


def copy_aside(store: Path, folder: Path) -> None:
    """A store and what lies beside it, byte for byte, durably, into a folder that is not there yet: whole or not."""
    folder.mkdir(mode=0o700)
    try:
        for end in SIDES:
            file = store.with_name(store.name + end)
            if file.exists():
                copy_whole(file, folder / file.name)
        sync_folder(folder.parent)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)  # half a copy takes room on a full disk, and serves nobody
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
