"""Whatever the line does, everything arrives once, nothing is believed that is not so, the error tells what to do."""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from sync.errors import Malformed, NotCentral, Rejected, SyncError, Unreachable
from tests.central_fixture import CentralProcess, Ground, RunningCentral, StillClock
from tests.sync.faults.field import Base, Walker
from tests.sync.faults.proxy import FAULTS, failing_line, mixed, once

PUSH, PULL = "/sync/push", "/sync/pull"
ANY = (SyncError, type(None))
HEARD: dict[str, tuple[type[object], ...]] = {
    "clean": (type(None),),
    "lost request": (Unreachable,),
    "lost answer": (Unreachable,),
    "duplicate": (type(None),),
    "duplicate, the second heard": (Rejected,),
    "reorder": (Unreachable,),
    "replay of old requests": (type(None),),
    "an old answer": (NotCentral, Unreachable),
    "cut request": (Unreachable,),
    "short request": (Rejected,),
    "cut answer": (Unreachable,),
    "short answer": (NotCentral,),
    "reset in the answer": (Unreachable,),
    "a bit of the request's body": (Rejected,),
    "a bit of the request's head": ANY,
    "a bit of the answer's body": (NotCentral,),
    "a bit of the answer's head": ANY,
    "slow body": (type(None),),
    "500": (Unreachable,),
    "502": (Unreachable,),
    "503 in central's name": (Unreachable,),
    "captive portal": (NotCentral,),
    "redirect": (NotCentral,),
    "forged refusal": (NotCentral,),
    "forged refusal after the work": (NotCentral,),
    "forged word that the chain is broken": (NotCentral,),
    "zstd bomb": (NotCentral,),
    "gzip bomb": (NotCentral,),
    "deep answer": (NotCentral,),
    "deep refusal": (NotCentral,),
    "no HTTP": (Unreachable,),
    "empty answer": (NotCentral,),
}
"""For each fault what a sync may end with."""


@pytest.fixture(scope="module")
def base(central_ground: Ground) -> Iterator[Base]:
    running = RunningCentral(central_ground, StillClock())
    yield Base.of(running)
    running.close()


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    """What central's server calls an error of its own while a test runs: there must be none."""

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record.getMessage())

    kept: list[str] = []
    handler = Kept(logging.ERROR)
    logging.getLogger("uvicorn.error").addHandler(handler)
    yield kept
    logging.getLogger("uvicorn.error").removeHandler(handler)


def test_every_fault_has_its_expected_error() -> None:
    assert set(HEARD) == set(FAULTS)


@pytest.mark.parametrize("path", [PUSH, pytest.param(PULL, marks=pytest.mark.long)])
@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_the_next_sync_ends_with_everything_once(
    base: Base, troubles: list[str], fault: str, path: str
) -> None:
    asha = Walker(base)
    record = asha.family(name="Okafor")
    with failing_line(base.url, once(path, fault), seed=len(fault)) as line:
        asha.url = line.url
        wrong = asha.sync()
        assert isinstance(wrong, HEARD[fault]), wrong
        assert (path, fault) in line.done
        asha.check_nothing_is_believed_that_is_not_so()
        asha.say(record, name="Okafor-Obi")
        assert asha.sync() is None
        assert asha.sync() is None
    asha.check_everything_arrived_once()
    assert asha.replica.view(record) == {"name": "Okafor-Obi"}
    assert troubles == []


def test_an_error_says_what_to_do_and_that_nothing_is_lost() -> None:
    for error in (Unreachable(), NotCentral(), Rejected("replay"), Malformed()):
        assert error.said.endswith(".")
        assert any(word in error.cure for word in ("Nothing", "nothing"))


def a_day_in_the_field(base: Base, seed: int, share: float = 0.4) -> list[tuple[str, str]]:
    """Two laptops write in one family over a line that fails; at its end both have what central has."""
    dice = Random(seed)
    asha, ben = Walker(base), Walker(base)
    record = asha.family(name="Okafor")
    assert asha.sync() is None
    base.grant(ben.name, f"family:{record}")
    with failing_line(base.url, mixed(seed, share), seed) as line:
        asha.url = ben.url = line.url
        for turn in range(12):
            who = dice.choice((asha, ben))
            for _ in range(dice.randrange(3)):
                if record in who.replica.base and dice.random() < 0.6:
                    who.say(record, **{f"note_{who.name[-3:]}_{turn}": str(dice.random())})
                else:
                    who.family(name=str(turn))
            who.sync()
            who.check_nothing_is_believed_that_is_not_so()
    asha.url = ben.url = base.url
    for who in (asha, ben, asha, ben):
        assert who.sync() is None
    for who in (asha, ben):
        who.check_everything_arrived_once()
    assert asha.replica.base[record] == ben.replica.base[record]
    return line.done


@pytest.mark.parametrize("seed", range(3))
def test_a_day_over_a_failing_line_ends_with_everything_once(base: Base, seed: int) -> None:
    assert a_day_in_the_field(base, seed)


@pytest.mark.long
@pytest.mark.timeout(3_000)
def test_hundreds_of_days_with_a_central_of_its_own_end_with_everything_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """FIELDKIT_SEEDS says how many, FIELDKIT_FIRST_SEED from where on; the seeds that fail are printed."""
    first, count = int(os.environ.get("FIELDKIT_FIRST_SEED", "1000")), int(os.environ.get("FIELDKIT_SEEDS", "300"))
    process = CentralProcess(tmp_path / "central")
    process.desk("init")
    failed, met = [], Counter[str]()
    with process:
        base = Base.of_process(process)
        for seed in range(first, first + count):
            try:
                met.update(fault for _, fault in a_day_in_the_field(base, seed))
            except AssertionError as wrong:
                failed.append((seed, str(wrong)[:300]))
        base.check_chains()
    with capsys.disabled():
        sys.stdout.write(f"\n{count} days, {met.total()} requests, {met.total() - met['clean']} of them disturbed\n")
    assert not failed, failed
    assert set(met) == set(FAULTS) or count < 50
