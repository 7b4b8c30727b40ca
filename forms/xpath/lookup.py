"""Finding items of a secondary instance, `item[name = … and starts-with(label, …)]`, without walking the whole list.

Secondary instances never change while a form is open, so an index is kept for as long as the list lives. Whatever a
filter asks beyond that is tried on the few items that are left; one that counts positions is walked as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from forms.lists import Table
from forms.nodes import Node
from forms.xpath.code import Code, as_text
from forms.xpath.context import Context
from forms.xpath.paths import Walk, sieve, sifted, walker
from forms.xpath.references import parts
from forms.xpath.syntax import Call, Chain, Expression, Literal, Path, Step
from forms.xpath.values import chosen, node_text

SMALL = 24
"""A shorter list is walked faster than it is indexed."""
_SEES_THE_ITEM = frozenset({"position", "last", "once", "lang"})
_Index = dict[tuple[str, str], tuple[int, dict[str, list[int]]]]
_indexes: WeakKeyDictionary[Node, _Index] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one column of an item against something that is the same for all items."""

    column: str
    test: str
    """`=`, or the name of a function."""
    wanted: Expression


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the first predicate of a step asks of an item's columns."""

    item: str
    conditions: tuple[Condition, ...]
    whole: bool
    """The conditions are all that the predicate asks."""


def lookup(path: Path, step: Step) -> Lookup | None:
    """The lookup that a step into a secondary instance amounts to, if it does."""
    if not (isinstance(path.start, Call) and path.start.name == "instance" and step.predicates):
        return None
    if step.axis != "child" or not _plain(step.test):
        return None
    tests = list(_conjuncts(step.predicates[0]))
    found = [condition for condition in map(_condition, tests) if condition is not None]
    whole = len(found) == len(tests)
    if not found or not (whole or _may_be_narrowed(step.predicates[0])):
        return None
    return Lookup(step.test, tuple(sorted(found, key=lambda each: each.test != "=")), whole)


def _conjuncts(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Chain) and expression.rest[0][0] == "and":
        for each in (expression.first, *(right for _, right in expression.rest)):
            yield from _conjuncts(each)
    else:
        yield expression


def _may_be_narrowed(predicate: Expression) -> bool:
    """Fewer items would be counted otherwise."""
    return isinstance(predicate, Chain) and not any(
        isinstance(part, Call) and part.name in _SEES_THE_ITEM for part in parts(predicate)
    )


def _condition(test: Expression) -> Condition | None:
    if isinstance(test, Chain) and len(test.rest) == 1 and test.rest[0][0] == "=":
        right = test.rest[0][1]
        for side, wanted in ((test.first, right), (right, test.first)):
            name = _column(side)
            if name and _same_for_all(wanted):
                return Condition(name, "=", wanted)
    elif isinstance(test, Call) and test.name in TESTS and len(test.arguments) == 2:
        text, wanted = test.arguments if test.name != "selected" else test.arguments[::-1]
        name = _column(text)
        if name and _same_for_all(wanted):
            return Condition(name, test.name, wanted)
    return None


def _plain(test: str) -> bool:
    return not test.endswith(")") and "*" not in test and ":" not in test and "|" not in test


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


TESTS: dict[str, Callable[[str, str], bool]] = {
    "starts-with": lambda text, wanted: text.startswith(wanted),
    "ends-with": lambda text, wanted: text.endswith(wanted),
    "contains": lambda text, wanted: wanted in text,
    "selected": lambda text, wanted: chosen(wanted, text),
}
"""What may be asked of a column besides `=`: the item's text, and the text it is held against."""

Narrow = Callable[[Table, "list[int] | None", Context], list[int]]


def indexed_walk(path: Path, step: Step, compiled: Callable[[Expression], Code], predicates: list[Code]) -> Walk | None:
    """The step as a walk that uses an index; none when it has to be walked."""
    asked = lookup(path, step)
    if asked is None:
        return None
    told = [(each, compiled(each.wanted)) for each in asked.conditions]
    usable = [(each, code) for each, code in told if each.test != "=" or code.kind in {"text", "nodes"}]
    whole = asked.whole and len(usable) == len(told)
    if not usable or not (whole or _may_be_narrowed(step.predicates[0])):
        return None
    sieves = [sieve(each) for each in predicates]
    rest = sieves[1:] if whole else sieves
    plain = walker(step, sieves)
    in_table = sifted(_in_table(asked.item, [_narrow(each, code) for each, code in usable]), rest)
    first, code = usable[0]
    in_tree = plain
    if first.test == "=":
        in_tree = sifted(_in_tree(asked.item, first.column, code), rest if len(usable) == 1 else sieves)

    def walk(node: Node, ctx: Context) -> list[Node]:
        if isinstance(node, Table):
            return in_table(node, ctx)
        return plain(node, ctx) if len(node.children) < SMALL else in_tree(node, ctx)

    return walk


def _narrow(condition: Condition, code: Code) -> Narrow:
    text, nodes = as_text(code), code.run if code.kind == "nodes" else None
    name = condition.column
    if condition.test != "=":
        holds = TESTS[condition.test]

        def tried(table: Table, rows: list[int] | None, ctx: Context) -> list[int]:
            wanted = text(ctx)
            return [at for at, told in table.texts(name, rows) if holds(told, wanted)]

        return tried

    def equal(table: Table, rows: list[int] | None, ctx: Context) -> list[int]:
        found = table.equal(name, [text(ctx)] if nodes is None else [node_text(each) for each in nodes(ctx)])
        return found if rows is None else sorted(set(rows).intersection(found))

    return equal


def _in_table(item: str, narrows: Iterable[Narrow]) -> Walk:
    def found(node: Node, ctx: Context) -> list[Node]:
        if not isinstance(node, Table) or item != "item":
            return []
        rows: list[int] | None = None
        for narrow in narrows:
            rows = narrow(node, rows, ctx)
        return [node.item(at) for at in rows or ()]

    return found


def _in_tree(item: str, column: str, wanted: Code) -> Walk:
    """The items below a node whose value is the wanted one, in document order."""
    text, nodes = as_text(wanted), wanted.run if wanted.kind == "nodes" else None

    def found(node: Node, ctx: Context) -> list[Node]:
        positions = _positions(node, item, column)
        if nodes is None:
            return [node.children[at] for at in positions.get(text(ctx), ())]
        texts = {node_text(each) for each in nodes(ctx)}
        return [node.children[at] for at in sorted({at for each in texts for at in positions.get(each, ())})]

    return found


def _positions(node: Node, name: str, column: str) -> dict[str, list[int]]:
    index = _indexes.setdefault(node, {})
    size, positions = index.get((name, column), (-1, {}))
    if size == len(node.children):
        return positions
    positions = {}
    for at, item in enumerate(node.children):
        if item.name == name:
            for text in {node_text(cell) for cell in item.children if cell.name == column}:
                positions.setdefault(text, []).append(at)
    index[(name, column)] = (len(node.children), positions)
    return positions
