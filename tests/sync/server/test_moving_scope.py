"""A record that goes to live in another scope leaves every device that does not hold that one."""

from __future__ import annotations

from random import Random

import pytest

from sync.server import ledger, own
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

PERSON = "0190000000007000800000000000000c"
REFUGE = f"family:{'d' * 32}"


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    laptop = Laptop(central, "Asha Patel")
    laptop.family(name="Okafor")
    laptop.replica.write(PERSON, "create", {"@kind": "person", "@scope": SCOPE, "given": "Ruth"}, at=AT)
    laptop.sync()
    return laptop


def move(central: RunningCentral, record: str, scope: str) -> None:
    with one(central.dsn) as connection:
        hand = own.Hand.take(connection, central.clock())
        hand.move(hand.standing([record])[record], scope, {})
        own.write(hand)


def incidents(central: RunningCentral) -> int:
    with central.rows() as rows:
        return len(rows.execute("select 1 from audit where what in ('digest', 'mend')").fetchall())


def test_who_holds_only_the_old_scope_drops_it_and_who_holds_both_sees_it_in_the_new_one(
    central: RunningCentral, asha: Laptop
) -> None:
    ben, lena = Laptop(central, "Ben Carter"), Laptop(central, "Lena Hart", "lead")
    central.grant("Ben Carter", SCOPE)
    central.grant("Lena Hart", SCOPE, REFUGE)
    for laptop in (ben, lena):
        laptop.sync()
        assert laptop.replica.view(PERSON)["given"] == "Ruth"
    move(central, PERSON, REFUGE)
    for laptop in (asha, ben, lena):
        laptop.sync()
        laptop.sync()
    assert PERSON not in asha.replica.base
    assert PERSON not in ben.replica.base
    assert lena.replica.base[PERSON].scope == REFUGE
    assert incidents(central) == 0
    with central.rows() as rows:
        ledger.verify(rows)
    with central.rows() as rows:
        ledger.verify_digests(rows)


@pytest.mark.long
def test_who_comes_later_is_not_told_of_what_left_and_who_gets_the_new_scope_has_it_again(
    central: RunningCentral, asha: Laptop
) -> None:
    move(central, PERSON, REFUGE)
    asha.sync()
    central.grant("Asha Patel", REFUGE)
    asha.sync()
    assert asha.replica.base[PERSON].scope == REFUGE
    move(central, PERSON, SCOPE)
    asha.sync()
    central.withdraw("Asha Patel", REFUGE)
    asha.sync()
    assert asha.replica.base[PERSON].scope == SCOPE
    assert incidents(central) == 0


@pytest.mark.long
def test_an_edit_of_what_left_tells_nothing_and_is_kept_for_a_person(central: RunningCentral, asha: Laptop) -> None:
    move(central, PERSON, REFUGE)
    asha.replica.write(PERSON, "set", {"given": "Rute"}, at=AT)
    asha.sync()
    assert asha.parked() == [("refused", "unknown-record")]
    assert PERSON not in asha.replica.base


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_whatever_moves_and_whoever_gains_or_loses_each_device_ends_with_what_it_may_hold(
    central: RunningCentral, asha: Laptop, seed: int
) -> None:
    chance, scopes = Random(seed), (SCOPE, REFUGE)
    names = ("Asha Patel", "Ben Carter", "Lena Hart")
    laptops = [asha, *(Laptop(central, name) for name in names[1:])]
    for number in range(30):
        name, scope, laptop = chance.choice(names), chance.choice(scopes), chance.choice(laptops)
        match chance.choice(("move", "grant", "withdraw", "write", "sync", "sync")):
            case "move":
                move(central, chance.choice((PERSON, FAMILY)), scope)
            case "grant":
                central.grant(name, scope)
            case "withdraw":
                central.withdraw(name, scope)
            case "write":
                if PERSON in laptop.replica.base:
                    laptop.replica.write(PERSON, "set", {"given": f"Ruth {number}"}, at=AT)
            case _:
                laptop.sync()
    for laptop in laptops * 2:
        laptop.sync()
    with central.rows() as rows:
        for laptop in laptops:
            statement = (
                "select id, r.scope, version_hash from record r join entitlement e on e.scope = r.scope"
                " where e.worker = %s and e.held"
            )
            may_hold = set(rows.execute(statement, (laptop.worker,)).fetchall())
            held = {(each.record, each.scope, each.version_hash) for each in laptop.replica.base.values()}
            assert {each for each in held if each[1] != "ref"} == may_hold
        ledger.verify(rows)
    assert incidents(central) == 0
