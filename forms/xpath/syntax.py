"""What a parsed expression consists of. Each part knows its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by operators of one rank, from left to right: a long sum is not a deep tree."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    place: int


@dataclass(frozen=True, slots=True)
class Negation:
    """A minus before an operand."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Expression, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: an axis, a test of the name or kind, and predicates."""

    axis: str
    test: str
    """A name, `*`, `prefix:*`, or a kind as `node()`."""
    predicates: tuple[Expression, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the document, from the context node, or from a node-set."""

    start: Expression | None
    absolute: bool
    steps: tuple[Step, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """A node-set with predicates of its own, as `(a | b)[1]`."""

    base: Expression
    predicates: tuple[Expression, ...]
    place: int


Expression: TypeAlias = Number | Literal | Chain | Negation | Call | Path | Filtered
