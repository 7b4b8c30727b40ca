"""Where the browser comes back to: this machine only, a free port, one answer, nothing from elsewhere (RFC 8252)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from time import monotonic
from urllib.parse import parse_qs, urlsplit

from sync.client.signin.failures import NotThisOne, SignInFailed

PATH = "/signed-in"
MOST_CALLS = 50
"""Calls that are answered before we believe that somebody is guessing."""
Query = Mapping[str, Sequence[str]]
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>fieldkit</title>'
    "<body><p>{words}</p><p>You can close this window.</p></body></html>"
)
_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "connection": "close",
}


class Loopback:
    """Listens from the moment it is made, so that the address can be told before the browser opens."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)

    @property
    def redirect(self) -> str:
        """The address to come back to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def wait(self, take: Callable[[Query], str], seconds: float) -> str:
        """What `take` makes of the first call it does not send away; SignInFailed when none comes in time."""
        self._server.take = take
        until = monotonic() + seconds
        while self._server.calls < MOST_CALLS and (left := until - monotonic()) > 0:
            self._server.timeout = left
            self._server.handle_request()
            if self._server.failed is not None:
                raise self._server.failed
            if self._server.taken:
                return self._server.taken
        raise SignInFailed("expired")

    def close(self) -> None:
        """Listen no more."""
        self._server.server_close()


class _Server(TCPServer):
    """One listener, and what came of the calls so far. Its port is nobody else's while it listens."""

    allow_reuse_address = False

    take: Callable[[Query], str]
    taken = ""
    failed: SignInFailed | None = None
    calls = 0

    def handle_error(self, *_: object) -> None:
        """A call that broke off is no answer; nothing is said of it."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 2
    server: _Server

    def do_GET(self) -> None:
        """One call."""
        self.server.calls += 1
        asked = urlsplit(self.path)
        if asked.path != PATH:
            self._say(404, "There is nothing here.")
            return
        try:
            self.server.taken = self.server.take(parse_qs(asked.query, max_num_fields=20))
        except (NotThisOne, ValueError):
            self._say(400, "This is not the sign-in that fieldkit waits for.")
        except SignInFailed as failed:
            self.server.failed = failed
            self._say(200, failed.said)
        else:
            self._say(200, "fieldkit has your sign-in.")

    def _say(self, status: int, words: str) -> None:
        page = _PAGE.format(words=words).encode()
        self.send_response_only(status)
        for name, value in {**_HEADERS, "content-length": str(len(page))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """The address of a call holds a code: nothing is written of it."""
