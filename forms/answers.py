"""Between the tree and the flat map that is kept and sent: `b/children/<row>/dob`, `…/@order`, `…@not-recorded`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from forms.errors import FormError
from forms.instance import Instance, walk
from forms.itemsets import RANKED, said_of
from forms.nodes import Node

Value: TypeAlias = str | list[str] | dict[str, Any] | None
"""Text of the question's type, choices, an attachment, or nothing."""

NOT_RECORDED = ("not-asked", "not-known", "prefers-not-to-say", "not-applicable", "not-safe-to-ask-now")
CODE = "not-recorded"
VOICE = "voice"
ORDER = "order"
ATTACHED = "attached"
LISTS = frozenset({"select_multiple", "rank"})
MOST_ROWS = 4_000
"""Rows of all repeats in one response."""
_ROW = re.compile(r"(^|.*/)(?P<repeat>[^/]+)/(?P<row>\d[^/]*)/@order")


class TooManyRows(FormError):
    """A response with more rows than a form can be filled in with."""

    said = "This response has more rows than a device can hold."
    cure = "It is kept as it is. Ask whoever keeps the system what made it."


def path_of(node: Node) -> str:
    """A node's kept path."""
    parts: list[str] = []
    at: Node | None = node
    while at is not None and at.parent is not None:
        parts.extend([at.row] if at.row is not None else [])
        parts.append(at.name)
        at = at.parent
    return "/".join(reversed(parts))


def value_of(node: Node, kind: str) -> Value:
    """A node's answer as it is kept, whether it stands or not; None when it is blank."""
    if ATTACHED in node.attributes:
        made: dict[str, Any] = json.loads(node.attributes[ATTACHED])
        return made
    said = node.text if kind == RANKED and node.text else said_of(node)
    if not said:
        return None
    return said.split() if kind in LISTS else said


def flat(instance: Instance, wanted: Mapping[str, str]) -> Iterator[tuple[Node, str, Value]]:
    """(node, path, value) of every question that holds something; `wanted` is kind by template."""
    for node in walk(instance.root):
        if node.row is not None:
            yield node, f"{path_of(node)}/@order", node.attributes[ORDER]
        kind = wanted.get(node.template)
        if kind is None:
            continue
        path = path_of(node)
        for mark in (CODE, VOICE):
            if mark in node.attributes:
                yield node, f"{path}@{mark}", node.attributes[mark]
        value = value_of(node, kind)
        if value is not None:
            yield node, path, value


def rows_in(answers: Mapping[str, Value]) -> list[tuple[str, str, str]]:
    """(path of the repeat, row, order) of every row in a flat map, parents first, then by order."""
    found = []
    for path, value in answers.items():
        told = _ROW.fullmatch(path)
        if told and isinstance(value, str):
            found.append((path.removesuffix(f"/{told['row']}/@order"), told["row"], value))
    if len(found) > MOST_ROWS:
        raise TooManyRows
    return sorted(found, key=lambda each: (each[0].count("/"), each[0], each[2], each[1]))


def next_order(rows: list[Node]) -> str:
    """The order of a row after these: text that sorts behind the last."""
    last = max((node.attributes[ORDER] for node in rows), default="a0000000")
    ours = re.match(r"a([0-9]{7})", last)
    # An order that somebody else made is only lengthened: that sorts behind it too.
    return f"a{int(ours[1]) + 1:07d}" if ours else f"{last}V"


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def order_at(rows: list[Node], at: int | None) -> str:
    """The order of a new row that is to be row `at` (from 1) among these, or the last."""
    if at is None or not 1 <= at <= len(rows):
        return next_order(rows)
    return _between(rows[at - 2].attributes[ORDER] if at > 1 else "a0000000", rows[at - 1].attributes[ORDER])


def _between(low: str, high: str) -> str:
    """A text that sorts between two others."""
    made, open_above = "", False
    for place in range(len(low) + len(high) + 1):
        least = _digit(low[place]) if place < len(low) else 0
        most = len(_DIGITS) if open_above or place >= len(high) else _digit(high[place])
        if most - least > 1:
            return made + _DIGITS[(least + most) // 2]
        open_above = open_above or most > least
        made += _DIGITS[least]
    return made + "V"


def _digit(sign: str) -> int:
    return max(_DIGITS.find(sign), 0)


def text_for(raw: object) -> str:
    """A raw answer as a node's text. What a map from outside may hold besides the values there are is taken as text."""
    if raw is None:
        return ""
    if isinstance(raw, dict):
        return str(raw.get("name", ""))
    if isinstance(raw, list | tuple):
        return " ".join(str(each) for each in raw)
    return raw if isinstance(raw, str) else str(raw)
