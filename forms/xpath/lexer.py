"""Cuts an expression into words, and tells `*` and `div` as operators from `*` and `div` as names."""

from __future__ import annotations

import re
from typing import NamedTuple

from forms.errors import XPathError

LONGEST = 32_768
"""Characters in one expression."""
_NAME = r"[^\W\d][\w.\-\u00b7]*"
_WORDS = re.compile(
    rf"""\s*(?:(?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    |(?P<literal>"[^"]*"|'[^']*')
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<sign>::|\.\.|//|!=|<=|>=|&lt;=?|&gt;=?|[()\[\].@,/|+\-=<>*])
    |(?P<end>\Z))""",
    re.VERBOSE,
)
_GLUED = re.compile(r"(?:and|or|mod|div)(?=[0-9])")
"""`1 mod1`: an operand follows at once."""
OPERATOR_NAMES = frozenset({"and", "or", "mod", "div"})
_OPERATORS = frozenset({"|", "+", "-", "=", "!=", "<", "<=", ">", ">="})
_ENTITIES = {"&lt;": "<", "&lt;=": "<=", "&gt;": ">", "&gt;=": ">="}
"""As an attribute has them that was escaped twice."""
_CLOSING = frozenset({")", "]", ".", ".."})
"""Signs that an operand ends with."""


class Word(NamedTuple):
    """One word of an expression: its kind, its text and its place."""

    kind: str
    """number, literal, name, operator, sign or end."""
    text: str
    place: int


def words(text: str) -> list[Word]:
    """Every word of an expression, closed by an `end`. Raises XPathError where there is no word."""
    if len(text) > LONGEST:
        raise XPathError(f"An expression is longer than {LONGEST} characters.", place=LONGEST)
    cut: list[Word] = []
    kind, place, operand = "", 0, False
    while kind != "end":
        found = _WORDS.match(text, place)
        if not found or found.lastgroup is None:
            raise _complaint(text, place)
        kind = found.lastgroup
        word = found[kind]
        if operand and kind == "name":
            glued = _GLUED.match(word)
            word = glued[0] if glued else word
        start = found.start(kind)
        place = start + len(word)
        judged, word = _judged(kind, word, operand)
        operand = judged in _OPERANDS or (judged == "sign" and word in _CLOSING)
        cut.append(Word(judged, word, start))
    return cut


_OPERANDS = frozenset({"name", "number", "literal"})


def _judged(kind: str, word: str, operand: bool) -> tuple[str, str]:
    """XPath 1.0 section 3.7: after an operand, `*` and an operator's name are operators."""
    if kind == "name":
        return "operator" if operand and word in OPERATOR_NAMES else "name", word
    if kind != "sign":
        return kind, word
    if word == "*":
        return "operator" if operand else "name", word
    word = _ENTITIES.get(word, word)
    return "operator" if word in _OPERATORS else "sign", word


def _complaint(text: str, place: int) -> XPathError:
    place += len(text[place:]) - len(text[place:].lstrip())
    mark = text[place : place + 1]
    if mark == "$":
        return XPathError("Variables are not supported in an expression.", place=place)
    if mark in {"'", '"'}:
        return XPathError("A text in an expression is not closed.", place=place)
    return XPathError("An expression has a character that means nothing here.", place=place)
