"""Paths as closures. The plain ones (`.`, `../x`, `/data/a/b`) walk straight to their nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forms.nodes import Node
from forms.xpath import patience
from forms.xpath.axes import REVERSED, document, in_document_order, walk
from forms.xpath.code import Code, as_boolean
from forms.xpath.context import Context
from forms.xpath.syntax import Path, Step
from forms.xpath.values import to_boolean

Nodes = Callable[[Context], list[Node]]
Sieve = Callable[[list[Node], Context], list[Node]]
_FLAT = frozenset({"child", "self", "attribute"})
"""Axes that keep document order and no node twice, from nodes that are not within one another."""


def plain_path(path: Path) -> Code | None:
    """A closure for a path of parents and then named children; none for any other."""
    ups, names = 0, []
    for step in path.steps:
        if step.predicates or step.test == "*" or not _UNUSUAL.isdisjoint(step.test):
            return None
        if step.axis == "child" and not step.test.endswith(")"):
            names.append(step.test)
        elif step.axis == "parent" and step.test == "node()" and not names:
            ups += 1
        elif (step.axis, step.test) != ("self", "node()"):
            return None
    if path.absolute:
        return None if ups or not names else _downward(_from_root(names[0]), tuple(names[1:]))
    return _downward(_upward(ups), tuple(names))


_UNUSUAL = frozenset(":{|")
"""Prefixes and namespaces need a test of their own."""
Start = Callable[[Context], Node | None]


def _upward(ups: int) -> Start:
    if ups == 0:
        return lambda ctx: ctx.node
    if ups == 1:
        return lambda ctx: ctx.node.parent

    def climb(ctx: Context) -> Node | None:
        node: Node | None = ctx.node
        for _ in range(ups):
            if node is None:
                return None
            node = node.parent
        return node

    return climb


def _from_root(name: str) -> Start:
    def start(ctx: Context) -> Node | None:
        root = ctx.root
        if root.name:
            return root if root.name == name else None
        return next((each for each in root.children if each.name == name), None)

    return start


def _downward(start: Start, names: tuple[str, ...]) -> Code:
    def run(ctx: Context) -> list[Node]:
        node = start(ctx)
        if node is None:
            return []
        nodes = [node]
        for name in names:
            nodes = [below for each in nodes for below in each.children if below.name == name]
        return nodes

    def first(ctx: Context) -> Node | None:
        node = start(ctx)
        if node is None:
            return None
        for name in names:
            for below in node.children:
                if below.name == name:
                    node = below
                    break
            else:
                # The first row may lack what a later one has.
                return next(iter(run(ctx)), None)
        return node

    return Code("nodes", run, first=first if names else start)


def sieve(code: Code) -> Sieve:
    """A predicate: a number keeps that position, anything else keeps what it is true for."""
    if code.kind == "number" and code.constant:
        return _at_position(code)
    keeps = _keeps(code)

    def sift(nodes: list[Node], ctx: Context) -> list[Node]:
        inner = Context(ctx.node, ctx.root, ctx.current, 0, len(nodes), ctx.instances, ctx.world)
        kept = []
        outermost = patience.begin()
        try:
            for position, node in enumerate(nodes, 1):
                inner.node = node
                inner.position = position
                if not position & patience.EVERY:
                    patience.look()
                if keeps(inner):
                    kept.append(node)
        finally:
            if outermost:
                patience.end()
        return kept

    return sift


def _at_position(code: Code) -> Sieve:
    def sift(nodes: list[Node], ctx: Context) -> list[Node]:
        wanted = code.run(ctx)
        return [nodes[int(wanted) - 1]] if 1 <= wanted <= len(nodes) and wanted == int(wanted) else []

    return sift


def _keeps(code: Code) -> Callable[[Context], bool]:
    run = code.run
    if code.kind == "number":
        return lambda ctx: bool(run(ctx) == ctx.position)
    if code.kind != "any":
        return as_boolean(code)

    def keeps(ctx: Context) -> bool:
        value = run(ctx)
        if isinstance(value, float):
            return value == ctx.position
        return to_boolean(value)

    return keeps


Walk = Callable[[Node, Context], list[Node]]


def general_path(begin: Nodes | None, absolute: bool, walks: Sequence[tuple[Step, Walk]]) -> Code:
    """A closure for any path: from the document, the context node or a node-set, step by step."""
    start = begin or (_document if absolute else _context_node)
    strides = []
    flat = begin is None
    for step, along in walks:
        flat_after = flat and step.axis in _FLAT
        strides.append(_stride(along, flat_after))
        flat = flat_after

    def run(ctx: Context) -> list[Node]:
        nodes = start(ctx)
        for stride in strides:
            if not nodes:
                return nodes
            nodes = stride(nodes, ctx)
        return nodes

    return Code("nodes", run)


def _document(ctx: Context) -> list[Node]:
    return [document(ctx.root)]


def _context_node(ctx: Context) -> list[Node]:
    return [ctx.node]


def joined(steps: tuple[Step, ...]) -> list[Step]:
    """`//x` as one walk over everything below, when no predicate counts positions."""
    result: list[Step] = []
    for step in steps:
        before = result[-1] if result else None
        wide = before is not None and (before.axis, before.test, before.predicates) == _ANY_DEPTH
        if wide and step.axis == "child" and not step.predicates:
            result[-1] = Step("descendant", step.test, (), step.place)
        else:
            result.append(step)
    return result


_ANY_DEPTH = ("descendant-or-self", "node()", ())


def walker(step: Step, predicates: Sequence[Sieve]) -> Walk:
    """A step from one node, in document order; its predicates count from the nearest."""
    along, backwards = walk(step.axis, step.test), step.axis in REVERSED

    def one(node: Node, ctx: Context) -> list[Node]:
        found = list(along(node))
        for sift in predicates:
            found = sift(found, ctx)
        if backwards:
            found.reverse()
        return found

    return one


def sifted(along: Walk, predicates: Sequence[Sieve]) -> Walk:
    """A walk with more predicates behind it."""
    if not predicates:
        return along

    def one(node: Node, ctx: Context) -> list[Node]:
        found = along(node, ctx)
        for sift in predicates:
            found = sift(found, ctx)
        return found

    return one


def _stride(along: Walk, ordered: bool) -> Callable[[list[Node], Context], list[Node]]:
    def stride(nodes: list[Node], ctx: Context) -> list[Node]:
        if len(nodes) == 1:
            return along(nodes[0], ctx)
        found: list[Node] = []
        for position, node in enumerate(nodes):
            if not position & patience.OFTEN:
                patience.look()
            found += along(node, ctx)
        return found if ordered else in_document_order(found)

    return stride
