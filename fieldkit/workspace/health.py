"""What is wrong with a device's folder and what to do, in plain words; without the key, and nothing personal."""

from __future__ import annotations

import json
import os
import platform
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit import door, vault
from fieldkit.errors import KeyFileDamaged
from fieldkit.store import room, swap
from fieldkit.store.database import PAGE_SIZE
from fieldkit.store.witness import Witness
from fieldkit.workspace.views import Finding

REBUILD = "Do not delete anything. `fieldkit doctor --rebuild` shows what can be read again."
SWAPS = Path("/proc/swaps")


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a device's folder."""

    facts: dict[str, object]
    found: list[Finding] = field(default_factory=list)
    damaged: bool = False
    """Whether something that was saved may not be readable."""


def look_at(home: Path) -> Health:
    """Everything that can be known without the key."""
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    store, key_file = home / vault.STORE_FILE, home / vault.KEY_FILE
    facts: dict[str, object] = {
        "python": platform.python_version(),
        "system": platform.system(),
        "store": store.exists(),
        "key_file": key_file.exists(),
        "free_mib": room.free(nearest) >> 20,
    }
    if not home.exists():
        return Health(facts)
    damage, advice = list(_damage(home, store, key_file)), list(_advice(home))
    facts |= {
        "store_mib": (store.stat().st_size if store.exists() else 0) >> 20,
        "ballast": (home / room.BALLAST_FILE).exists(),
        "open": door.is_open(home),
        "copies": [each.name for each in (*swap.copies_before(store), *sorted(home.glob("damaged-*")))],
        "swap": _swap(),
    }
    return Health(facts, [*damage, *advice], damaged=bool(damage))


def _damage(home: Path, store: Path, key_file: Path) -> Iterator[Finding]:
    """What of the store and its key is missing or not whole."""
    if (home / vault.SHREDDED).exists():
        yield Finding("keys", "destroyed on central's order", "Nothing here opens any more. Give the laptop back.")
        return
    unfinished = (home / vault.UNFINISHED).exists()
    if store.exists() and not key_file.exists() and not unfinished:
        yield Finding(
            "key file", "not there", "Put back the copy of key.json, or ask for recovery. Do not make a new one."
        )
    if key_file.exists() and not _is_json(key_file):
        kept = _is_json(home / vault.KEPT_FILE)
        cure = "Its copy stands in for it; open the device once, and both are whole." if kept else KeyFileDamaged.cure
        yield Finding("key file", "cannot be read", cure)
    if key_file.exists() and not store.exists():
        yield Finding("store", "not there", REBUILD)
    if store.exists() and not unfinished and store.stat().st_size < PAGE_SIZE:
        yield Finding("store", "empty or cut short", REBUILD)
    elif store.exists() and store.stat().st_size % PAGE_SIZE:
        yield Finding("store", "its length is not one that it can have", REBUILD)
    if Witness(store).misses():
        yield Finding("log", "the last saves cannot be read from it", REBUILD)


def _is_json(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_text("ascii")), dict)
    except (OSError, ValueError, RecursionError):
        return False


def _advice(home: Path) -> Iterator[Finding]:
    """What is not damage and should be seen to."""
    free = room.free(home)
    if free >> 20 < room.LOW_MIB:
        yield Finding("disk", f"{free >> 20} MiB free", "Make room soon: with none left nothing more can be saved.")
    if os.name == "posix":
        yield from _modes(home)
    if any(not os.access(each, os.W_OK) for each in (home, *home.iterdir()) if each.is_file() or each == home):
        yield Finding(
            "folder", "cannot be written", "The disk is read-only, or the folder is not yours: have it made writable."
        )
    if swap.copies_before(home / vault.STORE_FILE):
        yield Finding("copy", "of the store before an update", "It goes at the next opening that goes well.")
    if any(home.glob("damaged-*")):
        yield Finding(
            "copy", "of a damaged store", "Delete it when nobody needs it any more; it is encrypted as it was."
        )
    if _swap() == "plain":
        yield Finding("swap", "not encrypted", "Have it encrypted or switched off: memory can be written to it.")


def _modes(home: Path) -> Iterator[Finding]:
    for place in (home, *sorted(each for each in home.iterdir() if each.is_file())):
        told = place.stat()
        if stat.S_IMODE(told.st_mode) & 0o077:
            name = "the folder" if place == home else place.name
            yield Finding("modes", f"others can read {name}", "Make it yours alone (mode 0700, files 0600).")
        if told.st_uid != os.geteuid():
            yield Finding("owner", "not you", "Start fieldkit as the owner of its folder, or have it given to you.")
            return


def _swap() -> str:
    """none, encrypted (or in memory), plain, or unknown."""
    with suppress(OSError):
        names = [line.split()[0] for line in SWAPS.read_text("ascii").splitlines()[1:] if line.split()]
        if not names:
            return "none"
        return "encrypted" if all("zram" in name or "/dm-" in name or "mapper" in name for name in names) else "plain"
    return "unknown"
