"""The vault opens with its passphrase, and with nothing else."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.errors import (
    AlreadyOpen,
    DeviceThere,
    DiskTrouble,
    NewerSchema,
    NoDevice,
    StoreDamaged,
    TooSoon,
    UnsafeFolder,
    WeakKeyFile,
    WrongPassphrase,
)

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


def key_file(home: Path) -> dict[str, Any]:
    """The key file as it stands."""
    return dict(json.loads((home / vault.KEY_FILE).read_text("ascii")))


def put(home: Path, raw: object) -> None:
    """A key file and its copy as somebody left them."""
    for name in (vault.KEY_FILE, vault.KEPT_FILE):
        (home / name).write_text(json.dumps(raw), "ascii")


@pytest.mark.parametrize(
    "name", ["memory_kib", "time_cost", "lanes", "salt", "wrapped", "nonce", "sealed", "id", "public"]
)
def test_a_key_file_with_any_part_changed_does_not_open(home: Path, name: str) -> None:
    raw = key_file(home)
    slot = raw["slots"][0]
    slot[name] = slot[name] + 1 if isinstance(slot[name], int) else "AAAA" + slot[name][4:]
    put(home, raw)
    with pytest.raises((WrongPassphrase, WeakKeyFile, StoreDamaged)):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_key_file_below_the_real_floor_or_above_the_ceiling_is_refused_before_any_work(home: Path) -> None:
    with pytest.raises(WeakKeyFile):
        vault.unlock(home, PASSPHRASE, REAL_KDF)
    changed(home, memory_kib=1 << 30)
    with pytest.raises(WeakKeyFile):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_the_real_floor_is_64_mebibytes_and_three_passes() -> None:
    assert (REAL_KDF.least_memory_kib, REAL_KDF.least_time_cost) == (64 * 1024, 3)
    assert REAL_KDF.accepts(REAL_KDF.memory_kib, REAL_KDF.time_cost, REAL_KDF.lanes)


def test_a_garbled_key_file_is_damage_and_not_a_wrong_passphrase(home: Path) -> None:
    for name in (vault.KEY_FILE, vault.KEPT_FILE):
        (home / name).write_bytes(b"\xff\x00{")
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


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_folder_that_others_can_read_is_refused(home: Path) -> None:
    home.chmod(0o755)
    with pytest.raises(UnsafeFolder):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_vault_shows_no_key_when_printed(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert opened.key.hex() not in repr(opened)
    assert str(opened.key) not in repr(opened)
    opened.close()


class Hands:
    """Somebody at the keyboard, and a clock they may turn."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


def test_the_wait_doubles_from_the_fourth_wrong_passphrase_and_outlives_the_process(home: Path) -> None:
    hands = Hands()
    for _ in range(4):
        with pytest.raises(WrongPassphrase):
            vault.unlock(home, "guess", QUICK_KDF, hands)
    with pytest.raises(TooSoon) as told:
        vault.unlock(home, PASSPHRASE, QUICK_KDF, hands)
    assert (told.value.seconds, told.value.exit_code) == (1, 3)
    hands.at += timedelta(seconds=1)
    vault.unlock(home, PASSPHRASE, QUICK_KDF, hands).close()
    assert [vault.wait(wrong) for wrong in range(12)] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_setting_the_clock_back_does_not_end_the_wait_and_does_not_lengthen_it(home: Path) -> None:
    hands = Hands()
    for _ in range(9):
        hands.at += timedelta(minutes=1)
        with pytest.raises(WrongPassphrase):
            vault.unlock(home, "guess", QUICK_KDF, hands)
    hands.at -= timedelta(days=400)
    with pytest.raises(TooSoon) as told:
        vault.unlock(home, PASSPHRASE, QUICK_KDF, hands)
    assert told.value.seconds == 32
    hands.at += timedelta(seconds=32)
    vault.unlock(home, PASSPHRASE, QUICK_KDF, hands).close()
    assert not (home / vault.TRIES_FILE).exists()


def test_a_garbled_count_of_tries_locks_nobody_out(home: Path) -> None:
    for garbled in (b"\xff", b"[]", b'{"wrong": "x"}', b"[" * 100_000, b'{"wrong": 1e999, "at": 0}'):
        (home / vault.TRIES_FILE).write_bytes(garbled)
        vault.unlock(home, PASSPHRASE, QUICK_KDF).close()


def changed(home: Path, **parts: object) -> None:
    """The key file with some parts of its slot put in."""
    raw = key_file(home)
    raw["slots"][0] |= parts
    put(home, raw)


@pytest.mark.parametrize(
    "parts",
    [
        {"salt": "AAAA"},
        {"nonce": "AAAA"},
        {"wrapped": ""},
        {"salt": 5},
        {"memory_kib": None},
        {"memory_kib": 1e400},
        {"lanes": "many"},
        {"kdf": "md5"},
        {"person": None},
        {"public": "00"},
        {"slot": "backdoor"},
        {"sealed": 7},
    ],
    ids=repr,
)
def test_no_key_file_ends_in_anything_but_a_sentence(home: Path, parts: dict[str, object]) -> None:
    changed(home, **parts)
    with pytest.raises(StoreDamaged):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_lanes_that_do_not_fit_the_memory_are_refused(home: Path) -> None:
    changed(home, lanes=16)
    with pytest.raises(WeakKeyFile):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_deep_key_file_is_damage(home: Path) -> None:
    for name in (vault.KEY_FILE, vault.KEPT_FILE):
        (home / name).write_text("[" * 100_000)
    with pytest.raises(StoreDamaged):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_key_file_of_a_newer_fieldkit_is_not_called_damaged(home: Path) -> None:
    put(home, key_file(home) | {"version": 3})
    with pytest.raises(NewerSchema):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_store_that_has_gone_is_damage_and_no_empty_one_takes_its_place(home: Path) -> None:
    (home / vault.STORE_FILE).unlink()
    with pytest.raises(StoreDamaged):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert not (home / vault.STORE_FILE).exists()


def test_a_device_that_was_half_made_when_the_power_went_is_made_anew(home: Path) -> None:
    (home / vault.KEY_FILE).rename(home / vault.UNFINISHED)
    (home / vault.KEPT_FILE).unlink()
    with pytest.raises(NoDevice):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    vault.create(home, "another passphrase", QUICK_KDF).close()
    vault.unlock(home, "another passphrase", QUICK_KDF).close()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_every_file_is_its_owners_alone(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert {oct(file.stat().st_mode & 0o777) for file in home.iterdir()} == {"0o600"}
    assert oct(home.stat().st_mode & 0o777) == "0o700"
    opened.close()
    (home / vault.KEY_FILE).chmod(0o644)
    with pytest.raises(UnsafeFolder):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskTrouble):
        vault.create(tmp_path / "file" / "home", PASSPHRASE, QUICK_KDF)
