"""What was erased stays erased after a restore: the ids lie beside the backups, signed, and are erased again.

Ids and dates only. The list grows: what a backup has forgotten to be erased, the list still knows.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature

from sync.changes import canonical
from sync.errors import MISSHAPEN
from sync.server import backup, erasing
from sync.server.backup import write_safely
from sync.server.backup_errors import ErasuresAltered
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as
from sync.server.keys import Keys

WHY = "erased before central was restored"


def write(folder: Path, connection: Connection, keys: Keys) -> int:
    """Bring the list beside the backups up to date; how many records it names."""
    found = connection.execute("select record, at from gone").fetchall()
    erased = {**read(folder, keys, 0), **{str(record): stamp(at) for record, at in found}}
    told = {"erased": erased, "signature": keys.receipt.sign(_said(erased)).hex()}
    write_safely(folder / "erased.json", json.dumps(told, sort_keys=True))
    return len(erased)


def tell(data: Path, connection: Connection, keys: Keys) -> dict[str, bool]:
    """Bring the list up to date in every folder with backups of this central; False where one is not to be had."""
    told: dict[str, bool] = {}
    for folder in backup.remembered(data):
        told[str(folder)] = folder.is_dir()
        if folder.is_dir():
            write(folder, connection, keys)
    return told


def read(folder: Path, keys: Keys, least: int) -> dict[str, str]:
    """The ids and when they were erased. Raises ErasuresAltered, also when fewer are named than there were."""
    file = folder / "erased.json"
    erased: dict[str, str] = {}
    if file.exists():
        try:
            told = json.loads(file.read_text("utf-8"))
            erased = {str(record): str(at) for record, at in told["erased"].items()}
            keys.receipt.public_key().verify(bytes.fromhex(told["signature"]), _said(erased))
        except (InvalidSignature, *MISSHAPEN) as wrong:
            raise ErasuresAltered from wrong
    if len(erased) < least:
        raise ErasuresAltered
    return erased


def again(owner: Connection, erased: Mapping[str, str], now: datetime) -> list[str]:
    """Erase what a restore brought back, and take no change about what it never knew; which were there."""
    acting_as(owner, "central")
    known = {str(record) for (record,) in owner.execute("select record from gone").fetchall()}
    missing = sorted(erased.keys() - known)
    found = owner.execute("select id from record where id = any(%s)", (missing,)).fetchall()
    back = sorted(str(record) for (record,) in found)
    if back:
        erasing.erase(owner, back, "central", WHY, now)
    owner.cursor().executemany(
        "insert into gone (record, at, reason) values (%s, %s, %s) on conflict do nothing",
        [(record, now, WHY) for record in missing],
    )
    return back


def _said(erased: Mapping[str, str]) -> bytes:
    return canonical(["fieldkit-erased-1", *[[record, erased[record]] for record in sorted(erased)]])
