"""The line to central over HTTP. What answers and is not central is never believed; only bytes are counted here."""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.client.exchange import Page, Traffic
from sync.errors import Malformed, NotCentral, Rejected, SyncError, TooLarge, Unreachable
from sync.protocol import (
    ANSWER_SIGNATURE,
    JSON,
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

if TYPE_CHECKING:
    import httpx

MOST_ANSWER = 50 << 20
"""Bytes of an answer, on the wire."""
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

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.key.public_key().public_bytes_raw()

    @property
    def device(self) -> str:
        """The device's id."""
        return device_id(self.public)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What central hands over for a one-time code."""

    device: str
    worker: Mapping[str, str] = field(repr=False)
    epoch: str
    keys: Mapping[str, str]
    council: str
    duty: Mapping[str, str]


class HttpCentral:
    """A `Central` over HTTP. Made for one sync; close it afterwards."""

    def __init__(self, url: str, identity: Identity, client: httpx.Client | None = None) -> None:
        self._url = url.rstrip("/")
        self._identity = identity
        self._client = client if client is not None else _client(url)
        self._traffic = Traffic()

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
        body = push_body(batch, self._identity.key.sign(message))
        if len(body) > MOST_COMPRESSED:
            raise TooLarge
        answer = self._ask("/sync/push", body, STREAM)
        try:
            return read_answer(answer)
        except TooLarge as wrong:
            raise NotCentral from wrong

    def pull(self, ask: PullAsk) -> Page:
        """Ask for what is new; the last line must be there, or the page is cut and nothing of it counts."""
        return self._page("/sync/pull", _json(ask.to_json()))

    def compare(self, ask: Compare) -> Page:
        """Ask for what differs in one scope."""
        return self._page("/sync/compare", _json(ask.to_json()))

    def _page(self, path: str, body: bytes) -> Page:
        *frames, end = read_page(self._ask(path, body, JSON))
        if not isinstance(end, PageEnd):
            raise Malformed
        return Page(frames, end)

    def put_file(self, piece: Piece) -> tuple[int, bool]:
        """Send a piece of a file; how much has arrived, and whether it is whole. Without bytes it only asks."""
        try:
            said = parse(self._ask("/sync/file/put", pack_piece(piece), BYTES))
            return int(said["received"]), bool(said["whole"])
        except (KeyError, TypeError, ValueError) as wrong:
            raise Malformed from wrong

    def get_file(self, asked: Piece) -> Piece:
        """The bytes of a file from a place on; none when central has not the whole of it yet."""
        return read_piece(self._ask("/sync/file/get", pack_piece(asked), BYTES))

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

    def enrol(self, code: str, label: str) -> Enrolment:
        """Spend a one-time code. The request is signed too: it proves the key."""
        asked = {"code": code, "public_key": self._identity.public.hex(), "label": label}
        try:
            said = parse(self._ask("/enrol", _json(asked), JSON))
            made = Enrolment(**{name: said[name] for name in ("device", "worker", "epoch", "keys", "council", "duty")})
        except (KeyError, TypeError) as wrong:
            raise Malformed from wrong
        if made.device != self._identity.device:
            raise NotCentral
        return made

    def _ask(self, path: str, body: bytes, kind: str) -> bytes:
        facts = RequestFacts(
            "POST", path, content_digest(body), self._identity.now(), secrets.token_hex(16), self._identity.device
        )
        headers = {"content-type": kind, "accept-encoding": "identity", "fieldkit": VERSION}
        headers |= facts.headers(self._identity.key.sign(facts.base()))
        status, answer, said = self._send(path, body, headers)
        self._traffic = Traffic(
            self._traffic.requests + 1, self._traffic.up + len(body), self._traffic.down + len(answer)
        )
        return self._believe(status, answer, said, facts.nonce)

    def _send(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, Mapping[str, str]]:
        import httpx

        try:
            with self._client.stream("POST", self._url + path, content=body, headers=headers) as answer:
                return answer.status_code, _read(answer.iter_raw()), answer.headers
        except (httpx.TransportError, httpx.InvalidURL) as wrong:
            raise Unreachable from wrong
        except httpx.HTTPError as wrong:
            raise NotCentral from wrong

    def _believe(self, status: int, answer: bytes, headers: Mapping[str, str], nonce: str) -> bytes:
        if headers.get(SPEAKS) != VERSION:
            raise Unreachable if status >= 500 else NotCentral
        if status == 200:
            if headers.get("content-type") not in (STREAM, JSON, BYTES):
                raise NotCentral
            self._check_signature(answer, headers, nonce)
            return answer
        if status >= 500:
            raise Unreachable
        raise _refusal(status, answer)

    def _check_signature(self, answer: bytes, headers: Mapping[str, str], nonce: str) -> None:
        if not self._identity.receipt_key:
            return
        try:
            key = Ed25519PublicKey.from_public_bytes(self._identity.receipt_key)
            key.verify(base64.b64decode(headers.get(ANSWER_SIGNATURE, "")), answer_message(nonce, answer))
        except (InvalidSignature, ValueError) as wrong:
            raise NotCentral from wrong


def _client(url: str) -> httpx.Client:
    import httpx

    # No redirect is followed: what a device signs for central is told to nobody else. Reading the certificates takes
    # 20 ms, so it is done once a process, and not at all for a practice central on loopback.
    verify = _certificates() if url.startswith("https:") else False
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, verify=verify)


@cache
def _certificates() -> ssl.SSLContext:
    """TLS 1.2 or newer; a name must stand in the certificate's SAN (the common name alone is not enough)."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    return context


def _read(pieces: Any) -> bytes:
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > MOST_ANSWER:
            raise NotCentral
    return bytes(whole)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _refusal(status: int, answer: bytes) -> SyncError:
    if status == 413:
        return TooLarge()
    try:
        reason = Reason(parse(answer)["reason"])
    except (Malformed, KeyError, ValueError):
        return NotCentral()
    return TooLarge() if reason is Reason.TOO_LARGE else Rejected(reason, SENTENCES[reason])
