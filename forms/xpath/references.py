"""What an expression reads, known before it runs: the templates of its nodes, relative ones seen from their owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from forms.xpath.syntax import Call, Chain, Expression, Filtered, Literal, Negation, Number, Path, Step


@dataclass(frozen=True, slots=True)
class Reference:
    """One node an expression reads, as a template: without rows."""

    template: str
    """From the document: `/data/b/children/dob`; within a secondary instance from there: `/root/item/name`."""
    relative: bool
    """The owner reads it only below the deepest row they share; an absolute path reads every row."""
    instance: str | None = None
    """The secondary instance it lies in."""
    deep: bool = False
    """Any node at or below the template is meant, as by `*` and `//`."""
    name: str = ""
    """Of a deep one: only nodes of this name, and what is in them, as by `//b`."""
    picked: bool = False
    """A predicate or a neighbour's axis picks among the nodes: the owner need not be one of them."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a path has come to."""

    template: str
    climb: str | None
    """The highest node above the owner that the path has passed; none once it has left the owner's own rows."""
    instance: str | None = None
    deep: bool = False
    name: str = ""
    picked: bool = False


def references(expression: Expression, template: str) -> tuple[Reference, ...]:
    """Every node the expression reads when it belongs to the node of a template, each once."""
    owner = _Place(template, template)
    found = _Walk(owner).collect(expression, owner)
    return tuple(dict.fromkeys(found))


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and every expression in it, from left to right."""
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        yield part
        if type(part) not in _LEAVES:
            waiting.extend(reversed(tuple(_inner(part))))


_LEAVES = frozenset({Literal, Number})


def _inner(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Chain):
        yield expression.first
        yield from (each for _, each in expression.rest)
    elif isinstance(expression, Negation):
        yield expression.operand
    elif isinstance(expression, Call):
        yield from expression.arguments
    elif isinstance(expression, Filtered):
        yield expression.base
        yield from expression.predicates
    elif isinstance(expression, Path):
        if expression.start is not None:
            yield expression.start
        yield from (each for step in expression.steps for each in step.predicates)


class _Walk:
    """Walks an expression for one owner."""

    def __init__(self, owner: _Place) -> None:
        self.owner = owner

    def collect(self, expression: Expression, here: _Place) -> Iterator[Reference]:
        if isinstance(expression, Path):
            yield from self.path(expression, here)
            return
        if isinstance(expression, Filtered):
            yield from self.collect(expression.base, here)
            for place in self.places(expression.base, here):
                for predicate in expression.predicates:
                    yield from self.collect(predicate, place)
            return
        if isinstance(expression, Call):
            yield from self.call(expression, here)
        choosy = isinstance(expression, Call) and expression.name in _PICKS
        for inner in _inner(expression):
            for found in self.collect(inner, here):
                yield replace(found, picked=True) if choosy else found

    def call(self, call: Call, here: _Place) -> Iterator[Reference]:
        if call.name == "current":
            yield self.reference(replace(self.owner, picked=True))
        elif call.name in _READS_HERE and not call.arguments:
            yield self.reference(here)
        elif call.name == "id":
            yield self.reference(_Place("", None, deep=True, picked=True))
        elif call.name in {"instance", "pulldata"}:
            yield self.reference(replace(_instance_place(call), deep=True))

    def path(self, path: Path, here: _Place) -> Iterator[Reference]:
        places = self.starts(path, here)
        if path.start is not None and not (isinstance(path.start, Call) and path.start.name in _STARTS):
            yield from self.collect(path.start, here)
        for step in path.steps:
            places = [self.advance(place, step) for place in places]
            for place in places:
                if step.predicates:
                    yield self.reference(replace(place, picked=True))
                for predicate in step.predicates:
                    yield from self.collect(predicate, replace(place, picked=True))
            places = [replace(place, picked=True) for place in places] if step.predicates else places
        yield from map(self.reference, places)

    def starts(self, path: Path, here: _Place) -> list[_Place]:
        if path.absolute:
            return [_Place("", None)]
        return [here] if path.start is None else self.places(path.start, here)

    def places(self, expression: Expression, here: _Place) -> list[_Place]:
        """Where the nodes of an expression lie."""
        if isinstance(expression, Path):
            places = self.starts(expression, here)
            for step in expression.steps:
                places = [self.advance(place, step) for place in places]
            return places
        if isinstance(expression, Filtered):
            return self.places(expression.base, here)
        if isinstance(expression, Chain) and expression.rest[0][0] == "|":
            return [place for each in _inner(expression) for place in self.places(each, here)]
        if isinstance(expression, Call):
            return self.places_of_call(expression, here)
        return []

    def places_of_call(self, call: Call, here: _Place) -> list[_Place]:
        if call.name == "current":
            return [self.owner]
        if call.name == "instance":
            return [_instance_place(call)]
        if call.name == "id":
            return [_Place("", None, deep=True, picked=True)]
        if call.name in {"randomize", "indexed-repeat"} and call.arguments:
            return self.places(call.arguments[0], here)
        if call.name == "if":
            return [place for each in call.arguments[1:] for place in self.places(each, here)]
        return []

    def advance(self, place: _Place, step: Step) -> _Place:
        return _ADVANCES[step.axis](place, step.test)

    def reference(self, place: _Place) -> Reference:
        template = place.template or ("" if place.instance else "/" + self.owner.template.lstrip("/").partition("/")[0])
        deep = place.deep or not place.template
        shared = _shared(self.owner.template, template)
        relative = place.climb is not None and place.climb == shared and not place.deep
        return Reference(template, relative, place.instance, deep, place.name, place.picked)


_PICKS = frozenset({"count", "indexed-repeat", "local-name", "name", "namespace-uri", "position"})
_STARTS = frozenset({"current", "instance"})
_READS_HERE = frozenset({"string", "number", "string-length", "normalize-space"})


def _instance_place(call: Call) -> _Place:
    named = call.arguments[0] if call.arguments else None
    return _Place("", None, named.text if isinstance(named, Literal) else "*")


def _shared(one: str, other: str) -> str:
    shared = []
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        shared.append(left)
    return "/".join(shared)


def _down(place: _Place, test: str) -> _Place:
    if test == "text()":
        return place
    if place.deep:
        return replace(place, name="" if "*" in test or test.endswith(")") else test)
    if "*" in test or test.endswith(")"):
        return replace(place, deep=True)
    return replace(place, template=f"{place.template}/{test}")


def _up(place: _Place, _: str) -> _Place:
    if place.deep:
        return replace(place, template="", climb=None, name="")
    template = place.template.rpartition("/")[0]
    climb = place.climb
    if climb is not None and len(template) < len(climb):
        climb = template
    return replace(place, template=template, climb=climb)


def _stay(place: _Place, _: str) -> _Place:
    return place


def _below(place: _Place, test: str) -> _Place:
    return replace(place, deep=True, name="" if "*" in test or test.endswith(")") else test)


def _above(place: _Place, test: str) -> _Place:
    """The nearest node above of that name when there is one, else anything."""
    names = place.template.split("/")
    for end in range(len(names) - 1, 1, -1):
        if names[end - 1] == test and not place.deep:
            template = "/".join(names[:end])
            climb = None if place.climb is None else min(place.climb, template, key=len)
            return replace(place, template=template, climb=climb)
    return replace(place, template="", climb=None, deep=True, name="", picked=True)


def _beside(place: _Place, test: str) -> _Place:
    return replace(_down(_up(place, ""), test), climb=None, picked=True)


def _anywhere(place: _Place, _: str) -> _Place:
    return replace(place, template="", climb=None, deep=True, name="", picked=True)


_ADVANCES: dict[str, Callable[[_Place, str], _Place]] = {
    "child": _down,
    "parent": _up,
    "self": _stay,
    "attribute": _stay,
    "namespace": _stay,
    "descendant": _below,
    "descendant-or-self": _below,
    "ancestor": _above,
    "ancestor-or-self": _above,
    "following-sibling": _beside,
    "preceding-sibling": _beside,
    "following": _anywhere,
    "preceding": _anywhere,
}
