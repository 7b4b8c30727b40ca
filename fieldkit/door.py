"""What can be told and asked of a device while somebody has it open, without its key.

The app that is open writes a few numbers beside the store (never a name), and looks every second whether it was asked
to lock. Nothing here opens anything.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

LOCK_FILE = "open.lock"
"""Held by the one fieldkit that has the store open."""
REQUEST = "lock.request"
FACTS = "open.json"


def is_open(home: Path) -> bool:
    """Whether a fieldkit has this device open now."""
    try:
        with (home / LOCK_FILE).open("r+b") as file:
            return _held(file.fileno())
    except OSError:
        return False


def _held(number: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def ask_to_lock(home: Path) -> None:
    """Leave the request where the app that is open finds it."""
    _write(home / REQUEST, b"")


def was_asked(home: Path) -> bool:
    """Whether somebody asked; the request is taken away by being read."""
    try:
        (home / REQUEST).unlink()
    except OSError:
        return False
    return True


def tell(home: Path, facts: Mapping[str, Any]) -> None:
    """Write the numbers that `fieldkit status` shows while the app is open. They hold no name and no id."""
    with suppress(OSError):  # a full disk: the app goes on, and the numbers are a little old
        _write(home / FACTS, json.dumps(dict(facts)).encode("ascii"))


def told(home: Path) -> dict[str, Any]:
    """What the app that is open wrote; empty when it wrote nothing."""
    try:
        found = json.loads((home / FACTS).read_text("ascii"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def leave(home: Path) -> None:
    """Take away what was written while it was open."""
    for name in (FACTS, REQUEST):
        with suppress(OSError):
            (home / name).unlink()


def _write(file: Path, content: bytes) -> None:
    fresh = file.with_name(file.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    fresh.replace(file)
