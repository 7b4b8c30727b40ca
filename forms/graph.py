"""Which expression reads which node: built once a form, ordered once, walked on every change.

A vertex is one expression of one template (relevant, calculate, or a repeat's count). A cycle is refused by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from forms.errors import FormError
from forms.nodes import Node
from forms.xpath import Compiled

if TYPE_CHECKING:
    from forms.definition import Form, Group

RELEVANT, CALCULATE, COUNT, OFFERED = "relevant", "calculate", "count", "offered"


@dataclass(frozen=True, slots=True, eq=False)
class Vertex:
    """One expression at one template. Each is only itself: comparing expressions word by word would cost an opening."""

    template: str
    aspect: str
    expression: Compiled = field(repr=False)
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """A vertex that reads a template; `near` when it reads only inside its own row."""

    vertex: Vertex
    near: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The order of all vertices, and the readers of every template."""

    order: tuple[Vertex, ...]
    readers: Mapping[str, tuple[Edge, ...]]


def build(form: Form) -> Graph:
    """The graph of a form. Raises FormError that names two nodes when they wait for each other."""
    plain = [*_of_binds(form), *_of_counts(form)]
    below = _below(form)
    reads = {vertex: _reads(vertex, below) for vertex in [*plain, *_of_choices(form)]}
    try:
        order = _ordered(list(reads), reads)
    except FormError:
        # Choices may wait for an answer that waits for them: they are looked up when shown, and clear nothing then.
        reads = {vertex: reads[vertex] for vertex in plain}
        order = _ordered(plain, reads)
    ranked = {old: Vertex(old.template, old.aspect, old.expression, rank) for rank, old in enumerate(order)}
    readers: dict[str, dict[Vertex, bool]] = defaultdict(dict)
    for vertex in order:
        for template, near in reads[vertex].items():
            known = readers[template].get(ranked[vertex], True)
            readers[template][ranked[vertex]] = known and near
    edges = {template: tuple(Edge(v, near) for v, near in found.items()) for template, found in readers.items()}
    return Graph(tuple(ranked[vertex] for vertex in order), edges)


def _of_binds(form: Form) -> Iterable[Vertex]:
    for bind in form.binds.values():
        if bind.relevant is not None:
            yield Vertex(bind.template, RELEVANT, bind.relevant)
        if bind.calculate is not None:
            yield Vertex(bind.template, CALCULATE, bind.calculate)


def _of_counts(form: Form) -> Iterable[Vertex]:
    counted: list[Group] = [group for group in form.groups.values() if group.count is not None]
    return (Vertex(group.template, COUNT, group.count) for group in counted if group.count is not None)


def _of_choices(form: Form) -> Iterable[Vertex]:
    """The choices that answers narrow: what was chosen stands only while it is offered."""
    for control in form.controls.values():
        values = control.choices.values if control.choices is not None else None
        if values is not None and any(each.instance is None for each in values.references(control.template)):
            yield Vertex(control.template, OFFERED, values)


def _below(form: Form) -> Callable[[str], tuple[str, ...]]:
    """The templates at or below one: what `*` and `//` may mean. Few expressions ask, so it is looked up as asked."""
    roots = [form.model, *form.rows.values()]
    known = tuple(dict.fromkeys(node.template for root in roots for node in _walk(root)))

    @cache
    def below(at: str) -> tuple[str, ...]:
        return tuple(each for each in known if each == at or each.startswith(at + "/"))

    return below


def _walk(node: Node) -> Iterable[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _reads(vertex: Vertex, below: Callable[[str], tuple[str, ...]]) -> dict[str, bool]:
    """Template → whether only the own row of it is read."""
    found: dict[str, bool] = {}
    for reference in vertex.expression.references(vertex.template):
        if reference.instance is not None:
            continue
        meant = below(reference.template) if reference.deep else (reference.template,)
        for template in meant or (reference.template,):
            found[template] = reference.relative and found.get(template, True)
    if any(reference.deep for reference in vertex.expression.references(vertex.template)):
        found.pop(vertex.template, None)
    if vertex.aspect in (CALCULATE, OFFERED):
        found.pop(vertex.template, None)
    return found


def _ordered(vertices: list[Vertex], reads: Mapping[Vertex, Mapping[str, bool]]) -> list[Vertex]:
    """Every vertex after those that decide what it reads."""
    deciders = _deciders(vertices)
    order: list[Vertex] = []
    state: dict[Vertex, int] = {}
    for start in vertices:
        stack: list[tuple[Vertex, list[Vertex]]] = (
            [(start, _before(start, reads, deciders))] if start not in state else []
        )
        if stack:
            state[start] = 1
        while stack:
            vertex, waits = stack[-1]
            if not waits:
                state[vertex] = 2
                order.append(vertex)
                stack.pop()
                continue
            earlier = waits.pop()
            if state.get(earlier) == 1:
                raise FormError(f"{vertex.template} and {earlier.template} wait for each other.")
            if earlier not in state:
                state[earlier] = 1
                stack.append((earlier, _before(earlier, reads, deciders)))
    return order


def _deciders(vertices: list[Vertex]) -> Mapping[str, list[Vertex]]:
    found: dict[str, list[Vertex]] = defaultdict(list)
    for vertex in vertices:
        found[vertex.template].append(vertex)
    return found


def _before(
    vertex: Vertex, reads: Mapping[Vertex, Mapping[str, bool]], deciders: Mapping[str, list[Vertex]]
) -> list[Vertex]:
    """What decides the value or relevance of anything this one reads, or lies in."""
    found: dict[Vertex, None] = {}
    for template in reads[vertex]:
        found |= dict.fromkeys(deciders.get(template, ()))
        for above in ancestors(template):
            found |= dict.fromkeys(v for v in deciders.get(above, ()) if v.aspect != CALCULATE and v is not vertex)
    return [other for other in found if other is not vertex]


def ancestors(template: str) -> Iterable[str]:
    """The templates of the groups a node lies in, the nearest first."""
    at = template.rfind("/")
    while at > 0:
        template = template[:at]
        yield template
        at = template.rfind("/")
