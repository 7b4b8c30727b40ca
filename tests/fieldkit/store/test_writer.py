"""The one writer: in order, drained, and never silent about what it could not save."""

from __future__ import annotations

import threading

import pytest

from fieldkit.errors import DiskTrouble, FieldkitError, StoreFault
from fieldkit.store.drafts import Draft, Typed
from fieldkit.store.store import Store
from fieldkit.store.writer import Writer
from sync.changes import NO_TRUNK


class Desk:
    """Remembers what the writer told."""

    def __init__(self, store: Store) -> None:
        store.drafts.begin(Draft("d1", "eha@2026.1", "f1", None, NO_TRUNK, {}, store.now(), store.now()))
        self.store = store
        self.saved: list[int] = []
        self.failed: list[FieldkitError] = []
        self.writer = Writer(store, lambda _draft, revision, _at: self.saved.append(revision), self.failed.append)

    def fill_the_disk(self) -> None:
        """The journal takes nothing more."""
        with self.store.transaction() as connection:
            connection.execute("create trigger full_disk before insert on journal begin select raise(abort, 'x'); end")

    def free_the_disk(self) -> None:
        with self.store.transaction() as connection:
            connection.execute("drop trigger full_disk")


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def test_it_saves_in_order_and_drains(desk: Desk) -> None:
    for revision in range(1, 101):
        desk.writer.put(Typed("d1", revision, {"a": str(revision)}))
    desk.writer.drain()
    assert desk.store.drafts.restore("d1") == ({"a": "100"}, 100)
    assert desk.saved == sorted(desk.saved)
    assert desk.saved[-1] == 100
    desk.writer.close()


def test_what_could_not_be_saved_is_told_at_once_and_saved_with_the_next_key(desk: Desk) -> None:
    desk.fill_the_disk()
    desk.writer.put(Typed("d1", 1, {"a": "first"}))
    with pytest.raises(FieldkitError):
        desk.writer.drain()
    assert desk.failed
    assert desk.saved == []
    desk.free_the_disk()
    desk.writer.put(Typed("d1", 2, {"b": "second"}))
    desk.writer.drain()
    assert desk.store.drafts.restore("d1") == ({"a": "first", "b": "second"}, 2)
    desk.writer.close()


def test_closing_tries_once_more_to_save_what_is_owed(desk: Desk) -> None:
    desk.fill_the_disk()
    desk.writer.put(Typed("d1", 1, {"a": "first"}))
    with pytest.raises(FieldkitError):
        desk.writer.drain()
    desk.free_the_disk()
    desk.writer.close()
    assert desk.store.drafts.restore("d1") == ({"a": "first"}, 1)


def test_a_screen_that_has_gone_keeps_nothing_from_being_saved(store: Store) -> None:
    def gone(*_: object) -> None:
        raise RuntimeError("the loop is closed")

    desk = Desk(store)
    deaf = Writer(store, gone, desk.failed.append)
    for revision in range(1, 20):
        deaf.put(Typed("d1", revision, {f"a{revision}": "x"}))
    deaf.close()
    desk.writer.close()
    assert len(store.drafts.restore("d1")[0]) == 19
    assert desk.failed == []


def test_a_closed_writer_takes_nothing_more(desk: Desk) -> None:
    desk.writer.close()
    with pytest.raises(StoreFault):
        desk.writer.put(Typed("d1", 1, {"a": "late"}))
    desk.writer.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_in_the_program_is_told_and_leaves_nobody_waiting(desk: Desk) -> None:
    desk.writer.put(Typed("d1", 1, {"a": {1, 2}}))  # type: ignore[dict-item]
    with pytest.raises(StoreFault):
        desk.writer.drain()
    with pytest.raises(StoreFault):
        desk.writer.put(Typed("d1", 2, {"a": "x"}))
    assert [type(wrong) for wrong in desk.failed] == [StoreFault]
    desk.writer.close()


def test_many_threads_hand_over_to_one_writer(desk: Desk) -> None:
    def type_away(row: int) -> None:
        for number in range(50):
            desk.writer.put(Typed("d1", 1 + row * 50 + number, {f"r{row}/{number}": "x"}))

    threads = [threading.Thread(target=type_away, args=(row,)) for row in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.writer.drain()
    assert len(desk.store.drafts.restore("d1")[0]) == 200
    desk.writer.close()


def test_a_full_disk_is_told_as_such(store: Store) -> None:
    pages = store.connection.execute("pragma page_count").fetchone()[0]
    store.connection.execute(f"pragma max_page_count = {pages}")
    with pytest.raises(DiskTrouble), store.transaction():
        for number in range(200):
            store.set_meta(f"m{number}", "x" * 4_000)
    assert store.meta("m0") is None
