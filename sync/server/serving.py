"""Central on a port: ready is told once, SIGTERM ends it in order, nothing about requests is logged.

In order means: first `/health` says 503 so that a balancer sends elsewhere, then no new connection is taken, then what
is in hand is answered.
"""

import gc
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.protocol import JSON, SENTENCES, SPEAKS, VERSION, Reason
from sync.server.app import Central, build_app
from sync.server.clock import real_clock
from sync.server.database import join_the_desks, open_pool, take_the_desk
from sync.server.desk import Desk
from sync.server.memory import few_at_once, hold_little
from sync.server.retrying import try_held
from sync.server.watching import Watch, to_stderr


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and where to say so."""

    host: str
    port: int
    port_file: Path | None = None
    log: bool = False
    """Whether each request is told on standard error, as a line of JSON with ids and numbers only."""
    drain: float = 0.0
    """Seconds between saying on `/health` that this process ends and taking no more connections."""
    behind: str = "127.0.0.1"
    """The balancers (addresses, with commas) whose word counts for where a request came from."""


IN_HAND = 25
"""Seconds that what is in hand may still take when central ends: a device waits 30 for its answer."""


class Line(H11Protocol):
    """HTTP as central takes it: a request whose head is beyond 64 KiB is ended, which not every parser does."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn calls it so
        """Refuse what is no HTTP in the shape of every refusal: unsigned, for no nonce can be read in it."""
        body = json.dumps({"reason": Reason.MALFORMED, "said": SENTENCES[Reason.MALFORMED], "device": ""})
        told = {SPEAKS: VERSION, "content-type": JSON, "content-length": str(len(body)), "connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n{body}".encode())
        self.transport.close()


class Server(uvicorn.Server):
    """uvicorn, with a word when it listens and one before it ends."""

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        leave: Callable[[], None] = lambda: None,
        drain: float = 0.0,
    ) -> None:
        super().__init__(config)
        self.ready = ready
        self.leave = leave
        self.drain = drain
        self._ends_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        few_at_once()
        await super().startup(sockets)
        if self.started:
            self.ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say that we leave and go on for a while; told twice, end at once."""
        super().handle_exit(sig, frame)
        if self._ends_at is None and self.drain:
            self.should_exit = False
            self._ends_at = time.monotonic() + self.drain
            self.leave()

    async def on_tick(self, counter: int) -> bool:
        """Looked at ten times a second: whether it is time to end."""
        if self._ends_at is not None and time.monotonic() >= self._ends_at:
            self.should_exit = True
        return await super().on_tick(counter)


def serve_at(desk: Desk, place: Place, tell: Callable[[dict[str, object]], None]) -> None:
    """Answer devices until SIGTERM or SIGINT."""
    signal.signal(signal.SIGTERM, _leave)
    _collect_seldom()
    hold_little()
    with ExitStack() as stack:
        if desk.alone:
            stack.callback(take_the_desk(desk.dsn).close)
        else:
            join_the_desks(desk.dsn)
        pool = stack.enter_context(open_pool(desk.dsn))
        watch = Watch(to_stderr if place.log else None)
        with pool.connection() as connection:
            try_held(connection, real_clock())
        config = uvicorn.Config(
            build_app(Central(pool, desk.keys, real_clock, watch)),
            host=place.host,
            port=place.port,
            access_log=False,
            log_level="warning",
            server_header=False,
            http=Line,
            forwarded_allow_ips=place.behind,
            timeout_graceful_shutdown=IN_HAND,
        )
        listening = listen(config)
        port = int(listening.getsockname()[1])

        def ready() -> None:
            if place.port_file is not None:
                _write_whole(place.port_file, str(port))
            facts = {"event": "serving", "url": f"http://{place.host}:{port}", "port": port, "pid": os.getpid()}
            tell(dict(facts))

        def leave() -> None:
            watch.leaving = True

        Server(config, ready, leave, place.drain).run([listening])


def listen(config: uvicorn.Config) -> socket.socket:
    """The port, whose connections send at once: else an answer's second half waits 40 ms for word of its first."""
    listening = config.bind_socket()
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _collect_seldom() -> None:
    """A push makes tens of thousands of short-lived objects without a cycle: looking for cycles doubles its time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _write_whole(file: Path, text: str) -> None:
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(text, encoding="ascii")
    fresh.replace(file)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
