"""What is erased on request is gone from central and from every device, and the chains still hold."""

from __future__ import annotations

import pytest

from sync.changes import chain_holds
from sync.protocol import Outcome
from sync.server import audit, erasing, ledger
from sync.server.database import one
from sync.server.errors import NotKnown
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

NOTE = "a" * 32
WORD = "Zimnavoda"


@pytest.fixture
def two(central: RunningCentral) -> tuple[Laptop, Laptop]:
    """Two laptops that hold one family, a note about it, and a conflict."""
    asha, ben = Laptop(central, "Asha Patel"), Laptop(central, "Ben Carter")
    asha.family(name="Okafor", risk_level="low")
    asha.replica.write(NOTE, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": WORD}, at=AT)
    asha.sync()
    central.grant("Ben Carter", SCOPE)
    ben.sync()
    return asha, ben


def erase(central: RunningCentral, *records: str) -> list[str]:
    with one(central.owner_dsn) as connection:
        return erasing.erase(connection, records, "desk", "asked for by the family", central.clock())


def words_at(central: RunningCentral, word: str) -> int:
    """In how many rows of central a word stands."""
    with central.rows() as rows:
        found = 0
        for table, column in (("version", "line"), ("record", "state"), ("quarantine", "change"), ("receipt", "line")):
            statement = f"select count(*) from {table} where {column} like %s"
            count = rows.execute(statement.encode(), (f"%{word}%",)).fetchone()
            assert count is not None
            found += count[0]
        return found


def test_words_leave_central_and_every_device_and_all_chains_hold(
    central: RunningCentral, two: tuple[Laptop, Laptop]
) -> None:
    asha, ben = two
    assert words_at(central, WORD) == 2
    assert erase(central, NOTE) == [NOTE]
    assert words_at(central, WORD) == 0
    with central.rows() as rows:
        ledger.verify(rows)
        audit.verify(rows)
    for laptop in two:
        laptop.sync()
        assert NOTE not in laptop.replica.base
        assert FAMILY in laptop.replica.base
    assert not any(WORD in change.line or WORD in str(change.patch) for change in asha.replica.outbox)
    assert chain_holds(asha.replica.outbox, "0" * 64)
    assert ben.replica.view(NOTE) == {}


def test_what_was_written_meanwhile_about_an_erased_record_is_answered_gone_and_leaves_no_words(
    central: RunningCentral, two: tuple[Laptop, Laptop]
) -> None:
    _, ben = two
    ben.replica.write(NOTE, "set", {"c/facts/arrival": WORD + " again"}, at=AT)
    ben.say(postcode="AB1 2CD")
    erase(central, NOTE)
    ben.sync()
    assert ben.parked() == [("gone", "erased")]
    assert words_at(central, WORD) == 0
    assert ben.replica.base[FAMILY].state["postcode"] == "AB1 2CD"
    assert not any(WORD in change.line for change in ben.replica.outbox)


def test_an_erased_id_is_never_taken_again(central: RunningCentral, two: tuple[Laptop, Laptop]) -> None:
    asha, _ = two
    erase(central, NOTE)
    asha.sync()
    asha.replica.write(NOTE, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": "new"}, at=AT)
    asha.sync()
    assert asha.parked()[-1] == ("gone", "erased")


def test_the_conflicts_of_a_record_go_with_it(central: RunningCentral, two: tuple[Laptop, Laptop]) -> None:
    asha, ben = two
    asha.say(risk_level="high")
    ben.say(risk_level="immediate")
    asha.sync()
    ben.sync()
    (conflict,) = ben.conflicts()
    assert erase(central, FAMILY) == sorted([FAMILY, conflict])
    for laptop in two:
        laptop.sync()
        assert laptop.conflicts() == {}
    with central.rows() as rows:
        ledger.verify(rows)


def test_a_device_restored_to_before_an_erasure_sends_its_words_and_they_are_not_taken(
    central: RunningCentral, two: tuple[Laptop, Laptop]
) -> None:
    asha, _ = two
    first = asha.replica.outbox[1]
    erase(central, NOTE)
    with asha.line() as line:
        asha.replica.rewind(asha.replica.standing().epoch, 0)
        answered = line.push(asha.waiting()).receipts
    assert [each.outcome for each in answered] == [Outcome.APPLIED, Outcome.APPLIED]
    assert WORD in first.line
    assert words_at(central, WORD) == 0


def test_what_is_not_there_cannot_be_erased(central: RunningCentral) -> None:
    with pytest.raises(NotKnown):
        erase(central, "9" * 32)
