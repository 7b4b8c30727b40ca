"""What a lost device held: the report names just what lay on it, quickly, and what to do about it."""

from __future__ import annotations

import json
import random
import time

import pytest

from sync.server import breach, devices
from sync.server.database import acting_as, one
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, Laptop

FAMILIES = [f"{number:x}" * 32 for number in range(1, 9)]


def reported(central: RunningCentral, laptop: Laptop) -> dict[str, str]:
    """Each family of the report, and whether it is on the device."""
    with one(central.dsn) as connection:
        told = breach.report(connection, laptop.identity.device, "desk", central.clock())
    return {each["scope"]: each["on_device"] for each in told["families"]}


def held(laptop: Laptop) -> set[str]:
    """The family scopes that really lie on a laptop."""
    return {each.scope for each in laptop.replica.base.values() if each.scope.startswith("family:")}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6))])
def test_the_list_is_what_lay_on_the_device_whatever_was_given_and_taken(central: RunningCentral, seed: int) -> None:
    chance = random.Random(seed)
    maker, names = Laptop(central, "Maker Moss", "lead"), ("Asha Patel", "Ben Carter", "Cleo Reyes")
    for family in FAMILIES:
        own = {"@kind": "family", "@scope": f"family:{family}", "name": "Okafor"}
        maker.replica.write(family, "create", own, at=AT)
    maker.sync()
    laptops = {name: Laptop(central, name) for name in names}
    for _ in range(25):
        name, scope = chance.choice(names), f"family:{chance.choice(FAMILIES)}"
        central.clock.pass_time(minutes=chance.randrange(1, 60))
        if chance.random() < 0.6:
            central.grant(name, scope)
        elif scope in reported(central, laptops[name]):
            central.withdraw(name, scope)
        if chance.random() < 0.5:
            laptops[name].sync()
        told = reported(central, laptops[name])
        certain = {each for each, where in told.items() if where == "yes"}
        assert held(laptops[name]) <= {each for each, where in told.items() if where != "no"}, "nothing is left out"
        if chance.random() < 0.4:
            laptops[name].sync()
            laptops[name].sync()  # the second brings the receipt of what was purged by the first
            told = reported(central, laptops[name])
            certain = {each for each, where in told.items() if where == "yes"}
            assert certain == held(laptops[name])
            assert "perhaps" not in told.values()
    devices_of = {name: laptop.identity.device for name, laptop in laptops.items()}
    with one(central.dsn) as connection:
        devices.revoke(connection, devices_of["Asha Patel"], central.clock())
    assert {each for each, where in reported(central, laptops["Asha Patel"]).items() if where != "no"} >= held(
        laptops["Asha Patel"]
    ), "the report is the same after the device was taken out of use"


def test_it_says_whom_to_see_to_first_what_sorts_of_data_and_who_decides(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    calm, danger = FAMILIES[0], FAMILIES[1]
    for family, more in ((calm, {}), (danger, {"risk_level": "immediate", "address_confidential": "yes"})):
        own = {"@kind": "family", "@scope": f"family:{family}", "name": "Whitlock"}
        asha.replica.write(family, "create", own | more, at=AT)
    asha.replica.write("9" * 32, "create", {"@kind": "concern", "@scope": f"family:{danger}", "words": "…"}, at=AT)
    asha.sync()
    with one(central.dsn) as connection:
        told = breach.report(connection, asha.identity.device, "desk", central.clock())
    first = {each["scope"]: each["see_to_first"] for each in told["families"]}
    assert first == {f"family:{calm}": [], f"family:{danger}": ["concern", "confidential address", "risk immediate"]}
    assert set(told["kinds_of_data"]) == {"family", "concern"}
    todo = " ".join(told["what_to_do"])
    for needed in ("72 hours", "ICO", "Article 34", "Information governance decides", "team lead of each family"):
        assert needed in todo
    assert told["lock"].startswith("unlocked at its last contact")
    assert told["shows_records_until"].startswith("2026-11-30")


def grown(central: RunningCentral, people: int, records: int) -> None:
    """As many families, people and visits as a county has, made in the database itself."""
    with central.rows() as rows:
        acting_as(rows, "central")
        common = "'', 1, repeat('0', 64)"
        rest = "'{}', false, false, true, 0, 'desk', 'central', '2026-01-01'"
        family = "lpad(to_hex(1000000 + n %% %s), 32, '0')"
        for kind, count, state in (
            ("family", people // 4, '{"name": "Okafor", "risk_level": "high"}'),
            ("person", people, '{"given": "Ada"}'),
            ("visit", records - people - people // 4, '{"d/done/work": "' + "seen at home " * 60 + '"}'),
        ):
            number = {"family": 1_000_000, "person": 2_000_000, "visit": 3_000_000}[kind]
            statement = (
                "insert into record (id, scope, kind, form, version, version_hash, state, field_versions, deleted,"
                f" urgent, echo, number, actor, device, at) select lpad(to_hex({number} + n), 32, '0'),"
                f" 'family:' || {family}, %s, {common}, %s, {rest} from generate_series(0, %s) n"
            )
            rows.execute(statement.encode(), (people // 4, kind, state, count - 1))
        rows.commit()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_of_a_county_of_60_000_records_it_is_there_in_under_a_minute(central: RunningCentral) -> None:
    lead = Laptop(central, "Lena Lead", "lead")
    lead.sync()
    grown(central, 6_000, 60_000)
    central.grant("Lena Lead", *(f"family:{1_000_000 + n:032x}" for n in range(1_500)))
    with one(central.dsn) as connection:
        connection.execute(
            "update contact set at = %s, ev = 1000000 where device = %s", (central.clock(), lead.identity.device)
        )
    began = time.perf_counter()
    with one(central.dsn) as connection:
        told = breach.report(connection, lead.identity.device, "desk", central.clock())
    took = time.perf_counter() - began
    print(f"breach-report: {took:.2f} s, {len(told['families'])} families")  # noqa: T201 - the figure is the test's result
    assert len(told["families"]) == 1_500
    assert sum(sum(each["records"].values()) for each in told["families"]) == 60_000
    assert len(json.dumps(told)) > 100_000
    assert took < 60
