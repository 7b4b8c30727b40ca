"""The line to central: what is not central is never believed, whatever it answers."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.client import Exchange, MemoryReplica
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


def test_enrolment_hands_over_centrals_keys() -> None:
    told = (
        b'{"device":"%s","worker":{"id":"w1","name":"Anna Bell","role":"worker"},"epoch":"e","keys":{"receipt":"00"},'
        b'"council":"Practice Council","duty":{"day":"1","night":"2"}}' % DEVICE.device.encode()
    )
    with listening(always(200, OURS | {"content-type": JSON}, told)) as url, HttpCentral(url, DEVICE) as central:
        enrolment = central.enrol("ABCD-EFGH-JKLM", "Laptop 7")
    assert (enrolment.epoch, enrolment.keys, "Anna" in repr(enrolment)) == ("e", {"receipt": "00"}, False)
