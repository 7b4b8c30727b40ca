"""The line to central: what is not central is never believed, whatever it answers."""

from __future__ import annotations

import base64
import json
import socketserver
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from backports import zstd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.client import Exchange, MemoryReplica
from sync.client.deadlines import Deadline
from sync.client.http import HttpCentral, Identity
from sync.errors import Malformed, NotCentral, Rejected, SyncError, TooLarge, Unreachable
from sync.protocol import (
    ANSWER_SIGNATURE,
    JSON,
    SPEAKS,
    STREAM,
    PageEnd,
    PullAsk,
    RequestFacts,
    answer_body,
    answer_message,
    content_digest,
    frame_line,
    pack,
    pack_lines,
    parse,
    read_push,
)
from tests.sync.laptops import FAMILY, SCOPE
from tests.sync.memory_central import MemoryCentral

Answer = tuple[int, dict[str, str], bytes]
Answering = Callable[[str, dict[str, str], bytes], Answer]

DEVICE = Identity(Ed25519PrivateKey.generate(), now=lambda: 1_795_000_000)
OURS = {SPEAKS: "1", "content-type": STREAM}


@contextmanager
def listening(answering: Answering) -> Iterator[str]:
    """Something on a loopback port that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said, answer = answering(self.path, headers, body)
            self.send_response(status)
            for name, value in said.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def always(status: int, headers: dict[str, str], body: bytes) -> Answering:
    """One answer to everything."""
    return lambda _path, _headers, _body: (status, headers, body)


def waiting_replica() -> MemoryReplica:
    """A device with one change to send."""
    replica = MemoryReplica(DEVICE.device)
    replica.write(FAMILY, "create", {"@kind": "family", "@scope": SCOPE, "phone": "1"})
    return replica


BOMB = pack_lines(["0" * (70 << 20)])
DEEP = "[" * 100_000

STRANGERS = [
    pytest.param(200, {"content-type": "text/html"}, b"<html>Welcome to Free WiFi</html>", NotCentral, id="portal"),
    pytest.param(200, {"content-type": STREAM}, b"", NotCentral, id="no-header"),
    pytest.param(302, {"location": "http://127.0.0.1:9/"}, b"", NotCentral, id="redirect"),
    pytest.param(511, {"content-type": "text/html"}, b"sign in", Unreachable, id="511"),
    pytest.param(500, OURS, b"", Unreachable, id="500"),
    pytest.param(502, {"content-type": "text/html"}, b"<h1>Bad gateway</h1>", Unreachable, id="502"),
    pytest.param(404, {"content-type": "text/html"}, b"nothing", NotCentral, id="404"),
    pytest.param(200, OURS, b"garbage", Malformed, id="garbage"),
    pytest.param(200, OURS, b"", Malformed, id="empty"),
    pytest.param(200, OURS | {"content-type": "text/html"}, b"", NotCentral, id="type"),
    pytest.param(200, OURS, pack_lines(["{}"]), Malformed, id="nothing-in-it"),
    pytest.param(200, OURS, pack_lines([DEEP]), Malformed, id="deep"),
    pytest.param(200, OURS, BOMB, NotCentral, id="bomb"),
    pytest.param(413, OURS | {"content-type": JSON}, b'{"reason":"too-large"}', TooLarge, id="413"),
    pytest.param(401, OURS | {"content-type": JSON}, b'{"reason":"revoked"}', Rejected, id="revoked"),
    pytest.param(400, OURS | {"content-type": JSON}, b'{"reason":"made-up"}', NotCentral, id="unknown-reason"),
]


@pytest.mark.parametrize(("status", "headers", "body", "error"), STRANGERS)
def test_nothing_is_taken_as_sent_whatever_a_stranger_answers(
    status: int, headers: dict[str, str], body: bytes, error: type[SyncError]
) -> None:
    replica = waiting_replica()
    with listening(always(status, headers, body)) as url, HttpCentral(url, DEVICE) as central, pytest.raises(error):
        Exchange(replica, central).run()
    assert replica.waiting() == 1
    assert replica.receipts == {}
    assert replica.standing().epoch == ""


def test_where_nobody_listens_central_is_unreachable() -> None:
    with listening(always(200, OURS, b"")) as url:
        pass
    with HttpCentral(url, DEVICE) as central, pytest.raises(Unreachable):
        Exchange(waiting_replica(), central).run()


def test_a_page_that_was_cut_counts_for_nothing() -> None:
    page = pack([{"f": "scope+", "scope": SCOPE}])
    replica = MemoryReplica(DEVICE.device)
    with listening(always(200, OURS, page)) as url, HttpCentral(url, DEVICE) as central, pytest.raises(Malformed):
        Exchange(replica, central).run()
    assert replica.standing().cursor == 0


def speaking(memory: MemoryCentral, receipt: Ed25519PrivateKey) -> Answering:
    """Central's routes over the twin, with every signature checked."""

    def answering(path: str, headers: dict[str, str], body: bytes) -> Answer:
        nonce = headers["signature-input"].split('nonce="')[1].split('"')[0]
        facts = RequestFacts("POST", path, content_digest(body), DEVICE.now(), nonce, DEVICE.device)
        assert headers["signature-input"] == f"fk={facts.params()}"
        signature = base64.b64decode(headers["signature"].removeprefix("fk=:").removesuffix(":"))
        public = Ed25519PublicKey.from_public_bytes(DEVICE.public)
        public.verify(signature, facts.base())
        if path == "/sync/push":
            pushed = read_push(body, DEVICE.device)
            public.verify(pushed.signature, pushed.message(DEVICE.device))
            answer = answer_body(memory.push(pushed.changes))
        else:
            page = memory.pull(PullAsk.from_json(parse(body)), DEVICE.device)
            assert isinstance(page.end, PageEnd)
            end = replace(page.end, last_seq=memory.last_seq(DEVICE.device))
            answer = pack_lines(map(frame_line, (*page.frames, end)))
        sealed = base64.b64encode(receipt.sign(answer_message(nonce, answer))).decode()
        return 200, OURS | {ANSWER_SIGNATURE: sealed}, answer

    return answering


def test_a_whole_sync_over_the_line_with_every_signature_checked() -> None:
    receipt = Ed25519PrivateKey.generate()
    trusting = Identity(DEVICE.key, receipt.public_key().public_bytes_raw(), DEVICE.now)
    memory, replica = MemoryCentral(), waiting_replica()
    with listening(speaking(memory, receipt)) as url, HttpCentral(url, trusting) as central:
        report = Exchange(replica, central).run()
    assert (report.pushed, report.requests, report.parked) == (1, 2, 0)
    assert report.bytes_up > 0
    assert replica.base[FAMILY].version_hash == memory.rows[FAMILY].head.version_hash


def test_an_answer_that_another_key_signed_is_not_centrals() -> None:
    expected = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    trusting = Identity(DEVICE.key, expected, DEVICE.now)
    replica = waiting_replica()
    false = speaking(MemoryCentral(), Ed25519PrivateKey.generate())
    with listening(false) as url, HttpCentral(url, trusting) as line, pytest.raises(NotCentral):
        Exchange(replica, line).run()
    assert replica.waiting() == 1


def sealed(receipt: Ed25519PrivateKey, answer: Answer) -> Answering:
    """The same answer to everything, signed for each request."""
    status, headers, body = answer

    def answering(_path: str, asked: dict[str, str], _body: bytes) -> Answer:
        nonce = asked["signature-input"].split('nonce="')[1].split('"')[0]
        signed = base64.b64encode(receipt.sign(answer_message(nonce, body))).decode()
        return status, headers | {ANSWER_SIGNATURE: signed}, body

    return answering


@contextmanager
def shouting(head: bytes, piece: bytes, pause: float = 0.0) -> Iterator[str]:
    """Something that answers so, and then says the same piece until nobody listens."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1 << 16)
            with suppress(OSError):
                self.request.sendall(head)
                while not over.wait(pause):
                    self.request.sendall(piece)

    over = threading.Event()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            over.set()
            server.shutdown()
            thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nfieldkit-central: 1\r\ncontent-type: application/x-ndjson+zstd\r\n"
QUICK = Deadline(first=0.3, pace=1e9, most=0.6)
ENDLESS: dict[str, tuple[bytes, bytes, float, type[SyncError]]] = {
    "a body without end": (HEAD + b"\r\n", b"x" * (1 << 18), 0.0, NotCentral),
    "a body that drips": (HEAD + b"\r\n", b"x", 0.02, Unreachable),
    "a body in crumbs": (HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.02, Unreachable),
    "a head without end": (HEAD, b"x-more: " + b"a" * 9_000 + b"\r\n", 0.0, Unreachable),
    "a head that drips": (HEAD, b"x", 0.02, Unreachable),
    "always only 'continue'": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.0, Unreachable),
}
"""What never ends, and how a sync ends."""


@pytest.mark.parametrize("way", ENDLESS)
def test_an_answer_that_never_ends_is_given_up_in_bounded_time_and_memory(way: str) -> None:
    head, piece, pause, error = ENDLESS[way]
    deadline = replace(QUICK, first=30.0, most=60.0) if error is NotCentral else QUICK
    began = time.monotonic()
    tracemalloc.start()
    try:
        with shouting(head, piece, pause) as url, HttpCentral(url, DEVICE, deadline=deadline) as line:
            replica = waiting_replica()
            with pytest.raises(error):
                Exchange(replica, line).run()
        assert tracemalloc.get_traced_memory()[1] < 150 << 20
    finally:
        tracemalloc.stop()
    assert (replica.waiting(), replica.receipts) == (1, {})
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (zstd.compress(b"[" * 100_000), Malformed),
        (zstd.compress(b" " * (80 << 20)), TooLarge),
        (zstd.compress(b"\n" * (30 << 20)), TooLarge),
        (zstd.compress(b'{"f":"end","head":[1e999,""]}'), Malformed),
        (zstd.compress(b'{"f":"spaceship"}'), Malformed),
        (b"", Malformed),
    ],
    ids=["deep", "bomb", "lines", "number", "frame", "empty"],
)
def test_not_even_central_itself_can_fill_a_devices_memory(body: bytes, error: type[SyncError]) -> None:
    ours = Ed25519PrivateKey.generate()
    trusting = Identity(DEVICE.key, ours.public_key().public_bytes_raw(), DEVICE.now)
    with listening(sealed(ours, (200, OURS, body))) as url, HttpCentral(url, trusting) as line:
        tracemalloc.start()
        try:
            with pytest.raises(error):
                line.pull(PullAsk("", 0, (0, ""), 0))
            assert tracemalloc.get_traced_memory()[1] < 200 << 20
        finally:
            tracemalloc.stop()


def enrolment(receipt: Ed25519PrivateKey) -> Answer:
    told = {
        "device": DEVICE.device,
        "worker": {"id": "w1", "name": "Anna Bell", "role": "worker"},
        "epoch": "e",
        "keys": {"receipt": receipt.public_key().public_bytes_raw().hex()},
        "council": "Practice Council",
        "duty": {"day": "1", "night": "2"},
    }
    return 200, OURS | {"content-type": JSON}, json.dumps(told).encode()


def test_enrolment_hands_over_centrals_keys() -> None:
    receipt = Ed25519PrivateKey.generate()
    with listening(sealed(receipt, enrolment(receipt))) as url, HttpCentral(url, DEVICE) as central:
        told = central.enrol("ABCD-EFGH-JKLM", "Laptop 7")
    assert (told.epoch, len(told.keys["receipt"]), "Anna" in repr(told)) == ("e", 64, False)


def test_an_enrolment_that_changed_on_its_way_is_not_taken() -> None:
    receipt = Ed25519PrivateKey.generate()
    other = sealed(Ed25519PrivateKey.generate(), enrolment(receipt))
    with listening(other) as url, HttpCentral(url, DEVICE) as central, pytest.raises(NotCentral):
        central.enrol("ABCD-EFGH-JKLM", "Laptop 7")


def refusal(**told: str) -> Answer:
    return 403, OURS | {"content-type": JSON}, json.dumps(told).encode()


def synced(answering: Answering, key: Ed25519PrivateKey) -> None:
    """A sync of a device that knows central's receipt key."""
    replica = waiting_replica()
    trusting = Identity(DEVICE.key, key.public_key().public_bytes_raw(), DEVICE.now)
    try:
        with listening(answering) as url, HttpCentral(url, trusting) as central:
            Exchange(replica, central).run()
    finally:
        assert (replica.waiting(), replica.receipts) == (1, {})


@pytest.mark.parametrize("reason", ["revoked", "forked", "broken-chain", "too-large", "too-often", "unknown-device"])
def test_a_refusal_is_believed_only_when_central_signed_it(reason: str) -> None:
    ours, forger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    said = refusal(reason=reason, device=DEVICE.device)
    for forged in (always(*said), sealed(forger, said)):
        with pytest.raises(NotCentral):
            synced(forged, ours)
    with pytest.raises((Rejected, TooLarge)):
        synced(sealed(ours, said), ours)


def test_a_refusal_meant_for_another_device_is_not_believed() -> None:
    ours = Ed25519PrivateKey.generate()
    with pytest.raises(NotCentral):
        synced(sealed(ours, refusal(reason="unknown-device", device="ab" * 16)), ours)


def test_a_reason_of_a_newer_central_is_told_in_its_own_words() -> None:
    ours = Ed25519PrivateKey.generate()
    with pytest.raises(Rejected) as told:
        synced(sealed(ours, refusal(reason="asleep", said="Central sleeps." * 99, device=DEVICE.device)), ours)
    assert (told.value.reason, told.value.said[:15], len(told.value.said)) == ("asleep", "Central sleeps.", 200)
