"""Central killed in the middle of its work, again and again: what it acknowledged is there, and there once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
import psycopg
import pytest

from sync.client.http import HttpCentral
from sync.errors import SyncError
from sync.server.embedded import Embedded
from tests.central_fixture import CentralProcess
from tests.sync.faults.field import Base, Walker

LONGEST = 30.0
"""Seconds that anything here may take before the test gives up."""


@dataclass
class Stream:
    """A laptop that writes and pushes without pause, until central is gone."""

    walker: Walker
    dice: Random
    answered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """One for every batch that was acknowledged."""
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Push until it fails."""
        with contextlib.suppress(SyncError), HttpCentral(self.walker.url, self.walker.identity) as line:
            while True:
                for _ in range(self.dice.randrange(1, 4)):
                    self.walker.family(name="Okafor")
                batch = self.walker.replica.batch(50)
                assert batch is not None
                self.walker.replica.mark_sent(batch)
                self.walker.replica.settle(line.push(batch))
                self.answered.release()
        self.ended.set()


@dataclass
class Round:
    """One killing: who pushes, who is killed, and a look behind central."""

    process: CentralProcess
    stream: Stream
    behind: psycopg.Connection[tuple[object, ...]]

    def taken(self) -> int:
        """How far central has the laptop's chain, as others see it."""
        statement = "select last_seq from device where id = %s"
        found = self.behind.execute(statement, (self.stream.walker.identity.device,)).fetchone()
        assert found is not None
        return int(str(found[0]))

    def at_any_moment(self) -> None:
        """Some milliseconds on, wherever it is then."""
        self.stream.ended.wait(self.stream.dice.random() * 0.05)
        self.process.process.kill()

    def between_commit_and_answer(self) -> None:
        """As soon as others can see what a batch wrote: its answer is hardly on its way."""
        before = self.taken()
        while self.taken() == before and not self.stream.ended.is_set():
            pass
        self.process.process.kill()

    def inside_the_transaction(self) -> None:
        """While it waits for the counter: everything else is written, nothing committed."""
        waits = "select exists (select from pg_locks where not granted)"
        with self.behind.transaction():
            self.behind.execute("select 1 from counter for update")
            while self.behind.execute(waits).fetchone() != (True,):
                assert not self.stream.ended.is_set()
            self.process.process.kill()
            assert self.stream.ended.wait(LONGEST)

    def with_its_database(self) -> None:
        """Both at once, as when the power fails."""
        self.stream.ended.wait(self.stream.dice.random() * 0.05)
        os.kill(Embedded(self.process.data).pid, signal.SIGKILL)
        self.process.process.kill()

    def after_a_worker_of_the_database(self) -> None:
        """A session of the database dies, all of them are cut, it recovers; then central dies as well."""
        children = psutil.Process(Embedded(self.process.data).pid).children()
        theirs = [child for child in children if "fieldkit_central" in " ".join(child.cmdline())]
        for child in theirs:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        assert theirs
        assert self.stream.ended.wait(LONGEST)
        self.process.process.kill()


WAYS: tuple[Callable[[Round], None], ...] = (
    Round.between_commit_and_answer,
    Round.at_any_moment,
    Round.inside_the_transaction,
    Round.between_commit_and_answer,
    Round.with_its_database,
    Round.at_any_moment,
    Round.between_commit_and_answer,
    Round.after_a_worker_of_the_database,
)
"""The ways to be killed, in turn."""


@dataclass
class Tally:
    """What a run of killings came to."""

    acknowledged: int = 0
    unheard: int = 0
    """Changes that central had taken without the laptop knowing."""
    ways: Counter[str] = field(default_factory=Counter)


def a_round(process: CentralProcess, walker: Walker, way: Callable[[Round], None], dice: Random) -> int:
    """Serve, look what the last killing left, have a laptop push, and be killed; what central had unheard of."""
    with process:
        walker.base, walker.url = Base.of_process(process), process.url
        unheard = left_unheard(walker)
        stream = Stream(walker, dice)
        pushing = threading.Thread(target=stream.run, daemon=True)
        with psycopg.connect(walker.base.owner_dsn, autocommit=True) as behind:
            pushing.start()
            for _ in range(dice.randrange(1, 6)):
                assert stream.answered.acquire(timeout=LONGEST)
            with contextlib.suppress(psycopg.OperationalError):
                way(Round(process, stream, behind))
        process.kill()
        pushing.join(LONGEST)
        assert stream.ended.is_set()
    return unheard


def left_unheard(walker: Walker) -> int:
    """How many changes central has that the laptop does not know of; nothing acknowledged may be missing."""
    walker.check_nothing_is_believed_that_is_not_so()
    with walker.base.rows() as rows:
        found = rows.execute("select last_seq from device where id = %s", (walker.identity.device,)).fetchone()
    assert found is not None
    return int(found[0]) - walker.replica.standing().last_seq


def killed(data: Path, rounds: int, seed: int) -> Tally:
    """So many killings, then a quiet sync and a look at everything."""
    process, dice, tally = CentralProcess(data), Random(seed), Tally()
    process.desk("init")
    with process:
        walker = Walker(Base.of_process(process))
    for turn in range(rounds):
        way = WAYS[turn % len(WAYS)]
        tally.unheard += a_round(process, walker, way, dice)
        tally.ways[way.__name__] += 1
    with process:
        walker.base, walker.url = Base.of_process(process), process.url
        tally.unheard += left_unheard(walker)
        tally.acknowledged = len(walker.replica.receipts)
        assert walker.sync() is None
        walker.check_everything_arrived_once()
    assert process.desk("verify")["ledger"] == "whole"
    return tally


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_killed_a_hundred_times_central_loses_nothing_it_acknowledged_and_takes_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """FIELDKIT_KILLS says how often."""
    rounds = int(os.environ.get("FIELDKIT_KILLS", "100"))
    tally = killed(tmp_path / "central", rounds, seed=rounds)
    with capsys.disabled():
        told = ", ".join(f"{count} {way.replace('_', ' ')}" for way, count in tally.ways.items())
        sys.stdout.write(
            f"\n{rounds} kills ({told}): {tally.acknowledged} acknowledged, 0 lost, 0 twice;"
            f" {tally.unheard} were committed and their answer lost\n"
        )
    assert tally.acknowledged > rounds
    assert tally.unheard or rounds < len(WAYS)
