"""The axes of XPath over the tree of answers, nearest node first, and the tests of a step.

Attributes and texts have no nodes of their own in a form's answers; they are made as they are met, and their name
tells them. In a document from outside they have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from forms.lists import Item
from forms.nodes import Node
from forms.xpath.documents import COMMENT, INSTRUCTION, TEXT, XmlNode, known_name, namespace_nodes

Axis = Callable[[Node], Iterator[Node]]
Test = Callable[[Node], bool]
REVERSED = frozenset({"parent", "ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})


def document(root: Node) -> Node:
    """The nameless node above the document's element."""
    return root if root.name == "" else Node("", children=[root])


def child(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    return iter(node.children)


def parent(node: Node) -> Iterator[Node]:
    """The node directly above."""
    if node.parent is not None:
        yield node.parent


def itself(node: Node) -> Iterator[Node]:
    """The node."""
    yield node


_MARKS = frozenset({"irrelevant", "not-recorded", "voice", "typed", "attached"})


def attribute(node: Node) -> Iterator[Node]:
    """The node's attributes, without the marks that the engine keeps beside an answer or a row."""
    if isinstance(node, XmlNode):
        yield from node.attribute_nodes
        return
    for name, text in node.attributes.items():
        if name in _MARKS or (name == "order" and node.row is not None):
            continue
        yield Node("@" + name, parent=node, text=text, relevant=node.relevant)


def descendant(node: Node) -> Iterator[Node]:
    """Everything below, in document order."""
    waiting = node.children[::-1]
    while waiting:
        below = waiting.pop()
        yield below
        waiting.extend(reversed(below.children))


def descendant_or_self(node: Node) -> Iterator[Node]:
    """The node and everything below."""
    yield node
    yield from descendant(node)


def ancestor(node: Node) -> Iterator[Node]:
    """Everything above, nearest first."""
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def ancestor_or_self(node: Node) -> Iterator[Node]:
    """The node and everything above."""
    yield node
    yield from ancestor(node)


def following_sibling(node: Node) -> Iterator[Node]:
    """The nodes beside it that come later."""
    siblings = _siblings(node)
    yield from siblings[_index(node, siblings) + 1 :]


def preceding_sibling(node: Node) -> Iterator[Node]:
    """The nodes beside it that come before, nearest first."""
    siblings = _siblings(node)
    yield from reversed(siblings[: max(_index(node, siblings), 0)])


def following(node: Node) -> Iterator[Node]:
    """Everything after the node that is not below it; of an attribute, what is in its element and after it."""
    if node.name.startswith("@") and node.parent is not None:
        yield from descendant(node.parent)
    for above in ancestor_or_self(node):
        for sibling in following_sibling(above):
            yield from descendant_or_self(sibling)


def preceding(node: Node) -> Iterator[Node]:
    """Everything before the node that is not above it, nearest first."""
    for above in ancestor_or_self(node):
        for sibling in preceding_sibling(above):
            yield from reversed(list(descendant_or_self(sibling)))


def _siblings(node: Node) -> list[Node]:
    if node.parent is None or node.name.startswith("@"):
        return []
    return node.parent.children


def _index(node: Node, siblings: list[Node]) -> int:
    if isinstance(node, Item):
        return node.at
    return next((index for index, each in enumerate(siblings) if each is node), -1)


AXES: dict[str, Axis] = {
    "child": child,
    "parent": parent,
    "self": itself,
    "attribute": attribute,
    "descendant": descendant,
    "descendant-or-self": descendant_or_self,
    "ancestor": ancestor,
    "ancestor-or-self": ancestor_or_self,
    "following": following,
    "namespace": namespace_nodes,
    "following-sibling": following_sibling,
    "preceding": preceding,
    "preceding-sibling": preceding_sibling,
}


def texts(node: Node) -> Iterator[Node]:
    """The texts directly below a node: its own when it is a leaf."""
    if node.children:
        yield from (each for each in node.children if each.name == TEXT)
    elif node.text and not node.name.startswith(("#", "@")):
        yield Node(TEXT, parent=node, text=node.text, relevant=node.relevant)


def walk(axis: str, test: str) -> Axis:
    """The nodes of an axis that pass a test, nearest first."""
    step = AXES[axis]
    if test == "node()":
        return _any_child if axis == "child" else step
    if test == "text()":
        return _text_walk(axis)
    passes = test_of(axis, test)
    return lambda node: filter(passes, step(node))


def _any_child(node: Node) -> Iterator[Node]:
    return iter(node.children) if node.children else texts(node)


def _text_walk(axis: str) -> Axis:
    if axis in _TEXT_WALKS:
        return _TEXT_WALKS[axis]
    return lambda node: (each for each in AXES[axis](node) if each.name == TEXT)


def _texts_below(node: Node) -> Iterator[Node]:
    if not node.children:
        yield from texts(node)
    for each in descendant(node):
        if each.name == TEXT:
            yield each
        elif not each.children:
            yield from texts(each)


def _texts_at_any_depth(node: Node) -> Iterator[Node]:
    if node.name == TEXT:
        yield node
    yield from _texts_below(node)


_TEXT_WALKS: dict[str, Axis] = {
    "child": texts,
    "descendant": _texts_below,
    "descendant-or-self": _texts_at_any_depth,
}
MARKS = {"attribute": "@", "namespace": "@xmlns:"}
"""What the names of these axes' nodes begin with."""
_KINDS = {"comment()": COMMENT, "processing-instruction()": INSTRUCTION}


def test_of(axis: str, test: str) -> Test:
    """Whether a node passes: by name, by prefix, or any element (of the attribute axis: any attribute)."""
    mark = MARKS.get(axis, "")
    if test.endswith(")"):
        return _kind_test(test)
    if test.startswith("{"):
        return _document_test(mark, test)
    if test == "*":
        return (lambda _: True) if mark else (lambda node: node.name != "" and node.name[0] not in "#@")
    if test.endswith(":*"):
        prefix = mark + test[:-1]
        return lambda node: node.name.startswith(prefix)
    name = mark + test
    local = mark + test.partition(":")[2] if ":" in test else name
    return lambda node: node.name == name or node.name == local


def _kind_test(test: str) -> Test:
    """A comment or an instruction, of any target or of one."""
    kind, _, target = test.removesuffix(")").partition("(")
    name = _KINDS[kind + "()"]
    return lambda node: node.name == name and (not target or known_name(node) == target)


def _document_test(mark: str, test: str) -> Test:
    """A name of a document from outside, whose namespace is known."""
    if test.endswith("}*"):
        beginning = mark + test[:-1]
        return lambda node: known_name(node).startswith(beginning)
    names = frozenset(mark + each for each in test.split("|"))
    return lambda node: known_name(node) in names


def in_document_order(nodes: list[Node]) -> list[Node]:
    """Each node once, in document order."""
    keys = {_identity(node): node for node in nodes}
    if len(keys) < 2:
        return list(keys.values())
    if len(keys) < FEW:
        return sorted(keys.values(), key=_position)
    return _ranked(list(keys.values()))


FEW = 12
"""Fewer nodes are put in order one by one; more by one walk over their trees."""


def _ranked(nodes: list[Node]) -> list[Node]:
    ranks: dict[int, int] = {}
    for top in {id(top): top for top in map(_top, nodes)}.values():
        for each in descendant_or_self(top):
            ranks[id(each)] = len(ranks)
    return sorted(nodes, key=lambda node: _rank(node, ranks))


def _top(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _rank(node: Node, ranks: dict[int, int]) -> tuple[int, int]:
    """A node of the tree by the walk; one that was made as it was met stands just after its parent."""
    known = ranks.get(id(node))
    if known is not None or node.parent is None:
        return known or 0, -200_000
    return ranks.get(id(node.parent), 0), _own_place(node)


def _identity(node: Node) -> tuple[int, str]:
    made = node.name.startswith(("#", "@")) and node.parent is not None and node not in node.parent.children
    return (id(node.parent), node.name) if made else (id(node), "")


def _position(node: Node) -> tuple[int, ...]:
    position: list[int] = []
    while node.parent is not None:
        position.append(_own_place(node))
        node = node.parent
    return tuple(reversed(position))


def _own_place(node: Node) -> int:
    """Among its siblings; namespaces come first, then attributes."""
    if isinstance(node, Item):
        return node.at
    if node.parent is None or not node.name.startswith("@"):
        return _index(node, node.parent.children if node.parent else [])
    names = [*node.parent.attributes]
    return names.index(node.name[1:]) - 100_000 if node.name[1:] in names else -150_000
