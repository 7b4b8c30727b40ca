"""Who may have the page, and what may come back from it. Pure: a request in, a decision out.

Whoever does not know the address learns nothing: every refusal before the token was told is the same 404. The first
who asks with the token gets a cookie, and from then on the page is theirs alone: the address stands in the list of
processes while the browser starts, where other people of this machine can read it.
"""

from __future__ import annotations

import hmac
import json
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from fieldkit.errors import FieldkitError

LIFE = 300.0
"""Seconds for which a page waits, at most."""
MOST_BYTES = 512 * 1024
MOST_POINTS, MOST_STROKES, LONGEST_SIDE = 10_000, 400, 20_000.0
COOKIE = "fieldkit-page"
CELL = (8.0, 16.0)
"""So many pixels of the page are taken as one cell of a terminal, across and down: strokes have one measure."""
MAY_SAY = ("drawn", "refused", "not-today")
"""What can be said on the page; every other way is said at the keyboard."""

Point = tuple[float, float, float]


class NotStrokes(FieldkitError):
    """What the page sent cannot be read."""

    said = "The page sent something that is no signature."
    cure = "Sign again, on the page or another way. Nothing was kept."


class NoPage(FieldkitError):
    """This machine gives no place for a page."""

    said = "No page can be opened on this laptop now."
    cure = "Sign here, on paper, or another way. Nothing was kept."


class Answer(Enum):
    """What a request gets."""

    UNKNOWN = 404
    """Nothing, and no reason."""
    NOT_SO = 400
    TOO_LARGE = 413
    PAGE = 200
    TAKE = 201
    """Its body is read; it may be the signature."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request without its body; names of headers in small letters."""

    method: str
    path: str = field(repr=False)
    headers: Mapping[str, Sequence[str]] = field(repr=False)

    def one(self, name: str) -> str:
        """A header that is there once; empty when it is not there, or told twice."""
        told = self.headers.get(name, ())
        return told[0] if len(told) == 1 else ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opens one page: where it is, for how long, and what only its first reader is told."""

    port: int
    until: float
    token: str = field(repr=False)
    cookie: str = field(repr=False)

    @property
    def host(self) -> str:
        """The one name under which the page is found."""
        return f"127.0.0.1:{self.port}"

    @property
    def path(self) -> str:
        """Where it stands: nothing of the record is in it."""
        return f"/{self.token}"

    @property
    def address(self) -> str:
        """The whole address."""
        return f"http://{self.host}{self.path}"


def ticket(port: int, now: float, life: float = LIFE) -> Ticket:
    """A new one: 192 bits that nobody can guess, and as many for the reader."""
    return Ticket(port, now + min(life, LIFE), secrets.token_urlsafe(24), secrets.token_urlsafe(24))


@dataclass(frozen=True, slots=True)
class Given:
    """What was said on the page."""

    method: str
    strokes: tuple[tuple[Point, ...], ...] = field(default=(), repr=False)
    read_to: int = -1


def decide(asked: Asked, page: Ticket, claimed: bool) -> Answer:
    """What a request gets from a page that is still open."""
    if not (_same(asked.path, page.path) and _same(asked.one("host"), page.host)):
        return Answer.UNKNOWN
    if asked.one("sec-fetch-site") not in ("", "none", "same-origin"):
        return Answer.UNKNOWN
    known = _same(_cookie(asked), page.cookie)
    if asked.method == "GET" and (known or not claimed):
        return Answer.NOT_SO if _has_body(asked) else Answer.PAGE
    if asked.method == "POST" and known and claimed:
        return _may_take(asked, page)
    return Answer.UNKNOWN


def _may_take(asked: Asked, page: Ticket) -> Answer:
    length = asked.one("content-length")
    if asked.one("origin") != f"http://{page.host}" or asked.one("content-type") != "application/json":
        return Answer.UNKNOWN
    if "transfer-encoding" in asked.headers or not (length.isascii() and length.isdecimal()):
        return Answer.NOT_SO
    return Answer.TAKE if len(length) < 10 and int(length) <= MOST_BYTES else Answer.TOO_LARGE


def _same(told: str, kept: str) -> bool:
    return hmac.compare_digest(told.encode("utf-8", "replace"), kept.encode("utf-8"))


def _cookie(asked: Asked) -> str:
    """Ours among those that other programs on this machine may have left there."""
    pairs = (each.strip().partition("=") for each in asked.one("cookie").split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


def _has_body(asked: Asked) -> bool:
    return "transfer-encoding" in asked.headers or asked.headers.get("content-length", ["0"]) != ["0"]


def read(body: bytes) -> Given:
    """What was said, as it may be kept. Raises NotStrokes."""
    try:
        told = json.loads(body)
        method, strokes, read_to = told["method"], told["strokes"], told["read_to"]
    except (ValueError, TypeError, KeyError, RecursionError) as wrong:
        raise NotStrokes from wrong
    if method not in MAY_SAY or type(read_to) is not int or not -1 <= read_to <= 100:
        raise NotStrokes
    return Given(method, _in_cells(strokes) if method == "drawn" else (), read_to)


def _in_cells(strokes: Any) -> tuple[tuple[Point, ...], ...]:
    if not isinstance(strokes, list) or len(strokes) > MOST_STROKES:
        raise NotStrokes
    if not all(isinstance(stroke, list) for stroke in strokes) or sum(map(len, strokes)) > MOST_POINTS:
        raise NotStrokes
    return tuple(tuple(_point(point) for point in stroke) for stroke in strokes if stroke)


def _point(point: Any) -> Point:
    """Pixels and seconds, as cells and seconds."""
    if not isinstance(point, list) or len(point) != 3 or not all(type(each) in (int, float) for each in point):
        raise NotStrokes
    if not all(math.isfinite(each) and abs(each) <= LONGEST_SIDE for each in point):
        raise NotStrokes
    x, y, t = point
    return round(x / CELL[0], 3), round(y / CELL[1], 3), round(max(t, 0.0), 3)


def headers(page: Ticket, nonce: str, claims: bool) -> list[tuple[str, str]]:
    """What goes with every answer: nothing is kept, framed, fetched from elsewhere or told to others."""
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    cookie = [("Set-Cookie", f"{COOKIE}={page.cookie}; Path={page.path}; HttpOnly; SameSite=Strict")] if claims else []
    return [
        ("Content-Security-Policy", policy),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Connection", "close"),
        *cookie,
    ]
