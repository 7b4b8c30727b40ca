"""Read a published XForm (ODK XForms, as pyxform writes it) into a `Form`. Entities and network are off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from itertools import islice
from typing import Any

from lxml import etree

from forms import places, xform_body
from forms.definition import Bind, Control, Form, Group, SetValue, Text
from forms.errors import FormError
from forms.external import Files, list_of_element, read_external, with_last_saved
from forms.graph import build
from forms.instance import copy, walk
from forms.lists import instance_of
from forms.nodes import Node
from forms.xform_body import JR, XF, Reader, local
from forms.xpath import compile_expression

ENTITIES = "{http://www.opendatakit.org/xforms/entities}"
OWN = "{urn:fieldkit:form}"
EVENTS = {
    "odk-instance-first-load": "odk-instance-first-load",
    "xforms-ready": "odk-instance-first-load",
    "odk-instance-load": "odk-instance-load",
    "xforms-value-changed": "xforms-value-changed",
    "odk-new-repeat": "odk-new-repeat",
}
"""When an action may happen, and its name today."""
LARGEST = 20_000_000
DEEPEST = 64
MOST_PARTS = 300_000
"""Elements in all, long lists among them."""
MOST_ATTRIBUTES = 1_000
"""Of one element: every one is a node to be copied with each row."""
MOST_BINDS = 10_000
TEMPLATE = f"{JR}template"


class TooLarge(FormError):
    """A form beyond what a device can run."""

    said = "The form is larger than fieldkit reads."
    cure = "Keep long lists in files beside the form, and part it into several forms."


def load(xml: bytes, files: Files | None = None, last_saved: bytes | None = None) -> Form:
    """The form of an XForm document, with the lists beside it (`files`, by name) and the response saved before.

    Raises FormError (XPathError for an expression, MissingList for a list) when it is none we can run.
    """
    if len(xml) > LARGEST:
        raise TooLarge
    model = _only(_parse(xml).iter(f"{XF}model"))
    document = model.getroottree().getroot()
    instances = (each for each in model if local(each) == "instance")
    data, others = _small(_only(iter(_only(instances)))), list(instances)
    places.made_absolute(document, model, f"/{local(data)}")
    reader = Reader()
    body = _body(reader, document)
    groups = {group.template: group for group in _groups(body)}
    standing, whole_rows = _grown(_node(data, None, "", 0), groups)
    binds = _binds(reader, model)
    texts, languages = _texts(reader, model)
    form = Form(
        id=data.get("id") or "",
        version=data.get("version") or "",
        title="".join(_only(document.iter("{http://www.w3.org/1999/xhtml}title")).itertext()),
        hash=hashlib.sha256(xml).hexdigest(),
        model=_without_rows(standing, whole_rows),
        rows={template: _without_rows(row, whole_rows) for template, row in whole_rows.items()},
        standing=standing,
        whole_rows=whole_rows,
        binds=binds,
        body=body,
        controls={control.template: control for control in _controls(body)},
        groups=groups,
        actions=tuple(_actions(document)),
        instances=dict(_instances(others, files or {})),
        texts=texts,
        languages=languages,
        spaces=dict(_spaces(data, "")),
        places={template: at for at, template in enumerate(dict.fromkeys(_templates(data, "")))},
    )
    object.__setattr__(form, "graph", build(form))
    return with_last_saved(form, last_saved)


def _small(data: Any) -> Any:
    """The main instance. Raises TooLarge when it has more places than we read."""
    if sum(1 for _ in islice(data.iter(), MOST_BINDS + 1)) > MOST_BINDS:
        raise TooLarge("The form asks more than fieldkit reads.")
    return data


def _body(reader: Reader, document: Any) -> tuple[Control | Group, ...]:
    """What is shown; a form without a body shows nothing."""
    element = next((each for each in document if local(each) == "body"), None)
    return xform_body.children(reader, element) if element is not None else ()


def _grown(root: Node, groups: Mapping[str, Group]) -> tuple[Node, dict[str, Node]]:
    """The tree as it stands in the form, and a row of each repeat by its template, whole with the rows inside it."""
    repeats = [each.template for each in groups.values() if each.repeat]
    whole_rows = {template: _new_row(root, template) for template in repeats}
    standing = copy(root, None)
    for start in (standing, *whole_rows.values()):
        _mark_rows(start, whole_rows)
    return standing, whole_rows


def _binds(reader: Reader, model: Any) -> dict[str, Bind]:
    told = [each for each in model if local(each) == "bind"]
    if len(told) > MOST_BINDS:
        raise TooLarge("The form has more rules than fieldkit reads.")
    return _merged(_bind(reader, each) for each in told)


def _parse(xml: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root: Any = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise FormError("The form is not well-formed XML.") from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormError("The form has a document type; forms may not.")
    for number, each in enumerate(root.iter(), 1):
        if number > MOST_PARTS or len(each.attrib) > MOST_ATTRIBUTES:
            raise TooLarge("The form has more parts than fieldkit reads.")
    return root


def _only(found: Iterator[Any]) -> Any:
    try:
        return next(found)
    except StopIteration as none:
        raise FormError("The form lacks a part that every form has.") from none


def _instances(elements: Iterable[Any], files: Files) -> Iterator[tuple[str, Node]]:
    """The secondary instances by id: written in the form, or in a file beside it."""
    for each in elements:
        name, source = each.get("id") or "", (each.get("src") or "").strip()
        if source:
            yield name, read_external(name, source, files)
        else:
            yield name, instance_of(name, list_of_element(_only(iter(each)))) if len(each) else Node("instance")


def _node(element: Any, parent: Node | None, above: str, depth: int) -> Node:
    if depth > DEEPEST:
        raise FormError("The form is nested deeper than fieldkit reads.")
    name = local(element)
    node = Node(name=name, parent=parent, template=f"{above}/{name}")
    node.text = (element.text or "") if not len(element) else ""
    node.attributes = {key: str(value) for key, value in element.attrib.items()}
    node.children = [_node(child, node, node.template, depth + 1) for child in element if isinstance(child.tag, str)]
    return node


def _templates(element: Any, above: str) -> Iterator[str]:
    """The template of every element of the instance, in document order."""
    template = f"{above}/{local(element)}"
    yield template
    for child in element:
        if isinstance(child.tag, str):
            yield from _templates(child, template)


def _spaces(element: Any, above: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every element of the instance that is in a namespace of its own, by template."""
    template = f"{above}/{local(element)}"
    space = element.tag.rpartition("}")[0].removeprefix("{")
    if element.prefix and space not in ("", XF[1:-1]):
        yield template, (element.prefix, space)
    for child in element:
        if isinstance(child.tag, str):
            yield from _spaces(child, template)


def _new_row(root: Node, template: str) -> Node:
    """What a new row of a repeat begins as: the one marked as its template, else the first."""
    found = list(_at(root, template))
    if not found:
        raise FormError("A repeat of the form has no node in its instance.")
    made = copy(next((node for node in found if TEMPLATE in node.attributes), found[0]), None)
    made.attributes.pop(TEMPLATE, None)
    return made


def _mark_rows(node: Node, rows: Mapping[str, Node]) -> None:
    """Take out what is marked as a template; the rows that stand for themselves are rows without a name yet."""
    node.children = [child for child in node.children if TEMPLATE not in child.attributes]
    for child in node.children:
        if child.template in rows:
            child.row = ""
        _mark_rows(child, rows)


def _without_rows(node: Node, rows: Mapping[str, Node]) -> Node:
    """A copy in which no repeat has a row."""
    made = copy(node, None)
    for each in list(walk(made)):
        each.children = [child for child in each.children if child.template not in rows]
    return made


def _at(node: Node, template: str) -> Iterator[Node]:
    if node.template == template:
        yield node
    elif template.startswith(node.template + "/"):
        for child in list(node.children):
            yield from _at(child, template)


def _merged(binds: Iterable[Bind]) -> dict[str, Bind]:
    """The binds by template; of several for one node each adds what it says."""
    found: dict[str, Bind] = {}
    for bind in binds:
        known = found.get(bind.template)
        said = {each.name: getattr(bind, each.name) for each in fields(bind)}
        idle = Bind(bind.template)
        told = {name: value for name, value in said.items() if value != getattr(idle, name)}
        found[bind.template] = bind if known is None else replace(known, **told)
    return found


def _is_idle(rule: str, told: str) -> bool:
    """Whether a rule says what holds anyway."""
    return not told.strip() or (told.strip() == "false()" and rule in ("required", "readonly"))


def _bind(reader: Reader, element: Any) -> Bind:
    told = {name: element.get(name) for name in ("relevant", "calculate", "constraint", "required", "readonly")}
    made = {name: compile_expression(text) for name, text in told.items() if text and not _is_idle(name, text)}
    kind = (element.get("type") or "string").rpartition(":")[2]
    return Bind(
        template=(element.get("nodeset") or "").strip(),
        type=kind,
        constraint_message=reader.words(element.get(f"{JR}constraintMsg") or ""),
        required_message=reader.words(element.get(f"{JR}requiredMsg") or ""),
        always_readonly=(told["readonly"] or "").strip() == "true()",
        preload=(element.get(f"{JR}preload") or "", element.get(f"{JR}preloadParams") or ""),
        saveto=element.get(f"{ENTITIES}saveto") or "",
        own={key.removeprefix(OWN): str(value) for key, value in element.attrib.items() if key.startswith(OWN)},
        **made,
    )


def _texts(reader: Reader, model: Any) -> tuple[dict[str, dict[str, dict[str, Text]]], tuple[str, ...]]:
    found: dict[str, dict[str, dict[str, Text]]] = {}
    first: list[str] = []
    # Only what stands in itext: a question may be called "translation" too.
    for translation in model.iterfind(f"{XF}itext/{XF}translation"):
        language = translation.get("lang") or "default"
        first[:0] = [language] if translation.get("default") else []
        found[language] = {
            text.get("id") or "": {(value.get("form") or "long"): reader.inline(value) for value in text}
            for text in translation
        }
    order = (*first, *(language for language in found if language not in first))
    return found, order or ("default",)


def _actions(document: Any) -> Iterator[SetValue]:
    for element in document.iter(f"{XF}setvalue"):
        value = (element.get("value") or "").strip()
        target = (element.get("ref") or "").strip()
        plain = target.startswith("/") and "[" not in target and ".." not in target
        for event in (element.get("event") or "").split():
            if event not in EVENTS:
                raise FormError(f"The form has an action for “{event}”, which never happens.")
            yield SetValue(
                target=target,
                event=EVENTS[event],
                value=compile_expression(value) if value else None,
                text=element.text or "",
                place=None if plain or not target else compile_expression(target),
                source=_source(element, event),
            )


def _source(action: Any, event: str) -> str:
    """The question an action stands in; for new rows the repeat it stands in, wherever in it."""
    above = action.getparent()
    if event == "odk-new-repeat":
        above = next((each for each in action.iterancestors() if local(each) == "repeat"), None)
        if above is None:
            raise FormError("An action for new rows stands outside of every repeat.")
    return (above.get("ref") or above.get("nodeset") or "").strip()


def _groups(body: Iterable[Control | Group]) -> Iterator[Group]:
    for each in body:
        if isinstance(each, Group):
            yield each
            yield from _groups(each.children)


def _controls(body: Iterable[Control | Group]) -> Iterator[Control]:
    for each in body:
        if isinstance(each, Group):
            yield from _controls(each.children)
        else:
            yield each
