"""The order of numbers is the order of commits: a push that is held open hides nothing from a reader by cursor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from sync.changes import Change
from sync.protocol import Batch, Pushed, push_body, read_push
from sync.server import push
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, SCOPE, Laptop


def a_note(laptop: Laptop, number: int) -> Change:
    return laptop.replica.write(f"{number:032x}", "create", {"@kind": "visit", "@scope": SCOPE}, at=AT)


def signed(laptop: Laptop, change: Change) -> Pushed:
    unsigned = read_push(push_body(Batch.of([change]), b""), laptop.identity.device)
    return replace(unsigned, signature=laptop.identity.key.sign(unsigned.message(laptop.identity.device)))


@pytest.mark.parametrize("fate", ["committed", "given up"])
def test_a_push_held_open_while_others_push_is_not_missed_by_a_reader(central: RunningCentral, fate: str) -> None:
    slow, quick, reader = (Laptop(central, name) for name in ("Asha Patel", "Ben Carter", "Marek Nowak"))
    slow.family(name="Okafor")
    slow.sync()
    for name, laptop in (("Ben Carter", quick), ("Marek Nowak", reader)):
        central.grant(name, SCOPE)
        laptop.sync()
    records = [f"{number:032x}" for number in (1, 2)]
    pushed, theirs = signed(slow, a_note(slow, 1)), signed(quick, a_note(quick, 2))
    with ThreadPoolExecutor(1) as pool, psycopg.connect(central.dsn) as held:
        push.take(held, slow.identity.device, pushed, central.clock())

        def other() -> None:
            with psycopg.connect(central.dsn) as connection:
                push.take(connection, quick.identity.device, theirs, central.clock())

        waiting = pool.submit(other)
        for _ in range(20):
            reader.sync()
            if waiting.done():
                break
        seen = [record for record in records if record in reader.replica.base]
        held.commit() if fate == "committed" else held.rollback()
        waiting.result(20)
    reader.sync()
    assert [record for record in records if record in reader.replica.base] == (
        records if fate == "committed" else records[1:]
    )
    assert seen in ([], records[1:])
    with central.rows() as rows:
        numbers = rows.execute("select count(*), max(number), min(number) from ledger").fetchone()
        assert numbers is not None
        assert numbers[0] == numbers[1]
