"""The vault opens with its passphrase, and with nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.errors import AlreadyOpen, DeviceThere, NoDevice, StoreDamaged, UnsafeFolder, WeakKeyFile, WrongPassphrase

PASSPHRASE = "four quiet owls at dusk"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    vault.create(tmp_path / "home", PASSPHRASE, QUICK_KDF).close()
    return tmp_path / "home"


def test_the_same_passphrase_opens_the_same_key(home: Path) -> None:
    first = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    key = first.key
    first.close()
    again = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert again.key == key
    assert len(key) == vault.KEY_BYTES
    again.close()


def test_a_wrong_passphrase_is_told_and_changes_nothing(home: Path) -> None:
    before = (home / vault.KEY_FILE).read_bytes()
    with pytest.raises(WrongPassphrase):
        vault.unlock(home, "four quiet owls at dawn", QUICK_KDF)
    assert (home / vault.KEY_FILE).read_bytes() == before


def test_a_second_fieldkit_is_refused_while_one_is_open(home: Path) -> None:
    held = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    with pytest.raises(AlreadyOpen):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    held.close()
    vault.unlock(home, PASSPHRASE, QUICK_KDF).close()


@pytest.mark.parametrize("name", ["memory_kib", "time_cost", "lanes", "salt", "wrapped", "nonce"])
def test_a_key_file_with_any_part_changed_does_not_open(home: Path, name: str) -> None:
    file = home / vault.KEY_FILE
    raw = json.loads(file.read_text("ascii"))
    raw[name] = raw[name] + 1 if isinstance(raw[name], int) else "AAAA" + raw[name][4:]
    file.write_text(json.dumps(raw), "ascii")
    with pytest.raises((WrongPassphrase, WeakKeyFile, StoreDamaged)):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_key_file_below_the_real_floor_or_above_the_ceiling_is_refused_before_any_work(home: Path) -> None:
    with pytest.raises(WeakKeyFile):
        vault.unlock(home, PASSPHRASE, REAL_KDF)
    file = home / vault.KEY_FILE
    file.write_text(json.dumps(json.loads(file.read_text("ascii")) | {"memory_kib": 1 << 30}), "ascii")
    with pytest.raises(WeakKeyFile):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_the_real_floor_is_64_mebibytes_and_three_passes() -> None:
    assert (REAL_KDF.least_memory_kib, REAL_KDF.least_time_cost) == (64 * 1024, 3)
    assert REAL_KDF.accepts(REAL_KDF.memory_kib, REAL_KDF.time_cost, REAL_KDF.lanes)


def test_a_garbled_key_file_is_damage_and_not_a_wrong_passphrase(home: Path) -> None:
    (home / vault.KEY_FILE).write_bytes(b"\xff\x00{")
    with pytest.raises(StoreDamaged):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_new_passphrase_opens_the_same_key_and_the_old_one_opens_nothing(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    key = opened.key
    vault.change_passphrase(opened, PASSPHRASE, "another long passphrase", QUICK_KDF)
    opened.close()
    with pytest.raises(WrongPassphrase):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    again = vault.unlock(home, "another long passphrase", QUICK_KDF)
    assert again.key == key
    again.close()


def test_an_empty_folder_and_a_folder_in_use_are_told_apart(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NoDevice):
        vault.unlock(tmp_path / "nowhere", PASSPHRASE, QUICK_KDF)
    with pytest.raises(DeviceThere):
        vault.create(home, PASSPHRASE, QUICK_KDF)


def test_a_folder_that_others_can_read_is_refused(home: Path) -> None:
    home.chmod(0o755)
    with pytest.raises(UnsafeFolder):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_vault_shows_no_key_when_printed(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert opened.key.hex() not in repr(opened)
    assert str(opened.key) not in repr(opened)
    opened.close()
