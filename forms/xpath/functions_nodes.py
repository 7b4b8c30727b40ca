"""Functions of node-sets, repeats, choices and secondary instances."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

from forms.lists import pulled
from forms.nodes import Node
from forms.xpath.axes import ancestor_or_self, descendant_or_self, document
from forms.xpath.code import Code, as_nodes, as_number, as_text
from forms.xpath.context import Context, XPathValue
from forms.xpath.registry import Function, plain, refused, seeing
from forms.xpath.syntax import Call
from forms.xpath.values import chosen, node_text, to_text

NOT_RECORDED = "not-recorded"


def _position(ctx: Context, *nodes: list[Node]) -> float:
    """Among its siblings of the same name, or in the predicate being tried."""
    if not nodes:
        return float(ctx.position)
    if not nodes[0]:
        return math.nan
    node = nodes[0][0]
    beside = node.parent.children if node.parent else [node]
    place = 0
    for each in beside:
        place += each.name == node.name
        if each is node:
            break
    return float(place)


def _instance(ctx: Context, name: str) -> list[Node]:
    found = ctx.instances.get(name)
    if found is None:
        return []
    return [found if found.name.rpartition(":")[2] == "instance" else Node("instance", children=[found])]


def _pulldata(ctx: Context, name: str, wanted: str, column: str, key: str) -> str:
    """The first match in a list of the form, or whatever the outside knows of a list that is not in it."""
    if name not in ctx.instances:
        return ctx.world.pulldata(name, wanted, column, key)
    return pulled(_instance(ctx, name)[0], wanted, column, key)


def _indexed_repeat(arguments: tuple[Code, ...], call: Call) -> Code:
    if len(arguments) % 2 == 0:
        raise refused(call, "indexed-repeat() needs a number for each repeat.")
    target = as_nodes(arguments[0], call.place)
    pairs = [(as_nodes(arguments[at], call.place), as_number(arguments[at + 1])) for at in range(1, len(arguments), 2)]

    def run(ctx: Context) -> list[Node]:
        chosen = [(repeat(ctx), number(ctx)) for repeat, number in pairs]
        chosen.sort(key=lambda pair: _depth(pair[0]))
        row: Node | None = None
        for repeats, number in chosen:
            inside = [each for each in repeats if row is None or _below(each, row)]
            if not 1 <= number <= len(inside) or number != int(number):
                return []
            row = inside[int(number) - 1]
        return [each for each in target(ctx) if row is not None and _below(each, row)]

    return Code("nodes", run)


def _depth(nodes: list[Node]) -> int:
    return sum(1 for _ in ancestor_or_self(nodes[0])) if nodes else 0


def _below(node: Node, row: Node) -> bool:
    return any(each is row for each in ancestor_or_self(node))


def _randomize(arguments: tuple[Code, ...], call: Call) -> Code:
    nodes = as_nodes(arguments[0], call.place)
    if len(arguments) == 1:
        return Code("nodes", lambda ctx: shuffled(nodes(ctx), ctx.world.random))
    text, number = as_text(arguments[1]), as_number(arguments[1])
    return Code("nodes", lambda ctx: shuffled(nodes(ctx), park_miller(seed_of(text(ctx), number(ctx)))))


def seed_of(text: str, number: float) -> int:
    """A seed as other engines make it: whole part, 0 for blank, a digest for words."""
    if number != number:
        if text.strip() == "":
            return 0
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)
    if math.isinf(number):
        return 2**63 - 1 if number > 0 else -(2**63)
    return math.trunc(number)


def park_miller(seed: int) -> Callable[[], float]:
    """The generator the specification names, so that every engine shuffles alike."""
    top = 2_147_483_647
    state = int(math.fmod(seed, top)) if abs(seed) < 2**53 else (abs(seed) % top) * (1 if seed > 0 else -1)
    if state <= 0:
        state += top - 1

    def draw() -> float:
        nonlocal state
        state = state * 16_807 % top
        return (state - 1) / (top - 1)

    return draw


def shuffled(nodes: list[Node], draw: Callable[[], float]) -> list[Node]:
    """The inside-out Fisher-Yates shuffle."""
    result: list[Node] = []
    for index, node in enumerate(nodes):
        place = min(math.floor(draw() * (index + 1)), index)
        result.append(node)
        result[index], result[place] = result[place], node
    return result


def _choice_name(arguments: tuple[Code, ...], call: Call) -> Code:
    value, questions = as_text(arguments[0]), as_nodes(arguments[1], call.place)

    def label(ctx: Context) -> str:
        text, nodes = value(ctx), questions(ctx)
        return ctx.world.choice_label(nodes[0], text) if text and nodes else ""

    return Code("text", label)


def _selected_at(text: str, index: float) -> str:
    items = text.split()
    if not math.isfinite(index) or index < 0 or int(index) >= len(items):
        return ""
    return items[int(index)]


def _not_recorded(nodes: list[Node]) -> str:
    return nodes[0].attributes.get(NOT_RECORDED, "") if nodes and nodes[0].relevant else ""


def _id(ctx: Context, value: XPathValue) -> list[Node]:
    """The first element of the document with each of these ids, in document order."""
    texts = map(node_text, value) if isinstance(value, list) else [to_text(value)]
    wanted = {each for text in texts for each in text.split()}
    found: list[Node] = []
    for node in descendant_or_self(document(ctx.root)):
        ids = {node.attributes.get("id"), node.attributes.get("xml:id")} & wanted
        wanted -= ids
        found += [node] if ids else []
    return found


def _lang(ctx: Context, wanted: str) -> bool:
    for node in ancestor_or_self(ctx.node):
        said = node.attributes.get("xml:lang")
        if said is not None:
            return said.lower() == wanted.lower() or said.lower().startswith(wanted.lower() + "-")
    return False


NODES: dict[str, Function] = {
    "count": plain("number", "s", lambda nodes: float(len(nodes))),
    "count-non-empty": plain("number", "s", lambda nodes: float(sum(node_text(node) != "" for node in nodes))),
    "position": seeing("number", "s?", _position),
    "last": seeing("number", "", lambda ctx: float(ctx.size)),
    "current": Function(0, 0, lambda *_: Code("nodes", lambda ctx: [ctx.current], first=lambda ctx: ctx.current)),
    "instance": seeing("nodes", "t", _instance),
    "id": seeing("nodes", "v", _id),
    "pulldata": seeing("text", "tttt", _pulldata),
    "indexed-repeat": Function(3, None, _indexed_repeat),
    "randomize": Function(1, 2, _randomize),
    "selected": plain("boolean", "tt", chosen),
    "selected-at": plain("text", "tn", _selected_at),
    "count-selected": plain("number", "t", lambda text: float(len(text.split()))),
    "jr:choice-name": Function(2, 2, _choice_name),
    "jr:itext": seeing("text", "t", lambda ctx, name: ctx.world.itext(name)),
    "not-recorded": plain("text", "s", _not_recorded),
    "fk:not-recorded": plain("text", "s", _not_recorded),
    "lang": seeing("boolean", "t", _lang),
}
