"""A sync with work is one request: behind the answer to the last push comes the first page of news."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sync.client import Batch, Exchange, Outcome, PageEnd, PushAnswer, Put, Reason, Report
from sync.client.anchoring import ANCHORED, Claim, Claimed, Head, believe
from sync.client.http import HttpCentral
from sync.errors import NotCentral, Rejected
from sync.protocol import STREAM, batch_message, pack_lines, push_body, read_answer, unfold
from sync.protocol.courier import pack_out, read_back
from sync.server import courier
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.oidc_provider import serving
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop
from tests.sync.server.signing_council import Council, bring, with_session


@pytest.fixture
def two(central: RunningCentral) -> tuple[Laptop, Laptop]:
    """Two laptops that hold one family and have nothing left to sync."""
    asha, ben = Laptop(central, "Asha Patel"), Laptop(central, "Ben Carter")
    asha.family(name="Okafor")
    asha.sync()
    central.grant("Ben Carter", SCOPE)
    ben.sync()
    return asha, ben


@pytest.fixture
def council(central: RunningCentral) -> Iterator[Council]:
    with serving(lambda: central.clock.at.timestamp()) as provider:
        yield Council(central, provider)


def synced(laptop: Laptop) -> Report:
    with laptop.line() as line:
        return Exchange(laptop.replica, line).run()


def asking(laptop: Laptop) -> Batch:
    """What waits, with the question for what is new."""
    return replace(laptop.waiting(), ask=laptop.replica.standing().ask())


def pushed(line: HttpCentral, laptop: Laptop) -> PushAnswer:
    with line:
        return line.push(asking(laptop))


def test_what_others_wrote_comes_with_the_answer_to_a_push(two: tuple[Laptop, Laptop]) -> None:
    asha, ben = two
    asha.say(name="Okafor-Reed")
    assert synced(asha).requests == 1
    ben.say(phone="01632 960 001")
    report = synced(ben)
    assert (report.requests, report.pushed, report.pulled) == (1, 1, 1)
    assert ben.replica.view(FAMILY)["name"] == "Okafor-Reed"
    assert (synced(ben).requests, synced(ben).mended, synced(asha).pulled) == (1, 0, 1)


def test_more_than_fits_behind_a_push_comes_with_the_pulls_after_it(two: tuple[Laptop, Laptop]) -> None:
    asha, ben = two
    for number in range(250):
        asha.replica.write(f"a{number:031x}", "create", {"@kind": "visit", "@scope": SCOPE}, at=AT)
    asha.sync()
    ben.say(name="Okafor-Reed")
    report = synced(ben)
    assert (report.pushed, report.pulled, report.requests) == (1, 250, 2)
    assert ben.replica.base.keys() == asha.replica.base.keys()


def test_a_gained_family_is_pulled_by_itself(central: RunningCentral, two: tuple[Laptop, Laptop]) -> None:
    asha, ben = two
    other = asha.family_of_ones_own()
    asha.sync()
    central.grant("Ben Carter", str(other.patch["@scope"]))
    ben.say(name="Okafor-Reed")
    report = synced(ben)
    assert report.requests > 1
    assert report.scopes_gained == (str(other.patch["@scope"]),)
    assert other.record in ben.replica.base


@pytest.mark.parametrize("harm", ["lost", "altered"])
def test_what_differs_shows_behind_a_push_and_is_mended(two: tuple[Laptop, Laptop], harm: str) -> None:
    asha, _ = two
    for number in range(3):
        asha.replica.write(f"a{number:031x}", "create", {"@kind": "visit", "@scope": SCOPE}, at=AT)
    asha.sync()
    before = asha.replica.base["a" + "0" * 31]
    if harm == "lost":
        del asha.replica.base[before.record]
    else:
        asha.replica.base[before.record] = replace(before, version_hash="0" * 64)
    asha.say(name="Okafor-Reed")
    assert synced(asha).mended == 1
    assert asha.replica.base[before.record] == before


def test_a_device_that_does_not_ask_is_answered_as_before(two: tuple[Laptop, Laptop]) -> None:
    asha, _ = two
    asha.say(name="Okafor-Reed")
    with asha.line() as line:
        assert line.push(asha.waiting()).frames == ()


def test_the_same_push_again_brings_the_same_receipts_and_what_is_new_by_then(two: tuple[Laptop, Laptop]) -> None:
    asha, ben = two
    ben.say(phone="01632 960 001")
    ben.sync()
    asha.say(name="Okafor-Reed")
    first, again = pushed(asha.line(), asha), pushed(asha.line(), asha)
    assert first.receipts == again.receipts
    for answer in (first, again):
        put, end = answer.frames
        assert isinstance(put, Put)
        assert isinstance(end, PageEnd)
        assert (put.record, put.version, end.last_seq) == (FAMILY, 3, 2)


def test_who_has_to_sign_in_is_told_nothing_behind_a_push(council: Council, two: tuple[Laptop, Laptop]) -> None:
    asha, ben = two
    ben.say(phone="01632 960 001")
    ben.sync()
    council.set()
    asha.say(name="Okafor-Reed")
    told = pushed(asha.line(), asha)
    assert [each.outcome for each in told.receipts] == [Outcome.APPLIED]
    assert told.frames == ()
    access = bring(asha, council.token_for(asha))["access"]
    assert len(pushed(with_session(asha, access), asha).frames) == 2


def test_who_carries_a_couriers_file_is_told_nothing_of_what_is_new(
    central: RunningCentral, two: tuple[Laptop, Laptop]
) -> None:
    asha, ben = two
    ben.say(phone="01632 960 001")
    ben.sync()
    asha.say(name="Okafor-Reed")
    batch, device = asking(asha), asha.identity.device
    message = batch_message(device, batch.first, batch.after, 1, batch.hash)
    body = push_body(batch, asha.identity.key.sign(message))
    packed = pack_out(device, [body], bytes.fromhex(central.keys.public()["seal"]))
    with one(central.dsn) as connection:
        back = courier.take(connection, central.keys, packed, central.clock())[2]
    (answered,) = read_back(back, device, asha.identity.receipt_key)
    assert read_answer(answered.body).frames == ()


def claimed(line: HttpCentral, number: int, letter: str = "a") -> Claim:
    line.claim = Claim(Claimed(Head(number, letter * 64), Head(0, "")), lambda: None)
    return line.claim


def test_the_head_of_the_audit_chain_is_countersigned_with_the_push_and_not_before_the_batch_is_taken(
    two: tuple[Laptop, Laptop],
) -> None:
    asha, _ = two
    asha.say(name="Okafor-Reed")
    with asha.line() as line:
        claim = claimed(line, 3)
        with pytest.raises(Rejected):
            line.push(replace(asking(asha), first=9))
        line.push(asking(asha))
        said = believe(asha.identity, claim.claimed, claim.said or {})
        assert (said.state, said.head) == (ANCHORED, Head(3, "a" * 64))
        # The answer was lost: sent again it is the same word, and a chain that has grown meanwhile is to be proved.
        again = claimed(line, 3)
        line.push(asking(asha))
        assert (again.said or {})["at"] == said.at
        grown = claimed(line, 4, "b")
        line.push(asking(asha))
        assert believe(asha.identity, grown.claimed, grown.said or {}).state == "unproved"
        altered = dict(grown.said or {}) | {"head": [4, "b" * 64]}
        with pytest.raises(NotCentral):
            believe(asha.identity, grown.claimed, altered)


def test_nothing_is_countersigned_with_a_push_that_was_not_asked_to(two: tuple[Laptop, Laptop]) -> None:
    asha, _ = two
    asha.say(name="Okafor-Reed")
    assert pushed(asha.line(), asha).anchored is None


@pytest.mark.parametrize("nonsense", [{}, [], {"head": [0, ""], "known": [0, ""]}, {"head": [1, "A" * 64]}])
def test_a_claim_that_is_none_makes_the_push_malformed_and_nothing_of_it_is_taken(
    two: tuple[Laptop, Laptop], nonsense: object
) -> None:
    asha, _ = two
    asha.say(name="Okafor-Reed")
    batch = asking(asha)
    message = batch_message(asha.identity.device, batch.first, batch.after, len(batch.lines), batch.hash)
    plain = unfold(push_body(batch, asha.identity.key.sign(message))).decode()
    first, *lines = plain.split("\n")
    body = pack_lines([json.dumps({**json.loads(first), "anchor": nonsense}), *lines])
    with asha.line() as line:
        with pytest.raises(Rejected) as refused:
            line.send("/sync/push", body, STREAM)
        assert refused.value.reason == Reason.MALFORMED
        assert len(line.push(batch).receipts) == len(batch.lines)
