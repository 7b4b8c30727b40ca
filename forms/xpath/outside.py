"""Evaluates one expression over one XML text, for judges from outside: no form, no interview."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, TypedDict, Unpack
from zoneinfo import ZoneInfo

from forms.errors import XPathError
from forms.nodes import Node
from forms.xpath.axes import descendant_or_self
from forms.xpath.compiler import Compiled, compiled
from forms.xpath.context import Context, World, XPathValue
from forms.xpath.documents import XmlNode, read
from forms.xpath.namespaces import Names
from forms.xpath.parser import parse
from forms.xpath.values import node_text

Result = Literal["any", "string", "number", "boolean", "nodes"]


class Seen(TypedDict, total=False):
    """What an expression sees besides its document."""

    now: datetime
    """With its zone; the machine's own clock when nobody says."""
    zone: str
    """Of local times and dates: UTC when nobody says."""
    lang: str
    """Of `jr:itext`: the document's first or default translation when nobody says."""
    context: str
    """A path to the node that the expression stands at: the document's element when nobody says."""
    result: Result
    """Into what the value is turned, as `string()`, `number()` and `boolean()` do; "nodes" raises when it is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A document that has been read, for many expressions."""

    root: Node
    """What `/` means."""
    instances: Mapping[str, Node]
    texts: Mapping[str, Mapping[str, str]]
    """Translations: language, id, text; the default language first."""
    names: Names

    @classmethod
    def of(
        cls,
        xml: bytes | str,
        *,
        root: str = "/",
        namespaces: Mapping[str, str] | None = None,
        instances: Mapping[str, bytes | str] | None = None,
    ) -> Document:
        """Read a document.

        `root` is the path of the node whose children absolute paths begin with; `namespaces` are the prefixes of the
        expressions, the document's own when nobody says; `instances` are secondary ones by id, besides those in it.
        """
        top = read(xml)
        names = Names(_declared(top) if namespaces is None else dict(namespaces))
        inside = {each.attributes["id"]: each for each in _called(top, "instance") if "id" in each.attributes}
        outside = {key: _wrapped(read(each)) for key, each in (instances or {}).items()}
        document = cls(top, {**inside, **outside}, _texts(top), names)
        return document if root == "/" else document.rooted(root)

    def rooted(self, path: str) -> Document:
        """The same document with another node as the root. Raises XPathError when the path names no node."""
        found = self._found(path)
        top = XmlNode("")
        top.children = found.children
        return Document(top, self.instances, self.texts, self.names)

    def evaluate(self, expression: str, **seen: Unpack[Seen]) -> XPathValue:
        """The value of an expression, seen from the first node of the context path."""
        node = self._found(seen.get("context", "/*"))
        ctx = self._context(node, _world(seen, self.texts))
        return _RESULTS[seen.get("result", "any")](_compiled(expression, self.names), ctx)

    def _found(self, path: str) -> Node:
        found = _compiled(path, self.names).nodes(self._context(self.root, _world({}, self.texts)))
        if not found:
            raise XPathError("The path names no node of the document.")
        return found[0]

    def _context(self, node: Node, world: World) -> Context:
        return Context(node, self.root, node, 1, 1, self.instances, world)


def evaluate(expression: str, xml: bytes | str | Document, **seen: Unpack[Seen]) -> XPathValue:
    """The value of an expression over a document, seen from the first node of the context path.

    Elements `instance` with an id are secondary instances, elements `itext` hold translations. Prefixes are those the
    document declares. Raises XPathError, or FormError when the XML cannot be read.
    """
    document = xml if isinstance(xml, Document) else Document.of(xml)
    return document.evaluate(expression, **seen)


_RESULTS: dict[str, Callable[[Compiled, Context], XPathValue]] = {
    "any": lambda expression, ctx: expression.evaluate(ctx),
    "string": lambda expression, ctx: expression.string(ctx),
    "number": lambda expression, ctx: float(expression.number(ctx)),
    "boolean": lambda expression, ctx: expression.boolean(ctx),
    "nodes": lambda expression, ctx: expression.nodes(ctx),
}


@lru_cache(maxsize=4096)
def _compiled(text: str, names: Names) -> Compiled:
    return compiled(text, names.resolved(parse(text)))


def _world(seen: Seen, texts: Mapping[str, Mapping[str, str]]) -> World:
    at, zone = seen.get("now") or datetime.now(UTC), ZoneInfo(seen.get("zone", "UTC"))
    spoken = texts.get(seen.get("lang", "")) or next(iter(texts.values()), {})
    return World(
        today=at.astimezone(zone).date(),
        now=at,
        zone=zone,
        lang=seen.get("lang", "default"),
        choice_label=lambda _, value: value,
        random=random.random,
        uuid=lambda: str(uuid.uuid4()),
        pulldata=lambda *_: "",
        itext=lambda key: spoken.get(key, ""),
    )


def tree(xml: bytes | str) -> Node:
    """A document as nodes, below a nameless one. Raises FormError when it cannot be read."""
    return read(xml)


def _local(node: Node) -> str:
    return node.name.rpartition(":")[2]


def _called(top: Node, name: str) -> Iterator[Node]:
    return (node for node in descendant_or_self(top) if _local(node) == name)


def _below(node: Node, name: str) -> Iterator[Node]:
    return (each for each in node.children if _local(each) == name)


def _declared(top: XmlNode) -> Mapping[str, str]:
    """Every prefix of the document, the outermost meaning first; without one, what the document's element says."""
    found: dict[str, str] = {}
    for node in descendant_or_self(top):
        if isinstance(node, XmlNode):
            for prefix, uri in node.namespaces.items():
                if prefix or node.parent is top:
                    found.setdefault(prefix, uri)
    return found


def _wrapped(top: XmlNode) -> Node:
    instance = XmlNode("instance")
    instance.children = top.children
    return instance


def _texts(top: Node) -> dict[str, dict[str, str]]:
    """The translations of an XForm's `itext`: of each text the first value."""
    found: dict[str, dict[str, str]] = {}
    first: dict[str, dict[str, str]] = {}
    for translation in _called(top, "translation"):
        if translation.parent is None or _local(translation.parent) != "itext":
            continue
        said = {
            text.attributes.get("id", ""): next((node_text(each) for each in _below(text, "value")), "")
            for text in _below(translation, "text")
        }
        (first if "default" in translation.attributes else found)[translation.attributes.get("lang", "")] = said
    return {**first, **found}
