"""Base backups: how they lie in their folder, how one is made, checked, listed and let go.

FOLDER/base/NAME/postgres      what pg_basebackup wrote, with its manifest
FOLDER/base/NAME/facts.json    what it holds; written last, so without it there is no backup
FOLDER/base/NAME/keys          central's keys, sealed by a passphrase, when asked for
FOLDER/wal/RUN                 the archive (backup_stream.py); FOLDER/marks/RUN.json how far it is known to reach
FOLDER/erased.json             the ids of what was erased, signed (backup_erasures.py)
FOLDER/ended.json              who was shut out of what, signed (backup_ends.py)
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sync.errors import MISSHAPEN
from sync.server import durable
from sync.server.backup_errors import BackupDamaged, BackupFailed, DbaDoesIt, NoBackup
from sync.server.backup_manifest import wrong_file
from sync.server.clock import stamp
from sync.server.database import Connection, one, row
from sync.server.desk_errors import NoteDamaged
from sync.server.embedded import environment, find_programs

SLOT = "fieldkit_"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one backup holds at least."""

    name: str
    started: str
    finished: str
    number: int
    """The ledger number before it was begun: it holds that and perhaps some more."""
    hash: str
    run: str
    """The archive that goes on from it; blank when there was none."""
    erased: int
    """How many records were erased by then."""
    embedded: bool
    database: str
    revoked: int = 0
    """How many devices were refused by then; an older central did not say."""


@dataclass(frozen=True, slots=True)
class Source:
    """The database to copy."""

    dsn: str = field(repr=False)
    """As a role that may replicate."""
    embedded: bool


def make(folder: Path, source: Source, clock: Clock) -> Facts:
    """Copy the database, check the copy, then say that it is one, and that what it holds is durable."""
    started = clock()
    name = started.strftime("%Y%m%dT%H%M%S.%fZ")
    making = folder / "base" / f".{name}"
    making.mkdir(mode=0o700, parents=True)
    with one(source.dsn) as connection:
        number, chain, erased = row(connection, "select number, hash, (select count(*) from gone) from counter")
        (revoked,) = row(connection, "select count(*) from device where state = 'revoked'")
        run = run_of(connection)
    plain = make_conninfo(source.dsn, password=None)
    place = ("-D", str(making / "postgres"), "-X", "stream", "-c", "fast", "--manifest-checksums=SHA256")
    if run_program("pg_basebackup", source.dsn, "-d", plain, "--no-password", *place).returncode != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise BackupFailed
    check(making, name)
    told = (stamp(started), stamp(clock()), int(number), bytes(chain).hex(), run, int(erased))
    facts = Facts(name, *told, source.embedded, str(conninfo_to_dict(source.dsn)["dbname"]), int(revoked))
    write_safely(making / "facts.json", json.dumps(asdict(facts)))
    os.rename(making, making.with_name(name))
    sync_folder(folder / "base")
    with one(source.dsn) as connection:
        durable.mark_durable(connection, facts.number)
        durable.keep(connection, "backup", clock(), facts.number)
    return facts


def remember(data: Path, folder: Path) -> None:
    """Note at central where its backups lie, so that whoever erases something finds their list."""
    known = {*remembered(data), folder.absolute()}
    write_safely(data / "backups.json", json.dumps(sorted(map(str, known))))


def remembered(data: Path) -> list[Path]:
    """Where backups of this central lie. Raises NoteDamaged."""
    file = data / "backups.json"
    try:
        return [Path(each) for each in json.loads(file.read_text("utf-8"))] if file.exists() else []
    except MISSHAPEN as wrong:
        raise NoteDamaged from wrong


def refuse_without_rights(dsn: str) -> None:
    """Say plainly that a role may not copy the server. Raises DbaDoesIt."""
    with one(dsn) as connection:
        statement = "select rolreplication or rolsuper from pg_roles where rolname = current_user"
        if not row(connection, statement)[0]:
            raise DbaDoesIt


def run_of(connection: Connection) -> str:
    """The archive that this server's log is kept for; blank when there is none, or when it has fallen behind."""
    found = connection.execute(
        "select slot_name from pg_replication_slots where starts_with(slot_name, %s)"
        " and wal_status <> 'lost' order by slot_name limit 1",
        (SLOT,),
    ).fetchone()
    return "" if found is None else str(found[0])


def every(folder: Path) -> list[Facts]:
    """The finished backups, oldest first. Raises BackupDamaged."""
    return [_facts(file) for file in sorted(folder.glob("base/[!.]*/facts.json"))]


def _facts(file: Path) -> Facts:
    try:
        facts = Facts(**json.loads(file.read_text("utf-8")))
    except MISSHAPEN as wrong:
        raise BackupDamaged(f"{file.parent.name}: {file.name}.") from wrong
    if facts.name != file.parent.name:
        raise BackupDamaged(f"{file.parent.name}: {file.name}.")
    return facts


def choose(folder: Path, name: str | None, until: datetime | None) -> Facts:
    """The backup of that name, or the newest that was finished by that time. Raises NoBackup, BackupDamaged."""
    # Of one that is named no other is asked: it may be the way round a damaged one.
    named = [file for file in sorted(folder.glob("base/[!.]*/facts.json")) if name in (None, file.parent.name)]
    found = map(_facts, named)
    fit = [facts for facts in found if until is None or datetime.fromisoformat(facts.finished) <= until]
    if not fit:
        raise NoBackup
    return fit[-1]


def check(copy: Path, name: str) -> None:
    """Compare every file with the manifest that PostgreSQL wrote with it. BackupDamaged names backup and file."""
    wrong = wrong_file(copy / "postgres")
    if wrong:
        raise BackupDamaged(f"{name}: {wrong}.")


def prune(folder: Path, keep: int, run: str) -> list[str]:
    """Let go of all but the newest backups, of what was never finished, and of the archive before them; which."""
    kept = every(folder)[-keep:]
    names = {facts.name for facts in kept}
    gone = [place for place in sorted(folder.glob("base/*")) if place.name not in names]
    for place in gone:
        shutil.rmtree(place)
    for archive in folder.glob("wal/*"):
        firsts = [first_segment(folder, facts) for facts in kept if facts.run == archive.name]
        if not firsts and archive.name != run:
            shutil.rmtree(archive)
        for file in archive.glob("*") if firsts else ():
            if re.fullmatch(r"[0-9A-F]{24}", file.name) and file.name < min(firsts):
                file.unlink()
    return [place.name for place in gone]


def first_segment(folder: Path, facts: Facts) -> str:
    """The file of the log that a backup begins with. Raises BackupDamaged."""
    label = folder / "base" / facts.name / "postgres" / "backup_label"
    told = re.search(r"\(file ([0-9A-F]{24})\)", label.read_text("utf-8") if label.exists() else "")
    if told is None:
        raise BackupDamaged(f"{facts.name}: backup_label.")
    return told[1]


def run_program(name: str, dsn: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as ourselves; the password goes by the environment, which others do not see."""
    return subprocess.run(
        [find_programs().path(name), *arguments],
        env=environment() | password_of(dsn),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def password_of(dsn: str) -> dict[str, str]:
    """The password of an address, as PostgreSQL's programs look for it."""
    told = conninfo_to_dict(dsn).get("password")
    return {"PGPASSWORD": str(told)} if told else {}


def write_safely(file: Path, text: str) -> None:
    """Have a file whole or not at all, and on the disk when this returns."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as open_file:
        open_file.write(text)
        open_file.flush()
        os.fsync(open_file.fileno())
    fresh.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in a folder durable; Windows keeps names durable by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
