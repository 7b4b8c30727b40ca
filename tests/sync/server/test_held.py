"""Older and newer ways of writing: old laptops go on, what is too new waits in its place and is taken later."""

import json
from dataclasses import replace

import pytest

from sync.changes import SCHEMA, Change
from sync.client import Exchange, MemoryReplica
from sync.errors import Rejected
from sync.merge.schemas import OLDEST, UPCASTS, upcast
from sync.protocol import Batch, Outcome, PullAsk
from sync.server import erasing, held, ledger, receipts, workers
from sync.server.database import one
from sync.server.errors import LedgerBroken
from sync.server.retrying import try_held
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import FAMILY, SCOPE, Laptop

NEWER = SCHEMA + 1


def written_in(laptop: Laptop, schema: int) -> Laptop:
    """The laptop as an older or newer fieldkit would write."""
    laptop.replica = MemoryReplica(laptop.identity.device, laptop.worker, schema)
    return laptop


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    return Laptop(central, "Asha Patel")


def as_if_understood(central: RunningCentral) -> None:
    """The held lines as an upgraded central reads them: its schema is the one they were written in."""
    with central.rows() as rows:
        rows.execute("update held set change = replace(change, %s, %s)", _schemas(NEWER, SCHEMA))


def _schemas(before: int, after: int) -> tuple[str, str]:
    return f'\\"schema\\":{before}', f'\\"schema\\":{after}'


def test_every_older_schema_is_lifted_to_todays_and_the_authors_line_stays() -> None:
    assert set(UPCASTS) == set(range(OLDEST, SCHEMA))
    old = Change("d", 1, "r", "create", (0, ""), {"a": "1"}, {}, schema=1).sealed()
    assert '"seen"' not in old.line
    lifted = upcast(old)
    assert (lifted.schema, lifted.seen, lifted.line, lifted.hash) == (SCHEMA, (0, ""), old.line, old.hash)
    newer = replace(old, schema=NEWER)
    assert upcast(newer) == newer


def test_an_old_and_a_new_laptop_work_on_one_family_both_ways(central: RunningCentral, asha: Laptop) -> None:
    old = written_in(asha, 1)
    old.family(name="Okafor", phone="1")
    old.sync()
    new = Laptop(central, "Marek Nowak")
    central.grant("Marek Nowak", SCOPE)
    new.sync()
    new.replica.write(FAMILY, "set", {"phone": "2", "of_tomorrow": "kept"})
    new.sync()
    old.sync()
    old.say(name="Okafor-Reed")
    old.sync()
    new.sync()
    assert old.replica.view(FAMILY) == new.replica.view(FAMILY)
    assert new.replica.view(FAMILY) == {"name": "Okafor-Reed", "phone": "2", "of_tomorrow": "kept"}
    with central.rows() as rows:
        lines = [line for (line,) in rows.execute("select line from version where record = %s", (FAMILY,)).fetchall()]
        assert sorted(json.loads(line)["schema"] for line in lines) == [1, 1, SCHEMA]
        ledger.verify(rows)


def test_what_is_too_new_waits_with_all_that_follows_on_it_and_the_rest_goes_on(
    central: RunningCentral, asha: Laptop
) -> None:
    asha.family(name="Okafor")
    asha.sync()
    asha.replica._schema = NEWER
    asha.say(name="New")
    asha.replica._schema = SCHEMA
    asha.say(phone="2")
    asha.family_of_ones_own()
    asha.sync()
    assert asha.parked() == [("held", "newer-schema"), ("held", "waits")]
    assert "7" * 32 in asha.replica.base
    with central.rows() as rows:
        assert held.count(rows) == 2
        assert rows.execute("select count(*) from quarantine").fetchone() == (0,)


def test_what_was_held_is_taken_in_its_place_once_central_is_upgraded_and_the_laptop_learns_it(
    central: RunningCentral, asha: Laptop
) -> None:
    newer = written_in(asha, NEWER)
    newer.family(name="Okafor")
    newer.say(name="Okafor-Reed")
    newer.sync()
    assert newer.parked() == [("held", "newer-schema"), ("held", "newer-schema")]
    with one(central.dsn) as connection:
        assert try_held(connection, central.clock()) == {"taken": 0, "aside": 0, "held": 2}
    as_if_understood(central)
    with one(central.dsn) as connection:
        assert try_held(connection, central.clock()) == {"taken": 2, "aside": 0, "held": 0}
        assert try_held(connection, central.clock()) == {"taken": 0, "aside": 0, "held": 0}
    newer.sync()
    assert newer.parked() == []
    assert newer.replica.view(FAMILY) == {"name": "Okafor-Reed"}
    newer.replica._schema = SCHEMA
    newer.say(phone="2")
    newer.sync()
    assert newer.replica.base[FAMILY].state == {"name": "Okafor-Reed", "phone": "2"}
    with central.rows() as rows:
        told = rows.execute("select seq from version where record = %s order by version", (FAMILY,)).fetchall()
        assert told == [(1,), (2,), (3,)]


def test_what_was_held_and_may_not_stand_is_set_aside_with_its_reason(central: RunningCentral, asha: Laptop) -> None:
    newer = written_in(asha, NEWER)
    newer.family(name="Okafor")
    newer.replica.write("0" * 31 + "1", "create", {"@kind": "person", "@scope": "family:of-others"})
    newer.sync()
    as_if_understood(central)
    with one(central.dsn) as connection:
        assert try_held(connection, central.clock()) == {"taken": 1, "aside": 1, "held": 0}
    newer.sync()
    assert newer.parked() == [("refused", "not-entitled")]


def test_words_that_are_held_go_too_when_their_record_is_erased(central: RunningCentral, asha: Laptop) -> None:
    asha.family(name="Okafor")
    asha.sync()
    asha.replica._schema = NEWER
    asha.say(name="Secret")
    asha.sync()
    with central.rows() as rows:
        erasing.erase(rows, [FAMILY], workers.find(rows, "Asha Patel"), "asked", central.clock())
        assert "Secret" not in str(rows.execute("select change from held").fetchall())
    with one(central.dsn) as connection:
        assert try_held(connection, central.clock()) == {"taken": 0, "aside": 1, "held": 0}


def test_a_laptop_too_old_to_read_is_told_so_after_its_words_were_taken(central: RunningCentral, asha: Laptop) -> None:
    asha.family(name="Okafor")
    with asha.line() as line:
        assert line.push(Batch.of(asha.replica.outbox)).receipts[0].outcome is Outcome.APPLIED
        with pytest.raises(Rejected) as told:
            line.pull(PullAsk("", 0, (0, ""), 0, schema=OLDEST - 1))
    assert told.value.reason == "upgrade"


def test_a_change_says_how_far_its_author_had_read(central: RunningCentral, asha: Laptop) -> None:
    first = asha.family(name="Okafor")
    with asha.line() as line:
        Exchange(asha.replica, line).run()
        Exchange(asha.replica, line).run()
    later = asha.say(phone="2")
    with central.rows() as rows:
        found = rows.execute("select number, encode(hash, 'hex') from counter").fetchone()
    assert found is not None
    assert (first.seen, later.seen) == ((0, ""), (found[0], found[1][:16]))


def test_what_is_held_is_no_alarm_to_who_verifies(central: RunningCentral, asha: Laptop) -> None:
    new = written_in(asha, NEWER)
    new.family(name="Okafor")
    new.sync()
    assert [outcome for outcome, _ in new.parked()] == ["held"]
    with central.rows() as rows:
        assert receipts.verify(rows) == 1
        rows.execute("update held set change = replace(change, 'Okafor', 'Oxafor')")
        with pytest.raises(LedgerBroken, match="change 1"):
            receipts.verify(rows)
