"""What a response proposes to the case list: the entities its form declares, as values. Nothing is applied here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from forms.definition import Form
from forms.instance import Instance, walk
from forms.nodes import Node
from forms.xpath import node_text

CREATE, UPDATE = "create", "update"
_YES = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One entity that a response would create or update."""

    dataset: str
    id: str
    action: str
    """`create` or `update`."""
    label: str = field(default="", repr=False)
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)
    base_version: str = ""
    trunk_version: str = ""
    branch: str = ""
    path: str = ""
    """The template of what it was said about: the form, or a repeat."""


def declared(form: Form) -> Mapping[str, Mapping[str, str]]:
    """What a form may propose: by the template of its entity, the properties and the templates they are saved from."""
    roots = [form.model, *form.rows.values()]
    entities = [node.template for root in roots for node in walk(root) if _is_entity(node)]
    saved = {bind.template: bind.saveto for bind in form.binds.values() if bind.saveto}
    return {each: {saved[at]: at for at in saved if _owner(at, entities) == each} for each in entities}


def proposals(instance: Instance) -> tuple[Proposal, ...]:
    """The entities that a response proposes as it stands, in its order."""
    owned = declared(instance.form)
    nodes = [node for node in walk(instance.root) if node.template in owned and node.relevant]
    return tuple(each for node in nodes for each in _proposal(instance, node, owned[node.template]))


def _proposal(instance: Instance, entity: Node, saved: Mapping[str, str]) -> Iterator[Proposal]:
    told = entity.attributes
    actions = [action for action in (CREATE, UPDATE) if told.get(action, "").strip() in _YES]
    scope = entity.parent.parent if entity.parent is not None else None
    if not actions or scope is None:
        return
    yield Proposal(
        dataset=told.get("dataset", ""),
        id=told.get("id", ""),
        action=CREATE if CREATE in actions else UPDATE,
        label=next((node_text(below) for below in entity.children if below.name == "label"), ""),
        properties={name: _said(instance, scope, template) for name, template in saved.items()},
        base_version=told.get("baseVersion", ""),
        trunk_version=told.get("trunkVersion", ""),
        branch=told.get("branchId", ""),
        path=scope.template,
    )


def _said(instance: Instance, scope: Node, template: str) -> str:
    return next((node_text(node) for node in instance.nodes(template, scope)), "")


def _is_entity(node: Node) -> bool:
    return node.name == "entity" and "dataset" in node.attributes and node.template.endswith("/meta/entity")


def _scope(entity: str) -> str:
    return entity.removesuffix("/meta/entity")


def _owner(template: str, entities: list[str]) -> str:
    """The entity of the innermost group or repeat around a question."""
    around = [each for each in entities if template.startswith(_scope(each) + "/")]
    return max(around, key=lambda each: len(_scope(each)), default="")
