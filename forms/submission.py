"""ODK XML submissions: the primary instance as ODK clients send it, of an interview or of a record's flat values.

With `marks` an export carries all that fieldkit knows, as attributes of `urn:fieldkit:form` that other programs pass
over: the ids and order of rows, why there is no answer, whose words an answer is, the exact value where XML or a list
of words cannot hold it; and, in one element at the end, what has no place in the form as it is asked now. Reading is
in `forms.submission_reading`; what was written here reads back the same, whatever it is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from forms import asking
from forms.answers import ATTACHED, CODE, LISTS, ORDER, VOICE, Value, path_of, rows_in, text_for, value_of
from forms.definition import Form
from forms.instance import copy, walk
from forms.itemsets import TYPED
from forms.nodes import Node

if TYPE_CHECKING:
    from forms.interview import Interview

SPACE = "urn:fieldkit:form"
FP = f"{{{SPACE}}}"
ORX = "http://openrosa.org/xforms"
PREFIXES = {
    "orx": ORX,
    "jr": "http://openrosa.org/javarosa",
    "odk": "http://www.opendatakit.org/xforms",
    "entities": "http://www.opendatakit.org/xforms/entities",
}
ROW, EXACT, SHOWN, MADE = f"{FP}row", f"{FP}exact", f"{FP}shown", f"{FP}made"
BESIDE, KEPT, PATH = f"{FP}beside", f"{FP}kept", "path"
MARKS = (CODE, VOICE)
TEMPLATE = "{http://openrosa.org/javarosa}template"
ENGINES = frozenset({"irrelevant", CODE, VOICE, ORDER, ATTACHED, TEMPLATE, TYPED})
"""Attributes of a node that are the engine's own, not the form's."""
_SEGMENT_OF_ROW = re.compile(r"\d")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Written:
    """A submission, and the id it is known by."""

    xml: bytes
    instance_id: str


def of_interview(interview: Interview, *, marks: bool = True, instance_id: str = "") -> Written:
    """The submission of an interview as it stands: what is not asked now is left out (with marks: kept beside)."""
    root = interview.instance.root
    if marks:
        interview.values()  # Rows that a count made get their order.
    beside = dict(_hidden(root, interview.kinds)) if marks else {}
    made = instance_id or f"uuid:{interview.world.uuid()}"
    return _Writer(interview.form, marks).written(root, made, beside)


def to_xml(
    form: Form,
    values: Mapping[str, Value],
    *,
    instance_id: str,
    asked: Callable[[str], bool] = lambda _path: True,
    marks: bool = True,
) -> bytes:
    """The submission of a record's flat values. `asked` tells of a path whether it is asked (a record holds no rules).

    Values that the form has no place for, and those no longer asked, are kept beside; without marks they are left out.
    """
    root, beside = planted(form, values)
    for node in walk(root):
        node.relevant = (node.parent is None or node.parent.relevant) and asked(path_of(node))
    hidden = dict(_hidden(root, asking.kinds(form)))
    return _Writer(form, marks).written(root, instance_id, {**hidden, **beside}).xml


def planted(form: Form, values: Mapping[str, Value]) -> tuple[Node, dict[str, Value]]:
    """A tree of the form's nodes holding these values and no others, and the values that found no place."""
    kinds = asking.kinds(form)
    root = _bare(form.model, form)
    beside: dict[str, Value] = {}
    for repeat, row, order in rows_in(values):
        parent, name = _find(root, repeat.rpartition("/")[0]), repeat.rpartition("/")[2]
        template = f"{parent.template}/{name}" if parent is not None else ""
        if parent is None or template not in form.rows or _find(root, f"{repeat}/{row}") is not None:
            beside[f"{repeat}/{row}/@order"] = order
            continue
        _set_in(parent, _bare(form.rows[template], form), row, order)
    for path, value in values.items():
        if value in (None, "", []) or (path.endswith("/@order") and _is_row(root, path)):
            continue
        if not _plant(root, path, value, kinds):
            beside[path] = value
    return root, beside


def _is_row(root: Node, path: str) -> bool:
    node = _find(root, path.removesuffix("/@order"))
    return node is not None and node.row is not None


def _bare(node: Node, form: Form) -> Node:
    """A copy without answers and without rows."""
    made = copy(node, None)
    for each in walk(made):
        each.children = [child for child in each.children if child.template not in form.rows]
        each.text, each.relevant = "", True
        for mark in ENGINES & each.attributes.keys():
            del each.attributes[mark]
    return made


def _set_in(parent: Node, row: Node, id: str, order: str) -> None:
    row.parent, row.row = parent, id
    row.attributes[ORDER] = order
    parent.children.append(row)


def _find(root: Node, path: str) -> Node | None:
    node: Node | None = root
    segments = path.split("/") if path else []
    while segments and node is not None:
        name, *segments = segments
        row = segments.pop(0) if segments and _SEGMENT_OF_ROW.match(segments[0]) else None
        node = next((child for child in node.children if child.name == name and child.row == row), None)
    return node


def _plant(root: Node, path: str, value: Value, kinds: Mapping[str, str]) -> bool:
    base, _, mark = path.partition("@")
    node = _find(root, base)
    if node is None or node.template not in kinds or node.children or (mark and mark not in MARKS):
        return False
    if mark:
        node.attributes[mark] = str(value)
        return isinstance(value, str)
    node.text = text_for(value)
    if value_of(node, kinds[node.template]) != value:
        node.attributes[ATTACHED] = json.dumps(value)
    return True


def _hidden(root: Node, kinds: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    """What is held by nodes that are not asked now: answers, marks, rows."""
    for node in walk(root):
        if node.relevant:
            continue
        path = path_of(node)
        if node.row is not None:
            yield f"{path}/@order", node.attributes[ORDER]
        if node.template in kinds:
            yield from ((f"{path}@{mark}", node.attributes[mark]) for mark in MARKS if mark in node.attributes)
            value = value_of(node, kinds[node.template])
            if value is not None:
                yield path, value


class _Writer:
    """Writes one tree of nodes as XML."""

    def __init__(self, form: Form, marks: bool) -> None:
        self.form = form
        self.marks = marks
        self.kinds = asking.kinds(form)
        prefixes = {prefix: space for prefix, space in form.spaces.values() if prefix != "fp"}
        self.prefixes = PREFIXES | prefixes | ({"fp": SPACE} if marks else {})

    def written(self, root: Node, instance_id: str, beside: Mapping[str, Value]) -> Written:
        element = etree.Element(self._name(root), nsmap=self.prefixes)
        self._fill(element, root)
        made = self._identify(element, instance_id)
        if beside and self.marks:
            self._keep(etree.SubElement(element, BESIDE), beside.items())
        etree.cleanup_namespaces(element)
        return Written(etree.tostring(element, encoding="utf-8", xml_declaration=True), made)

    def _name(self, node: Node) -> str:
        _, space = self.form.spaces.get(node.template, ("", ""))
        return f"{{{space}}}{node.name}" if space else node.name

    def _fill(self, element: Any, node: Node) -> None:
        for name, value in node.attributes.items():
            if name not in ENGINES:
                element.set(name, printable(value))
        if self.marks:
            self._mark(element, node)
        if node.text and not node.children:
            element.text = self._text(node)
        places = self.form.places
        for child in sorted(node.children, key=lambda each: places.get(each.template, len(places))):
            if child.relevant and TEMPLATE not in child.attributes:
                self._fill(etree.SubElement(element, self._name(child)), child)

    def _mark(self, element: Any, node: Node) -> None:
        if node.row is not None:
            element.set(ROW, node.row)
            element.set(f"{FP}{ORDER}", printable(node.attributes.get(ORDER, "")))
        for mark in MARKS:
            said = node.attributes.get(mark)
            if said is not None:
                element.set(f"{FP}{mark}", printable(said))
                if printable(said) != said:
                    element.set(f"{FP}{mark}.exact", json.dumps(said))
        kind = self.kinds.get(node.template)
        if kind is not None and not node.children:
            self._mark_exact(element, node, kind)

    @staticmethod
    def _mark_exact(element: Any, node: Node, kind: str) -> None:
        """What was said, where the text does not tell it: an attachment, a control character, what cannot stand."""
        shown, value = printable(node.text), value_of(node, kind)
        if value is None or value == (shown.split() if kind in LISTS else shown):
            return
        element.set(EXACT, json.dumps(value))
        if printable(text_for(value)) != shown:
            element.set(SHOWN, shown)

    def _text(self, node: Node) -> str:
        return printable(node.text if self.marks else unicodedata.normalize("NFC", node.text))

    def _identify(self, root: Any, instance_id: str) -> str:
        """Fill in meta/instanceID where it is blank, and make it where the form has none; the id."""
        meta = _child(root, "meta")
        if meta is None:
            meta = etree.SubElement(root, f"{{{ORX}}}meta", nsmap={"orx": ORX})
        held = _child(meta, "instanceID")
        if held is None:
            space = meta.tag.rpartition("meta")[0]
            held = etree.SubElement(meta, f"{space}instanceID")
        if not held.text and EXACT not in held.attrib:
            held.text = printable(instance_id)
            if self.marks:
                held.set(MADE, "yes")
        return held.text or ""

    @staticmethod
    def _keep(element: Any, beside: Iterable[tuple[str, Value]]) -> None:
        for path, value in beside:
            kept = etree.SubElement(element, KEPT)
            kept.set(PATH, json.dumps(path)[1:-1])
            kept.text = json.dumps(value)


def _child(element: Any, name: str) -> Any | None:
    return next((child for child in element if etree.QName(child).localname == name), None)


def printable(text: str) -> str:
    """A text with a replacement character in each place of what XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)
