"""A sync that is cut anywhere: nothing is lost, nothing happens twice, nothing is marked sent wrongly."""

from dataclasses import replace

import pytest

from sync.client import Exchange, Progress
from sync.errors import NotCentral, Rejected, TooLarge, Unreachable
from sync.protocol import PushAnswer, Reason
from tests.sync.laptops import FAMILY, Laptop, council, settle, shared
from tests.sync.memory_central import MemoryCentral


def test_a_sync_with_nothing_to_do_is_one_request() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    settle([anna, ben])
    report = anna.sync()
    assert (report.requests, report.pushed, report.pulled) == (1, 0, 0)


def test_own_changes_are_in_the_base_after_a_push_without_being_echoed_wrongly() -> None:
    anna, _ = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    anna.set(FAMILY, phone="3")
    anna.sync()
    held = anna.replica.base[FAMILY]
    assert (held.version, held.version_hash) == (3, anna.central.rows[FAMILY].head.version_hash)


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_lost_request_or_answer_makes_no_change_happen_twice(lost: str) -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    anna.line.lose = [lost]
    with pytest.raises(Unreachable):
        anna.sync()
    assert anna.replica.waiting() == 1
    assert anna.reads(FAMILY, "phone") == "2"
    sent_before = anna.replica.outbox[-1]
    settle([anna, ben])
    assert anna.replica.outbox[-1] is sent_before
    assert [change.seq for change in anna.central.history] == [1, 2]
    assert ben.reads(FAMILY, "phone") == "2"


def test_a_lost_page_is_pulled_again() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    anna.sync()
    ben.line.lose = ["answer"]
    with pytest.raises(Unreachable):
        ben.sync()
    assert ben.sync().pulled == 1


def test_a_batch_that_arrives_twice_counts_once() -> None:
    anna, _ = shared("anna", "ben", phone="1")
    anna.set(FAMILY, phone="2")
    anna.line.lose = ["twice"]
    assert anna.sync().pushed == 1
    assert len(anna.central.history) == 2


def test_many_changes_go_in_growing_batches_and_come_in_pages() -> None:
    anna, ben = council("anna", "ben")
    anna.central.page = 700
    for number in range(2_600):
        anna.create(f"n{number}", "visit", words="w")
    told: list[Progress] = []
    requests = anna.sync().requests
    assert requests == 3 + 1  # 500, 1,000, 1,100, then one pull without an echo
    Exchange(ben.replica, ben.line).run(told.append)
    assert len(ben.replica.base) == 2_600
    assert [each.done for each in told if each.step == "pull"] == [700, 1400, 2100, 2600]


def test_a_refused_change_is_parked_and_the_others_go_on() -> None:
    (anna,) = council("anna")
    anna.create("s1", "signature", statement="I agree")
    anna.set("s1", statement="no")
    anna.create(FAMILY, phone="1")
    report = anna.sync()
    assert (report.pushed, report.parked, report.reasons) == (3, 1, ("immutable",))
    assert anna.replica.waiting() == 0
    assert anna.central.rows[FAMILY].head.state == {"phone": "1"}


class Answering(MemoryCentral):
    """A central whose answer leaves receipts out, or that finds pushes too large."""

    keep: int = 1
    most: int = 10_000

    def push(self, changes):  # type: ignore[no-untyped-def]
        """Answer for the first changes only."""
        if len(changes) > self.most:
            raise TooLarge
        answer = super().push(changes)
        return PushAnswer(answer.acked_seq, answer.epoch, answer.server_time, 0, answer.receipts[: self.keep])


def test_a_change_without_a_receipt_is_not_acknowledged() -> None:
    central = Answering()
    anna = Laptop("anna", central)
    for number in range(3):
        anna.create(f"n{number}", "visit", words="w")
    assert anna.sync().pushed == 3
    central.keep = 0
    anna.create("n4", "visit", words="w")
    with pytest.raises(NotCentral):
        anna.sync()
    assert anna.replica.waiting() == 1


def test_what_is_too_large_goes_in_halves() -> None:
    central = Answering()
    central.keep, central.most = 10_000, 100
    anna = Laptop("anna", central)
    for number in range(300):
        anna.create(f"n{number}", "visit", words="w")
    assert anna.sync().pushed == 300


def test_what_a_restored_central_has_lost_is_told_again() -> None:
    anna, ben = shared("anna", "ben", phone="1")
    copy = anna.central.copy("second")
    anna.set(FAMILY, phone="2")
    anna.create("n1", "visit", words="only in the lost part")
    settle([anna, ben])
    for laptop in (anna, ben):
        laptop.central = laptop.line.central = copy
    report = anna.sync()
    settle([ben, anna])
    assert report.restored
    assert copy.rows["n1"].head.state == {"words": "only in the lost part"}
    assert anna.reads(FAMILY, "phone") == ben.reads(FAMILY, "phone") == "2"


def test_version_numbers_used_again_after_a_restore_overwrite_nothing() -> None:
    anna, ben, cora = shared("anna", "ben", "cora", phone="1")
    copy = anna.central.copy("second")
    anna.set(FAMILY, phone="2")
    anna.sync()
    ben.sync()
    ben.set(FAMILY, phone="3")
    for laptop in (anna, ben, cora):
        laptop.central = laptop.line.central = copy
    cora.set(FAMILY, phone="9")
    settle([cora, ben, anna])
    (conflict,) = copy.open_on(FAMILY).values()
    values = {value for path, value in conflict.state.items() if path.endswith("/value")}
    assert values == {"9", "2", "3"}


def test_a_restored_central_is_noticed_when_something_waits_to_be_sent() -> None:
    anna, _ = shared("anna", "ben", phone="1")
    copy = anna.central.copy("second")
    anna.set(FAMILY, phone="2")
    anna.sync()
    anna.set(FAMILY, phone="3")
    anna.central = anna.line.central = copy
    assert anna.sync().restored
    assert copy.rows[FAMILY].head.state == {"phone": "3"}


def test_central_that_refuses_the_device_leaves_everything_waiting() -> None:
    class Refusing(MemoryCentral):
        def push(self, changes):  # type: ignore[no-untyped-def]
            raise Rejected(Reason.REVOKED)

    anna = Laptop("anna", Refusing())
    anna.create(FAMILY, phone="1")
    with pytest.raises(Rejected):
        anna.sync()
    assert anna.replica.waiting() == 1


def test_after_a_restore_a_version_number_that_is_used_again_is_taken() -> None:
    anna, ben, cora = shared("anna", "ben", "cora", phone="1")
    copy = anna.central.copy("second")
    anna.set(FAMILY, phone="2")
    anna.sync()
    ben.sync()
    for laptop in (ben, cora):
        laptop.central = laptop.line.central = copy
    cora.set(FAMILY, phone="9")
    settle([cora, ben])
    assert ben.reads(FAMILY, "phone") == "9"
    assert ben.replica.base[FAMILY].version_hash == copy.rows[FAMILY].head.version_hash
    assert not ben.replica.standing().whole


def test_a_receipt_that_comes_before_its_turn_is_not_taken() -> None:
    (anna,) = council("anna")
    for number in range(3):
        anna.create(f"n{number}", "visit", words="w")
    waiting = anna.replica.batch(3)
    assert waiting is not None
    answer = anna.line.push(waiting)
    anna.replica.settle(replace(answer, receipts=(answer.receipts[2], answer.receipts[0])))
    assert (anna.replica.waiting(), list(anna.replica.receipts)) == (2, [1])
    assert anna.sync().pushed == 2
