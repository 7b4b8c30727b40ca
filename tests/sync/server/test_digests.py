"""What a device holds is compared with central by content: a lost, a stray or an altered record is found and mended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.client import Exchange, Report
from sync.client.memory_files import Held
from sync.protocol.digests import by_bucket, differing, element, root, total
from sync.server import ledger
from sync.server.errors import LedgerBroken
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

STRAY = "e" * 32


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    """A laptop with a family, thirty notes and nothing left to sync."""
    laptop = Laptop(central, "Asha Patel")
    laptop.family(name="Okafor")
    for number in range(30):
        own = {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": f"note {number}"}
        laptop.replica.write(f"a{number:031x}", "create", own, at=AT)
    laptop.sync()
    laptop.sync()
    return laptop


def synced(laptop: Laptop) -> Report:
    with laptop.line() as line:
        return Exchange(laptop.replica, line).run()


def test_with_nothing_to_do_both_sides_agree_in_one_request(asha: Laptop) -> None:
    report = synced(asha)
    assert (report.requests, report.mended) == (1, 0)


@pytest.mark.parametrize("harm", ["lost", "altered", "stray", "all lost"])
def test_a_record_that_is_otherwise_on_the_device_is_found_mended_and_noted(
    central: RunningCentral, asha: Laptop, harm: str
) -> None:
    before = dict(asha.replica.base)
    note = f"a{7:031x}"
    if harm == "lost":
        del asha.replica.base[note]
    elif harm == "altered":
        changed = {"c/facts/arrival": "something else"}
        asha.replica.base[note] = replace(before[note], state=changed, version_hash="0" * 64)
    elif harm == "stray":
        asha.replica.base[STRAY] = Held(STRAY, "visit", SCOPE, 1, "0" * 64, {})
    else:
        asha.replica.base = {record: held for record, held in before.items() if held.scope != SCOPE}
    report = synced(asha)
    assert report.mended == (31 if harm == "all lost" else 1)
    assert asha.replica.base == before
    assert synced(asha).mended == 0
    with central.rows() as rows:
        told = [str(what) for (what,) in rows.execute("select what from audit order by number").fetchall()]
        assert "digest" in told
        assert "mend" in told


def test_the_sums_stand_after_edits_deletions_and_a_family_taken_away(central: RunningCentral, asha: Laptop) -> None:
    ben = Laptop(central, "Ben Carter")
    central.grant("Ben Carter", SCOPE)
    ben.sync()
    asha.say(name="Okafor-Obi")
    asha.replica.write(f"a{3:031x}", "delete", {}, at=AT)
    asha.sync()
    ben.sync()
    assert (synced(asha).mended, synced(ben).mended) == (0, 0)
    central.withdraw("Ben Carter", SCOPE)
    ben.sync()
    assert synced(ben).mended == 0
    with central.rows() as rows:
        ledger.verify_digests(rows)
        rows.execute("update digest set sum = '\\x00' where scope = %s", (SCOPE,))
        with pytest.raises(LedgerBroken, match="digest"):
            ledger.verify_digests(rows)


def test_a_family_taken_away_while_nothing_else_happened_is_no_incident(central: RunningCentral, asha: Laptop) -> None:
    central.withdraw("Asha Patel", SCOPE)
    report = synced(asha)
    assert (report.scopes_lost, report.requests, report.mended) == ((SCOPE,), 1, 0)
    with central.rows() as rows:
        assert rows.execute("select count(*) from audit where what = 'digest'").fetchone() == (0,)


def test_nobody_learns_of_a_scope_by_comparing_it(central: RunningCentral, asha: Laptop) -> None:
    from sync.protocol import Compare

    ben = Laptop(central, "Ben Carter")
    with ben.line() as line:
        told = line.compare(Compare(SCOPE, {}))
    assert len(told.frames) == 1
    assert getattr(told.frames[0], "records", None) == []


def test_sums_do_not_care_about_order_and_tell_every_difference() -> None:
    held = [(f"r{number}", f"{number:064x}") for number in range(300)]
    assert total(held) == total(reversed(held)) == sum(by_bucket(held).values()) % (1 << 256)
    assert total(held[1:]) != total(held)
    assert differing(by_bucket(held), by_bucket(held[1:])) == {next(iter(by_bucket(held[:1])))}
    assert root({"a": 1, "b": 0}) == root({"a": 1}) != root({"b": 1})
    assert element(FAMILY, "x") != element(FAMILY, "y")
