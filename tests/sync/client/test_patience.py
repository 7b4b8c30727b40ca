"""How long a device goes on trying: decided by a pure function, carried out by a thin one; nobody waits here."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.client.http import HttpCentral, Identity
from sync.client.patience import STANDARD, Patience, Retrying, next_wait
from sync.errors import NotCentral, Rejected, SyncError, Unreachable
from sync.protocol import SPEAKS, VERSION, PullAsk
from tests.sync.client.test_http import always, listening

IN_TROUBLE = Unreachable(answered=True)
NO_WAY = Unreachable()
FAILOVER = 25.0
"""Seconds that a change of leader takes, at the worst."""


@dataclass
class Waits:
    """Waits that only pass in this list."""

    seconds: list[float] = field(default_factory=list)
    patient: bool = True

    def __call__(self, seconds: float) -> bool:
        self.seconds.append(seconds)
        return self.patient


def all_waits(trouble: Unreachable, lot: float = 0.0, patience: Patience = STANDARD) -> list[float]:
    """The waits of one who is never answered."""
    waits: list[float] = []
    while (wait := next_wait(patience, len(waits) + 1, sum(waits), trouble, lot)) is not None:
        waits.append(wait)
    return waits


def test_waits_grow_to_a_bound_and_end() -> None:
    waits = all_waits(IN_TROUBLE)
    assert waits[:4] == [1, 2, 3, 3]
    assert FAILOVER < sum(waits) <= STANDARD.whole


def test_without_a_way_to_central_it_is_told_after_one_more_try() -> None:
    assert all_waits(NO_WAY) == [1]


def test_central_is_given_the_time_it_asks_for() -> None:
    assert next_wait(STANDARD, 1, 0, Unreachable(answered=True, after=7), 0) == 7
    assert next_wait(STANDARD, 3, 0, Unreachable(answered=True, after=2), 0) == 3
    assert next_wait(STANDARD, 1, 0, Unreachable(answered=True, after=3600), 0) is None


def test_laptops_do_not_come_back_in_the_same_second() -> None:
    assert {next_wait(STANDARD, 3, 0, IN_TROUBLE, lot) for lot in (0.0, 0.5, 1.0)} == {3, 3.75, 4.5}


@given(st.floats(0, 1), st.floats(0, 40))
def test_whenever_central_is_back_a_device_is_answered_within_five_seconds_of_it(lot: float, back: float) -> None:
    at = 0.0
    for wait in all_waits(Unreachable(answered=True, after=2), lot):
        at += wait
        if at >= back:
            break
    assert back <= at <= back + 5


def failing(*failures: SyncError) -> tuple[list[SyncError], Retrying, Waits]:
    waits = Waits()
    return list(failures), Retrying(waits, lot=lambda: 0.0), waits


def attempt(left: list[SyncError]) -> str:
    if left:
        raise left.pop(0)
    return "answered"


def test_it_is_tried_until_central_answers() -> None:
    left, retrying, waits = failing(IN_TROUBLE, IN_TROUBLE, IN_TROUBLE)
    told = Waits()
    assert retrying.run(lambda: attempt(left), lambda seconds: told.seconds.append(seconds)) == "answered"
    assert waits.seconds == told.seconds == [1, 2, 3]


@pytest.mark.parametrize("for_good", [NotCentral(), Rejected("revoked")])
def test_what_will_not_change_is_not_tried_again(for_good: SyncError) -> None:
    left, retrying, waits = failing(for_good)
    with pytest.raises(type(for_good)):
        retrying.run(lambda: attempt(left))
    assert waits.seconds == []


def test_who_wants_to_leave_does_not_wait() -> None:
    left, retrying, waits = failing(IN_TROUBLE, IN_TROUBLE)
    waits.patient = False
    with pytest.raises(Unreachable):
        retrying.run(lambda: attempt(left))
    assert waits.seconds == [1]


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("2", 2.0),
        ("", 0.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0.0),
        ("-5", 0.0),
        ("9" * 400, 9999.0),
        ("5 minutes", 0.0),
    ],
)
def test_central_in_trouble_says_when_to_come_again(said: str, after: float) -> None:
    with listening(always(503, {SPEAKS: VERSION, "retry-after": said}, b"{}")) as url:
        trouble = asked_in_vain(url)
    assert (trouble.answered, trouble.after) == (True, after)


def test_a_port_where_nobody_listens_is_no_way_to_central() -> None:
    assert not asked_in_vain("http://127.0.0.1:1").answered


def asked_in_vain(url: str) -> Unreachable:
    with HttpCentral(url, Identity(Ed25519PrivateKey.generate())) as line, pytest.raises(Unreachable) as told:
        line.pull(PullAsk("", 0, (0, ""), 0))
    return told.value
