"""Central's receipt for a sealed bundle: written once, signed, true about the ledger, and no clock is ever refused."""

import json
import runpy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldkit.casework import evidence
from sync.server import countersign, erasing
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.packaging.bundles import MOMENT, bundle
from tests.sync.server.laptop import AT, SCOPE, Laptop

ROOT = Path(__file__).resolve().parents[3]
VERIFIER = runpy.run_path(str(ROOT / "packaging" / "verify_evidence.py"))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def signed(laptop: Laptop, record: str, told: str) -> str:
    own = {"@kind": "signature", "@scope": SCOPE}
    laptop.replica.write(record * 32, "create", own | {"bundle": told, "record": "e" * 32}, at=AT)
    return record * 32


def receipt(laptop: Laptop, record: str) -> str:
    return str(laptop.replica.view(countersign.receipt_id(record)).get("receipt"))


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    made = Laptop(central, "Asha Patel")
    made.family(name="Okafor")
    return made


def test_a_bundle_is_answered_in_the_same_sync_by_a_signed_receipt_with_its_ledger_number(
    central: RunningCentral, asha: Laptop
) -> None:
    told = bundle("typed", asha.identity.key)
    record = signed(asha, "a", told)
    asha.sync()
    with central.rows() as rows:
        (number,) = rows.execute("select number from version where record = %s", (record,)).fetchone() or (0,)
        assert rows.execute("select count(*) from to_countersign").fetchone() == (0,)
    key = central.keys.receipt.public_key().public_bytes_raw().hex()
    found = VERIFIER["check_receipt"](receipt(asha, record).encode(), told.encode(), key)
    assert (found["record"], found["number"], found["received_at"]) == (record, number, "2026-11-23T09:00:00.000Z")
    assert evidence.is_receipt(receipt(asha, record), told, key)


def test_any_changed_byte_of_a_receipt_is_refused_and_so_is_one_for_another_bundle(
    central: RunningCentral, asha: Laptop
) -> None:
    one, two = (bundle(method, asha.identity.key) for method in ("typed", "paper"))
    for record, told in (("a", one), ("b", two)):
        signed(asha, record, told)
    asha.sync()
    good = receipt(asha, "a" * 32).encode()
    for place in range(len(good)):
        bad = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        with pytest.raises(VERIFIER["Wrong"]):
            VERIFIER["check_receipt"](bad, one.encode())
        assert not evidence.is_receipt(bad.decode("utf-8", "replace"), one, "")
    with pytest.raises(VERIFIER["Wrong"], match="for another bundle"):
        VERIFIER["check_receipt"](good, two.encode())
    with pytest.raises(VERIFIER["Wrong"], match="another central"):
        VERIFIER["check_receipt"](good, one.encode(), "00" * 32)


def test_a_receipt_is_written_once_and_nobody_else_writes_or_changes_one(central: RunningCentral, asha: Laptop) -> None:
    record = signed(asha, "a", bundle("typed", asha.identity.key))
    asha.sync()
    before = receipt(asha, record)
    central.clock.pass_time(hours=1)
    asha.sync()
    asha.replica.write(countersign.receipt_id(record), "set", {"receipt": "mine"}, at=AT)
    asha.replica.write("c" * 32, "create", {"@kind": countersign.KIND, "@scope": SCOPE, "receipt": "mine"}, at=AT)
    asha.sync()
    assert receipt(asha, record) == before
    assert {reason for _, reason in asha.parked()} == {"not-your-role"}
    with central.rows() as rows:
        assert rows.execute("select count(*) from record where kind = 'countersigned'").fetchone() == (1,)


CLOCKS = [
    (timedelta(days=-400), ["long before it came"]),
    (timedelta(days=3653), ["ahead of central"]),
    (timedelta(minutes=3), ["ahead of central"]),
    (timedelta(0), []),
]


def test_a_clock_that_is_wrong_is_told_of_and_the_signature_is_taken(asha: Laptop) -> None:
    for number, (moved, _) in enumerate(CLOCKS):
        at = (NOW + moved).isoformat(timespec="milliseconds")
        signed(asha, str(number), bundle("typed", asha.identity.key, replace(MOMENT, at=at, local=at, doubts=())))
    asha.sync()
    for number, (_, said) in enumerate(CLOCKS):
        assert json.loads(receipt(asha, str(number) * 32))["clock"] == said
    assert asha.parked() == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("no bundle at all", ["not readable"]),
        ("[" * 90_000, ["not readable"]),
        (json.dumps({"bundle": 2, "time": {"at": "yesterday", "clock_unverified": False}}), ["not readable"]),
        (json.dumps({"bundle": 1, "at": "2026-11-23T09:00:00+00:00"}), ["not vouched for"]),
        (json.dumps({"bundle": 2, "time": {"at": "2026-11-23T09:00:00", "clock_unverified": False}}), ["not readable"]),
        (
            json.dumps({"bundle": 2, "time": {"at": "2026-10-25T01:30:00+01:00", "clock_unverified": False}}),
            [],
        ),
        (
            json.dumps({"bundle": 2, "time": {"at": "2024-02-29T23:59:00+00:00", "clock_unverified": True}}),
            ["long before it came", "not vouched for"],
        ),
    ],
)
def test_whatever_a_bundle_says_of_its_time_is_read_without_a_fault(told: str, said: list[str]) -> None:
    assert countersign.clock_said(told, NOW) == said


def test_a_signature_that_was_erased_gets_no_receipt(central: RunningCentral, asha: Laptop) -> None:
    record = signed(asha, "a", bundle("typed", asha.identity.key))
    with asha.line() as line:
        batch = asha.replica.batch(10)
        assert batch is not None
        line.push(batch)
    with one(central.owner_dsn) as owner:
        erasing.erase(owner, [record], "ig", "asked", central.clock())
    asha.sync()
    with central.rows() as rows:
        assert rows.execute("select count(*) from record where kind = 'countersigned'").fetchone() == (0,)
        assert rows.execute("select count(*) from to_countersign").fetchone() == (0,)
