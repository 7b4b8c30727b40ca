"""A line that fails on purpose: a proxy between a device and central, told request by request what to do wrong.

It knows HTTP only as far as a head, a length and a body; what it does wrong stands in one table, `FAULTS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from backports import zstd

PATIENCE = 20.0
"""Seconds that the proxy waits for central."""
SHORT = 1.0
"""The same for a request whose head was spoilt: it may never be answered."""
END = b"\r\n\r\n"

Plan = Callable[[str], str]
"""For the path of each request in turn: what goes wrong with it, `clean` for nothing."""


@dataclass(slots=True)
class Turn:
    """One request, and what can be done with it."""

    proxy: FaultProxy
    asked: bytes = field(repr=False)
    """The whole request as it came."""
    writer: asyncio.StreamWriter = field(repr=False)

    @property
    def dice(self) -> random.Random:
        """Where the fault is to hit."""
        return self.proxy.dice

    async def forward(self, request: bytes | None = None, patience: float = PATIENCE) -> bytes:
        """Hand a request on to central, this one when no other is given; its answer, empty when there is none."""
        return await _exchange(self.proxy.upstream, self.asked if request is None else request, patience)

    async def say(self, answer: bytes) -> None:
        """Hand an answer back."""
        self.writer.write(answer)
        await self.writer.drain()

    def reset(self) -> None:
        """Cut the line hard: the other end hears of it at once and loses what it has not read."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Fault = Callable[[Turn], Awaitable[None]]


async def clean(turn: Turn) -> None:
    """Nothing wrong."""
    await turn.say(await turn.forward())


async def lost_request(turn: Turn) -> None:
    """It never arrives."""


async def lost_answer(turn: Turn) -> None:
    """Central has done it, and nobody hears of it."""
    await turn.forward()


async def duplicate(turn: Turn) -> None:
    """It arrives twice; the first answer comes back."""
    answer = await turn.forward()
    await turn.forward()
    await turn.say(answer)


async def duplicate_heard(turn: Turn) -> None:
    """It arrives twice; the answer to the second comes back."""
    await turn.forward()
    await turn.say(await turn.forward())


async def reorder(turn: Turn) -> None:
    """It is held back, and arrives after the next one."""
    turn.proxy.held.append(turn.asked)


async def replay(turn: Turn) -> None:
    """Everything that was ever asked arrives again, then this."""
    for old in turn.proxy.seen[-5:]:
        await turn.forward(old)
    await turn.say(await turn.forward())


async def old_answer(turn: Turn) -> None:
    """It is done, and answered with what was answered before."""
    answer = await turn.forward()
    await turn.say(turn.proxy.told[-1] if turn.proxy.told else answer[: len(answer) // 2])


async def cut_request(turn: Turn) -> None:
    """Half of it arrives, then the line is gone."""
    await turn.forward(turn.asked[: (turn.asked.index(END) + len(turn.asked)) // 2], 0.05)


async def short_request(turn: Turn) -> None:
    """Half of its body arrives, and passes for the whole."""
    head, _, body = turn.asked.partition(END)
    await turn.say(await turn.forward(_with_length(head, body[: len(body) // 2])))


async def cut_answer(turn: Turn) -> None:
    """Half of the answer comes back, then the line is gone."""
    answer = await turn.forward()
    await turn.say(answer[: (answer.index(END) + len(answer)) // 2])


async def short_answer(turn: Turn) -> None:
    """Half of the answer's body comes back, and passes for the whole."""
    head, _, body = (await turn.forward()).partition(END)
    await turn.say(_with_length(head, body[: len(body) // 2]))


async def reset_in_answer(turn: Turn) -> None:
    """The connection is reset in the middle of the answer's body."""
    answer = await turn.forward()
    await turn.say(answer[: (answer.index(END) + len(answer)) // 2])
    turn.reset()


async def flip_request_body(turn: Turn) -> None:
    """One bit of its body is another."""
    head, _, body = turn.asked.partition(END)
    await turn.say(await turn.forward(head + END + _flipped(body, turn.dice)))


async def flip_request_head(turn: Turn) -> None:
    """One bit of its head is another."""
    head, _, body = turn.asked.partition(END)
    await turn.say(await turn.forward(_flipped(head, turn.dice) + END + body, SHORT))


async def flip_answer_body(turn: Turn) -> None:
    """One bit of the answer's body is another."""
    head, _, body = (await turn.forward()).partition(END)
    await turn.say(head + END + _flipped(body, turn.dice))


async def flip_answer_head(turn: Turn) -> None:
    """One bit of the answer's head is another."""
    head, _, body = (await turn.forward()).partition(END)
    await turn.say(_flipped(head, turn.dice) + END + body)


async def drip(turn: Turn) -> None:
    """The answer comes in crumbs."""
    answer = await turn.forward()
    size = max(len(answer) // 40, 1)
    for at in range(0, len(answer), size):
        await turn.say(answer[at : at + size])
        await asyncio.sleep(0.002)


async def forged_after(turn: Turn) -> None:
    """Central has done it; somebody on the line says that the device was taken out of use."""
    await turn.forward()
    await turn.say(_answer(403, json.dumps({"reason": "revoked"}).encode(), **OURS, content_type="application/json"))


OURS = {"fieldkit_central": "1"}
STREAM = "application/x-ndjson+zstd"


def saying(answer: bytes) -> Fault:
    """Something else answers in central's place; central hears nothing."""

    async def say(turn: Turn) -> None:
        await turn.say(answer)

    return say


def _answer(status: int, body: bytes, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} So", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return _with_length("\r\n".join(lines).encode(), body)


def _with_length(head: bytes, body: bytes) -> bytes:
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    return b"\r\n".join([*lines, b"content-length: %d" % len(body)]) + END + body


def _flipped(data: bytes, dice: random.Random) -> bytes:
    if not data:
        return data
    spoilt = bytearray(data)
    spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
    return bytes(spoilt)


ZSTD_BOMB = _answer(200, zstd.compress(b"\n" * (80 << 20)), **OURS, content_type=STREAM)
GZIP_BOMB = _answer(200, gzip.compress(b" " * (30 << 20), 1), **OURS, content_type=STREAM, content_encoding="gzip")
DEEP = _answer(200, zstd.compress(b"[" * 100_000 + b"]" * 100_000), **OURS, content_type=STREAM)
DEEP_REFUSAL = _answer(400, b'{"reason":' + b"[" * 100_000, **OURS, content_type="application/json")

FAULTS: Mapping[str, Fault] = {
    "clean": clean,
    "lost request": lost_request,
    "lost answer": lost_answer,
    "duplicate": duplicate,
    "duplicate, the second heard": duplicate_heard,
    "reorder": reorder,
    "replay of old requests": replay,
    "an old answer": old_answer,
    "cut request": cut_request,
    "short request": short_request,
    "cut answer": cut_answer,
    "short answer": short_answer,
    "reset in the answer": reset_in_answer,
    "a bit of the request's body": flip_request_body,
    "a bit of the request's head": flip_request_head,
    "a bit of the answer's body": flip_answer_body,
    "a bit of the answer's head": flip_answer_head,
    "slow body": drip,
    "500": saying(_answer(500, b"oh")),
    "502": saying(_answer(502, b"<html>bad gateway</html>", content_type="text/html")),
    "503 in central's name": saying(_answer(503, b"{}", **OURS, content_type="application/json")),
    "captive portal": saying(_answer(200, b"<html>Sign in to the hall's network</html>", content_type="text/html")),
    "redirect": saying(_answer(302, b"", location="/sign-in", content_type="text/html")),
    "forged refusal": saying(_answer(403, b'{"reason":"revoked"}', **OURS, content_type="application/json")),
    "forged refusal after the work": forged_after,
    "forged word that the chain is broken": saying(
        _answer(409, b'{"reason":"broken-chain"}', **OURS, content_type="application/json")
    ),
    "zstd bomb": saying(ZSTD_BOMB),
    "gzip bomb": saying(GZIP_BOMB),
    "deep answer": saying(DEEP),
    "deep refusal": saying(DEEP_REFUSAL),
    "no HTTP": saying(b"SSH-2.0-somebody\r\n\r\n"),
    "empty answer": saying(_answer(200, b"", **OURS, content_type=STREAM)),
}


GOES_ON = ("clean", "duplicate", "replay of old requests", "slow body")
"""After these the connection stays: the answer was whole."""


class FaultProxy:
    """The line: listens on loopback in a thread of its own, hands on to `upstream` (a URL that may change)."""

    def __init__(self, upstream: str, plan: Plan, seed: int = 0) -> None:
        self.upstream = upstream
        self.plan = plan
        self.dice = random.Random(seed)
        self.seen: list[bytes] = []
        """Requests as they came."""
        self.told: list[bytes] = []
        """Answers of central to requests with which nothing went wrong."""
        self.held: list[bytes] = []
        """Requests kept back."""
        self.done: list[tuple[str, str]] = []
        """Path and fault of every request."""
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the device: after an answer that was not whole it is closed."""
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return  # cancelled: the block that wanted the line is over
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = await _message(reader)
        path = asked.split(b" ", 2)[1].decode()
        name = self.plan(path)
        self.done.append((path, name))
        turn, late = Turn(self, asked, writer), list(self.held)
        self.held.clear()
        if name == "clean":
            self.told.append(answer := await turn.forward())
            await turn.say(answer)
        else:
            await FAULTS[name](turn)
        self.seen.append(asked)
        for request in late:
            await turn.forward(request)
        return name in GOES_ON


@contextmanager
def failing_line(upstream: str, plan: Plan, seed: int = 0) -> Iterator[FaultProxy]:
    """Such a line for as long as the block lasts."""
    proxy, ready, loops = FaultProxy(upstream, plan, seed), threading.Event(), list[asyncio.AbstractEventLoop]()
    stop = asyncio.Event()

    async def listen() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=4 << 20)
        proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        loops.append(asyncio.get_running_loop())
        ready.set()
        await stop.wait()
        server.close()

    # What still hangs at the end is cancelled by `run`, and closes its connections.
    thread = threading.Thread(target=asyncio.run, args=(listen(),), daemon=True)
    thread.start()
    try:
        assert ready.wait(10)
        yield proxy
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join(10)


def once(path: str, fault: str) -> Plan:
    """A plan: this goes wrong with the first request to a path, nothing else ever."""
    left = [fault]
    return lambda asked: left.pop() if asked == path and left else "clean"


def mixed(seed: int, share: float) -> Plan:
    """A plan: a share of all requests goes wrong, each in some way."""
    dice, names = random.Random(seed), [name for name in FAULTS if name != "clean"]
    return lambda _path: dice.choice(names) if dice.random() < share else "clean"


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(END)
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head + await reader.readexactly(length)


async def _exchange(upstream: str, request: bytes, patience: float) -> bytes:
    place = urlsplit(upstream)
    try:
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=4 << 20)
    except OSError:
        return b""
    try:
        writer.write(request)
        return await asyncio.wait_for(_message(reader), patience)
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError):
        return b""
    finally:
        await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
