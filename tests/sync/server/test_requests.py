"""Central takes only what a known device signed just now, answers wrong messages with a reason, each change once."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from backports import zstd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.changes import NO_TRUNK, START, Change
from sync.client import Exchange, MemoryReplica
from sync.client.http import HttpCentral, Identity
from sync.errors import NotCentral, Rejected, Unreachable
from sync.protocol import (
    ANSWER_SIGNATURE,
    JSON,
    STREAM,
    Batch,
    Outcome,
    PullAsk,
    RequestFacts,
    answer_message,
    content_digest,
)
from sync.server.embedded import Embedded
from tests.central_fixture import CentralProcess, RunningCentral
from tests.sync.server.laptop import FAMILY, SCOPE, Laptop


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    return Laptop(central, "Asha Patel")


def signed(laptop: Laptop, path: str, body: bytes, kind: str, **other: Any) -> httpx.Response:
    """A request as the device would send it, with one thing different."""
    told: dict[str, Any] = {"created": int(laptop.central.clock.at.timestamp()), "nonce": os.urandom(16).hex()}
    told |= other
    digest = content_digest(body)
    facts = RequestFacts("POST", path, digest, told["created"], told["nonce"], laptop.identity.device)
    headers = {"content-type": kind} | facts.headers(laptop.identity.key.sign(facts.base())) | other.get("headers", {})
    url = laptop.central.url + other.get("to", path)
    return httpx.post(url, content=other.get("sent", body), headers=headers)


def ask() -> bytes:
    return json.dumps(PullAsk("", 0, (0, ""), 0).to_json()).encode()


def test_what_one_laptop_writes_another_gets_after_the_grant(central: RunningCentral, asha: Laptop) -> None:
    asha.family(name="Okafor", risk_level="low")
    asha.sync()
    marek = Laptop(central, "Marek Nowak", "centre")
    marek.sync()
    assert FAMILY not in marek.replica.base
    central.grant("Marek Nowak", SCOPE)
    marek.sync()
    assert marek.replica.view(FAMILY) == {"name": "Okafor", "risk_level": "low"}
    central.withdraw("Marek Nowak", SCOPE)
    marek.sync()
    assert FAMILY not in marek.replica.base


def test_a_scope_that_is_not_held_cannot_be_written_and_the_rest_goes_on(central: RunningCentral, asha: Laptop) -> None:
    asha.family(name="Okafor")
    asha.sync()
    ben = Laptop(central, "Ben Carter")
    ben.replica.write("1" * 32, "create", {"@kind": "person", "@scope": SCOPE, "given": "X"})
    ben.replica.write("2" * 32, "create", {"@kind": "family", "@scope": f"family:{'2' * 32}", "name": "Own"})
    ben.sync()
    assert [(parked.change.record, parked.reason) for parked in ben.replica.parked()] == [("1" * 32, "not-entitled")]
    assert ben.replica.waiting() == 0
    with central.rows() as rows:
        kept = rows.execute("select count(*) from quarantine where reason = 'not-entitled'").fetchone()
        assert kept == (1,)


def test_nobody_writes_into_the_shared_scope_or_in_anothers_name(asha: Laptop) -> None:
    asha.replica.write("3" * 32, "create", {"@kind": "form", "@scope": "ref", "id": "eha"})
    asha.replica._actor = "somebody else"
    asha.family(name="Okafor")
    asha.sync()
    assert [parked.reason for parked in asha.replica.parked()] == ["unknown-kind", "not-entitled"]


def test_an_answer_that_was_lost_is_given_again_and_the_change_stands_once(
    central: RunningCentral, asha: Laptop
) -> None:
    change = asha.family(name="Okafor")
    with asha.line() as line:
        first = line.push(Batch.of([change]))
        again = line.push(Batch.of([change]))
    assert first.receipts == again.receipts
    assert first.receipts[0].outcome is Outcome.APPLIED
    with central.rows() as rows:
        assert rows.execute("select count(*) from version where record = %s", (FAMILY,)).fetchone() == (1,)
        assert rows.execute("select count(*) from ledger where record = %s", (FAMILY,)).fetchone() == (1,)


def test_a_gap_in_the_chain_is_refused_as_a_whole(asha: Laptop) -> None:
    asha.family(name="Okafor")
    second = asha.say(name="Okafor-Obi")
    with asha.line() as line, pytest.raises(Rejected) as told:
        line.push(Batch.of([second]))
    assert told.value.reason == "broken-chain"


def test_a_change_altered_on_its_way_is_refused(asha: Laptop) -> None:
    change = asha.family(name="Okafor")
    altered = replace(change, line=change.line.replace("Okafor", "Okafer"))
    with asha.line() as line, pytest.raises(Rejected) as told:
        line.push(Batch.of([altered]))
    assert told.value.reason == "bad-signature"


def test_two_changes_at_one_place_of_a_chain_are_a_fork_and_both_are_kept(
    central: RunningCentral, asha: Laptop
) -> None:
    asha.family(name="Okafor")
    asha.sync()
    clone = Change(
        asha.identity.device, 1, "4" * 32, "create", NO_TRUNK, {"@kind": "family", "@scope": "x"}, {}
    ).sealed()
    assert clone.prev_hash == START
    with asha.line() as line:
        assert line.push(Batch.of([clone])).receipts[0].outcome is Outcome.QUARANTINED
        with pytest.raises(Rejected) as told:
            line.pull(PullAsk("", 0, (0, ""), 0))
    assert told.value.reason == "forked"
    with central.rows() as rows:
        assert rows.execute("select count(*) from quarantine where reason = 'fork'").fetchone() == (1,)


def test_a_repeated_request_is_refused(asha: Laptop) -> None:
    nonce = os.urandom(16).hex()
    assert signed(asha, "/sync/pull", ask(), JSON, nonce=nonce).status_code == 200
    again = signed(asha, "/sync/pull", ask(), JSON, nonce=nonce)
    assert (again.status_code, again.json()["reason"]) == (401, "replay")


def test_a_request_of_another_time_is_refused(asha: Laptop) -> None:
    old = int((asha.central.clock.at - timedelta(minutes=6)).timestamp())
    said = signed(asha, "/sync/pull", ask(), JSON, created=old)
    assert (said.status_code, said.json()["reason"]) == (401, "old-date")


def test_a_request_changed_by_one_byte_or_sent_elsewhere_is_refused(asha: Laptop) -> None:
    body = ask()
    assert signed(asha, "/sync/pull", body, JSON, sent=body + b" ").json()["reason"] == "bad-signature"
    assert signed(asha, "/sync/push", body, STREAM, to="/sync/pull").status_code in (401, 415)
    other = signed(asha, "/sync/pull", body, JSON, headers={"signature": "fk=:" + "A" * 86 + "==:"})
    assert other.json()["reason"] == "bad-signature"


def test_a_device_that_nobody_enrolled_is_refused(central: RunningCentral) -> None:
    stranger = Identity(Ed25519PrivateKey.generate(), now=lambda: int(central.clock.at.timestamp()))
    with HttpCentral(central.url, stranger) as line, pytest.raises(Rejected) as told:
        line.pull(PullAsk("", 0, (0, ""), 0))
    assert told.value.reason == "unknown-device"


def test_a_revoked_device_is_refused_at_its_next_request(central: RunningCentral, asha: Laptop) -> None:
    asha.sync()
    central.revoke(asha.identity.device)
    with pytest.raises(Rejected) as told:
        asha.sync()
    assert told.value.reason == "revoked"


def test_a_code_is_spent_once_ends_after_five_tries_and_after_a_quarter_of_an_hour(central: RunningCentral) -> None:
    def enrol(code: str) -> None:
        identity = Identity(Ed25519PrivateKey.generate(), now=lambda: int(central.clock.at.timestamp()))
        with HttpCentral(central.url, identity) as line:
            line.enrol(code, "a laptop")

    def refused(code: str) -> None:
        with pytest.raises(Rejected) as told:
            enrol(code)
        assert told.value.reason == "bad-code"

    code = central.code()
    enrol(code)
    refused(code)
    tried = central.code()
    for _ in range(5):
        refused(tried[:-1] + ("0" if tried[-1] != "0" else "1"))
    refused(tried)
    late = central.code()
    central.clock.pass_time(minutes=16)
    refused(late)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not zstd", 400),
        (zstd.compress(b"{"), 400),
        (zstd.compress(b"[" * 100_000), 400),
        (
            zstd.compress(b'{"v":"1","from":1,"after":"","signature":"00"}\n' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
            400,
        ),
        (zstd.compress(b'{"v":"1","from":1,"after":"","signature":"00"}\n{"device":1}'), 400),
        (zstd.compress(b" " * (200 << 20)), 413),
        (b"x" * ((5 << 20) + 1), 413),
    ],
    ids=["empty", "not-zstd", "cut", "deep", "deep-inside", "no-change", "bomb", "oversize"],
)
def test_a_wrong_body_is_refused_with_a_reason_and_nothing_is_half_applied(
    asha: Laptop, body: bytes, status: int
) -> None:
    said = signed(asha, "/sync/push", body, STREAM)
    assert said.status_code == status
    assert said.json()["said"]
    assert said.headers["fieldkit-central"] == "1"
    asha.family(name="Okafor")
    asha.sync()


def test_a_wrong_kind_of_content_is_refused(asha: Laptop) -> None:
    assert signed(asha, "/sync/pull", ask(), "text/html").status_code == 415
    assert httpx.get(asha.central.url + "/docs").status_code == 404
    assert httpx.get(asha.central.url + "/openapi.json").status_code == 404
    assert httpx.get(asha.central.url + "/health").status_code == 200


def test_what_is_no_route_is_answered_alike_signed_and_tells_nothing(asha: Laptop) -> None:
    url, told = asha.central.url, set()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(asha.running.keys.public()["receipt"]))
    for method, path in (
        ("POST", "/no/such/place"),
        ("POST", "/sync/pull/"),
        ("GET", "/sync/pull"),
        ("HEAD", "/enrol"),
        ("DELETE", "/health"),
        ("OPTIONS", "/sync/push"),
        ("GET", "/docs"),
        ("POST", "/sync/../ready"),
    ):
        facts = RequestFacts(method, path, content_digest(b""), 0, os.urandom(16).hex(), asha.identity.device)
        said = httpx.request(method, url + path, headers=facts.headers(asha.identity.key.sign(facts.base())))
        body = b"" if method == "HEAD" else said.content
        told.add((said.status_code, body, *(name for name in said.headers if name not in ("date", "content-length"))))
        if body:
            key.verify(base64.b64decode(said.headers[ANSWER_SIGNATURE]), answer_message(facts.nonce, body))
            assert (said.json()["reason"], said.json()["device"]) == ("no-route", asha.identity.device)
    assert len({body for _, body, *_ in told} - {b""}) == 1
    assert {status for status, *_ in told} == {404}
    assert "allow" not in {name for _, _, *names in told for name in names}
    unsigned = httpx.get(url + "/sync/pull")
    assert (unsigned.status_code, ANSWER_SIGNATURE in unsigned.headers) == (404, False)


def test_what_is_no_http_is_answered_as_central_answers(asha: Laptop) -> None:
    host, port = asha.central.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as line:
        line.sendall(b"NONSENSE\r\n\r\n")
        line.settimeout(10)
        said = b""
        while piece := line.recv(4096):
            said += piece
    assert said.startswith(b"HTTP/1.1 400")
    assert b'"reason": "malformed"' in said
    assert b"fieldkit-central: 1" in said.lower()


def test_row_security_alone_hides_what_a_worker_does_not_hold(central: RunningCentral, asha: Laptop) -> None:
    import psycopg

    asha.family(name="Okafor")
    asha.sync()
    ben = Laptop(central, "Ben Carter")
    with psycopg.connect(central.dsn) as plain:
        plain.execute("select set_config('fieldkit.reader', %s, true)", (ben.worker,))
        assert plain.execute("select id from record where id = %s", (FAMILY,)).fetchall() == []
        plain.execute("select set_config('fieldkit.reader', %s, true)", (asha.worker,))
        assert plain.execute("select id from record where id = %s", (FAMILY,)).fetchall() == [(FAMILY,)]


def test_a_family_cannot_be_taken_by_creating_it_again(central: RunningCentral, asha: Laptop) -> None:
    asha.family(name="Okafor")
    asha.sync()
    thief = Laptop(central, "Ben Carter")
    thief.family(name="Mine now")
    thief.sync()
    assert [parked.reason for parked in thief.replica.parked()] == ["not-entitled"]
    assert FAMILY not in thief.replica.base


def test_the_ledger_verifies_and_names_what_was_forged(central: RunningCentral, asha: Laptop) -> None:
    from sync.server import ledger
    from sync.server.errors import LedgerBroken

    asha.family(name="Okafor")
    asha.sync()
    with central.rows() as rows:
        assert ledger.verify(rows)["entries"] > 4
        rows.execute("update ledger set scope = 'x' where number = 2")
        with pytest.raises(LedgerBroken, match="number 2"):
            ledger.verify(rows)


@pytest.fixture
def process(tmp_path: Path) -> CentralProcess:
    made = CentralProcess(tmp_path / "central")
    made.desk("init")
    return made


@pytest.mark.timeout(180)
@pytest.mark.parametrize("rounds", [1, pytest.param(3, marks=pytest.mark.long)])
def test_central_and_its_database_killed_again_and_again_lose_nothing_acknowledged(
    process: CentralProcess, rounds: int
) -> None:
    identity = Identity(Ed25519PrivateKey.generate())
    replica: MemoryReplica | None = None
    acknowledged: list[str] = []
    for turn in range(rounds):
        with process:
            line = HttpCentral(process.url, identity)
            if replica is None:
                told = line.enrol(str(process.desk("code", "--worker", "Asha Patel")["code"]), "laptop")
                replica = MemoryReplica(identity.device, told.worker["id"])
            for number in range(40):
                record = f"{turn}{number:031x}"
                replica.write(record, "create", {"@kind": "family", "@scope": f"family:{record}", "name": "x"})
                if number == 25:
                    os.kill(Embedded(process.data).pid, signal.SIGKILL)
                try:
                    waiting = replica.batch(50)
                    assert waiting is not None
                    replica.settle(line.push(waiting))
                    acknowledged.append(record)
                except (Unreachable, NotCentral):
                    break
            line.close()
            process.kill(database_too=False)
    with process:
        line = HttpCentral(process.url, identity)
        assert replica is not None
        Exchange(replica, line).run()
        line.close()
        assert replica.waiting() == 0
        assert len(acknowledged) >= rounds * 20
        assert set(acknowledged) <= set(replica.base)
    assert process.desk("verify")["ledger"] == "whole"
