"""The council's key is set by two people, signed by central, and with every device after its next sync."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from fieldkit.commands.edge import Cost, guarded
from fieldkit.commands.line import fieldkit
from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.vault import council_key
from fieldkit.vault.council_key import TwoPersons, council_public_key, vouched
from fieldkit.workspace import create_workspace
from sync.server import council_key as desk_key
from sync.server import workers
from sync.server.__main__ import central as desk
from sync.server.database import one
from sync.server.errors import NotACouncilKey, NotKnown, NotTwoPersons
from tests.central_fixture import RunningCentral
from tests.trips.conftest import DeviceClock

BOTH = TwoPersons("the long way over the moor", "a kettle on before breakfast")
PASSPHRASE = "a long passphrase for tests"


@pytest.fixture
def two(central: RunningCentral) -> tuple[str, str]:
    """Two people who may stand for a key, and one who may not."""
    with one(central.dsn) as connection:
        workers.make_known(connection, "Iris Gale", "ig", central.clock())
        workers.make_known(connection, "Lena Hart", "lead", central.clock())
        workers.make_known(connection, "Asha Patel", "worker", central.clock())
    return ("Iris Gale", "Lena Hart")


@pytest.fixture
def quick() -> Iterator[None]:
    """The verbs with a quick derivation."""
    Cost.kdf = QUICK_KDF
    yield
    Cost.kdf = REAL_KDF


def put(central: RunningCentral, public: bytes, persons: tuple[str, str]) -> None:
    with one(central.dsn) as connection:
        desk_key.put(connection, central.keys, public.hex(), persons, central.clock())


def test_a_device_has_it_with_its_next_sync_and_a_newer_one_after_that(
    central: RunningCentral, two: tuple[str, str], tmp_path: Path
) -> None:
    asha = create_workspace(tmp_path / "home", PASSPHRASE, clock=DeviceClock(central.clock), kdf=QUICK_KDF)
    asha.enrol(central.url, central.code("Asha Patel"), "laptop")
    assert council_public_key(asha.store) is None
    for number in (1, 2):
        public, _ = council_key.make(BOTH, QUICK_KDF)
        put(central, public, two)
        asha.sync()
        held = council_key.council_key(asha.store)
        assert held is not None
        assert (held.public, held.number) == (public, number)
    asha.close()


def test_only_centrals_signature_makes_it_a_key(central: RunningCentral, two: tuple[str, str]) -> None:
    public, _ = council_key.make(BOTH, QUICK_KDF)
    put(central, public, two)
    with one(central.dsn) as connection:
        told = desk_key.told(connection)
    forms = central.keys.forms.public_key().public_bytes_raw()
    assert vouched(told, forms) is not None
    other, _ = council_key.make(BOTH, QUICK_KDF)
    for altered in (told | {"public": other.hex()}, told | {"number": "7"}, told | {"signature": ""}, {}):
        assert vouched(altered, forms) is None
    assert vouched(told, central.keys.receipt.public_key().public_bytes_raw()) is None
    assert vouched(told, b"") is None


def test_one_person_somebody_unknown_and_somebody_who_may_not_set_none(
    central: RunningCentral, two: tuple[str, str]
) -> None:
    public, _ = council_key.make(BOTH, QUICK_KDF)
    for persons in ((two[0], two[0]), (two[0], "Asha Patel"), ("Asha Patel", two[1])):
        with pytest.raises(NotTwoPersons):
            put(central, public, persons)
    with pytest.raises(NotKnown):
        put(central, public, (two[0], "Nobody Here"))
    for text in (b"", b"short", b"x" * 33):
        with pytest.raises(NotACouncilKey):
            put(central, text, two)


def test_both_stand_in_the_audit_by_id_and_the_same_key_again_is_no_news(
    central: RunningCentral, two: tuple[str, str]
) -> None:
    public, _ = council_key.make(BOTH, QUICK_KDF)
    put(central, public, two)
    put(central, public, two)
    with central.rows() as connection:
        rows = connection.execute("select who, about from audit where what = 'council-key'").fetchall()
    first, second = (workers.worker_id(name) for name in two)
    assert rows == [(first, f"1 {public.hex()[:16]} {second}")]


@pytest.mark.usefixtures("quick")
def test_the_verbs_make_it_on_one_machine_and_set_it_at_the_desk(
    central: RunningCentral, two: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, out = tmp_path / "first", tmp_path / "second", tmp_path / "council.key"
    first.write_text("the long way over the moor\n", "utf-8")
    second.write_text("a kettle on before breakfast\n", "utf-8")
    words = ["council-key", "make", "--out", str(out), "--first-passphrase-file", str(first), "--json"]
    assert guarded(lambda: fieldkit.main([*words, "--second-passphrase-file", str(first)], standalone_mode=False)) == 1
    assert guarded(lambda: fieldkit.main([*words, "--second-passphrase-file", str(second)], standalone_mode=False)) == 0
    made = json.loads(capsys.readouterr().out)
    assert out.stat().st_mode & 0o777 == 0o600
    assert guarded(lambda: fieldkit.main([*words, "--second-passphrase-file", str(second)], standalone_mode=False)) == 1
    place = ["--data", str(central.data), "--dsn", central.owner_dsn, "--json"]
    before = CliRunner().invoke(desk, ["council-key", "show", *place])
    assert json.loads(before.output) == {"council-key": "none"}
    said = ["council-key", "set", made["public"], "--by", two[0], "--second", two[1], *place]
    told = json.loads(CliRunner().invoke(desk, said).output)
    assert told == {"number": 1, **made}
