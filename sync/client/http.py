"""The line to central over HTTP. What answers and is not central is never believed; only bytes are counted here."""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.client.anchoring import Claim
from sync.client.certificates import certificates
from sync.client.deadlines import Breaker, Deadline
from sync.client.enrolment import Enrolment
from sync.client.exchange import Page, Traffic
from sync.errors import MISSHAPEN, Malformed, NotCentral, Rejected, SyncError, TooLarge, Unreachable
from sync.protocol import (
    ANSWER_SIGNATURE,
    JSON,
    MOST_ALONE,
    MOST_COMPRESSED,
    SENTENCES,
    SPEAKS,
    STREAM,
    VERSION,
    Batch,
    Compare,
    PageEnd,
    PullAsk,
    PushAnswer,
    Reason,
    RequestFacts,
    answer_message,
    batch_message,
    content_digest,
    device_id,
    parse,
    push_body,
    read_answer,
    read_page,
)
from sync.protocol.attachments import BYTES, Piece, pack_piece, read_piece
from sync.protocol.sign_in import SESSION

if TYPE_CHECKING:
    import httpx

MOST_ANSWER = 50 << 20
"""Bytes of an answer, on the wire."""
MOST_SAID = 200
"""Characters of a sentence of central's that are shown."""
MOST_TOLD = 256 << 10
"""Bytes of an answer by the sign-in provider."""
TIMEOUT = 30.0


def _now() -> int:
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Identity:
    """A device's key and what it was told about central at enrolment."""

    key: Ed25519PrivateKey = field(repr=False)
    receipt_key: bytes = field(default=b"", repr=False)
    """Central's public receipt key: when given, an answer without its signature is not central's."""
    now: Callable[[], int] = _now
    """Seconds since 1970, by central's clock as far as known."""
    session: Callable[[], str] = field(default=str, repr=False)
    """The access token of the worker's session; empty without one."""

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.key.public_key().public_bytes_raw()

    @property
    def device(self) -> str:
        """The device's id."""
        return device_id(self.public)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What came back for one request, not believed yet."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    nonce: str


class HttpCentral:
    """A `Central` over HTTP. Made for one sync; close it afterwards."""

    def __init__(
        self, url: str, identity: Identity, client: httpx.Client | None = None, deadline: Deadline | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self._identity = identity
        self._client = client if client is not None else _client(url)
        self._deadline = deadline or Deadline()
        self._breaker = Breaker(self._deadline.most)
        self._traffic = Traffic()
        self.claim: Claim | None = None
        """What is to be countersigned with the last batch of a push."""

    def __enter__(self) -> HttpCentral:
        """The line itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the line."""
        self.close()

    def close(self) -> None:
        """Close the line."""
        self._client.close()

    def traffic(self) -> Traffic:
        """What went over the line: requests, bytes of bodies up and down."""
        return self._traffic

    def push(self, batch: Batch) -> PushAnswer:
        """Send a batch, signed."""
        message = batch_message(self._identity.device, batch.first, batch.after, len(batch.lines), batch.hash)
        claim = self.claim if batch.ask else None
        body = push_body(batch, self._identity.key.sign(message), claim.claimed if claim else None)
        if len(body) > (MOST_COMPRESSED if len(batch.lines) > 1 else MOST_ALONE):
            raise TooLarge
        if claim:
            claim.leaving()
        heard = self._ask("/sync/push", body, STREAM)
        try:
            answer = read_answer(heard)
        except TooLarge as wrong:
            raise NotCentral from wrong
        if claim:
            claim.said = answer.anchored
        return answer

    def pull(self, ask: PullAsk) -> Page:
        """Ask for what is new; the last line must be there, or the page is cut and nothing of it counts."""
        return self._page("/sync/pull", _json(ask.to_json()))

    def compare(self, ask: Compare) -> Page:
        """Ask for what differs in one scope."""
        return self._page("/sync/compare", _json(ask.to_json()))

    def _page(self, path: str, body: bytes) -> Page:
        frames = read_page(self._ask(path, body, JSON))
        end = frames.pop() if frames else None
        if not isinstance(end, PageEnd):
            raise Malformed
        return Page(frames, end)

    def put_file(self, piece: Piece) -> tuple[int, bool]:
        """Send a piece of a file; how much has arrived, and whether it is whole. Without bytes it only asks."""
        try:
            said = parse(self._ask("/sync/file/put", pack_piece(piece), BYTES))
            return int(said["received"]), bool(said["whole"])
        except MISSHAPEN as wrong:
            raise Malformed from wrong

    def get_file(self, asked: Piece) -> Piece:
        """The bytes of a file from a place on; none when central has not the whole of it yet."""
        return read_piece(self._ask("/sync/file/get", pack_piece(asked), BYTES))

    def carry(self, file: bytes) -> bytes:
        """Hand on a colleague's sealed file, which this device cannot read; central's sealed word for the way back."""
        return self._ask("/sync/courier", file, BYTES)

    def send(self, path: str, body: bytes, kind: str) -> bytes:
        """One request whose body somebody else packed; the bytes of the answer."""
        return self._ask(path, body, kind)

    def tell(self, path: str, value: object) -> dict[str, Any]:
        """Ask for one JSON object with another."""
        said = parse(self._ask(path, _json(value), JSON))
        if not isinstance(said, dict):
            raise Malformed
        return said

    def ordered_to_shred(self, *, done: bool = False) -> bool:
        """Whether central, by its signature over this very request, orders this revoked device to destroy its keys.

        `done` says that it has. Nobody is obeyed while central's receipt key is not known.
        """
        if not self._identity.receipt_key:
            return False
        try:
            return parse(self._ask("/sync/shredded", _json({"done": done}), JSON)).get("order") == "shred"
        except Rejected:
            return False

    def enrol(self, code: str, label: str, sign_in: Mapping[str, str] | None = None) -> Enrolment:
        """Spend a one-time code, a sign-in, or both. The request is signed too: it proves the key."""
        asked: dict[str, Any] = {"code": code, "public_key": self._identity.public.hex(), "label": label}
        asked |= {"sign_in": dict(sign_in)} if sign_in else {}
        try:
            heard = self._hear("/enrol", _json(asked), JSON)
            said = parse(self._believe(heard))
            told = {name: said[name] for name in ("device", "worker", "epoch", "keys", "council", "duty")}
            made = Enrolment(**told, session=said.get("session", {}))
            # The key is new to us, so this proves only that nothing changed on the way; who spoke is for TLS to say.
            _check_signature(heard, bytes.fromhex(made.keys["receipt"]))
        except MISSHAPEN as wrong:
            raise Malformed from wrong
        if made.device != self._identity.device:
            raise NotCentral
        return made

    def _ask(self, path: str, body: bytes, kind: str) -> bytes:
        return self._believe(self._hear(path, body, kind))

    def _hear(self, path: str, body: bytes, kind: str) -> _Heard:
        facts = RequestFacts(
            "POST", path, content_digest(body), self._identity.now(), secrets.token_hex(16), self._identity.device
        )
        headers = {"content-type": kind, "accept-encoding": "identity", "fieldkit": VERSION}
        headers |= facts.headers(self._identity.key.sign(facts.base()))
        headers |= {SESSION: token} if (token := self._identity.session()) else {}
        status, answer, said = self._send(path, body, headers)
        self._traffic = Traffic(
            self._traffic.requests + 1, self._traffic.up + len(body), self._traffic.down + len(answer)
        )
        return _Heard(status, answer, said, facts.nonce)

    def _send(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, Mapping[str, str]]:
        import httpx

        more: dict[str, Any] = {"headers": headers, "extensions": {"trace": self._breaker.trace}}
        try:
            with self._breaker.armed(), self._client.stream("POST", self._url + path, content=body, **more) as answer:
                return answer.status_code, _read(answer.iter_raw(), self._deadline), answer.headers
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as wrong:
            raise Unreachable from wrong
        except httpx.TransportError as wrong:
            raise Unreachable(answered=True) from wrong
        except httpx.HTTPError as wrong:
            raise NotCentral from wrong

    def _believe(self, heard: _Heard) -> bytes:
        """The body of what central granted; what it refused is raised, and so is what is not central's."""
        if heard.headers.get(SPEAKS) != VERSION:
            raise _in_trouble(heard.headers) if heard.status >= 500 else NotCentral
        if heard.status >= 500:
            raise _in_trouble(heard.headers)
        if heard.headers.get("content-type") not in (STREAM, JSON, BYTES):
            raise NotCentral
        if self._identity.receipt_key:
            _check_signature(heard, self._identity.receipt_key)
        if heard.status == 200:
            return heard.body
        raise self._refusal(heard.body)

    def _refusal(self, answer: bytes) -> SyncError:
        """What a refusal says, once it is known to be central's and about this device."""
        try:
            told = parse(answer)
            code, said, device = str(told["reason"]), str(told.get("said", "")), told.get("device", "")
        except (Malformed, KeyError):
            return NotCentral()
        if self._identity.receipt_key and device != self._identity.device:
            return NotCentral()
        if code == Reason.TOO_LARGE:
            return TooLarge()
        known = code in list(Reason)
        if not known and not self._identity.receipt_key:
            return NotCentral()
        # A newer central may have reasons that we do not know: then its own sentence is shown.
        return Rejected(code, SENTENCES[Reason(code)] if known else said[:MOST_SAID])


def _client(url: str) -> httpx.Client:
    import httpx

    # No redirect is followed: what a device signs for central is told to nobody else. Reading the certificates takes
    # 20 ms, so it is done once a process, and not at all for a practice central on loopback.
    verify = certificates() if url.startswith("https:") else _none()
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, verify=verify)


@cache
def _none() -> ssl.SSLContext:
    """For plain lines, over which no TLS is spoken: a context that trusts nobody."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _check_signature(heard: _Heard, receipt_key: bytes) -> None:
    try:
        signed = base64.b64decode(heard.headers.get(ANSWER_SIGNATURE, ""))
        Ed25519PublicKey.from_public_bytes(receipt_key).verify(signed, answer_message(heard.nonce, heard.body))
    except (InvalidSignature, ValueError) as wrong:
        raise NotCentral from wrong


def ask_provider(address: str, form: Mapping[str, str] | None = None) -> tuple[int, str, bytes]:
    """One question to the council's sign-in provider: status, type and bytes. No redirect, little of it, no cookie."""
    import httpx

    headers = {"accept": JSON, "accept-encoding": "identity"}
    try:
        with (
            _client(address) as client,
            client.stream("GET" if form is None else "POST", address, data=form, headers=headers) as answer,
        ):
            body = _read(answer.iter_raw(), Deadline(), MOST_TOLD)
            return answer.status_code, answer.headers.get("content-type", ""), body
    except (httpx.TransportError, httpx.InvalidURL) as wrong:
        raise Unreachable from wrong
    except httpx.HTTPError as wrong:
        raise NotCentral from wrong


def _read(pieces: Iterable[bytes], deadline: Deadline, most: int = MOST_ANSWER) -> bytes:
    whole, began = bytearray(), time.monotonic()
    for piece in pieces:
        whole += piece
        if len(whole) > most:
            raise NotCentral
        if deadline.is_over(began, len(whole)):
            raise Unreachable
    return bytes(whole)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _in_trouble(headers: Mapping[str, str]) -> Unreachable:
    told = headers.get("retry-after", "")
    return Unreachable(answered=True, after=float(told[:4]) if told.isdecimal() and told.isascii() else 0.0)
