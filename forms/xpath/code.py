"""Compiled pieces: a closure with the kind of value it gives, and how one kind is turned into another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from forms.errors import XPathError
from forms.nodes import Node
from forms.xpath.context import Context, XPathValue
from forms.xpath.values import NAN, node_text, number_of_text, text_of_number, to_boolean, to_number, to_text

Kind: TypeAlias = Literal["text", "number", "boolean", "nodes", "any"]
Run: TypeAlias = Callable[[Context], Any]


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled piece of an expression."""

    kind: Kind
    run: Run
    first: Callable[[Context], Node | None] | None = None
    """The first node alone, when that is quicker than all of them."""
    constant: bool = False
    """The same value whatever the context."""


def constant(value: XPathValue) -> Code:
    """A value that never changes."""
    kind: Kind = "text" if isinstance(value, str) else "boolean" if isinstance(value, bool) else "number"
    return Code(kind, lambda _: value, constant=True)


def as_text(code: Code) -> Callable[[Context], str]:
    """Run for text."""
    run = code.run
    if code.kind == "nodes":
        return _first_text(code)
    turned: dict[str, Callable[[Context], str]] = {
        "text": run,
        "number": lambda ctx: text_of_number(run(ctx)),
        "boolean": lambda ctx: "true" if run(ctx) else "false",
        "any": lambda ctx: to_text(run(ctx)),
    }
    return turned[code.kind]


def _first_text(code: Code) -> Callable[[Context], str]:
    first = first_of(code)

    def text(ctx: Context) -> str:
        node = first(ctx)
        return "" if node is None else node_text(node)

    return text


def first_of(code: Code) -> Callable[[Context], Node | None]:
    """The first node of a node-set, or none."""
    if code.first is not None:
        return code.first
    run = code.run

    def first(ctx: Context) -> Node | None:
        nodes = run(ctx)
        return nodes[0] if nodes else None

    return first


def as_number(code: Code) -> Callable[[Context], float]:
    """Run for a number."""
    run = code.run
    if code.kind == "number":
        return cast(Callable[[Context], float], run)
    if code.kind == "nodes":
        return _first_number(code)
    if code.kind == "text":
        return lambda ctx: number_of_text(run(ctx), ctx.world)
    return lambda ctx: to_number(run(ctx), ctx.world)


def _first_number(code: Code) -> Callable[[Context], float]:
    first = first_of(code)

    def number(ctx: Context) -> float:
        node = first(ctx)
        return NAN if node is None else number_of_text(node_text(node), ctx.world)

    return number


def as_boolean(code: Code) -> Callable[[Context], bool]:
    """Run for true or false."""
    run = code.run
    if code.kind == "boolean":
        return cast(Callable[[Context], bool], run)
    if code.kind == "nodes" and code.first is not None:
        first = code.first
        return lambda ctx: first(ctx) is not None
    return lambda ctx: to_boolean(run(ctx))


def as_nodes(code: Code, place: int) -> Callable[[Context], list[Node]]:
    """Run for a node-set. Raises XPathError when the piece can never give one."""
    if code.kind == "nodes":
        return cast(Callable[[Context], list[Node]], code.run)
    if code.kind != "any":
        raise XPathError("An expression has a value where nodes are needed.", place=place)
    run = code.run

    def nodes(ctx: Context) -> list[Node]:
        value = run(ctx)
        if not isinstance(value, list):
            raise XPathError("An expression gave a value where nodes are needed.", place=place)
        return value

    return nodes
