"""Backups of a living central: what is copied, what is safe by it, and that what is damaged is named."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from sync.server import backup, backup_erasures, durable, erasing
from sync.server.backup import Source
from sync.server.backup_aside import fetch_log
from sync.server.backup_errors import BackupDamaged, DbaDoesIt, DrillFailed, ErasuresAltered
from sync.server.backup_restore import Live, drill
from sync.server.backup_stream import Archive
from sync.server.database import one, row
from tests.central_fixture import RunningCentral
from tests.sync.server.council import Council
from tests.sync.server.laptop import FAMILY, Laptop

SECONDS = 60


@pytest.fixture
def archive(central: RunningCentral, tmp_path: Path) -> Iterator[Archive]:
    made = Archive(tmp_path / "kept", Source(central.owner_dsn, embedded=True), central.keys, central.clock)
    yield made
    made.close()
    with psycopg.connect(central.owner_dsn, autocommit=True) as connection:
        while connection.execute("select 1 from pg_replication_slots where active").fetchone():
            pass
        connection.execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots")


def stands(central: RunningCentral) -> tuple[int, int]:
    """The ledger's head, and what is durable of it."""
    with one(central.dsn) as connection:
        number, kept = row(connection, "select number, durable from counter")
        return int(number), int(kept)


def until_durable(central: RunningCentral, archive: Archive) -> None:
    end = time.monotonic() + SECONDS
    while len(set(stands(central))) > 1:
        assert time.monotonic() < end
        archive.step()


def flip(file: Path, at: int) -> None:
    """Change one byte."""
    with file.open("r+b") as raw:
        raw.seek(at)
        (before,) = raw.read(1)
        raw.seek(at)
        raw.write(bytes([before ^ 1]))


def live(central: RunningCentral) -> Live:
    return Live(central.owner_dsn, central.keys)


@pytest.mark.skipif(os.name == "nt", reason="Windows stops no process for a while")
def test_a_number_is_durable_only_when_the_archive_has_it_on_its_own_disk(
    central: RunningCentral, archive: Archive
) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    assert stands(central)[1] == 0
    until_durable(central, archive)
    receiver = archive._receiver
    assert receiver is not None
    os.kill(receiver.pid, signal.SIGSTOP)
    before = stands(central)
    asha.say(phone="2")
    asha.sync()
    for _ in range(20):
        archive.step()
    assert stands(central) == (before[0] + 1, before[1])
    asha.sync()
    assert asha.replica.standing().durable == 1
    os.kill(receiver.pid, signal.SIGCONT)
    until_durable(central, archive)
    asha.sync()
    assert asha.replica.standing().durable == 2


@pytest.mark.long
def test_a_drill_says_what_a_loss_would_mean_and_fails_when_a_byte_was_flipped(
    central: RunningCentral, tmp_path: Path
) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    folder, source = tmp_path / "kept", Source(central.owner_dsn, embedded=True)
    facts = backup.make(folder, source, central.clock)
    assert stands(central) == (facts.number, facts.number)
    asha.say(phone="2")
    asha.say(phone="3")
    asha.sync()
    told = drill(folder, live(central), None, central.clock)
    assert (told["behind"], told["said_again"]) == (2, 2)
    with one(central.dsn) as connection:
        assert set(durable.ages(connection)) == {"backup", "drill"}
        # Devices are told more than the backup holds: the drill must notice.
        durable.mark_durable(connection, facts.number + 1)
    with pytest.raises(DrillFailed, match=f"number {facts.number}; devices were told that {facts.number + 1} is safe"):
        drill(folder, live(central), None, central.clock)
    copy = folder / "base" / facts.name / "postgres"
    flip(copy / "global" / "pg_control", 100)
    with pytest.raises(BackupDamaged, match=rf"{re.escape(facts.name)}: global/pg_control"):
        drill(folder, live(central), None, central.clock)
    flip(copy / "global" / "pg_control", 100)
    start = json.loads((copy / "backup_manifest").read_text("utf-8"))["WAL-Ranges"][0]["Start-LSN"]
    flip(copy / "pg_wal" / backup.first_segment(folder, facts), int(start.split("/")[1], 16) % 2**24 + 20)
    with pytest.raises(BackupDamaged, match="pg_wal"):
        backup.check(copy.parent, facts.name)
    assert not list(folder.glob(".drill-*"))


@pytest.mark.long
def test_a_byte_flipped_in_the_archive_is_noticed_by_the_drill(central: RunningCentral, archive: Archive) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    until_durable(central, archive)
    asha.say(phone="2")
    asha.sync()
    until_durable(central, archive)
    (mark,) = archive.folder.glob("marks/*.json")
    place = int(json.loads(mark.read_text("utf-8"))["place"].split("/")[1], 16) % 2**24
    drill(archive.folder, live(central), None, central.clock)
    last = max(archive.folder.glob("wal/*/*"), key=lambda file: file.name)
    flip(last, place - 200)
    with pytest.raises(DrillFailed, match="were told that"):
        drill(archive.folder, live(central), None, central.clock)


def test_of_a_log_that_backup_and_archive_have_begun_both_the_longer_is_replayed(tmp_path: Path) -> None:
    archive, place = tmp_path / "wal", tmp_path / "pg_wal"
    had = {archive: {"2": b"old", "3": b"whole", "4.partial": b"longer\0", "5.partial": b"\0\0\0\0\0"}}
    had[place] = {"3": b"who\0\0", "4": b"long\0\0\0", "5": b"more\0"}
    for folder, files in had.items():
        folder.mkdir()
        for name, content in files.items():
            (folder / f"{int(name[0]):024X}{name[1:]}").write_bytes(content)
    (archive / "00000002.history").write_bytes(b"told")
    fetch_log(archive, place, f"{3:024X}")
    assert {file.name[-1]: file.read_bytes() for file in place.iterdir()} == {
        "3": b"whole",
        "4": b"longer\0",
        "5": b"more\0",
        "y": b"told",
    }


def by_hand(copy: Path) -> None:
    """A backup of two files, with the manifest PostgreSQL would write for it."""
    files = {"PG_VERSION": b"18", "base/1/1259": b"rows" * 99}
    for name, content in files.items():
        (copy / "postgres" / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / "postgres" / name).write_bytes(content)
    listed = [
        {"Path": name, "Size": len(content), "Checksum": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    before = json.dumps({"Files": listed, "WAL-Ranges": []})[:-1] + ",\n"
    seal = hashlib.sha256(before.encode()).hexdigest()
    (copy / "postgres" / "backup_manifest").write_text(f'{before}"Manifest-Checksum": "{seal}"}}\n', "utf-8")


def test_what_is_missing_altered_or_too_much_in_a_backup_is_named(tmp_path: Path) -> None:
    copy = tmp_path / "base" / "monday"
    by_hand(copy)
    backup.check(copy, "monday")
    flip(copy / "postgres" / "base" / "1" / "1259", 7)
    with pytest.raises(BackupDamaged, match="monday: base/1/1259"):
        backup.check(copy, "monday")
    flip(copy / "postgres" / "base" / "1" / "1259", 7)
    strange = copy / "postgres" / "base" / "strange"
    strange.touch()
    with pytest.raises(BackupDamaged, match="base/strange"):
        backup.check(copy, "monday")
    strange.unlink()
    (copy / "postgres" / "PG_VERSION").unlink()
    with pytest.raises(BackupDamaged, match="PG_VERSION"):
        backup.check(copy, "monday")
    flip(copy / "postgres" / "backup_manifest", 200)
    with pytest.raises(BackupDamaged, match="backup_manifest"):
        backup.check(copy, "monday")


def test_the_list_of_what_was_erased_grows_and_believes_only_its_own_central(
    central: RunningCentral, tmp_path: Path
) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    with one(central.owner_dsn) as connection:
        erasing.erase(connection, [FAMILY], "desk", "asked for", central.clock())
        assert backup_erasures.write(tmp_path, connection, central.keys) == 1
        connection.execute("delete from gone")
        # A central that was put back has forgotten it; the list has not.
        assert backup_erasures.write(tmp_path, connection, central.keys) == 1
    assert list(backup_erasures.read(tmp_path, central.keys, 1)) == [FAMILY]
    with pytest.raises(ErasuresAltered):
        backup_erasures.read(tmp_path, central.keys, 2)
    file = tmp_path / "erased.json"
    file.write_text(file.read_text("utf-8").replace(FAMILY, FAMILY[:-1] + "b"), "utf-8")
    with pytest.raises(ErasuresAltered):
        backup_erasures.read(tmp_path, central.keys, 1)


def test_what_was_erased_after_the_copy_is_erased_again_and_what_it_never_knew_is_not_taken(
    central: RunningCentral,
) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    with one(central.owner_dsn) as connection:
        assert backup_erasures.again(connection, {FAMILY: "then", "7" * 32: "then"}, central.clock()) == [FAMILY]
        assert backup_erasures.again(connection, {FAMILY: "then", "7" * 32: "then"}, central.clock()) == []
    asha.family_of_ones_own()
    asha.sync()
    assert asha.parked() == [("gone", "erased")]
    assert FAMILY not in asha.replica.base


def test_a_role_that_may_not_copy_the_councils_own_server_is_told_who_does(
    central: RunningCentral, tmp_path: Path
) -> None:
    backup.refuse_without_rights(central.owner_dsn)
    with pytest.raises(DbaDoesIt):
        backup.refuse_without_rights(central.dsn)
    told = Council(central.data).refused("backup", "--to", str(tmp_path / "kept"), "--dsn", central.dsn)
    assert "durable --number" in told
    number, _ = stands(central)
    said = Council(central.data).desk("durable", "--number", str(number), "--dsn", central.dsn)
    assert said["durable"] == number == stands(central)[1]


def laid(folder: Path, name: str, first: int) -> None:
    """A finished backup of an archive `a`, as far as pruning looks."""
    place = folder / "base" / name / "postgres"
    place.mkdir(parents=True)
    label = f"START WAL LOCATION: 0/2000028 (file {first:024X})\n"
    (place / "backup_label").write_text(label, "utf-8")
    facts = backup.Facts(name, name, name, 1, "", "a", 0, embedded=True, database="central")
    (place.parent / "facts.json").write_text(json.dumps(asdict(facts)), "utf-8")


def test_only_what_no_kept_backup_needs_is_let_go(tmp_path: Path) -> None:
    for name, first in (("1", 2), ("2", 5), ("3", 9)):
        laid(tmp_path, name, first)
    (tmp_path / "base" / ".4").mkdir()
    for run, numbers in (("a", range(2, 12)), ("b", range(3)), ("now", range(2))):
        (tmp_path / "wal" / run).mkdir(parents=True)
        for number in numbers:
            (tmp_path / "wal" / run / f"{number:024X}").touch()
    assert backup.prune(tmp_path, 2, "now") == [".4", "1"]
    assert [facts.name for facts in backup.every(tmp_path)] == ["2", "3"]
    left = {run.name: len(list(run.iterdir())) for run in (tmp_path / "wal").iterdir()}
    assert left == {"a": 7, "now": 2}


@pytest.mark.long
def test_a_role_that_may_replicate_copies_the_councils_own_server_and_its_administrator_restores_it(
    central: RunningCentral, tmp_path: Path
) -> None:
    with psycopg.connect(central.owner_dsn, autocommit=True) as connection:
        connection.execute("create role copier login replication password 'fictional' in role fieldkit_central")
    dsn = make_conninfo(central.dsn, user="copier", password="fictional")
    try:
        council, kept = Council(central.data), str(tmp_path / "kept")
        made = council.desk("backup", "--to", kept, "--dsn", dsn)
        assert made["number"] == stands(central)[1]
        assert "administrator restores" in council.refused("drill", "--from", kept, "--dsn", dsn)
        epoch = "select epoch from counter"
        with one(central.dsn) as connection:
            before = row(connection, epoch)
        council.desk("restored", "--from", kept, "--dsn", central.owner_dsn)
        with one(central.dsn) as connection:
            assert row(connection, epoch) != before
    finally:
        with psycopg.connect(central.owner_dsn, autocommit=True) as connection:
            connection.execute("drop role copier")
