"""Central's routes: bytes in, bytes out. Nothing personal is logged, and every answer says that it is central's."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from psycopg import DataError
from psycopg import Error as DatabaseError
from psycopg.errors import DeadlockDetected, UniqueViolation
from psycopg_pool import ConnectionPool, PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from sync.errors import MISSHAPEN, Malformed, Rejected, TooLarge
from sync.protocol import (
    ANSWER_SIGNATURE,
    JSON,
    MOST_ALONE,
    MOST_COMPRESSED,
    SENTENCES,
    SPEAKS,
    STREAM,
    VERSION,
    Compare,
    PullAsk,
    Pushed,
    Reason,
    answer_message,
    parse,
    read_push,
)
from sync.protocol.anchors import Claimed
from sync.protocol.attachments import BYTES, pack_piece, read_piece
from sync.protocol.courier import LARGEST_BY_LINE
from sync.server import (
    countersign,
    courier,
    device_anchors,
    draft_routes,
    enrolling,
    entitlement,
    escalation,
    files,
    key_events,
    pull,
    push,
    shredding,
    signin_routes,
)
from sync.server.clock import Clock
from sync.server.database import Connection, surely
from sync.server.devices import Device
from sync.server.errors import NotACourier, NotKnown, NotSure
from sync.server.gate import (
    PULL,
    Arrival,
    Asked,
    Claim,
    admit,
    admit_revoked,
    arrive,
    claimed,
    claimed_device,
    read_claim,
)
from sync.server.house import add_house_routes
from sync.server.keys import Keys
from sync.server.memory import in_turn, let_go
from sync.server.watching import Answered, Watch

STATUS = {
    Reason.UNKNOWN_DEVICE: 401,
    Reason.REVOKED: 403,
    Reason.FORKED: 403,
    Reason.BAD_SIGNATURE: 401,
    Reason.OLD_DATE: 401,
    Reason.REPLAY: 401,
    Reason.WRONG_TYPE: 415,
    Reason.MALFORMED: 400,
    Reason.TOO_LARGE: 413,
    Reason.TOO_OFTEN: 429,
    Reason.BROKEN_CHAIN: 409,
    Reason.UNKNOWN_RECORD: 404,
    Reason.NO_ROUTE: 404,
    Reason.BAD_CODE: 403,
    Reason.NOT_A_COURIER: 422,
    Reason.UPGRADE: 426,
    **draft_routes.STATUS,
    **signin_routes.STATUS,
}


@dataclass(frozen=True, slots=True)
class Central:
    """What the routes work with."""

    pool: ConnectionPool[Connection] = field(repr=False)
    keys: Keys = field(repr=False)
    clock: Clock
    watch: Watch = field(default_factory=Watch)


Work = Callable[[Central, Connection, Asked, Claim], tuple[str, bytes]]
"""One route's work in one transaction: the kind of the answer, and its bytes."""


def build_app(central: Central) -> FastAPI:
    """The app of one central; no documentation pages, no CORS."""
    app = FastAPI(title="fieldkit central", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for path, kind, work in ROUTES:
        app.add_api_route(path, _route(central, kind, work), methods=["POST"])

    @app.exception_handler(HTTPException)
    async def no_route(request: Request, _wrong: HTTPException) -> Response:
        """One answer to a path that is none, to another method, and to what only this machine may ask."""
        return _refusal(central, request.headers, Reason.NO_ROUTE)

    app.state.watch = central.watch
    add_house_routes(app, central.pool, central.watch)
    return app


def _route(central: Central, kind: str, work: Work) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        started = perf_counter()
        said = await decided(request)
        central.watch.note(
            Answered(
                route=request.url.path,
                status=said.status_code,
                seconds=perf_counter() - started,
                device=claimed_device(request.headers),
                bytes_in=int(request.headers.get("content-length") or 0),
                bytes_out=len(said.body),
            )
        )
        return said

    async def decided(request: Request) -> Response:
        try:
            host = request.client.host if request.client else ""
            asker = f"{host} {claimed_device(request.headers)}"
            if not central.watch.may_ask(asker, central.clock().timestamp()):
                raise Rejected(Reason.TOO_OFTEN)
            if request.headers.get("content-type") != kind:
                raise Rejected(Reason.WRONG_TYPE)
            asked = Asked(
                request.method,
                request.url.path,
                request.headers,
                await _body(request, BODIES.get(request.url.path, MOST_COMPRESSED)),
            )
            return await run_in_threadpool(_do, central, asked, work)
        except (Rejected, Malformed, UnicodeEncodeError, DataError, ClientDisconnect) as wrong:
            let_go(wrong)
            return _refusal(central, request.headers, _reason(wrong))
        except (DatabaseError, PoolTimeout, NotSure):
            # The leader is lost, a lock was not to be had, a commit is in doubt: nothing was acknowledged.
            return Response(b"{}", 503, media_type=JSON, headers={SPEAKS: VERSION, "retry-after": "2"})

    return answer


async def _body(request: Request, most: int) -> bytes:
    whole = bytearray()
    async for piece in request.stream():
        whole += piece
        if len(whole) > most:
            raise Rejected(Reason.TOO_LARGE)
    return bytes(whole)


def _do(central: Central, asked: Asked, work: Work) -> Response:
    claim = read_claim(asked, central.clock())
    try:
        kind, body = _once(central, asked, claim, work)
    except (UniqueViolation, DeadlockDetected):
        # Two devices made the same record at once (natural keys): the second finds it there.
        kind, body = _once(central, asked, claim, work)
    headers = _headers(central, claim.facts.nonce, body) | {"cache-control": "no-store"}
    # Set by hand: a charset would be added to a media type.
    return Response(body, headers={**headers, "content-type": kind})


def _once(central: Central, asked: Asked, claim: Claim, work: Work) -> tuple[str, bytes]:
    with central.pool.connection() as connection, surely(connection):
        return work(central, connection, asked, claim)


def _headers(central: Central, nonce: str, body: bytes) -> dict[str, str]:
    """What makes an answer central's; without a nonce it only says so."""
    signed = central.keys.receipt.sign(answer_message(nonce, body)) if nonce else b""
    return {SPEAKS: VERSION} | ({ANSWER_SIGNATURE: base64.b64encode(signed).decode("ascii")} if signed else {})


def _reason(wrong: Exception) -> Reason:
    """Why a request is refused. Text the database has no bytes for, and a body that broke off, are malformed."""
    if isinstance(wrong, Rejected):
        return Reason(wrong.reason)
    return Reason.TOO_LARGE if isinstance(wrong, TooLarge) else Reason.MALFORMED


def _refusal(central: Central, headers: Mapping[str, str], reason: Reason) -> Response:
    """A refusal, signed for the nonce and naming the device that the request named, so that none serves for another.

    A request whose nonce cannot be read gets it unsigned.
    """
    nonce, device = claimed(headers)
    body = json.dumps({"reason": reason, "said": SENTENCES[reason], "device": device}).encode()
    later = {"retry-after": "5"} if reason is Reason.TOO_OFTEN else {}
    return Response(
        body, STATUS.get(reason, 400), headers=_headers(central, nonce, body) | {"content-type": JSON} | later
    )


def _let_in(central: Central, connection: Connection, claim: Claim) -> Arrival:
    """Who asks, once what ends by itself has ended and who must be told by now is told."""
    now = central.clock()
    arrival = arrive(connection, claim, now)
    if arrival.ends:
        entitlement.expire(connection, arrival.device.worker, now)
    if arrival.due:
        escalation.run_due(connection, now)
    if arrival.unsigned:
        countersign.run_due(connection, central.keys.receipt, now)
    return arrival


def _push(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    arrival = _let_in(central, connection, claim)
    with in_turn(asked.body):
        pushed = read_push(asked.body, arrival.device.id)
        beside = _beside(central, connection, arrival.device, pushed) if arrival.reads else push.NOTHING
        return STREAM, push.take(connection, arrival.device.id, pushed, central.clock(), beside)


def _beside(central: Central, connection: Connection, device: Device, pushed: Pushed) -> push.Beside:
    if pushed.anchor is None:
        return push.Beside(pushed.ask)
    said = device_anchors.answer(connection, device, pushed.anchor, central.keys.receipt, central.clock())
    return push.Beside(pushed.ask, said)


def _pull(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    device = _let_in(central, connection, claim).device
    try:
        ask = PullAsk.from_json(parse(asked.body))
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    return STREAM, pull.answer(connection, device, ask, central.clock())


def _compare(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    device = _let_in(central, connection, claim).device
    try:
        ask = Compare.from_json(parse(asked.body))
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    return STREAM, pull.compare(connection, device, ask, central.clock())


def _put_file(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    device = _let_in(central, connection, claim).device
    received, whole = files.take(connection, device, read_piece(asked.body))
    return JSON, json.dumps({"received": received, "whole": whole}).encode()


def _get_file(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    device = _let_in(central, connection, claim).device
    return BYTES, pack_piece(files.give(connection, device, read_piece(asked.body)))


def _shredded(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """What a device that was refused as revoked is to do, and its word that it has done it. Signed as every answer."""
    device, told = admit_revoked(connection, claim, central.clock()), parse(asked.body)
    order = shredding.answer(connection, device, told.get("done") is True, central.clock())
    return JSON, json.dumps({"order": order}).encode()


def _anchor(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    device = admit(connection, claim, central.clock())
    try:
        claimed = Claimed.from_json(parse(asked.body))
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    said = device_anchors.answer(connection, device, claimed, central.keys.receipt, central.clock())
    return JSON, json.dumps(said).encode()


def _courier(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    carrier = admit(connection, claim, central.clock())
    # What is carried is taken push by push, each kept for good by itself; the carrier's own request is spent before.
    connection.commit()
    try:
        return BYTES, courier.take(connection, central.keys, asked.body, central.clock(), carrier.id)[2]
    except (NotACourier, NotKnown) as wrong:
        raise Rejected(Reason.NOT_A_COURIER) from wrong


def _keys(central: Central, connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """What a device tells of its own keys; it may forget what is answered."""
    device, told = admit(connection, claim, central.clock()), parse(asked.body)
    return JSON, json.dumps({"heard": key_events.take(connection, device, told, central.clock())}).encode()


ROUTES: tuple[tuple[str, str, Work], ...] = (
    ("/enrol", JSON, enrolling.enrol),
    ("/sync/push", STREAM, _push),
    (PULL, JSON, _pull),
    ("/sync/compare", JSON, _compare),
    ("/sync/shredded", JSON, _shredded),
    ("/sync/anchor", JSON, _anchor),
    ("/sync/file/put", BYTES, _put_file),
    ("/sync/file/get", BYTES, _get_file),
    ("/sync/courier", BYTES, _courier),
    *draft_routes.ROUTES,
    ("/sync/keys", JSON, _keys),
    *signin_routes.ROUTES,
)
"""Path, type of the body, and the work."""
BODIES: dict[str, int] = {"/sync/courier": LARGEST_BY_LINE, "/sync/push": MOST_ALONE, **draft_routes.BODIES}
"""Bytes a body may have where that is not `MOST_COMPRESSED`."""
