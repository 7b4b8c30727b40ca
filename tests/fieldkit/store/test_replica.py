"""The encrypted store keeps the same promises as the plain twin when it syncs."""

from __future__ import annotations

from dataclasses import replace

from fieldkit.store.replica import StoreReplica
from fieldkit.store.store import Store
from sync.changes import NO_TRUNK, START, Change, apply, chain_holds, state_text, version_hash
from sync.client import Batch, Outcome, PageEnd, PushAnswer, Put, Receipt, ScopeLost

END = PageEnd(next=1, head=(1, "h"), more=False, epoch="e1", ev=0, server_time="")


def written(store: Store, record: str, kind: str = "create", **fields: str) -> Change:
    own = {"@kind": "note", "@scope": "family:f"} if kind == "create" else {}
    with store.transaction():
        held = store.records.get(record)
        trunk = (held.version, held.version_hash) if held else NO_TRUNK
        change = store.outbox.add(Change("d1", 0, record, kind, trunk, own | fields, {}))
        store.records.redraw(change)
    return change


def receipt(change: Change, version: int, state: dict[str, object], outcome: Outcome = Outcome.APPLIED) -> Receipt:
    return Receipt(change.seq, outcome, version, version_hash(change.record, version, state))  # type: ignore[arg-type]


def put(record: str, version: int, **state: str) -> Put:
    head = (record, "note", "family:f", "", version, version_hash(record, version, state))
    return Put(*head, "w", "d2", "2026-11-23", text=state_text(state))


def view(store: Store, record: str) -> dict[str, object]:
    found = store.records.get(record)
    return {} if found is None else dict(found.state)


def test_a_receipt_that_agrees_folds_the_change_into_the_base(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    change = written(store, "n1", words="seen")
    answer = PushAnswer(1, "e1", "", 0, (receipt(change, 1, {"words": "seen"}),))
    assert replica.settle(answer).folded == 1
    assert replica.waiting() == 0
    assert store.records.bases(["n1"])["n1"].version == 1
    assert (replica.standing().last_seq, replica.standing().epoch) == (1, "e1")


def test_only_what_is_settled_and_durable_loses_its_words_and_the_chain_holds_and_goes_on(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    replica.spare = 0
    one, two, three = (written(store, f"n{place}", words=f"word {place}") for place in (1, 2, 3))
    refused = Receipt(two.seq, Outcome.REFUSED, reason="why")
    settled = [receipt(one, 1, {"words": "word 1"}), refused, receipt(three, 1, {"words": "word 3"})]
    replica.settle(PushAnswer(3, "e1", "", 0, tuple(settled)))
    replica.take([], replace(END, durable_seq=2))
    lines = [line for (line,) in store.connection.execute("select line from outbox order by seq").fetchall()]
    assert [f"word {place}" in line for place, line in enumerate(lines, 1)] == [False, True, True]
    assert [parked.change for parked in replica.parked()] == [two]
    four = written(store, "n1", kind="set", words="again")
    chain = store.outbox.by_seq([1, 2, 3, 4])
    assert chain_holds(list(chain.values()), START)
    assert replica.batch(10) == Batch.of([four])
    assert view(store, "n1") == {"words": "again"}
    assert replica.standing().durable == 2


def test_a_central_that_calls_durable_what_it_has_not_answered_is_not_believed(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    replica.spare = 0
    change = written(store, "n1", words="one")
    replica.mark_sent(Batch.of([change]))
    replica.take([], replace(END, durable_seq=99))
    assert replica.batch(10) == Batch.of([change])
    assert replica.standing().durable == 0


def test_a_change_without_a_receipt_stays_unanswered(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    first, second = written(store, "n1", words="one"), written(store, "n2", words="two")
    replica.mark_sent(Batch.of([first, second]))
    replica.settle(PushAnswer(1, "e1", "", 0, (receipt(first, 1, {"words": "one"}),)))
    assert replica.batch(10) == Batch.of([second])


def test_a_receipt_out_of_turn_is_not_believed(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    written(store, "n1", words="one")
    second = written(store, "n2", words="two")
    replica.settle(PushAnswer(2, "e1", "", 0, (receipt(second, 1, {"words": "two"}),)))
    assert replica.waiting() == 2


def test_a_hash_that_disagrees_asks_for_everything_again(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    change = written(store, "n1", words="seen")
    assert replica.settle(PushAnswer(1, "e1", "", 0, (receipt(change, 1, {"words": "other"}),))).broken
    assert view(store, "n1") == {"words": "seen"}


def test_what_central_did_not_take_leaves_the_view_but_never_the_device(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    replica.take([put("n1", 1, words="central")], END)
    change = written(store, "n1", "set", words="mine")
    assert view(store, "n1") == {"words": "mine"}
    replica.settle(PushAnswer(1, "e1", "", 0, (Receipt(1, Outcome.REFUSED, reason="not-entitled"),)))
    assert view(store, "n1") == {"words": "central"}
    assert [(parked.change.hash, parked.reason) for parked in replica.parked()] == [(change.hash, "not-entitled")]


def test_a_page_never_hides_what_is_not_sent_yet(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    replica.take([put("n1", 1, words="old", place="home")], END)
    written(store, "n1", "set", words="mine")
    replica.take([put("n1", 2, words="old", place="school")], END)
    assert view(store, "n1") == {"words": "mine", "place": "school"}


def test_a_merged_change_waits_for_its_echo_and_is_then_settled(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    replica.take([put("n1", 1, words="old")], END)
    change = written(store, "n1", "set", words="mine")
    echo = Receipt(change.seq, Outcome.MERGED, 3, "?", echo=True)
    replica.settle(PushAnswer(1, "e1", "", 0, (echo,)))
    assert view(store, "n1") == {"words": "mine"}
    merged = apply({"words": "mine"}, {"extra": "theirs"})
    replica.take([put("n1", 3, **{key: str(value) for key, value in merged.items()})], END)
    assert view(store, "n1") == {"words": "mine", "extra": "theirs"}
    assert store.outbox.state_of("n1") == "confirmed"


def test_after_a_restored_central_the_lost_changes_are_sent_again_as_they_were(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    changes = [written(store, f"n{number}", words=str(number)) for number in range(3)]
    answers = tuple(receipt(change, 1, {"words": str(number)}) for number, change in enumerate(changes))
    replica.settle(PushAnswer(3, "e1", "", 0, answers))
    replica.rewind("e2", 1)
    assert replica.batch(10) == Batch.of(changes[1:])
    assert replica.standing().cursor == 0


def test_the_view_can_always_be_rebuilt_from_base_and_outbox(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    replica.take([put("n1", 1, words="old")], END)
    written(store, "n1", "set", words="mine")
    with store.transaction() as connection:
        connection.execute("update record set view = '{}'")
    assert store.records.rebuild() == 1
    assert view(store, "n1") == {"words": "mine"}


def test_a_record_that_central_refused_to_make_leaves_no_empty_row(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    change = written(store, "n1", words="mine")
    refused = Receipt(change.seq, Outcome.REFUSED, 0, "", "not-entitled")
    replica.settle(PushAnswer(1, "e1", "", 0, (refused,)))
    assert store.records.get("n1") is None
    assert [each.change.patch["words"] for each in replica.parked()] == ["mine"]


def test_a_scope_that_is_lost_takes_centrals_words_and_leaves_what_was_not_sent(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    replica.take([put("n1", 1, words="theirs"), put("n2", 1, words="theirs")], END)
    written(store, "n1", "set", place="mine, not sent")
    replica.take([ScopeLost("family:f")], END)
    assert view(store, "n1") == {"place": "mine, not sent"}
    assert store.records.get("n2") is None
    assert replica.waiting() == 1


def test_after_a_restored_central_what_it_lost_is_seen_again_at_once(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    change = written(store, "n1", words="mine")
    replica.settle(PushAnswer(1, "e1", "", 0, (Receipt(change.seq, Outcome.REFUSED, 0, "", "held"),)))
    replica.rewind("e2", 0)
    assert view(store, "n1") == {"words": "mine"}


def test_a_receipt_for_a_change_that_was_never_made_is_not_believed(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    assert replica.settle(PushAnswer(1, "e1", "", 0, (Receipt(1, Outcome.APPLIED, 1, "h"),))).folded == 0
    assert replica.standing().last_seq == 0


def test_a_deleted_record_shows_nothing_until_central_says_so_too(store: Store) -> None:
    replica = StoreReplica(store, "d1")
    replica.take([put("n1", 1, words="old")], END)
    change = written(store, "n1", "delete")
    assert view(store, "n1") == {}
    replica.settle(PushAnswer(1, "e1", "", 0, (Receipt(change.seq, Outcome.APPLIED, 2, "h"),)))
    assert store.records.get("n1") is None
