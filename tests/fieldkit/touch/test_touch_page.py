"""The page on a socket, asked by hand: who has not the address learns nothing, and it takes one signature."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from fieldkit.touch.page import TITLE, Shown, html
from fieldkit.touch.protocol import COOKIE, LIFE, MOST_BYTES, Given
from fieldkit.touch.server import AT_ONCE, Around, TouchPage

TEXT = 'We <script>alert("1")</script> & agree.\nاردو میں متن\nSchool: yes \u202eon'
STROKES = [[[8, 16, 0.0], [16, 32, 0.1]], [[80, 16, 0.5], [88, 20, 0.6]]]


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def monotonic(self) -> float:
        return self.at


@dataclass
class Table:
    """A page that is open, its clock, and what was said on it."""

    clock: SetClock
    page: TouchPage
    said: list[Given] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.page.address.split(":")[2].split("/")[0])

    @property
    def path(self) -> str:
        return "/" + self.page.address.rpartition("/")[2]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def raw(self, data: bytes) -> bytes:
        """Bytes there, bytes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line:
            line.sendall(data)
            return all_of(line)

    def ask(self, method: str, path: str = "", body: bytes = b"", **headers: str | None) -> bytes:
        """A request; a header that is None is left out."""
        told: dict[str, str | None] = {"Host": self.host}
        if method == "POST":
            told |= {"Origin": f"http://{self.host}", "Content-Type": "application/json"}
        if method == "POST" or body:
            told["Content-Length"] = str(len(body))
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value is not None)
        return self.raw(f"{method} {path or self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body)

    def cookie(self) -> str:
        """The page, asked for first; what it tells its reader."""
        found = re.search(rb"Set-Cookie: ([^;]+);", self.ask("GET"))
        assert found
        return found[1].decode()


def all_of(line: socket.socket) -> bytes:
    """Everything until the other side hangs up."""
    parts = []
    while part := line.recv(65536):
        parts.append(part)
    return b"".join(parts)


def drawn(strokes: object = None) -> bytes:
    """What the page posts."""
    return json.dumps({"method": "drawn", "strokes": strokes or STROKES, "read_to": 100}).encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@contextmanager
def laid(patience: float = 20.0) -> Iterator[Table]:
    clock, said = SetClock(), list[Given]()
    page = TouchPage(Shown(TEXT, "ur", "Ngozi <b>", "Asha"), said.append, Around(clock, patience=patience))
    page.begin()
    yield Table(clock, page, said)
    page.close()
    assert page.gone(within=10)


@pytest.fixture
def table() -> Iterator[Table]:
    with laid() as one:
        yield one


def test_the_page_tells_the_browser_to_keep_frame_fetch_and_tell_nothing(table: Table) -> None:
    head, _, body = table.ask("GET").partition(b"\r\n\r\n")
    told = {name: value for name, _, value in (line.partition(": ") for line in head.decode().split("\r\n")[1:])}
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", told["Content-Security-Policy"])
    assert nonce
    assert "default-src 'none'" in told["Content-Security-Policy"]
    assert "unsafe" not in told["Content-Security-Policy"]
    assert told["Cache-Control"] == "no-store"
    assert told["Referrer-Policy"] == "no-referrer"
    assert told["X-Frame-Options"] == "DENY"
    assert "HttpOnly" in told["Set-Cookie"]
    assert "SameSite=Strict" in told["Set-Cookie"]
    assert "Server" not in told
    page = body.decode()
    assert page.count("<script ") == page.count(f'nonce="{nonce[1]}">') - page.count("<style ")
    assert not re.search(r"https?:|//|\bon[a-z]+=|style=", re.sub(r"<script nonce.*?</script>", "", page, flags=re.S))


def test_the_exact_text_stands_there_escaped_and_nothing_of_it_in_address_or_title(table: Table) -> None:
    page = table.ask("GET").partition(b"\r\n\r\n")[2].decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; agree.\nاردو" in page
    assert '<div id="text" dir="auto" lang="ur">' in page
    assert "&lt;RLO&gt;on" in page, "a mark that turns letters round is named, not obeyed"
    assert re.findall("<title>(.*?)</title>", page) == [TITLE]
    assert "Ngozi" not in table.page.address
    assert len(table.path) > 32


def test_strokes_come_back_once_in_cells_and_the_page_is_gone(table: Table) -> None:
    cookie = table.cookie()
    assert status(table.ask("POST", body=drawn(), Cookie=f"other=1; {cookie}")) == 201
    assert table.said == [Given("drawn", (((1, 1, 0), (2, 2, 0.1)), ((10, 1, 0.5), (11, 1.25, 0.6))), 100)]
    assert table.page.gone(within=10)
    with pytest.raises(ConnectionRefusedError):
        table.ask("GET", Cookie=cookie)


@pytest.mark.parametrize("method", ["refused", "not-today"])
def test_no_and_not_today_are_ordinary_answers_there_too(table: Table, method: str) -> None:
    body = json.dumps({"method": method, "strokes": [], "read_to": 40}).encode()
    assert status(table.ask("POST", body=body, Cookie=table.cookie())) == 201
    assert table.said == [Given(method, (), 40)]


def test_whoever_does_not_know_the_address_learns_nothing(table: Table) -> None:
    cookie = table.cookie()
    wrong = [
        table.ask("GET", path="/"),
        table.ask("GET", path="/favicon.ico"),
        table.ask("GET", path=table.path[:-1], Cookie=cookie),
        table.ask("GET", path=f"{table.path}?", Cookie=cookie),
        table.ask("POST", path="/" + "x" * 32, body=drawn(), Cookie=cookie),
        table.ask("GET", Cookie=cookie, Host=f"rebound.example:{table.port}"),
        table.ask("GET", Cookie=cookie, Host=f"localhost:{table.port}"),
        table.ask("GET", Cookie=cookie, Host=None),
        table.ask("GET", Cookie=cookie, Sec_Fetch_Site="cross-site"),
        table.ask("GET"),  # the right address, but somebody else has the page already
        table.ask("POST", body=drawn(), Cookie=f"{COOKIE}=guessed"),
        table.ask("POST", body=drawn(), Cookie=cookie, Origin="http://other.example"),
        table.ask("POST", body=drawn(), Cookie=cookie, Origin="null"),
        table.ask("POST", body=drawn(), Cookie=cookie, Origin=None),
        table.ask("POST", body=drawn(), Cookie=cookie, Content_Type="text/plain"),
        table.ask("PUT", body=drawn(), Cookie=cookie),
        table.ask("OPTIONS", Cookie=cookie),
        table.ask("HEAD", Cookie=cookie),
        table.raw(b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n"),
    ]
    assert {status(answer) for answer in wrong} == {404}
    assert len({re.sub(rb"nonce-[\w-]+", b"", answer) for answer in wrong}) == 1
    assert table.raw(f"GET {table.path}\r\n\r\n".encode()) == b"", "a tongue older than headers"
    assert table.said == []
    assert status(table.ask("POST", body=drawn(), Cookie=cookie)) == 201, "and the page was none the worse for it"


def test_a_post_before_the_page_was_read_is_not_known(table: Table) -> None:
    assert status(table.ask("POST", body=drawn(), Cookie=f"{COOKIE}=")) == 404


def test_its_reader_may_load_it_again(table: Table) -> None:
    assert status(table.ask("GET", Cookie=table.cookie())) == 200


def test_what_is_late_is_not_known_and_the_page_is_gone(table: Table) -> None:
    cookie = table.cookie()
    table.clock.at += LIFE
    assert not table.page.open
    assert table.page.gone(within=10)
    with pytest.raises(ConnectionRefusedError):
        table.ask("POST", body=drawn(), Cookie=cookie)
    assert table.said == []


def test_what_is_too_large_is_refused_before_it_is_read(table: Table) -> None:
    cookie = table.cookie()
    for length in (str(MOST_BYTES + 1), "9" * 40):
        assert status(table.ask("POST", Cookie=cookie, Content_Length=length)) == 413
    for length in ("-1", "+5", "٣", "five"):
        assert status(table.ask("POST", Cookie=cookie, Content_Length=length)) in (400, 404)
    assert status(table.ask("POST", Cookie=cookie, Transfer_Encoding="chunked")) == 400
    assert table.said == []


def test_a_get_has_no_body(table: Table) -> None:
    cookie = table.cookie()
    assert status(table.ask("GET", body=b"x", Cookie=cookie)) == 400
    assert status(table.ask("GET", Cookie=cookie, Transfer_Encoding="chunked")) == 400


NO_SIGNATURES = [
    b"",
    b"[]",
    b"{",
    b"[" * 5000,
    b'{"method":"typed","strokes":[],"read_to":1}',
    b'{"method":"drawn","strokes":[[[1,2,NaN]]],"read_to":1}',
    b'{"method":"drawn","strokes":[[[1,2,true]]],"read_to":1}',
    b'{"method":"drawn","strokes":[[[1,2,1e999]]],"read_to":1}',
    b'{"method":"drawn","strokes":[[1,2,3]],"read_to":1}',
    b'{"method":"drawn","strokes":{},"read_to":1}',
    b'{"method":"drawn","strokes":[[[1,2,3]]],"read_to":101}',
    b'{"method":"drawn","strokes":[[[1,2,3]]],"read_to":"1"}',
    json.dumps({"method": "drawn", "strokes": [[[1, 2, 3]] * 10_001], "read_to": 1}).encode(),
    json.dumps({"method": ["drawn"], "strokes": [], "read_to": 1}).encode(),
]


def test_what_is_no_signature_is_not_taken_and_the_page_stays(table: Table) -> None:
    cookie = table.cookie()
    assert {status(table.ask("POST", body=body, Cookie=cookie)) for body in NO_SIGNATURES} == {400}
    assert table.said == []
    assert table.page.open


def test_of_two_at_once_one_signs(table: Table) -> None:
    cookie, start = table.cookie(), threading.Barrier(4)

    def post(number: int) -> int:
        start.wait(10)
        try:
            return status(table.ask("POST", body=drawn([[[number, 1, 0], [2, 2, 1]]]), Cookie=cookie))
        except OSError:
            return 404  # the page was gone before it could be asked

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(post, range(4))) == [201, 404, 404, 404]
    assert len(table.said) == 1


def test_of_two_who_ask_first_one_gets_the_page(table: Table) -> None:
    start = threading.Barrier(4)

    def get(_: int) -> int:
        start.wait(10)
        return status(table.ask("GET"))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(get, range(4))) == [200, 404, 404, 404]


def test_slow_ones_are_cut_and_too_many_are_not_heard() -> None:
    with laid(patience=1.0) as table:
        slow = [socket.create_connection(("127.0.0.1", table.port), timeout=10) for _ in range(AT_ONCE)]
        for line in slow:
            line.sendall(b"GET / HTTP/1.1\r\nHost:")
        with socket.create_connection(("127.0.0.1", table.port), timeout=10) as one_more:
            assert all_of(one_more) == b"", "closed unheard"
        for line in slow:
            with line:
                assert all_of(line) == b"", "cut when its time was over"
        assert table.page.open


def test_it_listens_on_this_machine_alone(table: Table) -> None:
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.2", table.port))  # would be taken, if the page listened everywhere


def test_a_closed_page_answers_nobody(table: Table) -> None:
    cookie = table.cookie()
    table.page.close()
    assert table.page.gone(within=10)
    with pytest.raises(ConnectionRefusedError):
        table.ask("GET", Cookie=cookie)


def test_words_of_a_name_are_only_words() -> None:
    page = html(Shown("t", 'en"><script>', "</script><script>", "</script>{worker}"), "n")
    assert page.count("<script") == 2
    assert "{worker}" in page
