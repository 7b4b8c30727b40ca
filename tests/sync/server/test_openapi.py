"""Central is driven by what it says of its routes: requests made by schemathesis, signed by a device of every role."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
import requests
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests.auth import AuthBase
from schemathesis import GenerationMode

from sync.changes import NO_TRUNK, START, Change
from sync.protocol import STREAM, Batch, RequestFacts, batch_message, content_digest, device_id, pack, push_body
from sync.protocol.attachments import BYTES
from sync.protocol.courier import pack_out
from sync.server.openapi import BODIES, description
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import Laptop

ROLES = ("worker", "centre", "lead", "ig", "admin")
SCOPE = "family:" + "f" * 32
VISIT, FILE = "0a" * 16, b"a photo of a leaflet"
SEAL = hashlib.sha256(FILE).hexdigest()
EXAMPLES = 60
"""Requests for each route and role."""
FEWEST = 0.30
"""The least share of requests that must be answered with what was asked for."""


@schemathesis.serializer(STREAM)
def packed(_context: Any, value: Any) -> bytes:
    """A push as it travels; what is bytes already was made by a session."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, dict):
        return json.dumps(value).encode()
    changes = value.get("changes")
    head = {name: said for name, said in value.items() if name != "changes"}
    return pack([head, *(changes if isinstance(changes, list) else [])])


@schemathesis.serializer(BYTES)
def pieced(_context: Any, value: Any) -> bytes:
    """A piece as it travels: its line, a line feed, and bytes."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, dict):
        return json.dumps(value).encode()
    head = {name: said for name, said in value.items() if name != "content"}
    return json.dumps(head).encode() + b"\n" + str(value.get("content", "")).encode()


@dataclass
class Signed(AuthBase):
    """Signs what is about to be sent, whatever it is (RFC 9421, RFC 9530)."""

    key: Ed25519PrivateKey
    now: int

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        content = body if isinstance(body, bytes) else str(body).encode()
        device = device_id(self.key.public_key().public_bytes_raw())
        path = str(request.path_url)
        facts = RequestFacts("POST", path, content_digest(content), self.now, secrets.token_hex(16), device)
        request.headers.update(facts.headers(self.key.sign(facts.base())))
        return request


@dataclass
class Session:
    """A device of some role, and how far its chain has come."""

    laptop: Laptop
    role: str
    seq: int = 0
    last: str = START
    key: Ed25519PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.key = self.laptop.identity.key

    def signed(self) -> Signed:
        """The hook that signs in its name."""
        return Signed(self.key, int(self.laptop.central.clock.at.timestamp()))

    def batch(self, asked: Mapping[str, Any]) -> bytes:
        """The generated changes as the next ones of this device's chain, validly signed."""
        made: list[Change] = []
        for raw in asked["changes"] or [{"record": VISIT, "kind": "set", "payload": [{"note": "x"}, {}]}]:
            patch, was = raw["payload"]
            if raw["kind"] == "create":
                patch = {"@kind": "visit", "@scope": SCOPE, **patch}
            change = Change(
                device=self.laptop.identity.device,
                seq=self.seq + len(made) + 1,
                record=raw["record"],
                kind=raw["kind"],
                trunk=NO_TRUNK,
                patch=patch,
                was=was,
                actor=self.laptop.worker,
                occurred_at=raw.get("occurred_at", ""),
                prev_hash=made[-1].hash if made else self.last,
            )
            made.append(change.sealed())
        batch = Batch.of(made)
        message = batch_message(self.laptop.identity.device, batch.first, batch.after, len(made), batch.hash)
        return push_body(batch, self.key.sign(message))


@pytest.fixture
def sessions(central: RunningCentral) -> dict[str, Session]:
    """A family with a visit and a photo, held by a device of every role."""
    maker = Laptop(central, "Maker Moss", "lead")
    central.grant("Maker Moss", SCOPE)
    photo = {"photo": {"hash": SEAL, "name": "a.jpg", "size": len(FILE)}}
    maker.replica.write(VISIT, "create", {"@kind": "visit", "@scope": SCOPE, **photo})
    maker.replica.files[SEAL] = FILE
    maker.sync()
    found = {role: Session(Laptop(central, f"A {role}", role), role) for role in ROLES}
    for role in ROLES:
        central.grant(f"A {role}", SCOPE)
    return found


def test_the_description_names_every_route_that_devices_are_served(central: RunningCentral) -> None:
    routes = {route.path for route in central.app.routes if isinstance(route, APIRoute)}
    assert set(description()["paths"]) == set(BODIES) == routes - {"/health", "/ready", "/metrics"}
    assert central.app.openapi_url is None, "it is printed, not served"


@dataclass
class Tally:
    """What was answered, by route and status."""

    counts: Counter[tuple[str, int]] = field(default_factory=Counter)

    def share(self, *statuses: int) -> float:
        """The share of answers with one of these."""
        return sum(n for (_, status), n in self.counts.items() if status in statuses) / self.counts.total()

    def told(self) -> str:
        """For whoever reads the test's output."""
        named = (200, 400, 401, 403, 404, 409, 413, 415, 429)
        return ", ".join(f"{status}: {self.share(status):.0%}" for status in named) + f" of {self.counts.total()}"


def _fitted(session: Session, path: str, body: Any, central: RunningCentral) -> tuple[Any, Signed]:
    """What was generated, made to fit this session: its own chain, its file, a code that is good."""
    signer = session.signed()
    if path == "/sync/push":
        return session.batch(body), signer
    if path.startswith("/sync/file/"):
        return {**body, "record": VISIT, "hash": SEAL, "size": len(FILE), "at": 0, "content": ""}, signer
    if path == "/sync/courier":
        seal = central.keys.seal.public_key().public_bytes_raw()
        return pack_out(session.laptop.identity.device, [], seal), signer
    if path == "/sync/draft/put":
        seal = central.keys.seal.public_key().public_bytes_raw()
        label = pack_out(session.laptop.identity.device, [b'["family:f","f",""]'], seal)
        return {**body, "label": base64.b64encode(label).decode()}, signer
    if path == "/enrol":
        signer = replace(signer, key=Ed25519PrivateKey.generate())
        public = signer.key.public_key().public_bytes_raw().hex()
        return {**body, "code": central.code(f"A {session.role}", session.role), "public_key": public}, signer
    return body, signer


def _drive(session: Session, operation: Any, tally: Tally, examples: int) -> None:
    central = session.laptop.running
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(right, wrong, st.sampled_from(["fitted", "fitted", "right", "wrong"]))
    def whatever_is_asked(good: Any, bad: Any, which: str) -> None:
        case = bad if which == "wrong" else good
        central.clock.pass_time(seconds=0.1)
        signer = session.signed()
        if which == "fitted":
            case.body, signer = _fitted(session, operation.path, case.body, central)
        answer = case.call(base_url=central.url, auth=signer)
        tally.counts[operation.path, answer.status_code] += 1
        assert answer.status_code < 500, f"{operation.path} {session.role} {which}"
        if operation.path == "/sync/push" and answer.status_code == 200:
            _go_on(session, central)

    whatever_is_asked()


def _go_on(session: Session, central: RunningCentral) -> None:
    with central.rows() as rows:
        found = rows.execute(
            "select last_seq, last_hash from device where id = %s", (session.laptop.identity.device,)
        ).fetchone()
    assert found is not None
    session.seq, session.last = int(found[0]), str(found[1]) or START


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_whatever_is_asked_in_the_agreed_form_by_any_role_central_never_fails(
    sessions: dict[str, Session], record_property: Any
) -> None:
    tally = Tally()
    schema = schemathesis.openapi.from_dict(description())
    for session in sessions.values():
        for found in schema.get_all_operations():
            _drive(session, cast(Any, found).ok(), tally, EXAMPLES)
    record_property("answers", tally.told())
    print(tally.told())  # noqa: T201 - the figures are what this test is run for
    assert tally.share(200) >= FEWEST, tally.told()


def test_a_push_made_from_the_description_is_taken(sessions: dict[str, Session]) -> None:
    session = sessions["worker"]
    asked = {"changes": [{"record": "0b" * 16, "kind": "create", "payload": [{"note": "seen"}, {}]}]}
    body = session.batch(asked)
    headers = {"content-type": STREAM}
    answer = requests.post(f"{session.laptop.central.url}/sync/push", data=body, headers=headers, auth=session.signed())
    assert answer.status_code == 200
    lead = sessions["lead"].laptop
    lead.sync()
    assert lead.replica.base["0b" * 16].state == {"note": "seen"}
