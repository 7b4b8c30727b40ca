"""A central put back from a copy: devices notice, say again what it lost, and nobody is overruled in silence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from sync.client import Exchange, Report
from sync.server import ledger
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import FAMILY, SCOPE, Laptop
from tests.sync.server.putting_back import copy, put_back


@pytest.fixture
def two(central: RunningCentral) -> tuple[Laptop, Laptop]:
    asha, ben = Laptop(central, "Asha Patel"), Laptop(central, "Ben Carter")
    asha.family(name="Okafor", phone="1")
    asha.sync()
    central.grant("Ben Carter", SCOPE)
    ben.sync()
    return asha, ben


def synced(laptop: Laptop) -> Report:
    with laptop.line() as line:
        return Exchange(laptop.replica, line).run()


def test_what_was_acknowledged_after_the_copy_is_said_again(
    central: RunningCentral, two: tuple[Laptop, Laptop]
) -> None:
    asha, ben = two
    copy(central)
    asha.say(phone="2")
    asha.sync()
    ben.sync()
    ben.say(postcode="AB1 2CD")
    ben.sync()
    put_back(central)
    assert synced(ben).restored
    assert synced(asha).restored
    for laptop in (ben, asha, ben):
        laptop.sync()
    wanted = {"name": "Okafor", "phone": "2", "postcode": "AB1 2CD"}
    assert asha.replica.base[FAMILY].state == ben.replica.base[FAMILY].state == wanted
    with central.rows() as rows:
        ledger.verify(rows)
        ledger.verify_digests(rows)


def test_a_version_number_used_twice_is_told_apart_by_its_hash(
    central: RunningCentral, two: tuple[Laptop, Laptop]
) -> None:
    asha, ben = two
    copy(central)
    asha.say(phone="2")
    asha.sync()
    ben.sync()
    ben.say(phone="3")
    put_back(central)
    cora = Laptop(central, "Cora Diaz")
    central.grant("Cora Diaz", SCOPE)
    cora.sync()
    cora.say(phone="9")
    cora.sync()
    for laptop in (ben, asha, cora, ben, asha):
        laptop.sync()
    with central.rows() as rows:
        history = " ".join(str(line) for (line,) in rows.execute("select line from version").fetchall())
    assert all(f'"phone":"{said}"' in history for said in "1239")
    assert len(ben.conflicts()) == 1


def test_two_devices_that_notice_at_once_are_told_one_and_the_same_beginning(
    central: RunningCentral, two: tuple[Laptop, Laptop]
) -> None:
    asha, ben = two
    copy(central)
    asha.say(phone="2")
    asha.sync()
    ben.sync()
    put_back(central)
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    with ThreadPoolExecutor(2) as pool, psycopg.connect(central.owner_dsn, autocommit=True) as watch:
        with psycopg.connect(central.owner_dsn) as held:
            held.execute("select 1 from counter for update")
            both = [pool.submit(synced, laptop) for laptop in two]
            while watch.execute(waiting).fetchone() != (2,):
                assert not any(each.done() for each in both)
        assert all(each.result(20).restored for each in both)
        told = watch.execute("select epoch from counter").fetchone()
    assert told == (asha.replica.standing().epoch,) == (ben.replica.standing().epoch,)
