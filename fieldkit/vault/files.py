"""The small files beside the store: their names, and how one is written so that a power cut leaves the old or the new.

What is in them is not known here.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from pathlib import Path
from typing import Any

from fieldkit.errors import StoreDamaged, UnsafeFolder

KEY_FILE = "key.json"
KEPT_FILE = "key.json.kept"
"""The same once more, for the day on which the first is broken."""
UNFINISHED = "key.json.unfinished"
"""The key file's name until the store stands: a device that was being made when the power went is made anew."""
TRIES_FILE = "tries.json"
SHREDDED = "shredded"
"""Says that central had the keys destroyed: the store beside it opens for nobody."""
STORE_FILE = "store.db"
RECOVERY_FILE = "recovery.json"
"""The private half for the answer to a recovery that was asked for; gone when it was used."""
LOCK_FILE = "open.lock"


def read(file: Path, most: int) -> dict[str, Any]:
    """A file's object; StoreDamaged when there is none, or the file has more bytes than it may."""
    try:
        with file.open("rb") as opened:
            content = opened.read(most + 1)
        raw = json.loads(content.decode("ascii")) if len(content) <= most else None
    except (OSError, ValueError, RecursionError):
        raise StoreDamaged from None
    if not isinstance(raw, dict):
        raise StoreDamaged
    return raw


def write_whole(file: Path, content: dict[str, Any]) -> None:
    """Put a file in place of the one before: whole and durable, or not at all."""
    fresh = file.with_name(file.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        json.dump(content, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    sync_folder(file.parent)


def write_over(file: Path) -> None:
    """Write chance over a file's bytes; a copy that the disk itself made of them is beyond our reach."""
    with file.open("r+b") as out:
        out.write(secrets.token_bytes(max(file.stat().st_size, 1)))
        out.flush()
        os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """Make a new name durable; Windows keeps names durable by itself."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def refuse_open(*places: Path) -> None:
    """UnsafeFolder when others on this machine may read what is there."""
    if os.name == "posix" and any(stat.S_IMODE(place.stat().st_mode) & 0o077 for place in places):
        raise UnsafeFolder


def as_text(data: bytes) -> str:
    """Bytes as a JSON file has them."""
    return base64.b64encode(data).decode("ascii")


def as_bytes(text: str) -> bytes:
    """The bytes of such a text; ValueError when it is none."""
    return base64.b64decode(text, validate=True)
