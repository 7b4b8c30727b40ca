"""A central lost with its machine comes back from a backup: nothing acknowledged is missing, nothing erased returns."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from sync.errors import Rejected, Unreachable
from sync.server import backup, ledger
from sync.server.database import acting_as, one
from sync.server.embedded import OWNER, Embedded
from tests.sync.server.council import Council, fresh
from tests.sync.server.laptop import AT, Laptop

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
SECONDS = 120


def family(laptop: Laptop, letter: str) -> str:
    """A family of a laptop's own; its scope."""
    record = letter * 32
    laptop.replica.write(record, "create", {"@kind": "family", "@scope": f"family:{record}", "name": "Okafor"}, at=AT)
    laptop.sync()
    return f"family:{record}"


def note(laptop: Laptop, scope: str, words: str) -> str:
    record = f"{len(laptop.replica.outbox):08x}" + scope[-24:]
    laptop.replica.write(record, "create", {"@kind": "visit", "@scope": scope, "c/facts/arrival": words}, at=AT)
    return record


def until_durable(laptop: Laptop) -> None:
    end = time.monotonic() + SECONDS
    while laptop.replica.standing().durable < len(laptop.replica.outbox):
        assert time.monotonic() < end
        laptop.sync()


def states(data: Path) -> dict[str, str]:
    """Every record of a running central, as text."""
    with one(Embedded(data).dsn(role=OWNER)) as connection:
        acting_as(connection, "central")
        ledger.verify(connection)
        ledger.verify_digests(connection)
        return dict(connection.execute("select id, state from record").fetchall())


def last_seq(data: Path, laptop: Laptop) -> int:
    with one(Embedded(data).dsn(role=OWNER)) as connection:
        found = connection.execute("select last_seq from device where id = %s", (laptop.identity.device,)).fetchone()
        assert found is not None
        return int(found[0])


def work(laptop: Laptop, scope: str) -> None:
    """Write and sync until central is gone."""
    while True:
        note(laptop, scope, f"word {len(laptop.replica.outbox)}")
        try:
            laptop.sync()
        except Unreachable:
            return


def test_a_central_killed_under_load_comes_back_with_every_word_that_was_acknowledged(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with fresh(tmp_path, "--archive", str(kept)) as council:
        two = [Laptop(council, "Asha Patel"), Laptop(council, "Ben Carter")]
        scopes = [family(laptop, letter) for laptop, letter in zip(two, "ab", strict=True)]
        workers = [threading.Thread(target=work, args=each) for each in zip(two, scopes, strict=True)]
        for each in workers:
            each.start()
        council.desk("backup", "--to", str(kept))
        for laptop in two:
            end = time.monotonic() + SECONDS
            while laptop.replica.standing().durable < 5:
                assert time.monotonic() < end
        council.kill(database_too=True)
        for each in workers:
            each.join(60)
    keys = tmp_path / "keys"
    shutil.copytree(council.data / "keys", keys)
    shutil.rmtree(council.data)
    again = Council(tmp_path / "again", "--archive", str(kept))
    told = again.desk("restore", "--from", str(kept), "--keys", str(keys))
    assert int(str(told["number"])) >= int(str(told["safe"])) > 0
    with again:
        for laptop in two:
            assert last_seq(again.data, laptop) >= laptop.replica.standing().durable >= 5
            laptop.central = again
            laptop.sync()
            laptop.sync()
        here = states(again.data)
        for laptop in two:
            assert {change.record for change in laptop.replica.outbox} <= here.keys()
            assert all("word" in here[change.record] for change in laptop.replica.outbox[1:])
            until_durable(laptop)


def test_a_restore_to_a_time_is_refused_when_it_leaves_out_what_was_safe_unless_it_is_meant(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with fresh(tmp_path) as council:
        archive = council.begun("archive", "--to", str(kept))
        asha = Laptop(council, "Asha Patel")
        scope = family(asha, "a")
        until_durable(asha)
        first = note(asha, scope, "before noon")
        asha.sync()
        noon = council.clock.at.isoformat()
        second = note(asha, scope, "after noon")
        asha.sync()
        until_durable(asha)
        archive.terminate()
        assert archive.wait(30) == 0
    again = Council(tmp_path / "again")
    order = ("--from", str(kept), "--keys", str(council.data / "keys"), "--until", noon)
    assert "safe was" in again.refused("restore", *order)
    assert not again.data.exists()
    again.desk("restore", *order, "--even-so")
    with again:
        here = states(again.data)
        assert first in here
        assert second not in here
        asha.central = again
        asha.sync()
        assert second in states(again.data)
    late = Council(tmp_path / "late")
    assert "did not come to life" in late.refused("restore", *order[:-1], "2100-01-01T00:00:00+00:00")
    assert not late.data.exists()


def test_what_was_erased_stays_erased_after_a_restore_from_before(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    phrase = tmp_path / "phrase"
    phrase.write_text("three plain fictional words\n", "utf-8")
    with fresh(tmp_path) as council:
        asha = Laptop(council, "Asha Patel")
        scope = family(asha, "a")
        record = note(asha, scope, "Zimnavoda")
        asha.sync()
        council.desk("backup", "--to", str(kept), "--with-keys", str(phrase))
        told = council.desk("erase", record, "--by", "Asha Patel", "--reason", "asked for")
        assert told["told_backups"] == {str(kept): True}
        asha.sync()
    again = Council(tmp_path / "again")
    order = ("--from", str(kept), "--passphrase-file", str(phrase))
    back = again.desk("restore", *order)
    assert back["erased_again"] == 1
    with again:
        assert "Zimnavoda" not in " ".join(states(again.data).values())
        with one(Embedded(again.data).dsn(role=OWNER)) as connection:
            lines = connection.execute("select line from version").fetchall()
            assert not [line for (line,) in lines if "Zimnavoda" in line]
        asha.central = again
        asha.sync()
        asha.sync()
        assert record not in asha.replica.base
        assert "Zimnavoda" not in " ".join(states(again.data).values())
    assert "something in that folder already" in again.refused("restore", *order)
    list_ = kept / "erased.json"
    list_.write_text(list_.read_text("utf-8").replace(record, "9" * 32), "utf-8")
    third = Council(tmp_path / "third")
    assert "list of what was erased" in third.refused("restore", *order)
    assert not third.data.exists()
    phrase.write_text("others\n", "utf-8")
    assert "Devices know central by its keys" in third.refused("restore", *order)


def test_who_was_shut_out_stays_shut_out_after_a_restore_from_before(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with fresh(tmp_path) as council:
        stolen, leaver, asha = (Laptop(council, name) for name in ("Ben Carter", "Nora Ellis", "Asha Patel"))
        scope = family(asha, "a")
        council.desk("backup", "--to", str(kept))
        told = council.desk("revoke", stolen.identity.device, "--shred")
        assert told["told_backups"] == {str(kept): True}
        council.desk("worker-end", "Nora Ellis")
        assert council.desk("grant", "Asha Patel", scope, "--end")["told_backups"] == {str(kept): True}
    again = Council(tmp_path / "again")
    order = ("--from", str(kept), "--keys", str(council.data / "keys"))
    back = again.desk("restore", *order)
    counts = [back[f"{what}_again"] for what in ("revoked", "shred", "workers_ended", "withdrawn")]
    assert (counts, back["never_known"]) == ([2, 1, 1, 1], 0)
    with again:
        for laptop in (stolen, leaver):
            laptop.central = again
            with pytest.raises(Rejected, match="taken out of use"):
                laptop.sync()
        asha.central = again
        asha.sync()
        assert scope.partition(":")[2] not in asha.replica.base
    list_ = kept / "ended.json"
    list_.write_text(list_.read_text("utf-8").replace(stolen.identity.device, "9" * 32), "utf-8")
    third = Council(tmp_path / "third")
    assert "list of who was shut out" in third.refused("restore", *order)
    assert not third.data.exists()


def test_a_kill_in_the_midst_of_a_backup_leaves_the_one_before_it_usable(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    council = fresh(tmp_path)
    with council:
        asha = Laptop(council, "Asha Patel")
        scope = family(asha, "a")
        first = council.desk("backup", "--to", str(kept))["backup"]
        note(asha, scope, "meanwhile")
        asha.sync()
        half = council.begun("backup", "--to", str(kept))
        while not list(kept.glob("base/.*/postgres")):
            assert half.poll() is None
        half.kill()
        council.kill(database_too=True)
        half.wait(30)
    assert [facts.name for facts in backup.every(kept)] == [first]
    with council:
        told = council.desk("drill", "--from", str(kept))
        assert (told["backup"], told["behind"], told["said_again"]) == (first, 1, 1)
        second = council.desk("backup", "--to", str(kept), "--keep", "1")
        assert [facts.name for facts in backup.every(kept)] == [second["backup"]]
        assert [place.name for place in (kept / "base").iterdir()] == [second["backup"]]
