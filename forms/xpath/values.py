"""How XPath values turn into one another and compare, as XPath 1.0 says and ODK widens it.

A blank is '' as text and not a number; a date text is a number of days; a node that is not asked now reads as blank.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from forms.nodes import Node
from forms.xpath.context import World, XPathValue
from forms.xpath.dates import Moment, days_of_text, looks_like_date
from forms.xpath.documents import COMMENT, INSTRUCTION

NAN = math.nan
_NUMBER = re.compile(r"\s*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*")


_SILENT = frozenset({COMMENT, INSTRUCTION})


def node_text(node: Node) -> str:
    """A node's value: its text, a group's texts joined, blank when it is not asked now."""
    if not node.relevant:
        return ""
    if node.children:
        return "".join(node_text(child) for child in node.children if child.name not in _SILENT)
    return node.text


def text_of_number(number: float) -> str:
    """A number as XPath writes it: never with an exponent; what is not a number is blank."""
    if type(number) is Moment:
        return number.text
    if number != number:
        return ""
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < 1e16:
        return str(int(number))
    text = repr(float(number))
    return f"{Decimal(text):f}" if "e" in text else text.removesuffix(".0")


def number_of_text(text: str, world: World) -> float:
    """A text as a number: digits, or a date as its days; anything else is not a number."""
    if _NUMBER.fullmatch(text):
        return float(text)
    if looks_like_date(text):
        days = days_of_text(text, world.zone)
        return NAN if days is None else days
    return NAN


def to_text(value: XPathValue) -> str:
    """Any value as text; of a node-set the first node."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return node_text(value[0]) if value else ""
    return text_of_number(value)


def to_number(value: XPathValue, world: World) -> float:
    """Any value as a number."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    return number_of_text(to_text(value), world)


def to_boolean(value: XPathValue) -> bool:
    """Any value as true or false: a node-set is true when there is a node in it."""
    if isinstance(value, float):
        return value == value and value != 0
    return bool(value)


Compare = Callable[[Any, Any], bool]
EQUALITY: dict[str, Compare] = {"=": operator.eq, "!=": operator.ne}
ORDER: dict[str, Compare] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def equality(sign: str, left: XPathValue, right: XPathValue, world: World) -> bool:
    """`=` and `!=`; of node-sets it is enough that one node, or one pair, agrees."""
    test = EQUALITY[sign]
    if isinstance(left, list):
        return _nodes_equal(test, left, right, world)
    if isinstance(right, list):
        return _nodes_equal(test, right, left, world)
    if isinstance(left, bool) or isinstance(right, bool):
        return test(to_boolean(left), to_boolean(right))
    if isinstance(left, float) or isinstance(right, float):
        return test(float(to_number(left, world)), float(to_number(right, world)))
    return test(left, right)


def _nodes_equal(test: Compare, nodes: list[Node], other: XPathValue, world: World) -> bool:
    if isinstance(other, list):
        mine, theirs = {node_text(node) for node in nodes}, {node_text(node) for node in other}
        if test is operator.eq:
            return not mine.isdisjoint(theirs)
        return bool(mine and theirs) and len(mine | theirs) > 1
    if isinstance(other, bool):
        return test(bool(nodes), other)
    if isinstance(other, float):
        return any(test(number_of_text(node_text(node), world), float(other)) for node in nodes)
    return any(test(node_text(node), other) for node in nodes)


def order(sign: str, left: XPathValue, right: XPathValue, world: World) -> bool:
    """`<`, `<=`, `>` and `>=`: always by number, so dates too; of node-sets it is enough that one pair agrees."""
    test = ORDER[sign]
    if not isinstance(left, list) and not isinstance(right, list):
        return _by_number(test, left, right, world)
    lefts = [number for number in _numbers(left, world) if number == number]
    rights = [number for number in _numbers(right, world) if number == number]
    if not lefts or not rights:
        return False
    # The smallest of one side and the largest of the other agree when any pair does.
    return test(min(lefts), max(rights)) if sign in {"<", "<="} else test(max(lefts), min(rights))


def _by_number(test: Compare, left: XPathValue, right: XPathValue, world: World) -> bool:
    return test(float(to_number(left, world)), float(to_number(right, world)))


def _numbers(value: XPathValue, world: World) -> list[float]:
    if isinstance(value, list):
        return [number_of_text(node_text(node), world) for node in value]
    return [float(to_number(value, world))]


def chosen(text: str, value: str) -> bool:
    """Whether a choice is among those of a list; of an empty list it is the blank one."""
    return value.strip() in (text.split() or _NOTHING_CHOSEN)


_NOTHING_CHOSEN = ("",)
