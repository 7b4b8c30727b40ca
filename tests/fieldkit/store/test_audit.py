"""The audit chain of a real store: every attack on it is shown, and the entry is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldkit.store.audit import Anchor, Entry, Fault, link
from fieldkit.store.database import Connection
from fieldkit.store.store import Store
from sync.changes import START, canonical, digest

Attack = Callable[[Connection], object]


def written(store: Store, many: int = 6) -> None:
    for number in range(many):
        store.audit.note("file", f"0{number}")


def run(*statements: str) -> Attack:
    def attack(connection: Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    return attack


SWAP = (
    "update audit set number = 0 where number = 3",
    "update audit set number = 3 where number = 4",
    "update audit set number = 4 where number = 0",
)
SWAP_WORDS = (
    "update audit set about = 'x' || about, hash = 'x' || hash where number = 3",
    "update audit set about = (select about from audit where number = 4), salt = (select salt from audit where"
    " number = 4), hash = (select hash from audit where number = 4) where number = 3",
)
HEAD = "update meta set value = (select number || ' ' || hash from audit order by number desc limit 1)"


@pytest.mark.parametrize(
    ("attack", "named"),
    [
        (run("update audit set what = 'nothing' where number = 3"), Fault(3, "is not as it was written")),
        (run("update audit set about = '09' where number = 3"), Fault(3, "is not as it was written")),
        (run("update audit set at = '2020-01-01' where number = 3"), Fault(3, "is not as it was written")),
        (run("update audit set salt = '' where number = 3"), Fault(3, "is not as it was written")),
        (run("update audit set hash = prev_hash where number = 3"), Fault(3, "is not as it was written")),
        (run("delete from audit where number = 3"), Fault(3, "is not there")),
        (run("delete from audit where number = 1"), Fault(1, "is not there")),
        (run(*SWAP), Fault(3, "is not as it was written")),
        (run(*SWAP_WORDS), Fault(3, "is not as it was written")),
        (run("delete from audit where number > 4"), Fault(5, "is not there")),
        (run("delete from audit"), Fault(1, "is not there")),
        (
            run(
                "delete from audit where number = 2",
                "update audit set number = -number where number > 2",
                "update audit set number = -number - 1 where number < 0",
            ),
            Fault(2, "is not as it was written"),
        ),
        (
            run("update meta set value = '5 ' || value where name = 'audit_head'"),
            Fault(6, "was not written by fieldkit"),
        ),
    ],
)
def test_what_was_changed_dropped_swapped_or_cut_is_named(store: Store, attack: Attack, named: Fault) -> None:
    written(store)
    assert store.audit.fault() is None
    with store.transaction() as connection:
        attack(connection)
    assert store.audit.fault() == named


def rewritten(store: Store, of: int, what: str) -> None:
    """Entry `of` made another, and all after it chained anew, by somebody who holds every key of this device."""
    entries, before = list(store.audit.entries()), START
    with store.transaction() as connection:
        for entry in entries:
            said = what if entry.number == of else entry.what
            made = Entry(entry.number, entry.at, said, entry.about, before, "", entry.salt)
            before = link(made)
            connection.execute(
                "update audit set what = ?, prev_hash = ?, hash = ? where number = ?",
                (said, made.prev_hash, before, entry.number),
            )
        store.set_meta("audit_head", f"{len(entries)} {before}")


def test_a_chain_written_anew_with_the_devices_own_means_is_seen_from_the_next_countersigned_head_on(
    store: Store,
) -> None:
    written(store, 4)
    store.audit.keep_anchor(Anchor(*store.audit.head(), "", ""))
    written(store, 4)
    store.audit.keep_anchor(Anchor(*store.audit.head(), "", ""))
    written(store, 2)
    assert store.audit.broken_anchor() is None
    rewritten(store, 10, "nothing")
    assert store.audit.fault() is None
    assert store.audit.broken_anchor() is None, "what no other party has seen cannot be shown: the README says so"
    rewritten(store, 6, "nothing")
    assert store.audit.fault() is None
    found = store.audit.broken_anchor()
    assert found is not None
    assert (found.number, "up to 8" in found.what) == (5, True)


def test_an_end_cut_off_with_all_traces_in_the_store_is_seen_by_the_countersigned_head(store: Store) -> None:
    written(store)
    store.audit.keep_anchor(Anchor(*store.audit.head(), "", ""))
    with store.transaction() as connection:
        run("delete from audit where number > 4", HEAD + " where name = 'audit_head'")(connection)
    assert store.audit.fault() is None
    found = store.audit.broken_anchor()
    assert found is not None
    assert (found.number, "cut" in found.what) == (6, True)


def test_entries_from_before_the_salt_hold_as_they_are_and_new_ones_go_on_from_them(store: Store) -> None:
    before = START
    with store.transaction() as connection:
        for number in (1, 2):
            old = Entry(number, "2026-11-01T09:00:00.000+00:00", "export", "0a as json for family: why", before, "")
            values = (number, old.at, old.what, old.about, before, link(old))
            connection.execute(
                "insert into audit (number, at, what, about, prev_hash, hash) values (?, ?, ?, ?, ?, ?)", values
            )
            before = link(old)
    assert store.audit.fault() is None
    store.audit.note("unlock")
    assert store.audit.fault() is None
    assert [each.get("withheld") for each in store.audit.shown()] == [True, True, None]


def test_what_is_shown_outside_holds_no_typed_word_and_no_hash_that_could_be_guessed(store: Store) -> None:
    for _ in range(2):
        store.audit.note("export", "0a as json for family: Ngozi asked")
    store.audit.note("odd", "0a “Ngozi”")
    shown = list(store.audit.shown())
    assert "Ngozi" not in repr(shown)
    assert all("salt" not in each for each in shown)
    assert shown[0]["about_hash"] != shown[1]["about_hash"]


@pytest.mark.parametrize("what", ["set", 'a "quoted" \\ word', "l\u00ednea\n\t\x01\x7f", "\U0001f642\u2028"])
@pytest.mark.parametrize("salt", ["", "ab" * 16])
def test_the_hash_of_an_entry_is_over_its_canonical_json_as_the_readme_says(what: str, salt: str) -> None:
    entry = Entry(7, "2026-11-23T09:00:00.000+00:00", what, "0a" + what, "cd" * 32, "", salt)
    about = digest((salt + entry.about).encode()) if salt else entry.about
    assert link(entry) == digest(canonical([entry.prev_hash, 7, entry.at, what, about]))
