"""A family that is lost leaves nothing readable on the device, and central has it in writing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from fieldkit.config import SystemClock
from fieldkit.store.database import PAGE_SIZE
from fieldkit.store.replica import StoreReplica
from fieldkit.store.store import Store
from sync.changes import Change, Value, canonical
from sync.client import Exchange, Report, courier
from sync.protocol.courier import read_out
from sync.server import purges, quarantine
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop
from tests.sync.server.putting_back import copy, put_back

CANARY = "Quillfeather"
"""Stands in everything that the family is known by here."""
MINE = "c" * 32


class Device:
    """A laptop with a real store: what it wrote and what it was sent, all with the canary."""

    def __init__(self, central: RunningCentral, name: str, folder: Path) -> None:
        self.laptop = Laptop(central, name)
        self.path, self.key = folder / "store.db", secrets.token_bytes(48)
        self.store = Store(self.path, self.key, SystemClock())
        seal = central.keys.seal.public_key().public_bytes_raw().hex()
        self.store.set_meta("central_keys", f'{{"seal": "{seal}"}}')
        self.replica = StoreReplica(self.store, self.laptop.identity.device)

    def write(self, record: str, kind: str, patch: dict[str, Value]) -> Change:
        draft = Change(self.replica.device, 0, record, kind, (0, "0" * 64), patch, {}, self.laptop.worker, AT, AT)
        held = self.store.records.get(record)
        draft = replace(draft, trunk=(held.version, held.version_hash)) if held and held.version else draft
        with self.store.transaction():
            kept = self.store.outbox.add(draft)
            self.store.records.redraw(kept)
        return kept

    def sync(self) -> Report:
        with self.laptop.line() as line:
            return Exchange(self.replica, line).run()

    def dump(self) -> bytes:
        """Every value of every table, the parts of the indexes and the pages of the file, decrypted."""
        self.store.connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        connection: Any = sqlcipher.connect(str(self.path))
        connection.execute(f"pragma key = \"x'{self.key.hex()}'\"")
        connection.execute(f"pragma cipher_page_size = {PAGE_SIZE}")
        names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        found = b""
        for name in names:
            rows = connection.execute(f'select * from "{name}"').fetchall()
            found += b"\n".join(each if isinstance(each, bytes) else str(each).encode() for row in rows for each in row)
        connection.close()
        return found.lower()


@pytest.fixture
def ben(central: RunningCentral, tmp_path: Path) -> Iterator[Device]:
    """Ben holds Asha's family: its name, a note of each, a conflict, a file."""
    asha = Laptop(central, "Asha Patel")
    asha.family(name=CANARY, risk_level="low")
    asha.sync()
    device = Device(central, "Ben Carter", tmp_path)
    central.grant("Ben Carter", SCOPE)
    device.sync()
    device.write(FAMILY, "set", {"risk_level": "high", "notes": f"{CANARY} of Ben"})
    photo = CANARY.encode() * 10
    seal = hashlib.sha256(photo).hexdigest()
    told: Value = {"hash": seal, "name": f"{CANARY}.jpg", "size": len(photo)}
    device.write(MINE, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": CANARY, "c/facts/photo": told})
    device.store.attachments.keep(MINE, seal, photo)
    asha.sync()
    asha.say(risk_level="medium", name=f"{CANARY}-Obi")
    asha.sync()
    device.sync()
    device.sync()
    assert device.store.conflicts.count() == 1
    assert device.store.search.find(CANARY)
    yield device
    device.store.close()


def test_after_the_receipt_no_word_of_the_family_is_left(central: RunningCentral, ben: Device) -> None:
    assert CANARY.lower().encode() in ben.dump()
    (held,) = ben.store.connection.execute("select count(*) from record where scope = ?", (SCOPE,)).fetchone()
    assert held >= 3, "the family, a note, a conflict, and what central says of them"
    central.withdraw("Ben Carter", SCOPE)
    assert ben.sync().scopes_lost == (SCOPE,)
    with one(central.dsn) as connection:
        waiting = purges.unconfirmed(connection)
    assert [(each.scope, each.ordered_at is not None, each.remaining) for each in waiting] == [(SCOPE, True, 0)]
    ben.sync()
    with central.rows() as rows:
        done = rows.execute("select rows, files, remaining, done_at is not null from purge").fetchall()
        noted = rows.execute("select about from audit where what = 'purged'").fetchall()
    assert done == [(held, 1, 0, True)]
    assert noted == [(f"{ben.replica.device} {SCOPE} {held} 1",)]
    with one(central.dsn) as connection:
        assert purges.unconfirmed(connection) == []
    assert CANARY.lower().encode() not in ben.dump()
    assert ben.store.search.find(CANARY) == []
    assert ben.store.conflicts.count() == 0
    assert (ben.sync().mended, ben.replica.purged()) == (0, [])


def test_what_was_sealed_can_be_opened_at_central_and_nowhere_else(central: RunningCentral, ben: Device) -> None:
    central.withdraw("Ben Carter", SCOPE)
    ben.sync()
    rows = ben.store.connection.execute("select content from sealed order by number").fetchall()
    words = b"".join(word for (content,) in rows for word in read_out(content, central.keys.seal).bodies)
    assert f"{CANARY} of Ben".encode() in words
    assert ben.store.outbox.counts().waiting == 0
    ben.write("d" * 32, "create", {"@kind": "family", "@scope": "family:" + "d" * 32, "name": "Other"})
    assert ben.sync().pushed == 1


def test_what_waits_and_what_is_being_written_stays_until_it_is_sent(central: RunningCentral, ben: Device) -> None:
    central.withdraw("Ben Carter", SCOPE)
    ben.sync()
    ben.write("e" * 32, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": f"{CANARY} late"})
    assert [each.left for each in ben.replica.purged()] == [1]
    with one(central.dsn) as connection:
        assert [each.remaining for each in purges.unconfirmed(connection)] == [0]
    assert CANARY.lower().encode() in ben.dump()
    ben.sync()
    assert CANARY.lower().encode() not in ben.dump()
    assert ben.replica.purged() == []


def test_a_family_that_is_given_back_is_there_again(central: RunningCentral, ben: Device) -> None:
    central.withdraw("Ben Carter", SCOPE)
    ben.sync()
    central.grant("Ben Carter", SCOPE)
    ben.sync()
    assert ben.store.search.find(CANARY)
    assert ben.sync().mended == 0
    with one(central.dsn) as connection:
        assert purges.unconfirmed(connection) == []


def test_a_device_that_has_not_asked_since_is_listed_too(central: RunningCentral, ben: Device) -> None:
    central.withdraw("Ben Carter", SCOPE)
    with one(central.dsn) as connection:
        waiting = purges.unconfirmed(connection)
    assert [(each.device, each.ordered_at) for each in waiting] == [(ben.replica.device, None)]


def aside(central: RunningCentral) -> list[tuple[str, str]]:
    """What is set aside at central, with its reason."""
    with central.rows() as rows:
        found = rows.execute("select reason, change from quarantine where settled is null order by seq").fetchall()
    return [(str(reason), str(kept)) for reason, kept in found]


def test_words_sealed_here_go_back_to_a_central_that_was_put_back_and_not_to_who_lost_the_family(
    central: RunningCentral, ben: Device
) -> None:
    """They were nowhere but on this laptop, where nobody can read them."""
    lena = Laptop(central, "Lena Marsh", "lead")
    central.grant("Lena Marsh", SCOPE)
    copy(central)
    late = ben.write("f" * 32, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": f"{CANARY} late"})
    ben.sync()
    central.withdraw("Ben Carter", SCOPE)
    ben.sync()
    ben.sync()
    assert CANARY.lower().encode() not in ben.dump()
    put_back(central)
    central.withdraw("Ben Carter", SCOPE)
    assert ben.sync().restored
    assert [(reason, CANARY in kept) for reason, kept in aside(central)] == [("erased", False)]
    with ben.laptop.line() as line:
        ben.store.purges.hand_over(line.carry, ben.replica.device, ben.laptop.identity.receipt_key)
    assert [(reason, f"{CANARY} late" in kept) for reason, kept in aside(central)] == [("moved", True)]
    assert ben.store.connection.execute("select count(*) from sealed where owed = 1").fetchone() == (0,)
    with one(central.dsn) as connection:
        waiting = quarantine.look(connection, late.device, late.seq, lena.worker, central.clock())
        quarantine.settle(connection, waiting, lena.worker, take=True, why="rung up", now=central.clock())
    lena.sync()
    assert lena.replica.view("f" * 32)["c/facts/arrival"] == f"{CANARY} late"
    ben.sync()
    assert CANARY.lower().encode() not in ben.dump()


def test_sealed_words_that_are_not_what_was_said_then_are_not_taken(central: RunningCentral, ben: Device) -> None:
    copy(central)
    late = ben.write("f" * 32, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": f"{CANARY} late"})
    ben.sync()
    central.withdraw("Ben Carter", SCOPE)
    ben.sync()
    put_back(central)
    ben.sync()
    other = late.line.replace("late", "soon")
    key = central.keys.seal.public_key().public_bytes_raw()
    forged = courier.seal(late.device, [canonical({"seq": late.seq, "line": other}), b'{"seq":1,"line":"x"}'], key)
    with ben.laptop.line() as line:
        line.carry(forged)
    assert [(reason, "soon" in kept) for reason, kept in aside(central)] == [("erased", False)]
