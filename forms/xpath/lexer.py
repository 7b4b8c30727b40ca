"""Cuts an expression into words, and tells `*` and `div` as operators from `*` and `div` as names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forms.errors import XPathError

LONGEST = 32_768
"""Characters in one expression."""
_NAME = r"[^\W\d][\w.\-\u00b7]*"
_WORDS = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<literal>"[^"]*"|'[^']*')
    |(?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    |(?P<sign>::|\.\.|//|!=|<=|>=|[()\[\].@,/|+\-=<>*])""",
    re.VERBOSE,
)
OPERATOR_NAMES = frozenset({"and", "or", "mod", "div"})
_OPERATORS = frozenset({"|", "+", "-", "=", "!=", "<", "<=", ">", ">="})
_BEFORE_OPERAND = frozenset({"@", "::", "(", "[", ",", "/", "//"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an expression: its kind, its text and its place."""

    kind: str
    """number, literal, name, operator, sign or end."""
    text: str
    place: int


def words(text: str) -> list[Word]:
    """Every word of an expression, closed by an `end`. Raises XPathError where there is no word."""
    if len(text) > LONGEST:
        raise XPathError(f"An expression is longer than {LONGEST} characters.", place=LONGEST)
    cut = list(_cut(text))
    cut.append(Word("end", "", len(text)))
    return cut


def _cut(text: str) -> Iterator[Word]:
    place, before = 0, Word("start", "", 0)
    while place < len(text):
        found = _WORDS.match(text, place)
        if not found:
            raise XPathError(_complaint(text[place]), place=place)
        if found.lastgroup != "space":
            before = _judged(str(found.lastgroup), found.group(), place, before)
            yield before
        place = found.end()


def _complaint(mark: str) -> str:
    if mark == "$":
        return "Variables are not supported in an expression."
    if mark in "'\"":
        return "A text in an expression is not closed."
    return "An expression has a character that means nothing here."


def _judged(kind: str, text: str, place: int, before: Word) -> Word:
    """XPath 1.0 section 3.7: after an operand, `*` and an operator's name are operators."""
    if kind == "sign" and text != "*":
        return Word("operator" if text in _OPERATORS else "sign", text, place)
    after_operand = before.kind not in {"start", "operator"} and not (
        before.kind == "sign" and before.text in _BEFORE_OPERAND
    )
    if after_operand and (text == "*" or text in OPERATOR_NAMES):
        return Word("operator", text, place)
    return Word("name" if text == "*" else kind, text, place)
