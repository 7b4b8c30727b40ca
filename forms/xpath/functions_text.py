"""Functions of text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

from forms.errors import XPathError
from forms.nodes import Node
from forms.xpath.code import Code, as_text
from forms.xpath.context import Context, XPathValue
from forms.xpath.documents import XmlNode, written_name
from forms.xpath.patience import joined
from forms.xpath.registry import Function, moving, plain, seeing
from forms.xpath.syntax import Call
from forms.xpath.values import node_text, to_text

_QUIET = re2.Options()
_QUIET.log_errors = False


def _string(ctx: Context, *value: XPathValue) -> str:
    return to_text(value[0]) if value else node_text(ctx.node)


def _pieces(values: tuple[XPathValue, ...]) -> list[str]:
    """Every text, and every node of every node-set."""
    texts: list[str] = []
    for value in values:
        texts += map(node_text, value) if isinstance(value, list) else [to_text(value)]
    return texts


def _substr(text: str, start: float, end: float = math.inf) -> str:
    if start != start or end != end:
        return ""
    return text[_index(start, len(text)) : _index(end, len(text))]


def _index(wanted: float, length: int) -> int:
    """A 0-based place in a text of a length; a negative one counts from the end."""
    if math.isinf(wanted):
        return length if wanted > 0 else 0
    whole = math.trunc(wanted)
    return min(max(whole + length if whole < 0 else whole, 0), length)


def _substring(text: str, start: float, length: float | None = None) -> str:
    """XPath 1.0: 1-based, both ends rounded half up, what is not a number takes nothing."""
    begin = _half_up(start)
    end = math.inf if length is None else begin + _half_up(length)
    return "".join(mark for at, mark in enumerate(text, 1) if begin <= at < end)


def _half_up(number: float) -> float:
    return number if math.isinf(number) or number != number else float(math.floor(number + 0.5))


def _before(text: str, mark: str) -> str:
    return text[: max(text.find(mark), 0)]


def _after(text: str, mark: str) -> str:
    at = text.find(mark)
    return "" if at < 0 else text[at + len(mark) :]


@lru_cache(maxsize=256)
def _exchange(old: str, new: str) -> dict[int, int | None]:
    table: dict[int, int | None] = {}
    for at, mark in enumerate(old):
        table.setdefault(ord(mark), ord(new[at]) if at < len(new) else None)
    return table


def _translate(text: str, old: str, new: str) -> str:
    return text.translate(_exchange(old, new))


_BLANKS = re.compile(r"[ \t\r\n]+")


def _normalized(ctx: Context, *text: str) -> str:
    return " ".join(_BLANKS.split((text[0] if text else node_text(ctx.node)).strip(" \t\r\n")))


def _length(ctx: Context, *text: str) -> float:
    return float(len(text[0] if text else node_text(ctx.node)))


def _uuid(ctx: Context, *length: float) -> str:
    text = ctx.world.uuid()
    if not length or length[0] != length[0]:
        return text
    wanted = int(min(max(length[0], 0), 1000))
    while len(text) < wanted:
        text += ctx.world.uuid()
    return text[:wanted]


DIGESTS: dict[str, Callable[[bytes], Any]] = {
    # A form may ask for the weak ones; publishing warns about it.
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False),
    "SHA-1": lambda data: hashlib.sha1(data, usedforsecurity=False),
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}
ENCODINGS: dict[str, Callable[[bytes], str]] = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "hex": bytes.hex,
}


def _digest(text: str, name: str, encoding: str = "base64") -> str:
    digest, written = DIGESTS.get(name), ENCODINGS.get(encoding)
    if digest is None or written is None:
        raise XPathError(
            "digest() was asked for a digest or encoding it does not know.",
            cure="Use SHA-256, SHA-384, SHA-512, MD5 or SHA-1, as base64 or hex.",
        )
    return written(digest(text.encode()).digest())


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


_NO_PATTERN = "regex() has a pattern that is not supported."
LONGEST_PATTERN = 1_000
LONGEST_SEARCHED = 100_000
"""Characters: a search takes as long as both multiplied, in the worst case."""


@lru_cache(maxsize=512)
def pattern(text: str) -> Callable[[str], object]:
    """A search by a regular expression that cannot run for ever. Raises XPathError when it is none."""
    if len(text) > LONGEST_PATTERN:
        raise XPathError("regex() has a pattern longer than fieldkit searches for.", cure="Use several constraints.")
    try:
        search: Callable[[str], object] = re2.compile(text, options=_QUIET).search
    except (re2.error, UnicodeEncodeError):
        raise XPathError(
            _NO_PATTERN,
            cure="Use several constraints instead of look-around or back-references.",
        ) from None

    def found(value: str) -> object:
        if len(value) > LONGEST_SEARCHED:
            raise XPathError("regex() has a text longer than fieldkit searches.", cure="Search a part: substr().")
        try:
            return search(value)
        except UnicodeEncodeError:
            # Half a character, as broken software leaves it: UTF-8 has no bytes for it.
            return search(value.encode("utf-8", "replace").decode())

    return found


def _regex(arguments: tuple[Code, ...], call: Call) -> Code:
    value, wanted = as_text(arguments[0]), as_text(arguments[1])
    if not arguments[1].constant:
        return Code("boolean", lambda ctx: pattern(wanted(ctx))(value(ctx)) is not None)
    try:
        search = pattern(to_text(arguments[1].run(_NOWHERE)))
    except XPathError as error:
        raise XPathError(_NO_PATTERN, place=call.place, cure=error.cure) from None
    return Code("boolean", lambda ctx: search(value(ctx)) is not None)


_NOWHERE: Any = None
"""A constant needs no context."""


def _name(ctx: Context, *nodes: list[Node]) -> str:
    if not nodes:
        return written_name(ctx.node)
    return written_name(nodes[0][0]) if nodes[0] else ""


def _namespace(ctx: Context, *nodes: list[Node]) -> str:
    node = ctx.node if not nodes else nodes[0][0] if nodes[0] else None
    return node.uri if isinstance(node, XmlNode) else ""


TEXT: dict[str, Function] = {
    "string": seeing("text", "v?", _string),
    "concat": plain("text", "v*", lambda *values: joined("", _pieces(values))),
    "join": plain("text", "tv*", lambda mark, *values: joined(mark, _pieces(values))),
    "substr": plain("text", "tnn?", _substr),
    "substring": plain("text", "tnn?", _substring),
    "substring-before": plain("text", "tt", _before),
    "substring-after": plain("text", "tt", _after),
    "translate": plain("text", "ttt", _translate),
    "string-length": seeing("number", "t?", _length),
    "normalize-space": seeing("text", "t?", _normalized),
    "contains": plain("boolean", "tt", lambda text, part: part in text),
    "starts-with": plain("boolean", "tt", str.startswith),
    "ends-with": plain("boolean", "tt", str.endswith),
    "upper-case": plain("text", "t", str.upper),
    "lower-case": plain("text", "t", str.lower),
    "uuid": moving(seeing("text", "n?", _uuid)),
    "digest": plain("text", "ttt?", _digest),
    "base64-decode": plain("text", "t", _decoded),
    "regex": Function(2, 2, _regex),
    "name": seeing("text", "s?", _name),
    "namespace-uri": seeing("text", "s?", _namespace),
    "local-name": seeing("text", "s?", lambda ctx, *nodes: _name(ctx, *nodes).rpartition(":")[2]),
}
