"""The store keeps what it acknowledged, encrypted, in order, and finds it again."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from fieldkit import vault
from fieldkit.errors import FieldkitError, NewerSchema, Refused, StoreDamaged, StoreFault
from fieldkit.store.database import PAGE_SIZE, connect
from fieldkit.store.drafts import Draft, Migration, Progress, Typed, difference
from fieldkit.store.form_versions import FormVersion
from fieldkit.store.outbox import Answer
from fieldkit.store.records import Base
from fieldkit.store.store import Store
from sync.changes import NO_TRUNK, START, Change, chain_holds

CANARY = "Siobhán said the canary sings at midnight"


def family(record: str, **fields: str) -> Change:
    patch = {"@kind": "family", "@scope": f"family:{record}", "@form": "", **fields}
    return Change(device="d1", seq=0, record=record, kind="create", trunk=NO_TRUNK, patch=patch, was={})


def filed(store: Store, change: Change) -> Change:
    with store.transaction():
        kept = store.outbox.add(change)
        store.records.redraw(kept)
    return kept


def test_changes_form_a_gapless_chain(store: Store) -> None:
    for name in ("a1", "a2", "a3"):
        filed(store, family(name, name="Okafor"))
    pending = store.outbox.pending()
    assert [change.seq for change in pending] == [1, 2, 3]
    assert chain_holds(pending, START)


def test_a_verb_that_fails_halfway_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.outbox.add(family("a1", name="Okafor"))
        raise RuntimeError
    assert store.outbox.pending() == []


def test_the_view_is_centrals_version_with_the_outbox_on_top(store: Store) -> None:
    base = Base("r1", "family", "family:r1", "", 3, "h3", "w", "d9", "2026", '{"name":"Okafor","risk_level":"low"}')
    store.records.rebase([base])
    filed(store, Change("d1", 0, "r1", "set", (3, "h3"), {"risk_level": "high"}, {"risk_level": "low"}))
    newer = Base(
        "r1", "family", "family:r1", "", 4, "h4", "w", "d9", "2026", '{"name":"Okafor-Obi","risk_level":"low"}'
    )
    store.records.rebase([newer])
    record = store.records.get("r1")
    assert record is not None
    assert dict(record.state) == {"name": "Okafor-Obi", "risk_level": "high"}
    assert store.records.rebuild() == 0


def test_a_parked_change_stays_with_its_reason_and_the_rest_goes_on(store: Store) -> None:
    filed(store, family("a1", name="Okafor"))
    filed(store, family("a2", name="Brennan"))
    store.outbox.mark_sent(1, 2)
    store.outbox.answer([Answer(1, "parked", "refused", "not-entitled", 0), Answer(2, "settled", "applied", "", 1)])
    assert [(change.record, outcome, why) for change, outcome, why in store.outbox.parked()] == [
        ("a1", "refused", "not-entitled")
    ]
    assert (store.outbox.counts().waiting, store.outbox.counts().parked) == (0, 1)
    assert store.outbox.state_of("a2") == "confirmed"


@pytest.mark.parametrize(
    "typed", ["okaf", "OKAFOR", "Okaffor", "kafo"], ids=["prefix", "capitals", "slip of the finger", "middle"]
)
def test_a_name_is_found_as_it_is_typed(store: Store, typed: str) -> None:
    filed(store, family("a1", name="Okafor", postcode="WY1 2AB"))
    filed(store, family("a2", name="Żółkiewska-Błaszczyk"))
    assert store.search.find(typed)[0].record == "a1"
    assert store.search.find("zolk")[0].record == "a2"


@pytest.mark.parametrize(
    "typed",
    ["shevaun", "Shivaun Oconnor", "siobahn", "siobhna", "siobhan oconor", "sioban", "Siobhann O'Conner"],
)
def test_a_name_is_found_as_it_sounds_and_with_a_slip_of_the_finger(store: Store, typed: str) -> None:
    for number, name in enumerate(("Aoife Byrne", "Sian Connolly", "Simone Condor", "Kathryn Smyth")):
        filed(store, family(f"b{number}", name=name))
    store.search.find("nobody")
    filed(store, family("a1", name="Siobhán O'Connor"))
    assert store.search.find(typed)[0].record == "a1"
    assert store.search.find("catherine smith")[0].record == "b3"
    assert store.search.find("eefa")[0].record == "b0"


def test_what_is_typed_whole_comes_before_what_only_sounds_alike(store: Store) -> None:
    filed(store, family("a1", name="Stephen Brown"))
    filed(store, family("a2", name="Steven Brown"))
    assert [hit.record for hit in store.search.find("steven brown")] == ["a2", "a1"]
    assert [hit.record for hit in store.search.find("stephen brown")] == ["a1", "a2"]


def test_search_takes_any_text_as_words_and_never_as_a_query(store: Store) -> None:
    filed(store, family("a1", name="O'Brien-Núñez"))
    for hostile in ('"', "NEAR(", "a OR", "*", "name:x", "o'brien", "\x1b]52;c;x\x07", "(" * 5_000):
        store.search.find(hostile)
    assert store.search.find("brien-nunez")[0].record == "a1"


def draft(store: Store) -> Draft:
    made = Draft("d1", "eha@2026.1", "f1", None, NO_TRUNK, {}, store.now(), store.now())
    store.drafts.begin(made)
    return made


def test_a_draft_is_its_journal_folded_in_order(store: Store) -> None:
    draft(store)
    store.drafts.journal([Typed("d1", 1, {"a": "x", "b": "y"}, Progress("A", 2, 9, 7)), Typed("d1", 2, {"a": None})])
    assert store.drafts.restore("d1") == ({"b": "y"}, 2)
    assert (store.drafts.get("d1").answered, store.drafts.get("d1").total) == (2, 9)


def test_an_older_revision_never_overwrites_a_newer_one(store: Store) -> None:
    draft(store)
    store.drafts.journal([Typed("d1", 2, {"a": "new"})])
    store.drafts.journal([Typed("d1", 1, {"a": "old"})])
    assert store.drafts.restore("d1")[0] == {"a": "new"}


def test_a_long_note_is_journalled_once_and_not_once_for_every_key(store: Store) -> None:
    draft(store)
    store.drafts.journal([Typed("d1", 1, {"name": "Okafor"})])
    for number in range(1, 200):
        store.drafts.journal([Typed("d1", number + 1, {"note": "x" * number, "length": str(number)})])
    assert store.drafts.restore("d1") == ({"name": "Okafor", "note": "x" * 199, "length": "199"}, 200)
    assert store.connection.execute("select count(*) from journal").fetchone()[0] == 2


def test_the_journal_is_destroyed_with_its_draft(store: Store) -> None:
    draft(store)
    store.drafts.journal([Typed("d1", 1, {"a": CANARY})])
    store.drafts.end("d1")
    store.drafts.journal([Typed("d1", 2, {"a": "late"})])
    assert store.connection.execute("select count(*) from journal").fetchone()[0] == 0


def test_a_draft_goes_over_to_another_version_and_back_as_it_was(store: Store) -> None:
    draft(store)
    before, after, done = {"a": "x", "b": CANARY}, {"a": "x", "c": CANARY}, Progress("", 1, 1, 0)
    store.drafts.journal([Typed("d1", 1, before)])
    step = Migration("d1", 2, "eha@2026.1", "eha@2026.2", before, after)
    store.drafts.migrate(step, done)
    assert (store.drafts.get("d1").form, store.drafts.restore("d1")) == ("eha@2026.2", (after, 2))
    assert store.drafts.migrated("d1") == step
    store.drafts.unmigrate(step, Typed("d1", 3, difference(after, before), done))
    assert (store.drafts.get("d1").form, store.drafts.restore("d1")) == ("eha@2026.1", (before, 3))
    assert store.drafts.migrated("d1") is None


def test_what_a_draft_held_before_goes_with_it(store: Store) -> None:
    draft(store)
    step = Migration("d1", 2, "eha@2026.1", "eha@2026.2", {"b": CANARY}, {"c": CANARY})
    store.drafts.migrate(step, Progress("", 0, 0, 0))
    assert CANARY not in repr(step)
    store.drafts.end("d1")
    assert store.connection.execute("select count(*) from draft_upgrade").fetchone()[0] == 0


def test_the_tenth_version_of_a_year_is_newer_than_the_second_in_whatever_order_they_come(store: Store) -> None:
    for version in ("2026.2", "2026.10", "2026.1"):
        store.form_versions.keep(FormVersion("visit", version, "h", "{}"))
    assert [each.version for each in store.form_versions.current()] == ["2026.10"]
    assert store.form_versions.get("visit").version == "2026.10"
    assert store.form_versions.get("visit@2026.1").version == "2026.1"


def test_threads_read_and_write_one_store(store: Store) -> None:
    def work(name: str) -> None:
        for number in range(20):
            filed(store, family(f"{name}{number}", name="Okafor"))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert chain_holds(store.outbox.pending(), START)
    assert store.records.count("family") == 60


def test_nothing_typed_is_readable_in_any_file(store: Store, opened: vault.Vault) -> None:
    filed(store, family("a1", name=CANARY))
    draft(store)
    store.drafts.journal([Typed("d1", 1, {"a": CANARY})])
    files = [path for path in opened.home.rglob("*") if path.is_file()]
    assert len(files) >= 4
    assert [path.name for path in files if b"canary sings" in path.read_bytes()] == []


def test_every_connection_is_wal_and_full(store: Store) -> None:
    assert store.connection.execute("pragma journal_mode").fetchone()[0] == "wal"
    assert store.connection.execute("pragma synchronous").fetchone()[0] == 2


def test_no_second_database_can_be_attached(store: Store) -> None:
    with pytest.raises(StoreFault):
        store.connection.execute("attach database ':memory:' as plain key ''")


def test_a_newer_schema_is_refused_and_nothing_is_changed(store: Store, opened: vault.Vault) -> None:
    store.connection.execute("pragma user_version = 9999")
    store.connection.execute("pragma wal_checkpoint(truncate)")
    before = opened.store_path.read_bytes()
    with pytest.raises(NewerSchema):
        Store(opened.store_path, opened.key, store.clock)
    assert opened.store_path.read_bytes() == before


def test_a_damaged_file_is_told_as_damaged_and_left_as_it_was(store: Store, opened: vault.Vault) -> None:
    filed(store, family("a1", name="Okafor"))
    store.close()
    damaged = bytearray(opened.store_path.read_bytes())
    damaged[20:4000] = bytes(3980)
    opened.store_path.write_bytes(damaged)
    with pytest.raises(StoreDamaged):
        connect(opened.store_path, opened.key)
    assert opened.store_path.read_bytes() == bytes(damaged)


def test_the_audit_chain_names_the_entry_that_was_altered(store: Store) -> None:
    for what in ("unlock", "file", "sync"):
        store.audit.note(what)
    assert store.audit.broken_at() is None
    with store.transaction() as connection:
        connection.execute("update audit set what = 'nothing' where number = 2")
    assert store.audit.broken_at() == 2


def test_a_database_error_tells_no_value(store: Store) -> None:
    with pytest.raises(FieldkitError) as told, store.transaction() as connection:
        connection.execute("insert into meta (name, value) values (?, ?)", (CANARY, "x"))
        connection.execute("insert into meta (name, value) values (?, ?)", (CANARY, "x"))
    assert "canary" not in repr(told.value) + str(told.value) + told.value.cure


def test_damage_deep_in_the_file_is_told_as_damage_when_it_is_met(store: Store, opened: vault.Vault) -> None:
    filed(store, family("a1", name=CANARY))
    assert store.whole()
    store.close()
    damaged = bytearray(opened.store_path.read_bytes())
    for page in range(8 * PAGE_SIZE, len(damaged), PAGE_SIZE):
        damaged[page + 100] ^= 1
    damaged[3 * PAGE_SIZE + 100] ^= 1
    opened.store_path.write_bytes(damaged)
    with pytest.raises(StoreDamaged), closing(Store(opened.store_path, opened.key, store.clock)) as again:
        again.connection.execute("pragma integrity_check").fetchall()
        again.connection.execute("select group_concat(view) from record").fetchone()
        again.search.find("canary")


def test_only_what_is_asked_for_lies_on_top_of_a_record(store: Store) -> None:
    filed(store, family("a1", name="Okafor"))
    filed(store, family("a2", name="Brennan"))
    assert list(store.outbox.unsettled_by_record(["a2", "a3"])) == ["a2"]


def test_more_than_a_record_can_hold_is_refused_with_a_cure_and_without_its_words(store: Store) -> None:
    long = Change("d1", 0, "r1", "create", NO_TRUNK, {"@kind": "visit", "note": "Zimnavoda " * 450_000}, {})
    with pytest.raises(Refused) as told:
        store.outbox.add(long)
    assert "Attach" in told.value.cure
    assert "Zimnavoda" not in f"{told.value!r} {told.value.said}"
    assert store.outbox.counts().waiting == 0
