"""Days without a network: work goes to central on a stick that nobody can read, and central's word comes back on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fieldkit.commands import edge
from fieldkit.commands.line import fieldkit
from fieldkit.config import QUICK_KDF
from fieldkit.errors import Refused
from sync.protocol.courier import OUT, pack_out, read_out
from sync.server import courier
from sync.server.database import one
from sync.server.errors import NotACourier, NotKnown
from tests.central_fixture import RunningCentral
from tests.trips.conftest import PASSPHRASE, Laptops
from tests.trips.test_journey import filed

WORD = "Zimnavoda"


def carried(central: RunningCentral, file: bytes) -> bytes:
    """What central's desk gives back for a courier's file."""
    with one(central.dsn) as connection:
        return courier.take(connection, central.keys, file, central.clock())[2]


def test_work_reaches_central_by_hand_and_its_word_comes_back(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    home = asha.add_family(WORD)
    record = filed(asha, "visit", home)
    packed, count = asha.pack_courier()
    assert count == asha.status().waiting > 0
    assert WORD.encode() not in packed
    back = carried(central, packed)
    assert WORD.encode() not in back
    assert asha.take_courier(back) == (count, ())
    assert asha.status().waiting == 0
    assert asha.store.outbox.state_of(record) == "confirmed"
    report = asha.sync()
    assert (report.pushed, report.parked) == (0, 0)


def test_a_file_that_comes_twice_or_after_a_sync_changes_nothing(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    asha.add_family(WORD)
    packed, count = asha.pack_courier()
    asha.sync()
    first, again = carried(central, packed), carried(central, packed)
    assert asha.take_courier(first) == (0, ())
    assert asha.take_courier(again) == (0, ())
    with central.rows() as rows:
        histories = rows.execute("select count(*) from version where device = %s", (asha.identity.device,)).fetchone()
    assert histories == (count,)


def test_an_altered_file_one_for_another_central_or_for_another_laptop_is_refused(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, ben = laptops.of("Asha Patel"), laptops.of("Ben Carter")
    asha.add_family(WORD)
    packed, _ = asha.pack_courier()
    elsewhere = pack_out(asha.identity.device, [], X25519PrivateKey.generate().public_key().public_bytes_raw())
    for wrong in (
        packed[:-1] + bytes([packed[-1] ^ 1]),
        elsewhere,
        b"",
        OUT,
        b"PK\x03\x04",
        packed[: len(packed) // 2],
    ):
        with pytest.raises(NotACourier):
            carried(central, wrong)
    back = carried(central, packed)
    for laptop, file in ((ben, back), (asha, back.replace(b'"reason":""', b'"reason":"x"')), (asha, b"nothing")):
        with pytest.raises(Refused):
            laptop.take_courier(file)
    assert asha.status().waiting > 0
    assert asha.take_courier(back)[0] > 0


def test_a_device_nobody_knows_or_that_was_taken_out_of_use_gets_nothing_in(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    asha.add_family(WORD)
    packed, _ = asha.pack_courier()
    carried_bodies = read_out(packed, central.keys.seal).bodies
    with pytest.raises(NotKnown):
        carried(central, pack_out("f" * 32, carried_bodies, central.keys.seal.public_key().public_bytes_raw()))
    central.revoke(asha.identity.device)
    taken, said = asha.take_courier(carried(central, packed))
    assert taken == 0
    assert "taken out of use" in said[0]


def test_a_colleagues_laptop_hands_it_on_over_its_own_line_and_can_read_none_of_it(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, ben = laptops.of("Asha Patel"), laptops.of("Ben Carter")
    asha.add_family(WORD)
    packed, count = asha.pack_courier()
    back = ben.carry_courier(packed)
    assert WORD.encode() not in packed + back
    ben.sync()
    assert not any(WORD in str(record.state) for record in ben.records_of("family"))
    with pytest.raises(Refused):
        ben.take_courier(back)
    assert asha.take_courier(back) == (count, ())
    with central.rows() as rows:
        (told,) = rows.execute("select about from audit where what = 'courier'").fetchone() or ("",)
    assert told.split() == [asha.identity.device, "1", "by", ben.identity.device]


def test_what_a_colleague_hands_on_twice_counts_once_and_what_is_no_courier_file_is_refused(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, ben = laptops.of("Asha Patel"), laptops.of("Ben Carter")
    asha.add_family(WORD)
    packed, count = asha.pack_courier()
    ben.carry_courier(packed)
    assert asha.take_courier(ben.carry_courier(packed)) == (count, ())
    public = central.keys.seal.public_key().public_bytes_raw()
    for wrong in (b"", b"PK", packed[:-1], pack_out("f" * 32, [], public)):
        with pytest.raises(Refused, match="not a courier"):
            ben.carry_courier(wrong)
    assert ben.take_courier(ben.carry_courier(ben.pack_courier()[0])) == (0, ())


def test_the_commands_carry_it_there_and_back(
    laptops: Laptops, central: RunningCentral, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge.Cost, "kdf", QUICK_KDF)
    asha = laptops.of("Asha Patel")
    asha.add_family(WORD)
    asha.close()
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE, "utf-8")
    place = ["--home", str(asha.vault.home), "--passphrase-file", str(secret)]
    out, back = tmp_path / "out", tmp_path / "back"

    def run(*words: str) -> str:
        done = CliRunner().invoke(fieldkit, [*place, "courier", *words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert json.loads(run("pack", str(out), "--json"))["changes"] > 0
    back.write_bytes(carried(central, out.read_bytes()))
    assert json.loads(run("take", str(back), "--json")) == {"taken": 1, "refused": []}
