"""Evaluates one expression over one XML text, for judges from outside: no form, no interview."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from forms.errors import FormError
from forms.nodes import Node
from forms.xpath.axes import TEXT, descendant_or_self
from forms.xpath.compiler import compile_expression
from forms.xpath.context import Context, World, XPathValue

_LARGEST = 50_000_000


def evaluate(
    expression: str,
    xml: bytes | str,
    *,
    now: datetime | None = None,
    zone: str = "UTC",
    lang: str = "default",
    context: str = "/*",
) -> XPathValue:
    """The value of an expression over a document, seen from the first node of the context path.

    Elements `instance` with an id are secondary instances. Raises XPathError, or FormError when the XML cannot be read.
    """
    root = tree(xml)
    at = now or datetime.now(UTC)
    world = World(
        today=at.astimezone(ZoneInfo(zone)).date(),
        now=at,
        zone=ZoneInfo(zone),
        lang=lang,
        choice_label=lambda _, value: value,
        random=random.random,
        uuid=lambda: str(uuid.uuid4()),
        pulldata=lambda *_: "",
    )
    instances = {
        node.attributes["id"]: node
        for node in descendant_or_self(root)
        if node.name == "instance" and "id" in node.attributes
    }
    outer = Context(root, root, root, 1, 1, instances, world)
    found = compile_expression(context).nodes(outer)
    node = found[0] if found else root
    return compile_expression(expression).evaluate(Context(node, root, node, 1, 1, instances, world))


def tree(xml: bytes | str) -> Node:
    """A document as nodes, below a nameless one. Raises FormError when it cannot be read."""
    data = xml.encode() if isinstance(xml, str) else xml
    if len(data) > _LARGEST:
        raise FormError("The XML is too large.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        element = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise FormError("The XML cannot be read.") from None
    top = Node("")
    top.children = [_node(element, top)]
    return top


def _node(element: etree._Element, parent: Node) -> Node:
    name = _name(element)
    attributes = {_attribute(key): str(value) for key, value in element.attrib.items()}
    node = Node(name, parent, attributes=attributes, template=f"{parent.template}/{name}")
    node.children = list(_children(element, node))
    if not node.children:
        node.text = element.text or ""
    return node


def _children(element: etree._Element, node: Node) -> Iterator[Node]:
    below = [each for each in element if isinstance(each.tag, str)]
    if not below:
        return
    yield from _text(element.text, node)
    for each in below:
        yield _node(each, node)
        yield from _text(each.tail, node)


def _text(text: str | None, node: Node) -> Iterator[Node]:
    if text and text.strip():
        yield Node(TEXT, node, text=text)


def _name(element: etree._Element) -> str:
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _attribute(key: str | bytes) -> str:
    name = etree.QName(key)
    prefix = "xml:" if name.namespace == "http://www.w3.org/XML/1998/namespace" else ""
    return prefix + name.localname
