"""The thin part of the page: a socket on this machine alone, one request a connection, few at once, none for long."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR, socket
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any

from fieldkit.touch import protocol
from fieldkit.touch.page import Shown, html
from fieldkit.touch.protocol import Answer, Asked, Given, NoPage, NotStrokes

if TYPE_CHECKING:
    from fieldkit.config import Clock

AT_ONCE = 8
"""Connections that are served at a time; one more is closed."""
LOOK_EVERY = 0.2
PATIENCE = 5.0
"""Seconds that a connection may take, whatever it sends."""


@dataclass(frozen=True, slots=True)
class Around:
    """The page's surroundings: whose clock, how long it waits, how long one connection may take."""

    clock: Clock
    life: float = protocol.LIFE
    patience: float = PATIENCE


class TouchPage:
    """One page: open until something was said on it, until it is late, or until it is closed. Raises NoPage."""

    def __init__(self, shown: Shown, told: Callable[[Given], Any], around: Around) -> None:
        self._shown, self._told, self._around = shown, told, around
        self._lock = threading.Lock()
        self._claimed = self._done = False
        try:
            self._server = _Server(self)
        except OSError as wrong:
            raise NoPage from wrong
        self._ticket = protocol.ticket(self._server.server_address[1], around.clock.monotonic(), around.life)
        self._thread = threading.Thread(target=self._serve, name="touch page", daemon=True)

    @property
    def address(self) -> str:
        """Where the page is."""
        return self._ticket.address

    @property
    def open(self) -> bool:
        """Whether it still answers."""
        return not self._done and self._around.clock.monotonic() < self._ticket.until

    def begin(self) -> None:
        """Wait for the browser, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """It answers nobody any more; the socket is gone a moment later."""
        with self._lock:
            self._done = True
        self._server.wake()

    def gone(self, within: float) -> bool:
        """Whether the socket is gone, waiting for it so many seconds."""
        self._thread.join(within)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        with self._server:
            while self.open:
                self._server.handle_request()
        self._done = True

    # -- one request, from any thread

    def hear(self, asked: Asked) -> tuple[Answer, bool]:
        """What a request gets, and whether with it the page has become its asker's."""
        with self._lock:
            if not self.open:
                return Answer.UNKNOWN, False
            answer, first = protocol.decide(asked, self._ticket, self._claimed), not self._claimed
            self._claimed = self._claimed or answer is Answer.PAGE
            return answer, first and answer is Answer.PAGE

    def take(self, body: bytes) -> Answer:
        """The one signature; a second one, or a late one, is not known here."""
        try:
            given = protocol.read(body)
        except NotStrokes:
            return Answer.NOT_SO
        with self._lock:
            if not self.open:
                return Answer.UNKNOWN
            self._done = True
        self._server.wake()
        self._told(given)
        return Answer.TAKE

    def written(self, answer: Answer, claims: bool) -> tuple[bytes, list[tuple[str, str]]]:
        """What is sent: the page, or next to nothing."""
        nonce = secrets.token_urlsafe(18)
        body = html(self._shown, nonce).encode("utf-8") if answer is Answer.PAGE else b""
        return body, protocol.headers(self._ticket, nonce, claims)

    @property
    def patience(self) -> float:
        """Seconds for one connection."""
        return self._around.patience


class _Server(ThreadingMixIn, TCPServer):
    """On this machine alone, on a port that the system chooses."""

    daemon_threads = True
    block_on_close = False
    timeout = LOOK_EVERY

    def __init__(self, page: TouchPage) -> None:
        self.page = page
        self._places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(("127.0.0.1", 0), _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own, while there is room; one connection too many is closed unheard."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One connection, cut when its time is over, whatever it sends."""
        cut = threading.Timer(self.page.patience, _cut, (request,))
        cut.daemon = True
        cut.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            cut.cancel()
            self._places.release()

    def wake(self) -> None:
        """Take no more connections, from now on and not at the next look."""
        with suppress(OSError):  # closed already, or a system that does not know this
            self.socket.shutdown(SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is nobody's business: nothing is printed over the screen."""


def _cut(connection: socket) -> None:
    with suppress(OSError):  # it has ended by itself
        connection.shutdown(SHUT_RDWR)


class _Connection(BaseHTTPRequestHandler):
    """One request, one answer."""

    server: _Server

    def do_GET(self) -> None:
        """The page, for whoever knows where it is."""
        self._answer(*self.server.page.hear(self._asked()))

    def do_POST(self) -> None:
        """What was said on the page; its body is read only when it may be."""
        answer, _ = self.server.page.hear(self._asked())
        if answer is Answer.TAKE:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            answer = self.server.page.take(body) if len(body) == length else Answer.NOT_SO
        self._answer(answer)

    def _asked(self) -> Asked:
        names = {name.lower() for name in self.headers}
        return Asked(self.command, self.path, {name: self.headers.get_all(name) or [] for name in names})

    def _answer(self, answer: Answer, claims: bool = False) -> None:
        body, headers = self.server.page.written(answer, claims)
        self.send_response_only(answer.value)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, *_: Any, **__: Any) -> None:
        """Whatever else is asked is not known here; the library would repeat what was asked."""
        self.close_connection = True
        self._answer(Answer.UNKNOWN)

    def log_message(self, *_: Any) -> None:
        """Nothing is written down."""
