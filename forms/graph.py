"""Which expression reads which node: built once a form, ordered once, walked on every change.

A vertex is one expression of one template (relevant, calculate, or a repeat's count). A cycle is refused by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from forms.errors import FormError
from forms.nodes import Node
from forms.xpath import Compiled, Reference

if TYPE_CHECKING:
    from forms.definition import Bind, Form, Group

RELEVANT, CALCULATE, COUNT, OFFERED = "relevant", "calculate", "count", "offered"
MOST_READS = 500_000
"""Questions read, over all expressions; only thousands of searches through everything come near it."""
LOOSE = frozenset({RELEVANT, COUNT})
"""What may hang on what it decides."""


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
    mutual: bool = False
    """Some question is asked by an answer that it asks for itself: what was asked before has a say in what is now."""


def build(form: Form) -> Graph:
    """The graph of a form. Raises FormError that names two nodes when they wait for each other."""
    plain = [*_of_binds(form), *_of_counts(form)]
    below = _below(form)
    _refuse_selfish(form)
    reads: dict[Vertex, dict[str, bool]] = {}
    followed = 0
    for vertex in [*plain, *_of_choices(form)]:
        reads[vertex] = _reads(vertex, below)
        followed += len(reads[vertex])
        if followed > MOST_READS:
            said = f"{vertex.template}: the form's rules read more questions than fieldkit follows."
            raise FormError(said, "Name the questions they read instead of searching.")
    order = _settled(plain, reads)
    mutual = _is_mutual(order, reads)
    reads = {vertex: reads[vertex] for vertex in order}
    ranked = {old: Vertex(old.template, old.aspect, old.expression, rank) for rank, old in enumerate(order)}
    readers: dict[str, dict[Vertex, bool]] = defaultdict(dict)
    for vertex in order:
        for template, near in reads[vertex].items():
            known = readers[template].get(ranked[vertex], True)
            readers[template][ranked[vertex]] = known and near
    edges = {template: tuple(Edge(v, near) for v, near in found.items()) for template, found in readers.items()}
    return Graph(tuple(ranked[vertex] for vertex in order), edges, mutual)


def _is_mutual(order: list[Vertex], reads: Mapping[Vertex, Mapping[str, bool]]) -> bool:
    """Whether relevance waits for what it decides: for its own node's, for what lies in it, or in a ring."""
    asks = [vertex for vertex in order if vertex.aspect == RELEVANT]
    if any(each == v.template or each.startswith(v.template + "/") for v in asks for each in reads[v]):
        return True
    try:
        _ordered(order, reads)
    except FormError:
        return True
    return False


def _settled(plain: list[Vertex], reads: Mapping[Vertex, Mapping[str, bool]]) -> list[Vertex]:
    """The order. Choices may wait for an answer that waits for them: they are looked up when shown, and clear nothing.

    Two questions may each be asked by the other's answer, and how many rows there are may hang on what the rows say
    (one more as long as somebody says yes): those are no cycles of values, and are run until they rest.
    """
    tries = ((list(reads), frozenset[str]()), (plain, frozenset[str]()), (list(reads), frozenset({RELEVANT})))
    for vertices, loose in (*tries, (list(reads), frozenset({COUNT})), (list(reads), LOOSE)):
        try:
            return _ordered(vertices, reads, loose)
        except FormError:
            continue
    return _ordered(plain, reads, LOOSE)


def _refuse_selfish(form: Form) -> None:
    """Nothing is worked out from itself; a constraint may look at its own answer, and a row at the rows beside it."""
    for bind in form.binds.values():
        for told in (bind.relevant, bind.calculate, bind.required, bind.readonly):
            for each in told.references(bind.template) if told is not None else ():
                if each.instance is None and not each.picked and _covers(each, bind.template):
                    raise FormError(f"{bind.template} and {bind.template} wait for each other: it reads itself.")
        _refuse_within(bind)


def _covers(reference: Reference, template: str) -> bool:
    """Whether a node is among those that a reference surely reads."""
    if not reference.deep:
        return f"{template}/".startswith(f"{reference.template}/")
    return template.startswith(reference.template + "/") and reference.name in ("", template.rpartition("/")[2])


def _refuse_within(bind: Bind) -> None:
    """Whether a group is asked cannot hang on what is asked in it: it would never be asked again."""
    for each in bind.relevant.references(bind.template) if bind.relevant is not None else ():
        inside = each.instance is None and each.template.startswith(bind.template + "/")
        if inside and not each.deep and not each.picked:
            raise FormError(f"{bind.template} and {each.template} wait for each other.")


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
    """The templates at or below one: what a group's text, `*` and `//` mean."""
    roots = [form.model, *form.rows.values()]
    found: dict[str, list[str]] = defaultdict(list)
    for template in dict.fromkeys(node.template for root in roots for node in _walk(root)):
        for above in (template, *ancestors(template)):
            found[above].append(template)
    return lambda at: tuple(found.get(at, ()))


def _walk(node: Node) -> Iterable[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _reads(vertex: Vertex, below: Callable[[str], tuple[str, ...]]) -> dict[str, bool]:
    """Template → whether only the own row of it is read."""
    found: dict[str, bool] = {}
    beside = vertex.aspect == COUNT
    for reference in vertex.expression.references(vertex.template):
        if reference.instance is not None:
            continue
        # Other rows of its own: it runs again until they rest.
        own = _covers(reference, vertex.template) if reference.deep else reference.template == vertex.template
        beside = beside or (reference.picked and own)
        # A group read for its text is read for all that is in it; one that is counted or picked from is not.
        whole = reference.deep or not reference.picked
        meant = _meant(reference, below) if whole else (reference.template,)
        for template in meant or (reference.template,):
            found[template] = reference.relative and found.get(template, True)
    if vertex.aspect == OFFERED or not beside:
        found.pop(vertex.template, None)
    return found


def _meant(reference: Reference, below: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """The templates a deep reference may mean: all of them, or those of a name with what is in them."""
    known = below(reference.template)
    if not reference.name:
        return known
    end = f"/{reference.name}"
    start = len(reference.template)
    return tuple(each for each in known if each.endswith(end) or f"{end}/" in each[start:])


def _ordered(
    vertices: list[Vertex], reads: Mapping[Vertex, Mapping[str, bool]], loose: frozenset[str] = frozenset()
) -> list[Vertex]:
    """Every vertex after those that decide what it reads.

    Loose relevance does not wait for relevance, a loose count waits for nothing.
    """
    deciders = _deciders(vertices)
    order: list[Vertex] = []
    state: dict[Vertex, int] = {}
    for start in vertices:
        stack: list[tuple[Vertex, list[Vertex]]] = (
            [(start, _before(start, reads, deciders, loose))] if start not in state else []
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
                stack.append((earlier, _before(earlier, reads, deciders, loose)))
    return order


def _deciders(vertices: list[Vertex]) -> Mapping[str, list[Vertex]]:
    found: dict[str, list[Vertex]] = defaultdict(list)
    for vertex in vertices:
        found[vertex.template].append(vertex)
    return found


def _before(
    vertex: Vertex,
    reads: Mapping[Vertex, Mapping[str, bool]],
    deciders: Mapping[str, list[Vertex]],
    loose: frozenset[str],
) -> list[Vertex]:
    """What decides the value or relevance of anything this one reads, or lies in."""
    if vertex.aspect == COUNT and COUNT in loose:
        return []
    found: dict[Vertex, None] = {}
    for template in reads[vertex]:
        found |= dict.fromkeys(deciders.get(template, ()))
        for above in ancestors(template):
            found |= dict.fromkeys(v for v in deciders.get(above, ()) if v.aspect != CALCULATE and v is not vertex)
    lets = RELEVANT in loose and vertex.aspect == RELEVANT
    return [other for other in found if other is not vertex and not (lets and other.aspect == RELEVANT)]


def ancestors(template: str) -> Iterable[str]:
    """The templates of the groups a node lies in, the nearest first."""
    at = template.rfind("/")
    while at > 0:
        template = template[:at]
        yield template
        at = template.rfind("/")
