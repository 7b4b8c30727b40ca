"""Copies of central: made, brought back, tried out, and what is durable by them."""

import signal
import threading
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from sync.server import backup
from sync.server.backup_stream import Archive, archiving
from sync.server.clock import real_clock
from sync.server.database import is_begun, one, row
from sync.server.desk import Desk, at_desk
from sync.server.desk_errors import NotBegun
from sync.server.errors import NotWritten
from sync.server.verbs.core import FILE, FOLDER, MOST_NUMBER, central, given_phrase, located, telling, verb

HERE = click.Path(path_type=Path, file_okay=False, exists=True)


@verb("backup")
@click.option("--to", "folder", type=FOLDER, required=True, help="Where backups lie: another disk, itself encrypted.")
@click.option("--with-keys", "passphrase", type=FILE, help="Central's keys too, sealed by the passphrase in this file.")
@click.option(
    "--keep", type=click.IntRange(1), help="Let go of all but so many of the newest, and what is before them."
)
def make_backup(data: Path, dsn: str | None, folder: Path, passphrase: Path | None, keep: int | None) -> dict[str, Any]:
    """Copy central while it works, check the copy, and let devices know what is safe."""
    from sync.server import backup_ends, backup_erasures, backup_keys

    phrase = None if passphrase is None else given_phrase(passphrase)
    with at_desk(data, dsn) as desk:
        source = _source(desk, dsn)
        backup.remember(data, folder)
        with one(source.dsn) as connection:
            backup_erasures.write(folder, connection, desk.keys)
            backup_ends.write(folder, connection, desk.keys)
        facts = backup.make(folder, source, real_clock)
        with one(source.dsn) as connection:
            # Again: what was erased or refused meanwhile may be counted in the backup already.
            backup_erasures.write(folder, connection, desk.keys)
            backup_ends.write(folder, connection, desk.keys)
        if phrase is not None:
            backup_keys.seal(folder, facts.name, data / "keys", phrase)
        with one(source.dsn) as connection:
            run = backup.run_of(connection)
        gone = backup.prune(folder, keep, run) if keep else []
    return {"backup": facts.name, "number": facts.number, "archive": facts.run or "none", "let_go": gone}


@verb("restore")
@click.option("--from", "folder", type=HERE, required=True, help="Where backups lie.")
@click.option("--until", default="latest", help="A time such as 2026-11-23T09:00:00+00:00; else all that is there.")
@click.option("--backup", "name", help="Not the newest, but this one.")
@click.option("--keys", type=HERE, help="A copy of the old data folder's `keys`.")
@click.option("--passphrase-file", "passphrase", type=FILE, help="Of a backup made --with-keys.")
@click.option("--even-so", is_flag=True, help="Also when more was said to be safe than comes back.")
def restore(data: Path, dsn: str | None, folder: Path, until: str, **told: Any) -> dict[str, Any]:
    """Bring central back as a new data folder: replayed, verified, erased, shut out again; devices notice."""
    from sync.server import backup_keys
    from sync.server.backup_errors import NeedsKeys, NotOurs
    from sync.server.backup_restore import Order
    from sync.server.backup_restore import restore as bring_back

    if dsn is not None:
        raise NotOurs

    def keys_of(name: str) -> dict[str, str]:
        if told["keys"] is not None:
            return backup_keys.copied(told["keys"])
        if told["passphrase"] is None:
            raise NeedsKeys
        return backup_keys.unseal(folder, name, given_phrase(told["passphrase"]))

    order = Order(folder, data, told["name"], _time(until), told["even_so"])
    return {"data": str(data), **bring_back(order, keys_of, real_clock)}


@verb("restored")
@click.option("--from", "folder", type=HERE, required=True, help="Where backups lie, with the list of what was erased.")
def restored(data: Path, dsn: str | None, folder: Path) -> dict[str, Any]:
    """After its administrator restored the council's own server: verify, erase, shut out again; devices notice."""
    from sync.server.backup_aside import examine
    from sync.server.backup_restore import begin_anew, read_lists

    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        found = examine(connection)
        again = begin_anew(connection, desk.keys, read_lists(folder, desk.keys, None), real_clock())
        return {"number": found.number, "hash": found.hash, **again}


@verb("drill")
@click.option("--from", "folder", type=HERE, required=True, help="Where backups lie.")
@click.option("--backup", "name", help="Not the newest, but this one.")
def try_out(data: Path, dsn: str | None, folder: Path, name: str | None) -> dict[str, Any]:
    """Restore the newest backup beside, compare it with the living central, say what a loss would mean, remove it."""
    from sync.server.backup_restore import Live, drill

    with at_desk(data, dsn) as desk:
        return {"drill": "good", **drill(folder, Live(desk.owner_dsn, desk.keys), name, real_clock)}


@verb("durable")
@click.option(
    "--number",
    type=click.IntRange(0, MOST_NUMBER),
    help="Your archive has the commit of this ledger number on its disk.",
)
def durable_number(data: Path, dsn: str | None, number: int | None) -> dict[str, Any]:
    """What is written and what is safe; or say up to which number your own archive has it."""
    from sync.server import durable

    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        (written,) = row(connection, "select number from counter")
        if number is not None and number > int(written):
            raise NotWritten
        if number is not None:
            durable.mark_durable(connection, number)
            durable.keep(connection, "archive", real_clock(), number)
        head, safe = row(connection, "select number, durable from counter")
        # Asked after the number: its commit lies before this place of the log.
        (place,) = row(connection, "select pg_current_wal_insert_lsn()::text")
        ages = {f"{what}_age_seconds": int(age) for what, age in durable.ages(connection).items()}
        return {"number": head, "durable": safe, "place": place, **ages}


@central.command("archive")
@located
@click.option("--to", "folder", type=FOLDER, required=True, help="Where backups lie.")
def archive(data: Path, dsn: str | None, folder: Path) -> None:
    """Stream the database's log into the backup folder until told to stop; `serve --archive` does it beside serving."""
    signal.signal(signal.SIGTERM, _leave)
    with telling(), at_desk(data, dsn) as desk, archive_of(desk, dsn, folder):
        threading.Event().wait()


def archive_of(desk: Desk, dsn: str | None, folder: Path | None) -> AbstractContextManager[None]:
    """The archive beside what is done at a desk; without a folder nothing."""
    if folder is None:
        return archiving(None)
    backup.remember(desk.data, folder)
    return archiving(Archive(folder, _source(desk, dsn), desk.keys, real_clock))


def _source(desk: Desk, dsn: str | None) -> backup.Source:
    if not is_begun(desk.owner_dsn):
        raise NotBegun
    backup.refuse_without_rights(desk.owner_dsn)
    return backup.Source(desk.owner_dsn, embedded=dsn is None)


def _time(text: str) -> datetime | None:
    if text == "latest":
        return None
    try:
        told = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise click.BadParameter("not a time", param_hint="--until") from wrong
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)
