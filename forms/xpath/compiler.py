"""Turns the parts of an expression into closures, once; running them touches no text of the expression again."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from forms.errors import XPathError
from forms.nodes import Node
from forms.xpath.axes import in_document_order
from forms.xpath.code import Code, Run, as_boolean, as_nodes, as_number, as_text, constant
from forms.xpath.context import Context, XPathValue
from forms.xpath.functions import FUNCTIONS
from forms.xpath.lookup import indexed_walk
from forms.xpath.parser import parse
from forms.xpath.paths import Walk, general_path, joined, plain_path, sieve, walker
from forms.xpath.patience import bounded
from forms.xpath.references import Reference, parts, references
from forms.xpath.syntax import Call, Chain, Expression, Filtered, Literal, Negation, Number, Path, Step
from forms.xpath.values import (
    EQUALITY,
    MIRRORED,
    NAN,
    ORDER,
    Compare,
    equality,
    node_text,
    number_of_text,
    order,
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression ready to run, as often and wherever one likes."""

    text: str
    evaluate: Callable[[Context], XPathValue]
    string: Callable[[Context], str]
    number: Callable[[Context], float]
    boolean: Callable[[Context], bool]
    nodes: Callable[[Context], list[Node]]
    """Raises XPathError when the expression gives no nodes."""
    volatile: bool
    """It reads the clock or chance: today(), now(), random(), uuid()."""
    expression: Expression

    def references(self, template: str) -> tuple[Reference, ...]:
        """Every node the expression reads when it belongs to the node of a template."""
        return references(self.expression, template)

    def __repr__(self) -> str:
        """The expression as written."""
        return f"Compiled({self.text!r})"


@lru_cache(maxsize=8192)
def compile_expression(text: str) -> Compiled:
    """Compile an expression. Raises XPathError with the place of a mistake, an unknown function or a wrong count."""
    return compiled(text, parse(text))


def compiled(text: str, expression: Expression) -> Compiled:
    """Compile what has been read already."""
    try:
        code = _compile(expression)
    except RecursionError:
        raise XPathError("An expression is nested too deeply.") from None
    inside = list(parts(expression))
    end = bounded if any(map(_searches, inside)) else _as_it_is
    nodes = _no_nodes if code.kind in {"text", "number", "boolean"} else as_nodes(code, 0)
    return Compiled(
        text,
        evaluate=end(code.run),
        string=end(as_text(code)),
        number=end(as_number(code)),
        boolean=end(as_boolean(code)),
        nodes=end(nodes),
        volatile=any(map(_changing, inside)),
        expression=expression,
    )


def _as_it_is(run: Run) -> Run:
    return run


def _searches(part: Expression) -> bool:
    """Whether running it may take more than a walk down a few names."""
    return isinstance(part, Filtered) or (isinstance(part, Path) and any(map(_wide, part.steps)))


def _wide(step: Step) -> bool:
    return bool(step.predicates) or step.axis not in _NARROW or step.test == "*"


_NARROW = frozenset({"child", "parent", "self"})


def _no_nodes(_: Context) -> list[Node]:
    raise XPathError("An expression gave a value where nodes are needed.")


def _changing(part: Expression) -> bool:
    if not isinstance(part, Call):
        return False
    return FUNCTIONS[part.name].changing or (part.name == "randomize" and len(part.arguments) == 1)


def _compile(expression: Expression) -> Code:
    return _COMPILERS[type(expression)](expression)


def _number(part: Number) -> Code:
    return constant(part.value)


def _literal(part: Literal) -> Code:
    return constant(part.text)


def _negation(part: Negation) -> Code:
    run = as_number(_compile(part.operand))
    return Code("number", lambda ctx: -float(run(ctx)))


def _call(part: Call) -> Code:
    function = FUNCTIONS.get(part.name)
    if function is None:
        raise XPathError(f"An expression calls “{part.name}”, which is not a function here.", place=part.place)
    if not function.takes(len(part.arguments)):
        raise XPathError(f"{part.name}() is called with the wrong number of arguments.", place=part.place)
    return function.build(tuple(_compile(each) for each in part.arguments), part)


def _path(part: Path) -> Code:
    straight = plain_path(part) if part.start is None else None
    if straight is not None:
        return straight
    start = None if part.start is None else as_nodes(_compile(part.start), part.place)
    return general_path(start, part.absolute, [(step, _walk(part, step)) for step in joined(part.steps)])


def _walk(path: Path, step: Step) -> Walk:
    predicates = [_compile(each) for each in step.predicates]
    quick = indexed_walk(path, step, _compile, predicates)
    return walker(step, [sieve(each) for each in predicates]) if quick is None else quick


def _filtered(part: Filtered) -> Code:
    base = as_nodes(_compile(part.base), part.place)
    sieves = [sieve(_compile(each)) for each in part.predicates]

    def run(ctx: Context) -> list[Node]:
        nodes = base(ctx)
        for sift in sieves:
            nodes = sift(nodes, ctx)
        return nodes

    return Code("nodes", run)


def _chain(part: Chain) -> Code:
    codes = [(sign, _compile(each)) for sign, each in part.rest]
    return _CHAINS[part.rest[0][0]](_compile(part.first), codes, part)


Rest = list[tuple[str, Code]]


def _or(first: Code, rest: Rest, _: Chain) -> Code:
    tests = [as_boolean(code) for code in [first, *(code for _, code in rest)]]
    if len(tests) == 2:
        one, two = tests
        return Code("boolean", lambda ctx: one(ctx) or two(ctx))
    return Code("boolean", lambda ctx: any(test(ctx) for test in tests))


def _and(first: Code, rest: Rest, _: Chain) -> Code:
    tests = [as_boolean(code) for code in [first, *(code for _, code in rest)]]
    if len(tests) == 2:
        one, two = tests
        return Code("boolean", lambda ctx: one(ctx) and two(ctx))
    return Code("boolean", lambda ctx: all(test(ctx) for test in tests))


def _union(first: Code, rest: Rest, part: Chain) -> Code:
    runs = [as_nodes(code, part.place) for code in [first, *(code for _, code in rest)]]
    return Code("nodes", lambda ctx: in_document_order([node for run in runs for node in run(ctx)]))


def _divide(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or left != left or right != right:
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _modulo(left: float, right: float) -> float:
    if right == 0 or math.isinf(left):
        return NAN
    return math.fmod(left, right)


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divide,
    "mod": _modulo,
}


def _arithmetic(first: Code, rest: Rest, _: Chain) -> Code:
    start = as_number(first)
    moves = [(ARITHMETIC[sign], as_number(code)) for sign, code in rest]
    if len(moves) == 1:
        compute, other = moves[0]
        return Code("number", lambda ctx: compute(start(ctx), other(ctx)))

    def run(ctx: Context) -> float:
        result = start(ctx)
        for compute, other in moves:
            result = compute(result, other(ctx))
        return result

    return Code("number", run)


def _comparison(first: Code, rest: Rest, _: Chain) -> Code:
    """From left to right: `1 < 2 < 3` compares true() with 3, as XPath says."""
    for sign, code in rest:
        first = Code("boolean", _compared(sign, first, code))
    return first


def _compared(sign: str, left: Code, right: Code) -> Run:
    if left.kind != "nodes" and right.kind == "nodes":
        return _compared(MIRRORED[sign], right, left)
    if left.kind == "nodes" and right.kind in {"text", "number"}:
        return _nodes_compared(sign, left, right)
    one, two = left.run, right.run
    if sign in EQUALITY:
        if left.kind == right.kind == "text":
            test = EQUALITY[sign]
            return lambda ctx: test(one(ctx), two(ctx))
        return lambda ctx: equality(sign, one(ctx), two(ctx), ctx.world)
    return lambda ctx: order(sign, one(ctx), two(ctx), ctx.world)


def _nodes_compared(sign: str, left: Code, right: Code) -> Run:
    """A question beside a text or a number: what nearly every relevance and constraint is."""
    nodes = left.run
    if sign in EQUALITY and right.kind == "text":
        return _texts_compared(EQUALITY[sign], nodes, as_text(right))
    test, number = (ORDER | EQUALITY)[sign], as_number(right)

    def compared(ctx: Context) -> bool:
        found = nodes(ctx)
        if not found:
            return False
        other = float(number(ctx))
        return any(test(number_of_text(node_text(node), ctx.world), other) for node in found)

    return compared


def _texts_compared(test: Compare, nodes: Run, text: Callable[[Context], str]) -> Run:
    def compared(ctx: Context) -> bool:
        found = nodes(ctx)
        if not found:
            return False
        other = text(ctx)
        if len(found) == 1:
            return test(node_text(found[0]), other)
        return any(test(node_text(node), other) for node in found)

    return compared


_CHAINS: dict[str, Callable[[Code, Rest, Chain], Code]] = {
    "or": _or,
    "and": _and,
    "|": _union,
    **dict.fromkeys(ARITHMETIC, _arithmetic),
    **dict.fromkeys(MIRRORED, _comparison),
}
_COMPILERS: dict[type, Callable[..., Code]] = {
    Number: _number,
    Literal: _literal,
    Negation: _negation,
    Call: _call,
    Path: _path,
    Filtered: _filtered,
    Chain: _chain,
}
