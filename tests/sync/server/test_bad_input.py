"""Every wrong message gets a documented refusal with a sentence; nothing is half-applied, nothing else is stopped."""

from __future__ import annotations

import base64
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from backports import zstd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.changes import MOST_LINE, SCHEMA, START, Change, hashed, link
from sync.errors import TooLarge
from sync.protocol import (
    ANSWER_SIGNATURE,
    JSON,
    SENTENCES,
    STREAM,
    Batch,
    Outcome,
    PullAsk,
    Reason,
    RequestFacts,
    answer_message,
    batch_message,
    content_digest,
    device_id,
    push_body,
)
from sync.protocol.attachments import BYTES
from tests.central_fixture import Ground, RunningCentral, StillClock
from tests.sync.server.laptop import FAMILY, Laptop

HUGE = "1e999"
DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.fixture(scope="module")
def house(central_ground: Ground) -> Iterator[RunningCentral]:
    running = RunningCentral(central_ground, StillClock())
    running.code()
    yield running
    running.close()


@pytest.fixture(scope="module")
def asha(house: RunningCentral) -> Laptop:
    """One laptop for all: what is refused leaves nothing behind, what is taken goes on in its chain."""
    return Laptop(house, "Asha Patel")


@dataclass(frozen=True)
class Stand:
    """How far central and a device's chain are."""

    number: int
    last_seq: int
    last_hash: str
    quarantined: int


def stand(laptop: Laptop) -> Stand:
    with laptop.running.rows() as rows:
        found = rows.execute(
            "select (select number from counter), d.last_seq, d.last_hash,"
            " (select count(*) from quarantine where device = d.id) + (select count(*) from held where device = d.id)"
            " from device d where d.id = %(device)s",
            {"device": laptop.identity.device},
        ).fetchone()
    assert found is not None
    return Stand(*found)


def send(laptop: Laptop, path: str, body: bytes, kind: str = JSON, **other: Any) -> httpx.Response:
    """A request as the device would send it, with one thing different."""
    key = other.get("key", laptop.identity.key)
    device = device_id(key.public_key().public_bytes_raw())
    created = other.get("created", int(laptop.central.clock.at.timestamp()))
    facts = RequestFacts("POST", path, content_digest(body), created, other.get("nonce", os.urandom(16).hex()), device)
    headers = {"content-type": kind} | facts.headers(key.sign(facts.base())) | other.get("headers", {})
    return httpx.post(laptop.central.url + path, content=other.get("sent", body), headers=headers)


def pull(**other: Any) -> bytes:
    return json.dumps(PullAsk("", 0, (0, ""), 0).to_json() | other).encode()


def raw_pull(name: str, text: str) -> bytes:
    """A question with a number that JSON has and no table holds."""
    return pull(**{name: "HERE"}).replace(b'"HERE"', text.encode())


def a_line(laptop: Laptop, **other: Any) -> str:
    """A family of one's own as a change's line."""
    record = other.pop("record", os.urandom(16).hex())
    told: dict[str, Any] = {
        "actor": laptop.worker,
        "occurred_at": "2026-11-23T09:00:00+00:00",
        "recorded_at": "",
    } | other
    told = {"patch": {"@kind": "family", "@scope": f"family:{record}"}, "was": {}, "trunk": (0, "")} | told
    change = Change(laptop.identity.device, 1, record, told.pop("kind", "create"), told.pop("trunk"), **told)
    return change.sealed().line


def chained(laptop: Laptop, lines: list[str], skipped: int = 0) -> Batch:
    """Lines as the next run of the device's chain."""
    here = stand(laptop)
    first, known = here.last_seq + 1 + skipped, here.last_hash or START
    after = known
    for seq, line in enumerate(lines, first):
        known = link(known, laptop.identity.device, seq, *hashed(line))
    return Batch(first, after, lines, known)


def packed(laptop: Laptop, batch: Batch) -> bytes:
    message = batch_message(laptop.identity.device, batch.first, batch.after, len(batch.lines), batch.hash)
    return push_body(batch, laptop.identity.key.sign(message))


def pushed(body: Callable[[Laptop], bytes]) -> Callable[[Laptop], httpx.Response]:
    return lambda laptop: send(laptop, "/sync/push", body(laptop), STREAM)


def head(text: str) -> Callable[[Laptop], httpx.Response]:
    """A push whose first line is this."""
    return pushed(lambda _: zstd.compress(text.encode()))


def asked(body: bytes, path: str = "/sync/pull", kind: str = JSON, **other: Any) -> Callable[[Laptop], httpx.Response]:
    return lambda laptop: send(laptop, path, body, kind, **other)


def repeated(laptop: Laptop) -> httpx.Response:
    nonce = os.urandom(16).hex()
    assert send(laptop, "/sync/pull", pull(), nonce=nonce).status_code == 200
    return send(laptop, "/sync/pull", pull(), nonce=nonce)


def dated(**by: float) -> Callable[[Laptop], httpx.Response]:
    return lambda laptop: send(
        laptop, "/sync/pull", pull(), created=int((laptop.central.clock.at + timedelta(**by)).timestamp())
    )


def revoked(laptop: Laptop) -> httpx.Response:
    other = Laptop(laptop.central, "Amina Yusuf")
    laptop.running.revoke(other.identity.device)
    return send(other, "/sync/pull", pull())


def enrolling(**other: Any) -> Callable[[Laptop], httpx.Response]:
    """A newcomer's request with something wrong in it."""

    def enrol(laptop: Laptop) -> httpx.Response:
        key = Ed25519PrivateKey.generate()
        told = {"code": laptop.running.code(), "public_key": key.public_key().public_bytes_raw().hex(), "label": "x"}
        return send(laptop, "/enrol", json.dumps(told | other).encode(), key=key)

    return enrol


def piece(text: str, content: bytes = b"") -> Callable[[Laptop], httpx.Response]:
    return asked(text.encode() + b"\n" + content, "/sync/file/put", BYTES)


PIECE = '{"record":"r","hash":"%s","size":%s,"at":%s}'
TURNED_SIGNATURE = {"signature": "fk=:" + "A" * 86 + "==:"}
FIRST = '{"v":"1","from":%s,"after":"","signature":"00"}'

REQUESTS: dict[str, tuple[Callable[[Laptop], httpx.Response], int, Reason]] = {
    "no signature": (asked(pull(), headers={"signature-input": "", "signature": ""}), 401, Reason.BAD_SIGNATURE),
    "another's signature": (asked(pull(), headers=TURNED_SIGNATURE), 401, Reason.BAD_SIGNATURE),
    "another body": (asked(pull(), sent=pull() + b" "), 401, Reason.BAD_SIGNATURE),
    "a letter that is no ASCII": (asked(pull(), headers={"signature": b"fk=:\xff:"}), 401, Reason.BAD_SIGNATURE),
    "a key nobody enrolled": (asked(pull(), key=Ed25519PrivateKey.generate()), 401, Reason.UNKNOWN_DEVICE),
    "revoked": (revoked, 403, Reason.REVOKED),
    "six minutes old": (dated(minutes=-6), 401, Reason.OLD_DATE),
    "six minutes ahead": (dated(minutes=6), 401, Reason.OLD_DATE),
    "of the year 33000": (asked(pull(), created=999_999_999_999), 401, Reason.OLD_DATE),
    "twice the same": (repeated, 401, Reason.REPLAY),
    "a wrong type": (asked(pull(), kind="text/html"), 415, Reason.WRONG_TYPE),
    "a type with a charset": (asked(pull(), kind="application/json; charset=utf-8"), 415, Reason.WRONG_TYPE),
    "no JSON": (asked(b"hello"), 400, Reason.MALFORMED),
    "a list": (asked(b"[]"), 400, Reason.MALFORMED),
    "JSON 100,000 deep": (asked(DEEP), 400, Reason.MALFORMED),
    "JSON 100,000 deep inside": (asked(pull()[:-1] + b',"x":' + DEEP + b"}"), 400, Reason.MALFORMED),
    "a question without its members": (asked(b"{}"), 400, Reason.MALFORMED),
    "a number without end": (asked(raw_pull("since", HUGE)), 400, Reason.MALFORMED),
    "a number that is none": (asked(raw_pull("since", "NaN")), 400, Reason.MALFORMED),
    "a number of 5,000 digits": (asked(raw_pull("since", "9" * 5_000)), 400, Reason.MALFORMED),
    "a number beyond the tables": (asked(pull(since=10**30)), 400, Reason.MALFORMED),
    "a limit without end": (asked(raw_pull("limit", HUGE)), 400, Reason.MALFORMED),
    "a head without end": (asked(pull(head_seen="HERE").replace(b'"HERE"', b'[1e999,""]')), 400, Reason.MALFORMED),
    "a place before the first": (asked(pull(since=-1)), 400, Reason.MALFORMED),
    "sums that are none": (asked(b'{"scope":"ref","sums":{"1":"zz"}}', "/sync/compare"), 400, Reason.MALFORMED),
    "sums as a list": (asked(b'{"scope":"ref","sums":[]}', "/sync/compare"), 400, Reason.MALFORMED),
    "a part without end": (asked(b'{"scope":"ref","sums":{"1":1e999}}', "/sync/compare"), 400, Reason.MALFORMED),
    "an empty push": (pushed(lambda _: b""), 400, Reason.MALFORMED),
    "no zstd": (pushed(lambda _: b"not zstd"), 400, Reason.MALFORMED),
    "half a zstd frame": (pushed(lambda each: packed(each, chained(each, [a_line(each)]))[:-9]), 400, Reason.MALFORMED),
    "a zstd bomb": (pushed(lambda _: zstd.compress(b" " * (200 << 20))), 413, Reason.TOO_LARGE),
    "a bomb of lines": (pushed(lambda _: zstd.compress(b"\n" * (7 << 20))), 413, Reason.TOO_LARGE),
    "a frame with a window of 128 MiB": (pushed(lambda _: zstd.compress(b"x" * (9 << 20), options={
        zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1,
    })), 400, Reason.MALFORMED),
    "more than 5 MiB": (pushed(lambda _: os.urandom((5 << 20) + 1)), 413, Reason.TOO_LARGE),
    "10,000 changes": (
        pushed(lambda each: packed(each, chained(each, [a_line(each, record="a" * 32)] * 10_000))),
        413,
        Reason.TOO_LARGE,
    ),
    "a push that is a list": (head("[]"), 400, Reason.MALFORMED),
    "a push of another version": (head(FIRST.replace('"1"', '"2"') % 1), 400, Reason.MALFORMED),
    "a push from before the first": (head(FIRST % -1), 400, Reason.MALFORMED),
    "a push from nowhere": (head(FIRST % HUGE), 400, Reason.MALFORMED),
    "a push from beyond the tables": (head(FIRST % 10**30), 400, Reason.MALFORMED),
    "a push 100,000 deep": (head("[" * 100_000), 400, Reason.MALFORMED),
    "a push signed by nobody": (head(FIRST % 1), 401, Reason.BAD_SIGNATURE),
    "a line that is no change": (head(FIRST % 1 + '\n{"device":1}'), 400, Reason.MALFORMED),
    "a push from later in the chain": (
        pushed(lambda each: packed(each, chained(each, [a_line(each)], skipped=5))),
        409,
        Reason.BROKEN_CHAIN,
    ),
    "a code that is none": (enrolling(code="AAAA-BBBB-CCCC"), 403, Reason.BAD_CODE),
    "a code that is a list": (enrolling(code=[]), 403, Reason.BAD_CODE),
    "another's key": (enrolling(public_key="00" * 32), 401, Reason.BAD_SIGNATURE),
    "a key that is none": (enrolling(public_key="zz"), 400, Reason.MALFORMED),
    "a label with half a surrogate pair": (enrolling(label="\ud800"), 400, Reason.MALFORMED),
    "a label with the letter zero": (enrolling(label="x\0"), 400, Reason.MALFORMED),
    "an enrolment 1,000 deep": (asked(DEEP[:1_000], "/enrol"), 400, Reason.MALFORMED),
    "an enrolment of 200 KB": (asked(DEEP, "/enrol"), 413, Reason.TOO_LARGE),
    "a piece 100,000 deep": (piece("[" * 100_000), 400, Reason.MALFORMED),
    "a piece without end": (piece(PIECE % ("0" * 64, HUGE, 0)), 400, Reason.MALFORMED),
    "a piece from before the first": (piece(PIECE % ("0" * 64, 10, -1)), 400, Reason.MALFORMED),
    "a piece beyond its file": (piece(PIECE % ("0" * 64, 3, 0), b"four"), 400, Reason.MALFORMED),
    "a file of a record not held": (piece(PIECE % ("../" + "0" * 61, 10, 0), b"x"), 404, Reason.UNKNOWN_RECORD),
    "a file under half a surrogate pair": (
        piece(PIECE.replace('"r"', '"\\ud800"') % ("0" * 64, 10, 0)), 400, Reason.MALFORMED
    ),
    "a file under the letter zero": (
        piece(PIECE.replace('"r"', '"\\u0000"') % ("0" * 64, 10, 0)), 400, Reason.MALFORMED
    ),
}  # fmt: skip
"""What is wrong with a request, and the refusal that is documented for it."""


@pytest.mark.parametrize("wrong", REQUESTS)
def test_a_wrong_request_is_refused_with_its_reason_and_changes_nothing(asha: Laptop, wrong: str) -> None:
    ask, status, reason = REQUESTS[wrong]
    before = stand(asha)
    said = ask(asha)
    assert (said.status_code, said.json()["reason"]) == (status, reason), said.text
    assert said.json()["said"] == SENTENCES[reason]
    assert said.headers["fieldkit-central"] == "1"
    assert stand(asha) == before


def test_every_refusal_is_signed_for_the_request_it_answers(asha: Laptop) -> None:
    nonce = os.urandom(16).hex()
    for body, kind in ((b"hello", JSON), (b"", "text/html"), (os.urandom((1 << 20) + 1), JSON)):
        said = send(asha, "/sync/pull", body, kind, nonce=nonce)
        signed = base64.b64decode(said.headers[ANSWER_SIGNATURE])
        key = Ed25519PublicKey.from_public_bytes(asha.identity.receipt_key)
        key.verify(signed, answer_message(nonce, said.content))
        assert said.json()["device"] == asha.identity.device


def test_a_refusal_of_what_names_no_nonce_is_not_signed(asha: Laptop) -> None:
    said = send(asha, "/sync/pull", pull(), headers={"signature-input": "fk=()"})
    assert (said.status_code, said.json()["device"], ANSWER_SIGNATURE in said.headers) == (401, "", False)


def changed(old: str, new: str) -> Callable[[Laptop], str]:
    """A good line with something else in it."""

    def made(laptop: Laptop) -> str:
        line = a_line(laptop)
        assert old in line
        return line.replace(old, new, 1)

    return made


def a_change(**other: Any) -> Callable[[Laptop], str]:
    return lambda laptop: a_line(laptop, **other)


def with_patch(**patch: Any) -> Callable[[Laptop], str]:
    """A family of one's own that also says this."""

    def made(laptop: Laptop) -> str:
        record = os.urandom(16).hex()
        return a_line(laptop, record=record, patch={"@kind": "family", "@scope": f"family:{record}"} | patch)

    return made


FOREIGN = {"@kind": "person", "@scope": "family:" + "f" * 32}
REFUSED, HELD, APPLIED = Outcome.REFUSED, Outcome.HELD, Outcome.APPLIED
CHANGES: dict[str, tuple[Callable[[Laptop], str], Outcome, str]] = {
    "a member nobody knows": (changed('"zone"', '"mood":{"a":[1]},"zone"'), APPLIED, ""),
    "half a surrogate pair in a member nobody knows": (changed('"zone"', '"m":"\ud800","zone"'), REFUSED, "malformed"),
    "a schema to come": (a_change(schema=99), HELD, "newer-schema"),
    "a member missing": (changed('"zone":"Europe/London",', ""), REFUSED, "malformed"),
    "a schema to come, written in a new way": (
        lambda each: a_line(each, schema=99).replace('"zone":"Europe/London",', ""), HELD, "newer-schema"
    ),
    "a schema without end": (changed(f'"schema":{SCHEMA}', f'"schema":{HUGE}'), REFUSED, "malformed"),
    "a trunk without end": (changed('"trunk":[0,', f'"trunk":[{HUGE},'), REFUSED, "malformed"),
    "a trunk before the first": (changed('"trunk":[0,', '"trunk":[-1,'), REFUSED, "malformed"),
    "a trunk beyond the tables": (changed('"trunk":[0,', f'"trunk":[{10**30},'), REFUSED, "malformed"),
    "a trunk that is a map": (changed('"trunk":[0,""]', '"trunk":{}'), REFUSED, "malformed"),
    "a clock of 5,000 digits": (changed('"clock_offset":0', f'"clock_offset":{"9" * 5_000}'), REFUSED, "malformed"),
    "a right before the first": (changed('"ev":0', '"ev":-1'), REFUSED, "malformed"),
    "no JSON before the words": (changed('"zone"', "zone"), REFUSED, "malformed"),
    "words that are no JSON": (changed('"payload":[', '"payload":[x'), REFUSED, "malformed"),
    "words 100,000 deep": (changed('"payload":[', '"payload":[' + "[" * 100_000), REFUSED, "malformed"),
    "a member 100,000 deep": (
        changed('"zone"', '"m":' + DEEP.decode() + ',"zone"'), REFUSED, "malformed"
    ),
    "a member 500 deep": (changed('"zone"', '"m":' + "[" * 500 + "]" * 500 + ',"zone"'), REFUSED, "malformed"),
    "words that are text": (changed('"payload":[{', '"payload":["x",{'), REFUSED, "malformed"),
    "a verb nobody knows": (a_change(kind="shout"), REFUSED, "malformed"),
    "a kind nobody knows": (with_patch(**{"@kind": "spaceship"}), REFUSED, "unknown-kind"),
    "a kind that is a map": (with_patch(**{"@kind": {"a": "b"}}), REFUSED, "unknown-kind"),
    "another's family": (a_change(patch=FOREIGN), REFUSED, "not-entitled"),
    "everybody's shelf": (a_change(patch={"@kind": "family", "@scope": "ref"}), REFUSED, "not-entitled"),
    "no scope": (a_change(patch={"@kind": "family"}), REFUSED, "not-entitled"),
    "another's name": (a_change(actor="somebody"), REFUSED, "not-entitled"),
    "a record central has not": (a_change(kind="set", patch={"name": "x"}), REFUSED, "unknown-record"),
    "a conflict made by hand": (with_patch(**{"@kind": "conflict"}), REFUSED, "not-entitled"),
    "a resolve of nothing": (a_change(kind="resolve", patch={"take": "mine"}), REFUSED, "unknown-record"),
    "an id that climbs": (a_change(record="../../etc/passwd"), REFUSED, "malformed"),
    "an id with a slash": (a_change(record="a/b"), REFUSED, "malformed"),
    "an id of 65 letters": (a_change(record="a" * 65), REFUSED, "malformed"),
    "an empty id": (a_change(record=""), REFUSED, "malformed"),
    "an id of digits of another script": (a_change(record="\u0663" * 32), REFUSED, "malformed"),
    "a number for a word": (with_patch(name=5), REFUSED, "malformed"),
    "a truth for a word": (with_patch(name=True), REFUSED, "malformed"),
    "a map in a set": (with_patch(name=["x", {}]), REFUSED, "malformed"),
    "a map in a map": (with_patch(photo={"hash": {}}), REFUSED, "malformed"),
    "half a surrogate pair": (with_patch(name="\ud83d"), REFUSED, "malformed"),
    "half a pair, escaped": (changed('"payload":[{', '"payload":[{"name":"\\ud83d",'), REFUSED, "malformed"),
    "the letter zero in a word": (with_patch(name="a\0b"), REFUSED, "malformed"),
    "the letter zero in a form": (with_patch(**{"@form": "a\0b"}), REFUSED, "malformed"),
    "the letter zero in a map": (with_patch(photo={"hash": "\0"}), REFUSED, "malformed"),
    "a zero that somebody typed": (with_patch(name="a\\u0000b"), APPLIED, ""),
    "a blank in a path": (with_patch(**{" name": "x"}), REFUSED, "malformed"),
    "a path of 600 letters": (with_patch(**{"n" * 600: "x"}), REFUSED, "malformed"),
    "a day that is none": (a_change(occurred_at="2026-13-45"), APPLIED, ""),
    "a million letters": (with_patch(note="x" * 1_000_000), APPLIED, ""),
}  # fmt: skip
"""What is wrong with one change, what becomes of it, and the reason."""


@pytest.mark.parametrize("wrong", CHANGES)
def test_a_wrong_change_is_refused_alone_and_the_rest_of_its_batch_is_taken(asha: Laptop, wrong: str) -> None:
    make, outcome, reason = CHANGES[wrong]
    before = stand(asha)
    batch = chained(asha, [a_line(asha), make(asha), a_line(asha)])
    with asha.line() as line:
        receipts = line.push(batch).receipts
        again = line.push(batch).receipts
    told = [(receipt.outcome, receipt.reason) for receipt in receipts]
    assert told == [(APPLIED, ""), (outcome, reason), (APPLIED, "")]
    assert again == receipts
    assert not reason or SENTENCES[Reason(reason)]
    taken = outcome is APPLIED
    after = (before.number + 2 + taken, before.last_seq + 3, batch.hash, before.quarantined + (not taken))
    assert stand(asha) == Stand(*after)


def test_an_empty_batch_is_answered_and_changes_nothing(asha: Laptop) -> None:
    before = stand(asha)
    said = send(asha, "/sync/push", packed(asha, chained(asha, [])), STREAM)
    assert (said.status_code, stand(asha)) == (200, before)


def test_a_code_outlives_a_newcomer_whose_label_no_table_holds(house: RunningCentral, asha: Laptop) -> None:
    code, key = house.code(), Ed25519PrivateKey.generate()
    told = {"code": code, "public_key": key.public_key().public_bytes_raw().hex(), "label": "x\0"}
    assert send(asha, "/enrol", json.dumps(told).encode(), key=key).json()["reason"] == "malformed"
    assert send(asha, "/enrol", json.dumps(told | {"label": "x"}).encode(), key=key).status_code == 200


def test_a_scope_that_is_not_held_compares_like_one_that_is_not_there(asha: Laptop) -> None:
    other = Laptop(asha.central, "Ben Carter")
    other.family_of_ones_own()
    other.sync()
    there, nowhere = (
        send(asha, "/sync/compare", json.dumps({"scope": scope, "sums": {}}).encode())
        for scope in (f"family:{'7' * 32}", "family:nowhere")
    )
    assert (there.status_code, nowhere.status_code) == (200, 200)
    assert b"7777" not in zstd.decompress(there.content).replace(f"family:{'7' * 32}".encode(), b"")


def test_the_longest_change_there_can_be_is_sent_and_holds_up_nothing_behind_it(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    # Letters drawn by lot: nothing packs worse.
    words = base64.b64encode(random.Random(4).randbytes((MOST_LINE - 2_000) * 3 // 4)).decode()
    asha.family(name="Okafor")
    asha.say(summary=words)
    asha.say(phone="01632 960001")
    asha.sync()
    assert (asha.replica.waiting(), asha.parked()) == (0, [])
    asha.sync()
    assert asha.replica.base[FAMILY].state["summary"] == words
    with pytest.raises(TooLarge):
        asha.say(summary=words + "x" * 4_000)
    assert asha.replica.waiting() == 0
