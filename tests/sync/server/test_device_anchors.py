"""A device's audit chain at central: what grew is countersigned, what cannot be is noted once, nonsense is refused."""

import json

import pytest

from sync.client.anchoring import ANCHORED, Claimed, Countersigned, Head, countersign, is_signed
from sync.errors import Rejected
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import Laptop

NOTHING = Head(0, "")


def head(number: int, letter: str = "a") -> Head:
    return Head(number, letter * 64)


def ask(laptop: Laptop, now: Head, known: Head = NOTHING) -> Countersigned:
    with laptop.line() as line:
        return countersign(line, laptop.identity, Claimed(now, known))


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    return Laptop(central, "Asha Patel")


def doubts(central: RunningCentral) -> list[tuple[str, str]]:
    """Device and what, each once; the trail has a line for each."""
    with central.rows() as rows:
        found = rows.execute("select device, what from device_anchor_doubt").fetchall()
        noted = rows.execute("select about from audit where what = 'device-audit'").fetchall()
    assert len(noted) == len(found)
    return sorted((str(device), str(what)) for device, what in found)


def test_a_chain_that_names_what_is_known_of_it_goes_on(central: RunningCentral, asha: Laptop) -> None:
    first = ask(asha, head(3))
    assert (first.state, first.head) == (ANCHORED, head(3))
    assert is_signed(asha.identity.receipt_key, asha.identity.device, head(3), (first.at, first.signature))
    assert not is_signed(asha.identity.receipt_key, asha.identity.device, head(4), (first.at, first.signature))
    assert not is_signed(asha.identity.receipt_key, "another", head(3), (first.at, first.signature))
    central.clock.pass_time(hours=1)
    again = ask(asha, head(3), head(3))
    assert (again.at, again.signature) == (first.at, first.signature)
    assert ask(asha, head(9, "b"), head(3)).state == ANCHORED
    assert doubts(central) == []


UNPROVED = [
    (head(9, "b"), NOTHING, ()),
    (head(9, "b"), head(2), ()),
    (head(9, "b"), head(5, "c"), ("fork",)),
    (head(5, "c"), NOTHING, ("fork",)),
    (head(4), NOTHING, ("cut",)),
    (head(4), head(3), ("cut",)),
]


def test_what_does_not_prove_that_it_grew_is_not_countersigned_and_told_what_is_known(central: RunningCentral) -> None:
    expected = []
    for number, (now, known, doubt) in enumerate(UNPROVED, 5):
        laptop = Laptop(central, f"Asha {number}")
        last = Head(5, "a" * 64)
        ask(laptop, last)
        for _ in range(2):
            said = ask(laptop, now, known)
            assert (said.state, said.head) == ("unproved", last), (now, known)
        expected += [(laptop.identity.device, what) for what in doubt]
        assert ask(laptop, head(6), last).state == ANCHORED, "the true chain goes on"
    assert doubts(central) == sorted(expected)


def test_each_device_has_a_chain_of_its_own(central: RunningCentral, asha: Laptop) -> None:
    marek = Laptop(central, "Marek Nowak")
    assert ask(asha, head(5)).state == ask(marek, head(2, "b")).state == ANCHORED


NONSENSE: list[object] = [
    {},
    {"head": [1, "a" * 64]},
    {"head": [-1, "a" * 64], "known": [0, ""]},
    {"head": [1 << 70, "a" * 64], "known": [0, ""]},
    {"head": [1.5, "a" * 64], "known": [0, ""]},
    {"head": [True, "a" * 64], "known": [0, ""]},
    {"head": ["1", "a" * 64], "known": [0, ""]},
    {"head": [1, "A" * 64], "known": [0, ""]},
    {"head": [1, "a" * 64 + "\n"], "known": [0, ""]},
    {"head": [1, None], "known": [0, ""]},
    {"head": [1, "a" * 64], "known": [0, "a" * 64]},
    {"head": [0, ""], "known": [0, ""], "more": 1},
    {"head": [1, "a" * 64, 3], "known": [0, ""]},
]


def test_nonsense_is_malformed_and_nothing_is_kept(central: RunningCentral, asha: Laptop) -> None:
    with asha.line() as line:
        for told in NONSENSE:
            with pytest.raises(Rejected) as refused:
                line.tell("/sync/anchor", told)
            assert refused.value.reason == "malformed", told
    with central.rows() as rows:
        assert rows.execute("select count(*) from device_anchor").fetchone() == (0,)


def test_the_answer_is_one_object_of_text_and_numbers(asha: Laptop) -> None:
    with asha.line() as line:
        told = line.tell("/sync/anchor", Claimed(head(1), NOTHING).to_json())
    assert set(told) == {"state", "head", "at", "signature", "now"}
    assert json.loads(json.dumps(told)) == told
