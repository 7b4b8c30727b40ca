"""Reading an ODK XML submission back into flat values. Strict about hostile XML; nothing is dropped silently.

Entities and network are off, a document type is refused, size, depth and number of elements are bounded. What the form
has no place for is refused by name, or kept as orphans: the caller says which.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from lxml import etree

from forms import asking
from forms.answers import CODE, LISTS, NOT_RECORDED, ORDER, Value, text_for
from forms.definition import Form
from forms.errors import FormError
from forms.instance import walk
from forms.submission import BESIDE, EXACT, FP, KEPT, MADE, MARKS, PATH, ROW, SHOWN, TEMPLATE, printable

INSTANCE_ID = "meta/instanceID"
LARGEST = 20_000_000
MOST_ELEMENTS = 50_000
DEEPEST = 64
_ROW_ID = re.compile(r"\d[0-9A-Za-z_-]{0,63}")
_ORDER = re.compile(r"[0-9A-Za-z]{1,64}")


class NotASubmission(FormError):
    """A text that is no submission of this form."""

    said = "This is not a submission of the form."
    cure = "Choose the form it was made with. Nothing has been changed."


class UnknownPlaces(FormError):
    """A submission that names what the form does not have; `places` are paths, never answers."""

    said = "The submission holds what the form has no place for."

    def __init__(self, places: tuple[str, ...]) -> None:
        self.places = places
        super().__init__(cure="Read it with the version it was made with, or keep these: " + "; ".join(places[:20]))


@dataclass(frozen=True, slots=True)
class Orphan:
    """Something a submission says that the form has no place for."""

    path: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission as read."""

    form: str
    version: str
    instance_id: str
    values: Mapping[str, Value] = field(repr=False)
    orphans: tuple[Orphan, ...] = ()
    cleared: tuple[str, ...] = ()
    """Paths that the form gives an answer to and the submission does not: somebody took it away."""
    told: tuple[str, ...] = ()
    """What was not as it should be and how it was mended, in plain words, without answers."""

    @property
    def restoring(self) -> dict[str, Value]:
        """What an interview is opened with again: the values, and None for what was cleared."""
        return {**self.values, **dict.fromkeys(self.cleared)}


def from_xml(form: Form, xml: bytes, *, new_id: Callable[[], str] | None = None) -> dict[str, Value]:
    """The flat values of a submission of this form and version. Raises NotASubmission, UnknownPlaces."""
    return dict(read(form, xml, new_id=new_id).values)


def read(form: Form, xml: bytes, *, new_id: Callable[[], str] | None = None, keep_unknown: bool = False) -> Submission:
    """A submission as values. `keep_unknown`: another version is read too, and what has no place becomes orphans."""
    root = _parsed(xml)
    if etree.QName(root).localname != form.model.name or (root.get("id") or "") != form.id:
        raise NotASubmission
    version = _version(root.attrib)
    if version != (form.version or _version(form.model.attributes)) and not keep_unknown:
        raise NotASubmission("The submission was made with another version of the form.")
    reader = _Reader(form, new_id)
    reader.read(root, form.model.template, "")
    if reader.orphans and not keep_unknown:
        raise UnknownPlaces(tuple(orphan.path for orphan in reader.orphans))
    orphans, cleared, told = tuple(reader.orphans), tuple(reader.cleared), tuple(reader.told)
    return Submission(form.id, version, reader.instance_id, reader.values, orphans, cleared, told)


def _version(attributes: Mapping[str, str]) -> str:
    return attributes.get("version") or attributes.get("{http://openrosa.org/xforms}version") or ""


def _parsed(xml: bytes) -> Any:
    if len(xml) > LARGEST:
        raise NotASubmission("The submission is larger than fieldkit reads.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root: Any = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise NotASubmission("The submission is not well-formed XML.") from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotASubmission("The submission has a document type; submissions may not.")
    for number, _ in enumerate(root.iter()):
        if number > MOST_ELEMENTS:
            raise NotASubmission("The submission has more parts than fieldkit reads.")
    return root


class _Reader:
    """Walks a submission beside the form it is of."""

    def __init__(self, form: Form, new_id: Callable[[], str] | None) -> None:
        self.kinds = asking.kinds(form)
        self.repeats = set(form.rows)
        nodes = [node for start in (form.model, *form.rows.values()) for node in walk(start)]
        self.known = {node.template for node in nodes} | self.repeats
        self.groups = {template.rpartition("/")[0] for template in self.known}
        self.plain = {node.template: node.text for node in nodes}
        self.new_id = new_id
        self.values: dict[str, Value] = {}
        self.orphans: list[Orphan] = []
        self.cleared: list[str] = []
        self.told: list[str] = []
        self.instance_id = ""

    def read(self, element: Any, template: str, path: str, depth: int = 0) -> None:
        """Everything below an element that the form has."""
        if depth > DEEPEST:
            raise NotASubmission("The submission is nested deeper than fieldkit reads.")
        if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
            self.orphans.append(Orphan(path or template, _loose_text(element)))
        seen: Counter[str] = Counter()
        rows = self._rows(element, template)
        for child in element:
            name = etree.QName(child).localname
            below, at = f"{template}/{name}", f"{path}/{name}" if path else name
            if child.tag == BESIDE:
                self._beside(child)
            elif below not in self.known or TEMPLATE in child.attrib or (seen[name] and below not in self.repeats):
                self._orphaned(child, at)
            elif below in self.repeats:
                row, order = rows[name][seen[name]]
                self.values[f"{at}/{row}/@{ORDER}"] = order
                self.read(child, below, f"{at}/{row}", depth + 1)
            elif below in self.groups:
                self.read(child, below, at, depth + 1)
            else:
                self._leaf(child, below, at)
            seen[name] += 1

    def _rows(self, element: Any, template: str) -> dict[str, list[tuple[str, str]]]:
        """Id and order of every row among an element's children, by the name of its repeat."""
        found: dict[str, list[Any]] = {}
        for child in element:
            name = etree.QName(child).localname
            if f"{template}/{name}" in self.repeats and TEMPLATE not in child.attrib:
                found.setdefault(name, []).append(child)
        return {name: list(zip(self._ids(rows), _orders(rows), strict=True)) for name, rows in found.items()}

    def _ids(self, rows: list[Any]) -> Iterator[str]:
        taken = {row.get(ROW) or "" for row in rows}
        used: set[str] = set()
        for number, row in enumerate(rows, 1):
            id = row.get(ROW) or ""
            if not _ROW_ID.fullmatch(id) or id in used:
                if id:
                    self.told.append("A row had no id that can stand, or another's; it was given a new one.")
                id = self._fresh(number, taken)
                taken.add(id)
            used.add(id)
            yield id

    def _fresh(self, number: int, taken: set[str]) -> str:
        if self.new_id is not None:
            return self.new_id()
        others = (f"{number}-{again}" for again in count(2))
        return next(each for each in chain((str(number),), others) if each not in taken)

    def _leaf(self, element: Any, template: str, path: str) -> None:
        if len(element):
            self._orphaned(element, path)
            return
        text = element.text or ""
        if element.get(MADE) or path == INSTANCE_ID:
            self.instance_id = text
        self._marks(element, path)
        if element.get(MADE):
            return
        kind = self.kinds.get(template)
        if kind is None:
            if text and path != INSTANCE_ID and text != self.plain.get(template):
                self.orphans.append(Orphan(path, text))
            return
        value = self._value(element, kind, text)
        if value not in (None, "", []):
            self.values[path] = value
        elif self.plain.get(template):
            self.cleared.append(path)

    def _marks(self, element: Any, path: str) -> None:
        for mark in MARKS:
            exact = element.get(f"{FP}{mark}.exact")
            said = element.get(f"{FP}{mark}") if exact is None else _exact(exact)
            if isinstance(said, str) and said and (mark != CODE or said in NOT_RECORDED):
                self.values[f"{path}@{mark}"] = said
            elif said or exact:
                self.orphans.append(Orphan(f"{path}@{mark}", str(said)))

    def _value(self, element: Any, kind: str, text: str) -> Value:
        """The exact value when it still shows as this text; else what the text says: somebody edited it since."""
        exact = element.get(EXACT)
        if exact is not None:
            value = _exact(exact)
            if value is not None and element.get(SHOWN, printable(text_for(value))) == text:
                return value
            self.told.append("An answer was changed since it was exported; the changed one was taken.")
        return text.split() if kind in LISTS else text

    def _beside(self, element: Any) -> None:
        for kept in element:
            path, value = _text_of(kept.get(PATH) or ""), _exact(kept.text or "")
            if kept.tag == KEPT and path and not path.startswith("@") and value is not None:
                self.values[path] = value
            else:
                self.orphans.append(Orphan("beside", kept.text or ""))

    def _orphaned(self, element: Any, path: str) -> None:
        """All that an unknown element holds, each leaf under its own path."""
        stack = [(element, path)]
        while stack:
            at, where = stack.pop()
            if where == INSTANCE_ID:
                self.instance_id = at.text or ""
                continue
            if not len(at) or (at.text or "").strip():
                self.orphans.append(Orphan(where, at.text or ""))
            tails = ((child.tail or "") for child in at)
            self.orphans.extend(Orphan(where, tail) for tail in tails if tail.strip())
            below = [(child, f"{where}/{etree.QName(child).localname}") for child in at]
            stack.extend(reversed(below))


def _orders(rows: list[Any]) -> list[str]:
    """The rows' own orders while they agree with how the rows stand; else new ones."""
    told = [row.get(f"{FP}{ORDER}") or "" for row in rows]
    if all(_ORDER.fullmatch(order) for order in told) and told == sorted(told):
        return told
    return [f"a{number:07d}" for number in range(1, len(rows) + 1)]


def _loose_text(element: Any) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def _exact(told: str) -> Value:
    try:
        value = json.loads(told)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list):
        return value if all(isinstance(each, str) for each in value) else None
    return value if isinstance(value, str | dict) else None


def _text_of(told: str) -> str:
    value = _exact(f'"{told}"')
    return value if isinstance(value, str) else ""
