"""A store of every schema there has been, brought up to date and killed at every write on the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import NewerSchema
from fieldkit.store.database import connect
from fieldkit.store.migrate import schema_of, steps
from fieldkit.store.store import Store
from fieldkit.store.swap import copies_before
from sync.changes import NO_TRUNK, START, Change
from tests.faults.bases import PASSPHRASE, opened
from tests.faults.kills import Walk
from tests.faults.rig import killed, points
from tests.fieldkit.store.conftest import StillClock

NUMBERS = [number for number, _ in steps()]
FACTS = {"worker": json.dumps({"name": "Asha Patel", "id": "w1"}), "central_url": "http://127.0.0.1:9"}


def older(home: Path, number: int) -> Change:
    """A device as a fieldkit of that schema left it, with a filed record that waits and a draft."""
    held = vault.create(home, PASSPHRASE, QUICK_KDF)
    (home / vault.STORE_FILE).write_bytes(b"")
    connection = connect(held.store_path, held.key)
    for each, script in steps():
        if each <= number:
            connection.executescript(f"begin;\n{script}\npragma user_version = {each};\ncommit;")
    patch = {"@kind": "visit", "@scope": "family:f", "words": "seen at home"}
    change = Change("d1", 1, "01", "create", NO_TRUNK, patch, {}, prev_hash=START).sealed()
    ask = connection.execute
    for name, value in FACTS.items():
        ask("insert into meta values (?, ?)", (name, value))
    row = ("01", "visit", "family:f", '{"words":"seen at home"}')
    ask("insert into record (id, kind, scope, view) values (?, ?, ?, ?)", row)
    kept = (1, "d1", "01", change.hash, change.line)
    ask("insert into outbox (seq, device, record, hash, line) values (?, ?, ?, ?, ?)", kept)
    ask("insert into sending (seq, state) values (1, 'waiting')")
    head = ("d1", "visit@2026.1", "f", json.dumps([0, ""]), "{}", "2026-11-02", "2026-11-02")
    ask("insert into draft (id, form, family, trunk, was, begun_at, saved_at) values (?, ?, ?, ?, ?, ?, ?)", head)
    ask("insert into journal values ('d1', 1, '2026-11-02', '{\"a\":\"typed\"}')")
    connection.close()
    held.close()
    return change


def is_as_it_was(home: Path, change: Change) -> bool:
    with opened(home) as workspace:
        store = workspace.store
        record = store.records.get("01")
        return (
            schema_of(store.connection) == NUMBERS[-1]
            and record is not None
            and dict(record.state) == {"words": "seen at home"}
            and [each.hash for each in store.outbox.pending()] == [change.hash]
            and store.drafts.restore("d1") == ({"a": "typed"}, 1)
            and workspace.verify() == []
        )


def killed_on_the_way(walk: Walk, place: Path, number: int, most: int) -> int:
    """Kill the first opening at so many of its calls; at how many it was."""
    shutil.rmtree(place, ignore_errors=True)
    change = older(place / "old" / "home", number)
    home = place / "now" / "home"
    shutil.copytree(place / "old", place / "now")
    calls = walk.rig.run(home, ["status"]).calls
    fell = 0
    for at in points(calls, most):
        shutil.rmtree(place / "now")
        shutil.copytree(place / "old", place / "now")
        fell += walk.rig.run(home, ["status"], killed(at)).code < 0
        assert is_as_it_was(home, change), (number, at)
    return fell


def test_a_migration_keeps_a_copy_until_the_next_opening(tmp_path: Path) -> None:
    change = older(tmp_path / "home", NUMBERS[0])
    before = (tmp_path / "home" / vault.STORE_FILE).read_bytes()
    assert is_as_it_was(tmp_path / "home", change)
    kept = copies_before(tmp_path / "home" / vault.STORE_FILE)
    assert [each.name for each in kept] == [f"store.db.before-{NUMBERS[-1]}"]
    assert (kept[0].read_bytes() == before, b"seen at home" in before) == (True, False)
    assert is_as_it_was(tmp_path / "home", change)
    assert copies_before(tmp_path / "home" / vault.STORE_FILE) == []


def test_a_store_of_a_newer_fieldkit_is_refused_and_not_touched(tmp_path: Path) -> None:
    older(tmp_path / "home", NUMBERS[-1])
    held = vault.unlock(tmp_path / "home", PASSPHRASE, QUICK_KDF)
    connection = connect(held.store_path, held.key)
    connection.execute("pragma user_version = 9999")
    connection.close()
    before = held.store_path.read_bytes()
    with pytest.raises(NewerSchema):
        Store(held.store_path, held.key, StillClock())
    held.close()
    assert held.store_path.read_bytes() == before


def test_a_migration_that_is_killed_goes_on_where_it_was(walk: Walk, tmp_path: Path) -> None:
    assert killed_on_the_way(walk, tmp_path / "m", NUMBERS[0], 3) == 3


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", NUMBERS[:-1])
def test_from_every_schema_at_every_write_of_the_way(walk: Walk, tmp_path: Path, number: int) -> None:
    assert killed_on_the_way(walk, tmp_path / "m", number, 400) > 20
