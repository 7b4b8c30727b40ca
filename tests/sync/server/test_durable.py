"""What `durable_seq` promises: a device hears of no seq whose commit is not outside central's own disk."""

from __future__ import annotations

import httpx

from sync.client import Exchange
from sync.protocol import PushAnswer
from sync.server import durable
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop


def head(central: RunningCentral) -> int:
    with central.rows() as rows:
        found = rows.execute("select number from counter").fetchone()
        assert found is not None
        return int(found[0])


def mark(central: RunningCentral, number: int) -> int:
    with one(central.dsn) as connection:
        return durable.mark_durable(connection, number)


def heard(laptop: Laptop) -> int:
    """What a pull tells the laptop."""
    laptop.sync()
    return laptop.replica.standing().durable


def push(laptop: Laptop) -> PushAnswer:
    with laptop.line() as line:
        answer = line.push(laptop.waiting())
    laptop.replica.settle(answer)
    return answer


def test_nothing_is_durable_before_somebody_has_copied_it(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    assert push(asha).durable_seq == 0
    assert heard(asha) == 0


def test_each_device_hears_its_own_highest_seq_below_the_durable_number(central: RunningCentral) -> None:
    asha, ben = Laptop(central, "Asha Patel"), Laptop(central, "Ben Carter")
    asha.family(name="Okafor")
    asha.sync()
    central.grant("Ben Carter", SCOPE)
    ben.sync()
    numbers = []
    for laptop, words in ((asha, "1"), (ben, "2"), (ben, "3"), (asha, "4")):
        laptop.say(phone=words)
        laptop.sync()
        numbers.append(head(central))
    assert mark(central, numbers[1]) == numbers[1]
    assert (heard(asha), heard(ben)) == (2, 1)
    assert mark(central, numbers[2]) == numbers[2]
    assert (heard(asha), heard(ben)) == (2, 2)
    assert mark(central, numbers[3]) == numbers[3]
    assert (heard(asha), heard(ben)) == (3, 2)


def test_the_durable_number_never_falls_and_never_passes_the_head(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    at = head(central)
    assert mark(central, at + 1_000) == at
    assert mark(central, at - 1) == at
    assert f"ledger_durable_number {at}" in httpx.get(f"{central.url}/metrics").text
    asha.say(phone="2")
    asha.sync()
    assert heard(asha) == 1


def test_a_refused_change_is_durable_only_with_the_number_that_comes_after_it(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    before = head(central)
    asha.replica.write("8" * 32, "set", {"name": "nobody's"}, at=AT)
    asha.sync()
    assert head(central) == before
    mark(central, before)
    assert heard(asha) == 1
    asha.say(phone="2")
    asha.sync()
    mark(central, head(central))
    assert heard(asha) == 3


def test_marks_that_are_overtaken_do_not_pile_up(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    for words in "12345":
        asha.say(phone=words)
        asha.sync()
    mark(central, head(central))
    with central.rows() as rows:
        assert rows.execute("select seq from durable_mark where device <> 'central'").fetchall() == [(6,)]


def test_a_device_keeps_the_words_of_what_is_not_durable_and_lets_only_the_others_go(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.replica.spare = 0
    asha.family(name="Okafor")
    asha.sync()
    mark(central, head(central))
    asha.say(phone="2")
    with asha.line() as line:
        Exchange(asha.replica, line).run()
    assert [bool(change.patch) for change in asha.replica.outbox] == [False, True]
    assert asha.replica.view(FAMILY) == {"name": "Okafor", "phone": "2"}
