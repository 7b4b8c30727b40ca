"""Looking up an item of a secondary instance by one of its values, `item[name = …]`, without walking the whole list.

Secondary instances never change while a form is open, so an index of positions is kept for as long as the list lives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from forms.nodes import Node
from forms.xpath.code import Code, as_text
from forms.xpath.context import Context
from forms.xpath.syntax import Call, Chain, Expression, Literal, Path, Step
from forms.xpath.values import node_text

SMALL = 24
"""A shorter list is walked faster than it is indexed."""
_SEES_THE_ITEM = frozenset({"position", "last", "once", "lang"})
_Index = dict[tuple[str, str], tuple[int, dict[str, list[int]]]]
_indexes: WeakKeyDictionary[Node, _Index] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Lookup:
    """A step whose first predicate compares a value of the item with something that is the same for all items."""

    item: str
    column: str
    wanted: Expression


def lookup(path: Path, step: Step) -> Lookup | None:
    """The lookup that a step into a secondary instance amounts to, if it does."""
    if not (isinstance(path.start, Call) and path.start.name == "instance" and step.predicates):
        return None
    test = step.predicates[0]
    if step.axis != "child" or not _plain(step.test) or not isinstance(test, Chain) or len(test.rest) != 1:
        return None
    ((sign, right),) = test.rest
    for column, wanted in ((test.first, right), (right, test.first)):
        name = _column(column)
        if sign == "=" and name and _same_for_all(wanted):
            return Lookup(step.test, name, wanted)
    return None


def _plain(test: str) -> bool:
    return not test.endswith(")") and "*" not in test and ":" not in test


def _column(expression: Expression) -> str | None:
    if not isinstance(expression, Path) or expression.absolute or expression.start or len(expression.steps) != 1:
        return None
    (step,) = expression.steps
    return step.test if step.axis == "child" and _plain(step.test) and not step.predicates else None


def _same_for_all(expression: Expression) -> bool:
    """Text or nodes that do not depend on the item being tried; numbers compare by number and are walked."""
    if isinstance(expression, Literal):
        return True
    if isinstance(expression, Path):
        return expression.absolute or (
            isinstance(expression.start, Call) and expression.start.name in {"current", "instance"}
        )
    if isinstance(expression, Call):
        return (
            expression.name not in _SEES_THE_ITEM
            and expression.arguments != ()
            and all(map(_same_for_all, expression.arguments))
        )
    return False


def looked_up(
    asked: Lookup, wanted: Code, walk: Callable[[Node, Context], list[Node]]
) -> Callable[[Node, Context], list[Node]]:
    """The items below a node whose value is the wanted one, in document order."""
    text, nodes = as_text(wanted), wanted.run if wanted.kind == "nodes" else None

    def found(node: Node, ctx: Context) -> list[Node]:
        if len(node.children) < SMALL:
            return walk(node, ctx)
        positions = _positions(node, asked)
        if nodes is None:
            return [node.children[at] for at in positions.get(text(ctx), ())]
        texts = {node_text(each) for each in nodes(ctx)}
        return [node.children[at] for at in sorted({at for each in texts for at in positions.get(each, ())})]

    return found


def _positions(node: Node, asked: Lookup) -> dict[str, list[int]]:
    index = _indexes.setdefault(node, {})
    size, positions = index.get((asked.item, asked.column), (-1, {}))
    if size == len(node.children):
        return positions
    positions = {}
    for at, item in enumerate(node.children):
        if item.name == asked.item:
            for text in {node_text(cell) for cell in item.children if cell.name == asked.column}:
                positions.setdefault(text, []).append(at)
    index[(asked.item, asked.column)] = (len(node.children), positions)
    return positions
