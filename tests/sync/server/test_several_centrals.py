"""Several centrals on one database, and a database that goes away: nothing is acknowledged that is not kept."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from sync.client.http import HttpCentral
from sync.errors import Unreachable
from sync.server import ledger
from sync.server.database import join_the_desks, keep_nonces, open_pool, reaching, still_leads, take_the_desk
from sync.server.embedded import OWNER
from sync.server.errors import AlreadyServing, Forgetful, NoSuchService, OlderSchema
from sync.server.hanging import PATROL
from tests.central_fixture import CentralProcess, Ground, RunningCentral, StillClock
from tests.sync.server.laptop import SCOPE, Laptop


def until(true: Callable[[], object]) -> None:
    """Ask until it is so; a test's time limit ends what never is."""
    while not true():
        pass


class Several(RunningCentral):
    """Central processes on one database."""

    def __init__(self, soil: Ground, stack: ExitStack, count: int, *options: str) -> None:
        self.dsn, self.owner_dsn = soil.fresh()
        stack.callback(soil.drop, self.dsn)
        keep_nonces(self.owner_dsn)
        started = [CentralProcess(soil.data, "--dsn", self.dsn, *options) for _ in range(count)]
        self.processes = [stack.enter_context(each) for each in started]
        self.clock = StillClock(datetime.now(UTC))
        self._next = cycle(each.url for each in self.processes)
        self.turn()

    def turn(self) -> None:
        """The next central is asked next."""
        self.url = next(self._next)


class Wandering(Laptop):
    """A laptop whose every line ends at another central than the one before."""

    def line(self) -> HttpCentral:
        assert isinstance(self.central, Several)
        self.central.turn()
        return super().line()


@contextmanager
def several(soil: Ground, count: int, *options: str) -> Iterator[Several]:
    with ExitStack() as stack:
        yield Several(soil, stack, count, *options)


@pytest.fixture(scope="module")
def two(central_ground: Ground) -> Iterator[Several]:
    """Two central processes on one database."""
    with several(central_ground, 2) as centrals:
        yield centrals


def test_two_centrals_on_one_database_keep_the_promises_of_one(two: Several) -> None:
    centrals = two
    with ThreadPoolExecutor(2) as pool:
        asha, ben = Wandering(centrals, "Asha Patel"), Wandering(centrals, "Ben Carter")
        asha.family(name="Okafor", risk_level="low")
        asha.sync()
        centrals.grant("Ben Carter", SCOPE)
        ben.sync()
        asha.say(risk_level="high")
        ben.say(risk_level="medium")
        for each in (pool.submit(asha.sync), pool.submit(ben.sync)):
            each.result(60)
        for laptop in (asha, ben, asha, ben):
            laptop.sync()
        assert asha.replica.sums() == ben.replica.sums()
        assert list(asha.conflicts().values()) == list(ben.conflicts().values()) == ["open"]
        assert (asha.replica.waiting(), ben.replica.waiting(), asha.parked(), ben.parked()) == (0, 0, [], [])
        with centrals.rows() as rows:
            ledger.verify(rows)


def test_what_one_central_was_asked_the_other_does_not_answer_again(two: Several) -> None:
    asha = Laptop(two, "Marek Nowak")
    asked: list[httpx.Request] = []
    with httpx.Client(event_hooks={"request": [asked.append]}) as client:
        HttpCentral(two.url, asha.identity, client).pull(asha.replica.standing().ask())
        said = {name: value for name, value in asked[0].headers.items() if name != "host"}
        again = [client.post(each.url + "/sync/pull", content=asked[0].content, headers=said) for each in two.processes]
    assert [(answer.status_code, answer.json()["reason"]) for answer in again] == [(401, "replay")] * 2


def test_what_is_in_hand_when_central_is_told_to_end_is_answered(central_ground: Ground) -> None:
    with several(central_ground, 1, "--drain", "60") as centrals, ThreadPoolExecutor(1) as pool:
        asha, (only,) = Laptop(centrals, "Asha Patel"), centrals.processes
        asha.family(name="Okafor")
        with held(centrals, asha) as holding:
            push = pool.submit(push_once, asha)
            until(lambda: blocked(holding))
            only.process.terminate()
            until(lambda: httpx.get(only.url + "/health").status_code == 503)
            # Told twice it goes at once, and still answers what is in hand.
            only.process.terminate()
        assert push.result(30) == 1
        only._reap()
        assert only.process.returncode == 0


def push_once(laptop: Laptop) -> int:
    """Push what waits; how far central acknowledged it."""
    with laptop.line() as line:
        return line.push(laptop.waiting()).acked_seq


def test_a_connection_cut_in_the_middle_of_a_push_acknowledges_nothing(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    with ThreadPoolExecutor(1) as pool:
        with held(central, asha) as holding:
            push = pool.submit(asha.sync)
            until(lambda: blocked(holding))
            holding.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid = any(%s)", (blocked(holding),)
            )
            assert isinstance(push.exception(30), Unreachable)
        assert asha.replica.waiting() == 1
        asha.sync()
        assert asha.replica.waiting() == 0
        assert versions(central) == 1


@contextmanager
def held(central: RunningCentral, laptop: Laptop) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Keep a device's row, so that its push waits."""
    with psycopg.connect(central.owner_dsn) as connection:
        connection.execute("select 1 from device where id = %s for update", (laptop.identity.device,))
        yield connection


def blocked(holding: psycopg.Connection[tuple[object, ...]]) -> list[object]:
    """The server processes that wait for what this connection holds."""
    asked = "select pid from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))"
    return [pid for (pid,) in holding.execute(asked).fetchall()]


def versions(central: RunningCentral) -> int:
    with central.rows() as rows:
        found = rows.execute("select count(*) from version where device <> 'central' and seq > 0").fetchone()
    assert found is not None
    return int(found[0])


def test_a_desk_is_shared_with_any_but_one_who_sits_alone(central: RunningCentral) -> None:
    keep_nonces(central.owner_dsn)
    join_the_desks(central.dsn)
    join_the_desks(central.dsn)
    alone = take_the_desk(central.dsn)
    with pytest.raises(AlreadyServing):
        join_the_desks(central.dsn)
    alone.close()
    join_the_desks(central.dsn)


def test_where_a_replica_would_forget_nonces_no_central_serves(central: RunningCentral) -> None:
    with pytest.raises(OlderSchema):
        join_the_desks(central.dsn)


def test_tables_older_than_the_program_are_not_served_and_newer_ones_are(central: RunningCentral) -> None:
    keep_nonces(central.owner_dsn)
    with psycopg.connect(central.owner_dsn) as owner:
        owner.execute("insert into migration values (9999)")
        owner.commit()
        join_the_desks(central.dsn)
        owner.execute("delete from migration where number > 1")
    with pytest.raises(OlderSchema):
        join_the_desks(central.dsn)


# -- the server is told to forget, and cut down


@contextmanager
def setting(soil: Ground, name: str, value: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A server set so for a while."""
    with psycopg.connect(soil.embedded.dsn("postgres", OWNER), autocommit=True) as owner:

        def make(said: str) -> None:
            owner.execute(f"alter system set {name} = '{said}'".encode())
            owner.execute("select pg_reload_conf()")
            until(lambda: owner.execute(f"show {name}".encode()).fetchone() == (said,))

        found = owner.execute(f"show {name}".encode()).fetchone()
        assert found is not None
        make(value)
        try:
            yield owner
        finally:
            make(str(found[0]))


def test_a_server_that_forgets_is_refused(central_ground: Ground, central: RunningCentral) -> None:
    keep_nonces(central.owner_dsn)
    with setting(central_ground, "fsync", "off"), pytest.raises(Forgetful):
        join_the_desks(central.dsn)


def test_what_is_acknowledged_is_on_disk_whatever_the_server_is_set_to(
    central_ground: Ground, central: RunningCentral
) -> None:
    with (
        setting(central_ground, "synchronous_commit", "off"),
        open_pool(central.dsn) as pool,
        pool.connection() as connection,
    ):
        assert connection.execute("show synchronous_commit").fetchone() == ("on",)


def test_a_commit_whose_wait_for_the_standby_was_cancelled_is_not_acknowledged(
    central_ground: Ground, central: RunningCentral
) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    with ThreadPoolExecutor(1) as pool:
        with setting(central_ground, "synchronous_standby_names", "nobody") as owner:
            push: Future[None] = pool.submit(asha.sync)
            until(lambda: waiting_for_standby(owner))
            owner.execute("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'")
            assert isinstance(push.exception(30), Unreachable)
            assert asha.replica.waiting() == 1
        asha.sync()
    assert asha.replica.waiting() == 0
    assert versions(central) == 1


def waiting_for_standby(owner: psycopg.Connection[tuple[object, ...]]) -> bool:
    return owner.execute("select 1 from pg_stat_activity where wait_event = 'SyncRep'").fetchone() is not None


def test_the_pool_comes_back_by_itself_when_the_server_was_cut_down(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    with psycopg.connect(central.dsn) as doomed:
        os.kill(doomed.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            doomed.execute("select pg_sleep(30)")
    until(lambda: takes_connections(central.dsn))
    asha.say(name="Okafor-Reid")
    asha.sync()
    assert versions(central) == 2


def takes_connections(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_host_that_stands_still_does_not_keep_a_central_from_the_others(
    central: RunningCentral, tmp_path: Path
) -> None:
    said = conninfo_to_dict(central.dsn)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = f"host=127.0.0.1,127.0.0.1\nport={silent.getsockname()[1]},{said['port']}\nconnect_timeout=1\n"
        who = "\n".join(f"{name}={said[name]}" for name in ("dbname", "user", "password"))
        services = tmp_path / "services"
        services.write_text(f"[both]\n{hosts}{who}\n", "utf-8")
        with psycopg.connect(reaching("service=both", services)) as connection:
            assert connection.info.port == int(str(said["port"]))
    with pytest.raises(NoSuchService):
        reaching("service=neither", services)


def test_a_server_that_hangs_is_left_after_a_while(central: RunningCentral) -> None:
    with psycopg.connect(central.dsn) as hanging, psycopg.connect(central.dsn) as quick, PATROL.within(quick, 20):
        with pytest.raises(psycopg.OperationalError), PATROL.within(hanging, 0.1):
            hanging.execute("select pg_sleep(60)")
        assert hanging.broken
        assert quick.execute("select 1").fetchone() == (1,)


def test_a_connection_to_a_server_that_leads_is_kept(central: RunningCentral) -> None:
    with psycopg.connect(central.dsn) as connection:
        still_leads(connection)
        assert not connection.autocommit
        connection.close()
        with pytest.raises(psycopg.OperationalError):
            still_leads(connection)
