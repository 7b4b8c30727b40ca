"""The key file: each slot's every word is authenticated, the whole is sealed, and a copy stands beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.errors import FieldkitError, NoDeviceSecret, StoreDamaged, WeakKeyFile, WrongPassphrase
from fieldkit.vault.files import KEPT_FILE, KEY_FILE
from fieldkit.vault.opening import FROM_COPY, UPGRADED
from tests.fieldkit.vault.conftest import Drawer
from tests.fieldkit.vault.first import put_first_version
from tests.fieldkit.vault.words import BENS, PASSPHRASE


def raw(home: Path) -> dict[str, Any]:
    return dict(json.loads((home / KEY_FILE).read_text("ascii")))


def put(home: Path, told: object) -> None:
    for name in (KEY_FILE, KEPT_FILE):
        (home / name).write_text(json.dumps(told), "ascii")


def test_a_broken_key_file_is_replaced_by_its_copy_and_that_is_said(home: Path) -> None:
    for broken in (b"", b"\xff\x00{", (home / KEY_FILE).read_bytes()[:200]):
        (home / KEY_FILE).write_bytes(broken)
        opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
        assert opened.told == (FROM_COPY,)
        opened.close()
        again = vault.unlock(home, PASSPHRASE, QUICK_KDF)
        assert again.told == ()
        again.close()


def test_a_key_file_that_has_gone_is_replaced_by_its_copy(home: Path) -> None:
    (home / KEY_FILE).unlink()
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert (opened.told, (home / KEY_FILE).read_bytes()) == ((FROM_COPY,), (home / KEPT_FILE).read_bytes())
    opened.close()


def test_the_copy_is_what_the_file_is_after_every_unlock(home: Path) -> None:
    (home / KEPT_FILE).unlink()
    vault.unlock(home, PASSPHRASE, QUICK_KDF).close()
    assert (home / KEPT_FILE).read_bytes() == (home / KEY_FILE).read_bytes()


def test_a_copy_of_before_does_not_bring_the_old_passphrase_back(home: Path) -> None:
    old = (home / KEPT_FILE).read_bytes()
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    vault.change_passphrase(opened, PASSPHRASE, BENS, QUICK_KDF)
    opened.close()
    assert (home / KEPT_FILE).read_bytes() != old
    with pytest.raises(WrongPassphrase):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)


def leaves(told: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of the file that holds something."""
    if isinstance(told, dict):
        return [leaf for name, each in told.items() for leaf in leaves(each, (*path, name))]
    if isinstance(told, list):
        return [leaf for at, each in enumerate(told) for leaf in leaves(each, (*path, at))]
    return [path]


def altered(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return ("B" if value[:1] != "B" else "C") + value[1:] if value else "AAAA"


def test_no_place_of_the_file_can_be_altered_without_notice(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    vault.add_person(opened, vault.Person("", "BC", vault.REGISTER), BENS, QUICK_KDF)
    opened.close()
    whole, seen = raw(home), 0
    for path in leaves(whole):
        told = json.loads(json.dumps(whole))
        inner = told
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = altered(inner[path[-1]])
        put(home, told)
        with pytest.raises(FieldkitError):
            vault.unlock(home, PASSPHRASE, QUICK_KDF, door=vault.Door("AP"))
        (home / vault.TRIES_FILE).unlink(missing_ok=True)
        seen += 1
    assert seen >= 35
    put(home, whole)
    vault.unlock(home, PASSPHRASE, QUICK_KDF, door=vault.Door("AP")).close()


def test_a_slot_that_somebody_put_in_or_took_out_is_noticed(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    vault.add_person(opened, vault.Person("", "BC"), BENS, QUICK_KDF)
    opened.close()
    whole = raw(home)
    for slots in (whole["slots"][:1], [*whole["slots"], whole["slots"][1]], whole["slots"][::-1]):
        put(home, whole | {"slots": slots})
        with pytest.raises(WeakKeyFile):
            vault.unlock(home, PASSPHRASE, QUICK_KDF, door=vault.Door("AP"))


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda told: told["slots"][0].update(memory_kib=1 << 30),
        lambda told: told["slots"][0].update(memory_kib=8),
        lambda told: told["slots"][0].update(time_cost=1 << 40),
        lambda told: told["slots"][0].update(lanes=0),
        lambda told: told["slots"][0].update(memory_kib=1e9),
        lambda told: told["slots"][0].update(handle="x" * 10_000, wrapped="A" * 10_000),
        lambda told: told.update(slots=told["slots"] * 41),
        lambda told: told.update(slots=[]),
        lambda told: told.update(slots={"a": 1}),
        lambda told: told.update(generation=-1),
    ],
)
def test_a_spoilt_file_is_refused_before_any_work(home: Path, spoilt: Callable[[dict[str, Any]], None]) -> None:
    told = raw(home)
    spoilt(told)
    put(home, told)
    before = psutil.Process().memory_info().rss
    with pytest.raises((WeakKeyFile, StoreDamaged)):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert psutil.Process().memory_info().rss - before < 64 << 20


def test_a_huge_file_is_not_even_read(home: Path) -> None:
    for name in (KEY_FILE, KEPT_FILE):
        with (home / name).open("wb") as out:
            out.truncate(3 << 30)
    before = psutil.Process().memory_info().rss
    with pytest.raises(StoreDamaged):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert psutil.Process().memory_info().rss - before < 64 << 20


def test_every_truncation_is_damage(home: Path) -> None:
    whole = (home / KEY_FILE).read_bytes()
    (home / KEPT_FILE).unlink()
    for length in range(0, len(whole) - 1, 7):
        (home / KEY_FILE).write_bytes(whole[:length])
        with pytest.raises(StoreDamaged):
            vault.unlock(home, PASSPHRASE, QUICK_KDF)


def test_a_file_of_the_first_version_is_read_and_written_anew_at_the_next_unlock(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    key = opened.key
    opened.close()
    put_first_version(home, key, PASSPHRASE, QUICK_KDF)
    with pytest.raises(WrongPassphrase):
        vault.unlock(home, BENS, QUICK_KDF)
    assert raw(home)["version"] == 1
    first = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert (first.key, first.told, raw(home)["version"]) == (key, (UPGRADED,), 2)
    first.close()
    again = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert (again.key, again.told) == (key, ())
    again.close()


def test_a_weakened_file_of_the_first_version_is_refused(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    put_first_version(home, opened.key, PASSPHRASE, QUICK_KDF)
    opened.close()
    with pytest.raises(WeakKeyFile):
        vault.unlock(home, PASSPHRASE, REAL_KDF)


def test_a_slot_is_brought_up_at_the_next_unlock_when_the_policy_rose(home: Path) -> None:
    risen = replace(QUICK_KDF, memory_kib=256, wanted_memory_kib=256, time_cost=2, wanted_time_cost=2)
    opened = vault.unlock(home, PASSPHRASE, risen)
    assert opened.told == (UPGRADED,)
    opened.close()
    assert [raw(home)["slots"][0][name] for name in ("memory_kib", "time_cost")] == [256, 2]
    again = vault.unlock(home, PASSPHRASE, replace(risen, least_memory_kib=256, least_time_cost=2))
    assert again.told == ()
    again.close()


def test_without_the_devices_secret_the_right_passphrase_opens_nothing(tmp_path: Path, drawer: Drawer) -> None:
    home, door = tmp_path / "home", vault.Door("AP", drawer)
    made = vault.create(home, PASSPHRASE, QUICK_KDF, door)
    key = made.key
    made.close()
    again = vault.unlock(home, PASSPHRASE, QUICK_KDF, door=door)
    assert again.key == key
    vault.change_passphrase(again, PASSPHRASE, BENS, QUICK_KDF)
    vault.add_person(again, vault.Person("", "BC"), PASSPHRASE, QUICK_KDF)
    again.close()
    vault.unlock(home, PASSPHRASE, QUICK_KDF, door=vault.Door("BC", drawer)).close()
    with pytest.raises(NoDeviceSecret):
        vault.unlock(home, BENS, QUICK_KDF, door=vault.Door("AP"))
    drawer.kept = dict.fromkeys(drawer.kept, bytes(32))
    with pytest.raises(WrongPassphrase):
        vault.unlock(home, BENS, QUICK_KDF, door=door)
    assert not any(each.hex() in (home / KEY_FILE).read_text() for each in drawer.kept.values())
