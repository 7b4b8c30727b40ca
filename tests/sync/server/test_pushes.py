"""What becomes of changes at a real central: one bad among good, two laptops at once, late, contested, forged."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from sync.changes import Change
from sync.protocol import Batch, Outcome, push_body, read_answer, read_push
from sync.server import ledger, push
from sync.server.database import take_the_desk
from sync.server.errors import AlreadyServing, LedgerBroken, TooMighty
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import FAMILY, SCOPE, Laptop

NOTE = "0190000000007000800000000000000b"


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    return Laptop(central, "Asha Patel")


@pytest.fixture
def marek(central: RunningCentral, asha: Laptop) -> Laptop:
    """A second worker who holds the family Asha wrote."""
    asha.family(name="Okafor", risk_level="medium")
    asha.sync()
    other = Laptop(central, "Marek Nowak", "lead")
    central.grant("Marek Nowak", SCOPE)
    other.sync()
    return other


def note(laptop: Laptop, at: str, record: str = NOTE) -> Change:
    own = {"@kind": "concern", "@scope": SCOPE, "words": "seen at the door"}
    return laptop.replica.write(record, "create", own, at=at)


@pytest.mark.parametrize(
    "patch",
    [
        {" name": "x"},
        {"name": 5},
        {"name": ["x", {}]},
        {"name": "half a pair \ud83d"},
        {"name\x00": "x"},
        {"name": {"hash": "\udc00"}},
        {"n" * 600: "x"},
    ],
    ids=["blank-in-path", "number", "map-in-list", "surrogate", "nul-path", "surrogate-inside", "long-path"],
)
def test_a_malformed_change_is_parked_alone_and_the_rest_goes_on(asha: Laptop, patch: dict[str, Any]) -> None:
    asha.family(name="Okafor")
    asha.replica.write(FAMILY, "set", patch)
    asha.say(postcode="AB1 2CD")
    asha.sync()
    assert asha.parked() == [("refused", "malformed")]
    assert asha.replica.base[FAMILY].state == {"name": "Okafor", "postcode": "AB1 2CD"}


@pytest.mark.parametrize("record", ["", "\x00", "\ud800", "../x", "x" * 65])
def test_a_record_without_a_proper_id_is_parked_alone(asha: Laptop, record: str) -> None:
    asha.replica.write(record, "create", {"@kind": "family", "@scope": f"family:{record}"})
    asha.family(name="Okafor")
    asha.sync()
    assert asha.parked() == [("refused", "malformed")]
    assert FAMILY in asha.replica.base


def test_a_note_about_the_time_before_a_family_moved_is_taken_late(
    central: RunningCentral, asha: Laptop, marek: Laptop
) -> None:
    central.clock.pass_time(hours=1)
    central.withdraw("Asha Patel", SCOPE)
    note(asha, at="2026-11-23T09:30:00+00:00")
    with asha.line() as line:
        assert line.push(asha.waiting()).receipts[0].outcome is Outcome.LATE
    asha.sync()
    marek.sync()
    assert marek.replica.view(NOTE)["words"] == "seen at the door"
    assert NOTE not in asha.replica.base


def test_an_edit_or_a_later_note_after_a_family_moved_is_quarantined(
    central: RunningCentral, asha: Laptop, marek: Laptop
) -> None:
    central.clock.pass_time(hours=1)
    central.withdraw("Asha Patel", SCOPE)
    asha.say(name="Other")
    note(asha, at="2026-11-23T10:30:00+00:00")
    asha.sync()
    marek.sync()
    assert asha.parked() == [("quarantined", "moved")] * 2
    assert marek.replica.view(FAMILY)["name"] == "Okafor"
    with central.rows() as rows:
        assert rows.execute("select count(*) from quarantine where change like '%%at the door%%'").fetchone() == (1,)


def test_a_lower_risk_needs_two_people_and_the_loser_is_kept(
    central: RunningCentral, asha: Laptop, marek: Laptop
) -> None:
    asha.say(risk_level="low")
    marek.say(risk_level="high")
    for laptop in (asha, marek, asha):
        laptop.sync()
    (conflict,) = asha.conflicts()
    assert asha.replica.view(FAMILY)["risk_level"] == "high"
    asha.resolve(conflict, "mine")
    asha.sync()
    assert asha.conflicts() == {conflict: "proposed"}
    assert asha.replica.view(FAMILY)["risk_level"] == "high"
    marek.sync()
    marek.resolve(conflict, "theirs")
    marek.sync()
    asha.sync()
    assert asha.replica.view(FAMILY)["risk_level"] == marek.replica.view(FAMILY)["risk_level"] == "low"
    assert {"high", "low"} <= set(map(str, asha.replica.view(conflict).values()))
    with central.rows() as rows:
        assert rows.execute("select is_open, class from conflict").fetchall() == [(False, "A")]


def test_two_laptops_that_push_at_once_open_one_conflict_and_nobody_is_lost(
    central: RunningCentral, asha: Laptop, marek: Laptop
) -> None:
    both = (asha, marek)
    with ThreadPoolExecutor(2) as pool:
        for turn in range(6):
            asha.say(risk_level=f"a{turn}")
            marek.say(risk_level=f"m{turn}")
            list(pool.map(Laptop.sync, both))
    for laptop in both * 2:
        laptop.sync()
    assert len(asha.conflicts()) == 1
    assert asha.replica.base == marek.replica.base
    with central.rows() as rows:
        assert rows.execute("select count(*) from conflict where is_open").fetchone() == (1,)
        said = rows.execute("select count(*) from version where record = %s", (FAMILY,)).fetchone()
        assert said == (13,)
        ledger.verify(rows)


def test_one_record_made_by_two_laptops_at_once_stands_once(
    central: RunningCentral, asha: Laptop, marek: Laptop
) -> None:
    own = {"@kind": "person", "@scope": SCOPE}
    names = [f"{number:032x}" for number in range(12)]
    with ThreadPoolExecutor(2) as pool:
        for name in names:
            for laptop in (asha, marek):
                laptop.replica.write(name, "create", own | {"given": "Ada"})
            list(pool.map(Laptop.sync, (asha, marek)))
    for laptop in (asha, marek) * 2:
        laptop.sync()
    assert asha.replica.base == marek.replica.base
    assert set(names) <= set(asha.replica.base)
    assert asha.parked() == marek.parked() == []


def test_a_family_said_to_be_of_a_milder_form_stays_protected(asha: Laptop, marek: Laptop) -> None:
    asha.replica.write(FAMILY, "set", {"@form": "visit@2026.1", "risk_level": "low"})
    marek.say(risk_level="high")
    marek.sync()
    asha.sync()
    assert asha.replica.view(FAMILY)["risk_level"] == "high"


def test_without_row_security_the_scopes_held_still_decide(central: RunningCentral, asha: Laptop) -> None:
    asha.family(name="Okafor")
    asha.sync()
    with psycopg.connect(central.owner_dsn) as owner:
        owner.execute("alter table record disable row level security")
    stranger = Laptop(central, "Ben Carter")
    stranger.sync()
    assert FAMILY not in stranger.replica.base


def test_central_does_not_start_as_the_owner_of_its_tables_nor_twice(central: RunningCentral) -> None:
    with pytest.raises(TooMighty):
        take_the_desk(central.owner_dsn)
    first = take_the_desk(central.dsn)
    with pytest.raises(AlreadyServing):
        take_the_desk(central.dsn)
    first.close()


def test_words_altered_in_the_history_are_found_and_named(central: RunningCentral, asha: Laptop) -> None:
    asha.family(name="Okafor")
    asha.sync()
    with central.rows() as rows:
        number = rows.execute("select number from ledger where record = %s", (FAMILY,)).fetchone()
        assert number is not None
        rows.execute("update version set line = replace(line, 'Okafor', 'Okafer') where record = %s", (FAMILY,))
        with pytest.raises(LedgerBroken, match=f"number {number[0]}"):
            ledger.verify(rows)


def test_a_change_with_a_salt_that_is_none_is_refused_and_central_goes_on(asha: Laptop) -> None:
    from sync.errors import Rejected

    whole = asha.family(name="Okafor")
    with asha.line() as line:
        with pytest.raises(Rejected) as told:
            line.push(Batch.of([replace(whole, line=whole.line.replace(whole.salt, "z" * 32))]))
        assert told.value.reason == "malformed"
        assert line.push(Batch.of([whole])).receipts[0].outcome is Outcome.APPLIED


def wait_for_a_lock(owner_dsn: str) -> None:
    """Until a push stands behind a record that somebody holds."""
    with psycopg.connect(owner_dsn, autocommit=True) as watch:
        statement = "select exists (select from pg_stat_activity where wait_event_type = 'Lock')"
        while watch.execute(statement).fetchone() != (True,):
            pass


def test_a_push_that_waited_for_a_record_sees_the_conflict_opened_meanwhile(
    central: RunningCentral, asha: Laptop, marek: Laptop
) -> None:
    asha.say(risk_level="low")
    asha.sync()
    device, theirs = marek.identity.device, Batch.of([marek.say(risk_level="high")])
    asha.say(risk_level="immediate")
    unsigned = read_push(push_body(theirs, b""), device)
    pushed = replace(unsigned, signature=marek.identity.key.sign(unsigned.message(device)))
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(central.dsn) as held:
            receipt = read_answer(push.take(held, device, pushed, central.clock())).receipts[0]
            assert receipt.outcome is Outcome.CONFLICT
            waiting = pool.submit(asha.sync)
            wait_for_a_lock(central.owner_dsn)
        waiting.result(20)
    with central.rows() as rows:
        assert rows.execute("select count(*) from conflict").fetchone() == (1,)
    assert asha.replica.view(FAMILY)["risk_level"] == "immediate"
