"""Central brought back from a backup, as a new data folder; and the drill that shows it could be."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from sync.server import audit, backup, backup_ends, backup_erasures, backup_keys, backup_stream, draft_copies, durable
from sync.server.backup import Clock, Facts
from sync.server.backup_aside import Aside, Found, examine
from sync.server.backup_ends import Ends
from sync.server.backup_errors import ArchiveShort, DrillFailed, FolderTaken, NotOurs
from sync.server.database import Connection, one, row
from sync.server.embedded import CENTRAL, OWNER
from sync.server.keys import Keys


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be restored, and where to."""

    folder: Path
    data: Path
    name: str | None = None
    until: datetime | None = None
    even_so: bool = False
    """Also when devices were told that more is safe than comes back."""


def restore(order: Order, told_keys: Callable[[str], dict[str, str]], clock: Clock) -> dict[str, Any]:
    """Make a central of a backup: replayed, walked, erased and shut out again; devices notice."""
    if order.data.exists():
        raise FolderTaken
    facts = backup.choose(order.folder, order.name, order.until)
    if not facts.embedded:
        raise NotOurs
    try:
        keys = backup_keys.keep(order.data / "keys", told_keys(facts.name))
        return _restored(order, facts, keys, clock)
    except BaseException:
        shutil.rmtree(order.data, ignore_errors=True)
        raise


def _restored(order: Order, facts: Facts, keys: Keys, clock: Clock) -> dict[str, Any]:
    kept = read_lists(order.folder, keys, facts)
    aside, password = Aside(order.data), secrets.token_urlsafe(32)
    aside.lay(order.folder, facts)
    with aside.awake(facts.database, order.until) as dsn, one(dsn) as connection:
        found = _whole(connection, facts)
        safe = max(facts.number, backup_stream.marked(order.folder, facts.run))
        if found.number < safe and not order.even_so:
            raise ArchiveShort(f"It ends at number {found.number}, safe was {safe}.")
        again = begin_anew(connection, keys, kept, clock())
        for role in (OWNER, CENTRAL):
            connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), password))
    aside.close_to_strangers()
    if os.name != "nt":
        os.sync()
    aside.embedded.keep_secret(password)
    return {"backup": facts.name, "number": found.number, "hash": found.hash, "safe": safe, **again}


def _whole(connection: Connection, facts: Facts) -> Found:
    """Walk a copy's chains; it must go on from where its backup said it stood."""
    found = examine(connection)
    kept = connection.execute("select hash from ledger where number = %s", (facts.number,)).fetchone()
    if found.number < facts.number or (kept is not None and bytes(kept[0]).hex() != facts.hash):
        raise ArchiveShort(f"The backup stood at number {facts.number}.")
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept beside the backups to be done again."""

    erased: dict[str, str]
    ends: Ends


def read_lists(folder: Path, keys: Keys, facts: Facts | None) -> Kept:
    """The lists, which must name at least what a backup knew. Raises ErasuresAltered or EndsAltered."""
    erased = backup_erasures.read(folder, keys, facts.erased if facts else 0)
    return Kept(erased, backup_ends.read(folder, keys, facts.revoked if facts else 0))


def begin_anew(connection: Connection, keys: Keys, kept: Kept, now: datetime) -> dict[str, Any]:
    """After any restore, as the owner: erase and shut out again, and open a new epoch; what had come back."""
    again = backup_erasures.again(connection, kept.erased, now)
    draft_copies.erase(connection, keys.seal, kept.erased, now)
    shut_out = backup_ends.again(connection, kept.ends, now)
    connection.execute("update counter set epoch = %s", (secrets.token_hex(16),))
    audit.note(connection, now, "restore", "central", str(len(again)))
    return {"erased_again": len(again), **shut_out, "check": backup_ends.CHECK}


@dataclass(frozen=True, slots=True)
class Live:
    """The central that the drill compares with."""

    dsn: str = field(repr=False)
    """As the owner of its tables."""
    keys: Keys = field(repr=False)


def drill(folder: Path, live: Live, name: str | None, clock: Clock) -> dict[str, Any]:
    """Restore a backup beside, compare it with the living central, and take it away again; what a loss would mean.

    Raises what is wrong by name: BackupDamaged, RestoreFailed, LedgerBroken, DrillFailed, or a list that was altered.
    """
    with one(live.dsn) as connection:
        # Before the archive is copied: what is durable by now must be in it.
        (safe,) = row(connection, "select durable from counter")
    facts = backup.choose(folder, name, None)
    if not facts.embedded:
        raise NotOurs
    read_lists(folder, live.keys, facts)
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=folder) as beside:
        aside = Aside(Path(beside))
        aside.lay(folder, facts)
        with aside.awake(facts.database) as dsn, one(dsn) as copy, one(live.dsn) as connection:
            found = _whole(copy, facts)
            _compare(connection, found, int(safe))
            again = _said_again(copy, connection)
    with one(live.dsn) as connection:
        durable.keep(connection, "drill", clock(), found.number)
        (head,) = row(connection, "select number from counter")
    behind = int(head) - found.number
    return {"backup": facts.name, "number": found.number, "behind": behind, "said_again": again, "durable": int(safe)}


def _compare(live: Connection, found: Found, safe: int) -> None:
    """The copy's ledger must be a beginning of the living one, and reach as far as devices were told."""
    kept = live.execute("select hash from ledger where number = %s", (found.number,)).fetchone()
    if found.number and (kept is None or bytes(kept[0]).hex() != found.hash):
        raise DrillFailed(f"At number {found.number} it says something else than the ledger does.")
    if found.number < safe:
        raise DrillFailed(f"It ends at number {found.number}; devices were told that {safe} is safe.")


def _said_again(copy: Connection, live: Connection) -> int:
    """How many changes devices would have to send again."""
    statement = b"select id, last_seq from device where worker is not null"
    kept: dict[str, int] = dict(copy.execute(statement).fetchall())
    return sum(seq - kept.get(device, 0) for device, seq in live.execute(statement).fetchall())
