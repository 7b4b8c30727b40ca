"""The body of an XForm: questions, groups, repeats, choices, and the words beside them."""

from __future__ import annotations

import re
from typing import Any

from forms.definition import NO_TEXT, Control, Group, Itemset, Text
from forms.itemsets import values_of
from forms.xpath import compile_expression

XF = "{http://www.w3.org/2002/xforms}"
JR = "{http://openrosa.org/javarosa}"
KINDS = {
    "input": "text",
    "select1": "select_one",
    "select": "select_multiple",
    "upload": "file",
    "trigger": "acknowledge",
}
KINDS |= {"range": "range", "rank": "rank", "secret": "text"}
_ITEXT = re.compile(r"\s*jr:itext\(\s*(['\"])(.*?)\1\s*\)\s*")


def local(element: Any) -> str:
    """An element's name without its namespace; empty for comments."""
    return etree_name(element.tag) if isinstance(element.tag, str) else ""


def etree_name(tag: str) -> str:
    """The part of a qualified name after the namespace."""
    return tag.rpartition("}")[2]


class Reader:
    """Reads words: plain, computed, or by the id of a translated text."""

    def words(self, told: str) -> Text:
        """The words of an attribute."""
        by_id = _ITEXT.fullmatch(told)
        return Text(id=by_id[2]) if by_id else Text((told,)) if told else NO_TEXT

    def label(self, element: Any | None) -> Text:
        """The words of a label or hint element."""
        if element is None:
            return NO_TEXT
        told = (element.get("ref") or "").strip()
        by_id = _ITEXT.fullmatch(told)
        if by_id:
            return Text(id=by_id[2])
        return Text((compile_expression(told),)) if told else self.inline(element)

    def inline(self, element: Any) -> Text:
        """Text with outputs in it; what other elements it holds give their text."""
        pieces: list[Any] = [element.text or ""]
        for child in element:
            if local(child) == "output":
                pieces.append(compile_expression((child.get("value") or child.get("ref") or "''").strip()))
            elif isinstance(child.tag, str):
                pieces.extend(self.inline(child).pieces)
            pieces.append(child.tail or "")
        return Text(tuple(piece for piece in pieces if piece != ""))


def children(reader: Reader, element: Any) -> tuple[Control | Group, ...]:
    """What an element of the body asks, in order."""
    made = [_part(reader, each) for each in element if local(each) in {*KINDS, "group", "repeat"}]
    return tuple(part for part in made if part is not None)


def _part(reader: Reader, element: Any) -> Control | Group | None:
    name = local(element)
    if name == "group":
        return _group(reader, element)
    if name == "repeat":
        return _repeat(reader, element, None)
    return _control(reader, element, KINDS[name])


def _group(reader: Reader, element: Any) -> Group:
    repeat = _child(element, "repeat")
    ref = (element.get("ref") or "").strip()
    if repeat is not None and ref in ("", (repeat.get("nodeset") or "").strip()):
        return _repeat(reader, repeat, element)
    label = reader.label(_child(element, "label"))
    return Group(ref, label, element.get("appearance") or "", children(reader, element))


def _repeat(reader: Reader, element: Any, around: Any | None) -> Group:
    label = reader.label(_child(around, "label")) if around is not None else NO_TEXT
    told = (element.get(f"{JR}count") or "").strip()
    return Group(
        template=(element.get("nodeset") or "").strip(),
        label=label,
        appearance=element.get("appearance") or "",
        children=children(reader, element),
        repeat=True,
        count=compile_expression(told) if told else None,
        closed=(element.get(f"{JR}noAddRemove") or "").strip() == "true()",
    )


def _control(reader: Reader, element: Any, kind: str) -> Control:
    appearance = element.get("appearance") or ""
    if kind == "file":
        medium = (element.get("mediatype") or "").partition("/")[0]
        kind = medium if medium in ("image", "audio", "video") else "file"
    return Control(
        kind="signature" if "signature" in appearance.split() else kind,
        template=(element.get("ref") or "").strip(),
        label=reader.label(_child(element, "label")),
        hint=reader.label(_child(element, "hint")),
        appearance=appearance,
        choices=_choices(reader, element),
        range=(element.get("start") or "", element.get("end") or "", element.get("step") or ""),
    )


def _choices(reader: Reader, element: Any) -> Itemset | None:
    itemset = _child(element, "itemset")
    if itemset is None:
        items = [each for each in element if local(each) == "item"]
        fixed = tuple(((_words(_child(each, "value"))), reader.label(_child(each, "label"))) for each in items)
        return Itemset(None, fixed=fixed) if items else None
    nodes = (itemset.get("nodeset") or "").strip()
    value, label = _ref(itemset, "value") or "name", _ref(itemset, "label") or "label"
    return Itemset(compile_expression(nodes), value, label, values=values_of(nodes, value))


def _ref(itemset: Any, name: str) -> str:
    told = _child(itemset, name)
    return "" if told is None else (told.get("ref") or "").strip()


def _child(element: Any, name: str) -> Any | None:
    return next((each for each in element if local(each) == name), None)


def _words(element: Any | None) -> str:
    return "" if element is None else (element.text or "").strip()
