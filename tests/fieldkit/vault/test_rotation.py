"""A new store key: each state that a kill can leave opens, and is brought to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.errors import DiskTrouble, StoreDamaged
from fieldkit.store.database import rekey
from fieldkit.store.store import Store
from fieldkit.vault import key_file
from fieldkit.vault.rotation import resealed
from fieldkit.vault.slots import KEY_BYTES, Keys
from tests.fieldkit.vault.small_disk import no_file_grows_beyond
from tests.fieldkit.vault.words import PASSPHRASE

FOLLOWING = bytes(range(KEY_BYTES))


def begun(home: Path, *, rewritten: bool, following: bytes = FOLLOWING) -> bytes:
    """A change of key that was cut off before or after the pages were written; the key of before."""
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    before = opened.key
    store = Store(opened.store_path, opened.key, SystemClock())
    store.set_meta("a fact", "kept")
    store.close()
    both = resealed(opened.file, Keys(opened.key, opened.file_key, following))
    key_file.write(home, both, opened.file_key)
    if rewritten:
        rekey(opened.store_path, before, FOLLOWING)
    opened.close()
    return before


@pytest.mark.parametrize("rewritten", [False, True])
def test_a_change_of_key_that_was_cut_off_is_ended_by_the_next_unlock(home: Path, rewritten: bool) -> None:
    before = begun(home, rewritten=rewritten)
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert opened.key == (FOLLOWING if rewritten else before)
    assert not any(slot.following for slot in opened.file.people)
    store = Store(opened.store_path, opened.key, SystemClock())
    assert store.meta("a fact") == "kept"
    assert store.whole()
    store.close()
    opened.close()
    again = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert again.key == (FOLLOWING if rewritten else before)
    again.close()


def test_a_store_under_neither_key_is_damage_and_nothing_is_thrown_away(home: Path) -> None:
    begun(home, rewritten=True, following=bytes(KEY_BYTES))
    written = (home / vault.KEY_FILE).read_bytes()
    with pytest.raises(StoreDamaged):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert (home / vault.KEY_FILE).read_bytes() == written


def test_no_page_is_left_under_the_old_key(home: Path) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    before = opened.key
    vault.new_key(opened)
    with pytest.raises(StoreDamaged):
        Store(opened.store_path, before, SystemClock())
    wal = opened.store_path.with_name(opened.store_path.name + "-wal")
    assert not wal.exists() or wal.stat().st_size == 0
    opened.close()


@pytest.mark.parametrize("room", [0, 16, 64, 256])
def test_a_disk_without_room_for_a_new_key_says_so_and_the_store_opens_as_before(home: Path, room: int) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    before = opened.key
    with no_file_grows_beyond(max(room << 10, 4_096)), pytest.raises(DiskTrouble):
        vault.new_key(opened)
    opened.close()
    again = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert again.key == before
    assert not any(slot.following for slot in again.file.people)
    store = Store(again.store_path, again.key, SystemClock())
    assert store.whole()
    store.close()
    again.close()
