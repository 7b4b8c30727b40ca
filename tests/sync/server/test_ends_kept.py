"""Who was shut out is kept beside the backups, and done again for a central that has forgotten it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import Rejected
from sync.server import backup_ends, devices, entitlement, shredding, workers
from sync.server.backup_ends import Ends
from sync.server.backup_errors import EndsAltered
from sync.server.clock import stamp
from sync.server.database import one, row
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import SCOPE, Laptop


def forget(central: RunningCentral) -> None:
    """Make a central one that was put back to before anybody was shut out."""
    with one(central.owner_dsn) as connection:
        connection.execute("update device set state = 'active' where state = 'revoked'")
        connection.execute("delete from shredding")
        connection.execute("delete from worker_end")
        connection.execute("update entitlement set held = true, until = null")


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    laptop = Laptop(central, "Asha Patel")
    laptop.family(name="Okafor")
    laptop.sync()
    return laptop


def test_a_stolen_laptop_is_refused_and_shredded_again_also_when_a_backup_was_made_since(
    central: RunningCentral, asha: Laptop, tmp_path: Path
) -> None:
    stolen = Laptop(central, "Ben Carter")
    with one(central.dsn) as connection:
        devices.revoke(connection, stolen.identity.device, central.clock())
        shredding.order(connection, stolen.identity.device, central.clock())
        workers.let_go(connection, asha.worker, central.clock())
        backup_ends.write(tmp_path, connection, central.keys)
    forget(central)
    stolen.sync()
    with one(central.owner_dsn) as connection:
        # By a backup of the central that has forgotten it: the list has not.
        backup_ends.write(tmp_path, connection, central.keys)
        ends = backup_ends.read(tmp_path, central.keys, 1)
        told = backup_ends.again(connection, ends, central.clock())
        assert list(told.values()) == [2, 1, 1, 0, 0]
        assert list(backup_ends.again(connection, ends, central.clock()).values()) == [0] * 5
        assert row(connection, "select count(*) from shredding") == (1,)
    for laptop in (stolen, asha):
        with pytest.raises(Rejected, match="taken out of use"):
            laptop.sync()


def test_what_the_desk_took_away_is_taken_again_unless_it_was_given_since(
    central: RunningCentral, asha: Laptop, tmp_path: Path
) -> None:
    central.clock.pass_time(minutes=1)
    taken = Ends(withdrawn={f"{asha.worker} {SCOPE}": stamp(central.clock())})
    central.withdraw("Asha Patel", SCOPE)
    with one(central.dsn) as connection:
        backup_ends.write(tmp_path, connection, central.keys, taken)
    forget(central)
    with one(central.owner_dsn) as connection:
        ends = backup_ends.read(tmp_path, central.keys, 0)
        assert backup_ends.again(connection, ends, central.clock())["withdrawn_again"] == 1
        assert SCOPE not in entitlement.scopes_of(connection, asha.worker)
    central.clock.pass_time(minutes=1)
    central.grant("Asha Patel", SCOPE)
    with one(central.owner_dsn) as connection:
        assert backup_ends.again(connection, ends, central.clock())["withdrawn_again"] == 0
        backup_ends.write(tmp_path, connection, central.keys)
    assert backup_ends.read(tmp_path, central.keys, 0).withdrawn == {}


def test_who_works_again_is_off_the_list_and_a_strange_or_missing_list_is_refused(
    central: RunningCentral, asha: Laptop, tmp_path: Path
) -> None:
    with one(central.dsn) as connection:
        workers.let_go(connection, asha.worker, central.clock())
        devices.revoke(connection, asha.identity.device, central.clock())
        backup_ends.write(tmp_path, connection, central.keys)
        assert list(backup_ends.read(tmp_path, central.keys, 1).workers) == [asha.worker]
        workers.take_back(connection, asha.worker, central.clock())
        backup_ends.write(tmp_path, connection, central.keys, back=asha.worker)
    ends = backup_ends.read(tmp_path, central.keys, 1)
    assert (dict(ends.workers), list(ends.devices)) == ({}, [asha.identity.device])
    with pytest.raises(EndsAltered):
        backup_ends.read(tmp_path, central.keys, 2)
    file = tmp_path / "ended.json"
    file.write_text(file.read_text("utf-8").replace(asha.identity.device, "9" * 32), "utf-8")
    with pytest.raises(EndsAltered):
        backup_ends.read(tmp_path, central.keys, 1)
