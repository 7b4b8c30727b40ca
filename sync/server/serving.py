"""Central on a port: ready is told once, SIGTERM ends it in order, nothing about requests is logged."""

import gc
import os
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from sync.server.app import Central, build_app
from sync.server.clock import real_clock
from sync.server.database import open_pool, take_the_desk
from sync.server.desk import Desk
from sync.server.memory import few_at_once, hold_little
from sync.server.watching import Watch, to_stderr


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and where to say so."""

    host: str
    port: int
    port_file: Path | None = None
    log: bool = False
    """Whether each request is told on standard error, as a line of JSON with ids and numbers only."""


class Server(uvicorn.Server):
    """uvicorn, with a word when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        few_at_once()
        await super().startup(sockets)
        if self.started:
            self.ready()


def serve_at(desk: Desk, place: Place, tell: Callable[[dict[str, object]], None]) -> None:
    """Answer devices until SIGTERM or SIGINT."""
    signal.signal(signal.SIGTERM, _leave)
    _collect_seldom()
    hold_little()
    with ExitStack() as stack:
        stack.callback(take_the_desk(desk.dsn).close)
        pool = stack.enter_context(open_pool(desk.dsn))
        config = uvicorn.Config(
            build_app(Central(pool, desk.keys, real_clock, Watch(to_stderr if place.log else None))),
            host=place.host,
            port=place.port,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        listening = listen(config)
        port = int(listening.getsockname()[1])

        def ready() -> None:
            if place.port_file is not None:
                _write_whole(place.port_file, str(port))
            facts = {"event": "serving", "url": f"http://{place.host}:{port}", "port": port, "pid": os.getpid()}
            tell(dict(facts))

        Server(config, ready).run([listening])


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
