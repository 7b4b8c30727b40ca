"""Roles, glass that is broken for some hours, records that nobody learns of, and a trail of who read and wrote."""

from __future__ import annotations

import pytest

from sync.server import audit, glass, ledger
from sync.server.database import one
from sync.server.errors import AuditBroken, NotKnown
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

REASON = "The duty worker is at the door and must know."


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    laptop = Laptop(central, "Asha Patel")
    laptop.family(name="Okafor", risk_level="high")
    laptop.sync()
    return laptop


def test_who_looks_after_the_machines_is_sent_nobodys_record_and_information_governance_does_not_write(
    central: RunningCentral, asha: Laptop
) -> None:
    admin, ig = Laptop(central, "Tom Frost", "admin"), Laptop(central, "Ines Ward", "ig")
    for name in ("Tom Frost", "Ines Ward"):
        central.grant(name, SCOPE)
    admin.sync()
    ig.sync()
    assert FAMILY not in admin.replica.base
    assert ig.replica.view(FAMILY)["name"] == "Okafor"
    ig.say(name="Changed")
    ig.family_of_ones_own()
    ig.sync()
    assert [reason for _, reason in ig.parked()] == ["not-your-role", "not-entitled"]


@pytest.mark.parametrize("there", [True, False])
def test_nobody_learns_whether_a_record_that_is_not_theirs_is_there(
    central: RunningCentral, asha: Laptop, there: bool
) -> None:
    ben = Laptop(central, "Ben Carter")
    record = FAMILY if there else "5" * 32
    ben.replica.write(record, "set", {"name": "Guessed"}, at=AT)
    ben.replica.write(record, "delete", {}, at=AT)
    ben.replica.write("6" * 32, "create", {"@kind": "person", "@scope": f"family:{record}"}, at=AT)
    ben.sync()
    assert [reason for _, reason in ben.parked()] == ["unknown-record", "unknown-record", "not-entitled"]


def test_glass_opens_a_family_for_some_hours_and_closes_by_itself(central: RunningCentral, asha: Laptop) -> None:
    ben = Laptop(central, "Ben Carter")
    with one(central.dsn) as connection:
        glass.shatter(connection, ben.worker, SCOPE, REASON, central.clock())
    ben.sync()
    assert ben.replica.view(FAMILY)["name"] == "Okafor"
    central.clock.pass_time(hours=4, minutes=1)
    ben.sync()
    assert FAMILY not in ben.replica.base


def test_glass_is_looked_at_by_somebody_else_and_only_once(central: RunningCentral, asha: Laptop) -> None:
    ben, lena = Laptop(central, "Ben Carter"), Laptop(central, "Lena Hart", "lead")
    with one(central.dsn) as connection:
        glass.shatter(connection, ben.worker, SCOPE, REASON, central.clock())
        (broken,) = glass.unreviewed(connection)
        assert (broken.worker, broken.scope, REASON in repr(broken)) == (ben.worker, SCOPE, False)
        with pytest.raises(NotKnown):
            glass.review(connection, broken.number, ben.worker, central.clock())
        glass.review(connection, broken.number, lena.worker, central.clock())
        assert glass.unreviewed(connection) == []
        with pytest.raises(NotKnown):
            glass.review(connection, broken.number, lena.worker, central.clock())


def test_the_trail_tells_who_read_and_wrote_and_names_the_line_that_was_altered(
    central: RunningCentral, asha: Laptop
) -> None:
    asha.sync()
    with central.rows() as rows:
        told = rows.execute("select what, who from audit order by number").fetchall()
        assert [*dict.fromkeys(what for what, who in told if who == asha.worker)][-3:] == ["grant", "write", "read"]
        lines, before = audit.verify(rows), audit.head(rows)
        assert lines == len(told) == before[0]
        assert ledger.verify(rows)["entries"] > 0
        rows.execute("update audit set who = 'nobody' where number = 2")
        with pytest.raises(AuditBroken, match="number 2"):
            audit.verify(rows)
        rows.rollback()
        rows.execute("delete from audit where number = %s", (before[0],))
        with pytest.raises(AuditBroken, match="head"):
            audit.verify(rows)


def test_central_itself_can_neither_read_nor_change_its_trail(central: RunningCentral, asha: Laptop) -> None:
    import psycopg

    for statement in (b"select * from audit", b"update audit set who = ''", b"delete from audit"):
        with psycopg.connect(central.dsn) as plain, pytest.raises(psycopg.errors.InsufficientPrivilege):
            plain.execute(statement)
