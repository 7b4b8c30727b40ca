"""What the store promises about its disk: settings, what is gone is gone, the ballast, and a sync that failed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import DiskFailing, DiskFull, DiskTrouble, SavesMissing, StoreDamaged
from fieldkit.store import room
from fieldkit.store.database import CIPHER, PAGE_SIZE, SETTINGS, NotHardened, harden, trouble, unlike
from fieldkit.store.drafts import Draft, Typed
from fieldkit.store.pages import read_pages
from fieldkit.store.store import Store
from sync.changes import NO_TRUNK
from tests.fieldkit.store.conftest import StillClock

CANARY = "the canary sings at midnight"


def is_in_pages(store: Store, home: Path, key: bytes) -> bool:
    """Whether the words are anywhere in the decrypted pages, of the file or of the log."""
    pages = read_pages(home / vault.STORE_FILE, key)
    assert not pages.damaged
    return any(CANARY.encode() in page for page in pages.whole.values())


def test_what_was_typed_is_in_no_page_once_its_draft_has_ended(store: Store, opened: vault.Vault) -> None:
    store.drafts.begin(Draft("d1", "visit@1", "f1", None, NO_TRUNK, {}, store.now(), store.now()))
    for revision in range(1, 60):
        store.drafts.journal([Typed("d1", revision, {f"q{revision}": f"{CANARY} {revision}" * 20})])
    assert is_in_pages(store, opened.home, opened.key)
    store.drafts.end("d1")
    assert not is_in_pages(store, opened.home, opened.key)
    assert (opened.home / "store.db-wal").stat().st_size == 0


def test_every_setting_is_asserted_and_one_that_differs_is_named(store: Store) -> None:
    connection = store.connection
    assert unlike(connection) == {}
    for name, wrong in (("synchronous", 1), ("foreign_keys", 0), ("secure_delete", 0), ("temp_store", 0)):
        connection.execute(f"pragma {name} = {wrong}")
        assert list(unlike(connection)) == [name]
        connection.execute(f"pragma {name} = {SETTINGS[name]}")


def test_a_library_without_the_cipher_is_refused(tmp_path: Path) -> None:
    plain = sqlcipher.connect(str(tmp_path / "plain.db"), isolation_level=None)
    with pytest.raises(NotHardened):
        harden(plain)
    plain.close()
    assert CIPHER["cipher_page_size"] == str(PAGE_SIZE)


def test_an_emptied_store_is_damaged_and_not_a_new_one(opened: vault.Vault, clock: StillClock) -> None:
    opened.store_path.write_bytes(b"")
    with pytest.raises(StoreDamaged):
        Store(opened.store_path, opened.key, clock)
    assert opened.store_path.read_bytes() == b""


def test_a_log_that_was_cut_is_not_taken_for_all_there_is(store: Store, opened: vault.Vault, clock: StillClock) -> None:
    for number in range(5):
        store.set_meta(f"fact{number}", "x" * 9_000)
    left = {name: (opened.home / name).read_bytes() for name in ("store.db", "store.db-wal", "store.db-witness")}
    home = opened.home.with_name("after a kill")
    home.mkdir()
    for name, content in left.items():
        (home / name).write_bytes(content if name != "store.db-wal" else content[: len(content) // 2])
    with pytest.raises(SavesMissing):
        Store(home / "store.db", opened.key, clock)
    (home / "store.db-wal").write_bytes(left["store.db-wal"])
    again = Store(home / "store.db", opened.key, clock)
    assert again.meta("fact4") is not None
    again.close()


def test_a_sync_of_the_disk_that_failed_ends_the_store_and_is_not_tried_again(store: Store) -> None:
    wrong = sqlcipher.OperationalError("disk I/O error")
    wrong.sqlite_errorcode = 1034
    failing = trouble(wrong)
    assert isinstance(failing, DiskFailing)
    with pytest.raises(DiskFailing), store.transaction():
        raise failing
    with pytest.raises(DiskFailing):
        store.set_meta("a", "b")


def test_the_ballast_goes_slice_by_slice_and_is_made_whole_again(tmp_path: Path) -> None:
    room.keep_ballast(tmp_path)
    ballast = tmp_path / room.BALLAST_FILE
    assert ballast.stat().st_size == room.BALLAST
    assert room.give_up(tmp_path)
    assert ballast.stat().st_size == room.BALLAST - room.SLICE
    while room.give_up(tmp_path):
        pass
    assert not ballast.exists()
    room.keep_ballast(tmp_path)
    assert ballast.stat().st_size == room.BALLAST


def test_an_error_of_the_system_tells_its_cause(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("not a folder")
    with pytest.raises(DiskTrouble) as told:
        vault.create(home / "below", "a long passphrase for tests", QUICK_KDF)
    assert told.value.said
    assert DiskFull().said == "The disk is full."
