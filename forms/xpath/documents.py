"""An XML text as the nodes that XPath knows: texts, comments, instructions, attributes and namespaces are nodes too.

Only expressions from outside see such a document; a form's own answers are plain nodes without any of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from lxml import etree

from forms.errors import FormError
from forms.nodes import Node

LARGEST = 50_000_000
"""Bytes in one document."""
MOST_PARTS = 300_000
"""Elements, comments and instructions in one document."""
TEXT, COMMENT, INSTRUCTION = "#text", "#comment", "#processing-instruction"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class XmlNode(Node):
    """A node of a document. Its name is written as in the document; what it means whatever its prefix is `known`."""

    __slots__ = ("attribute_nodes", "known", "namespaces")

    def __init__(self, name: str, parent: Node | None = None, text: str = "", known: str = "") -> None:
        super().__init__(name, parent, text=text)
        self.known = known or name
        """`{namespace}local`, or the local name alone; of an instruction its target."""
        self.attribute_nodes: tuple[XmlNode, ...] = ()
        self.namespaces: Mapping[str, str] = {}
        """Prefixes in scope."""

    def __repr__(self) -> str:
        """The name alone; a value is never shown."""
        return f"XmlNode({self.name!r})"

    @property
    def uri(self) -> str:
        """The namespace; empty when it is in none."""
        name = self.known.removeprefix("@")
        return name[1:].partition("}")[0] if name.startswith("{") else ""


def read(xml: bytes | str) -> XmlNode:
    """A document as nodes, below a nameless one. Raises FormError when it cannot be read."""
    try:
        data = xml.strip().encode() if isinstance(xml, str) else xml
        if len(data) > LARGEST:
            raise FormError("The XML is too large.")
        element = etree.fromstring(data, _parser("utf-8" if isinstance(xml, str) else None))
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        raise FormError("The XML cannot be read.") from None
    if sum(1 for _ in islice(element.iter(), MOST_PARTS + 1)) > MOST_PARTS:
        raise FormError("The XML has more parts than fieldkit reads.")
    top = XmlNode("")
    before = reversed(list(element.itersiblings(preceding=True)))
    top.children = [_node(each, top) for each in (*before, element, *element.itersiblings())]
    return top


def _parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, encoding=encoding)


def _node(element: Any, parent: XmlNode) -> XmlNode:
    if element.tag is etree.Comment:
        return XmlNode(COMMENT, parent, element.text or "")
    if element.tag is etree.ProcessingInstruction:
        return XmlNode(INSTRUCTION, parent, element.text or "", element.target)
    node = XmlNode(_written(element.tag, element.prefix), parent, known=element.tag)
    node.namespaces = {prefix or "": uri for prefix, uri in element.nsmap.items()}
    node.attribute_nodes = tuple(_attributes(element, node))
    node.attributes = {each.name[1:]: each.text for each in node.attribute_nodes}
    node.children = list(_children(element, node))
    if all(each.name == TEXT for each in node.children):
        node.text = "".join(each.text for each in node.children)
    return node


def _children(element: Any, node: XmlNode) -> Iterator[Node]:
    if element.text:
        yield XmlNode(TEXT, node, element.text)
    for each in element:
        if each.tag is not etree.Entity:
            yield _node(each, node)
        if each.tail:
            yield XmlNode(TEXT, node, each.tail)


def _attributes(element: Any, node: XmlNode) -> Iterator[XmlNode]:
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix} | {XML_NAMESPACE: "xml"}
    for key, value in element.attrib.items():
        prefix = prefixes.get(etree.QName(key).namespace)
        yield XmlNode("@" + _written(key, prefix), node, str(value), "@" + key)


def _written(name: str, prefix: str | None) -> str:
    local = etree.QName(name).localname
    return f"{prefix}:{local}" if prefix else local


def known_name(node: Node) -> str:
    """What a name test of a document compares."""
    return node.known if isinstance(node, XmlNode) else node.name


def namespace_nodes(node: Node) -> Iterator[Node]:
    """The namespaces that an element sees, each as a node: its name the prefix, its text the namespace."""
    if isinstance(node, XmlNode) and node.name[:1] not in {"", "#", "@"}:
        for prefix, uri in sorted({**node.namespaces, "xml": XML_NAMESPACE}.items()):
            yield XmlNode("@xmlns:" + prefix, node, uri)


def written_name(node: Node) -> str:
    """The name of a node with its prefix, of an instruction its target; a text or a comment has none."""
    if node.name.startswith("#"):
        return node.known if isinstance(node, XmlNode) and node.name == INSTRUCTION else ""
    return node.name.removeprefix("@xmlns:").removeprefix("@")
