"""What a question's choices make of its answer: which values are offered now, and which of the chosen ones stand.

The specification clears a choice that is no longer offered. What was chosen is kept beside the node (`TYPED`), told as
a violation, and stands again when it is offered again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forms.definition import Bind, Control, Form, Itemset
from forms.graph import OFFERED
from forms.lists import cell
from forms.nodes import Node
from forms.question_types import ANYTHING, QuestionType, computed, type_of
from forms.xpath import Compiled, Context, compile_expression, node_text

TYPED = "typed"
"""The mark beside a node that keeps what was said when it cannot stand as it was said."""
ONE, MANY, RANKED = "select_one", "select_multiple", "rank"
CHOOSING = frozenset({ONE, MANY, RANKED})


@dataclass(frozen=True, slots=True)
class Reading:
    """How the answers of one question are read: its type, and its choices when it has some."""

    type: str
    kind: QuestionType
    control: Control | None = None
    static: bool = True
    """The choices are the same whatever is answered."""


def readings(form: Form) -> Mapping[str, Reading]:
    """By template, every question whose answer may be read otherwise than it was typed."""
    found = {}
    narrowed = {vertex.template for vertex in form.graph.order if vertex.aspect == OFFERED}
    for template, bind in form.binds.items():
        kind = type_of(bind.type)
        if kind.read is not ANYTHING.read:
            found[template] = Reading(bind.type, kind)
    for template, control in form.controls.items():
        bind = form.binds.get(template, _NO_BIND)
        if control.kind not in CHOOSING or control.choices is None or bind.calculate is not None:
            continue
        static = _is_static(control)
        # Choices that wait for their own answer are in no order; they clear nothing.
        if static or template in narrowed:
            found[template] = Reading(bind.type, type_of(bind.type), control, static)
    return found


_NO_BIND = Bind("")


def _is_static(control: Control) -> bool:
    values = control.choices.values if control.choices is not None else None
    return values is None or all(each.instance is not None for each in values.references(control.template))


def offered(itemset: Itemset, context: Context) -> tuple[str, ...]:
    """The values a question offers at its place, in order."""
    if itemset.values is None:
        return tuple(value for value, _ in itemset.fixed)
    return tuple(node_text(node) for node in itemset.values.nodes(context))


def values_of(told: str, value: str) -> Compiled:
    """The values of a nodeset's items as one expression."""
    return compile_expression(f"({told})/{value}" if "|" in told else f"{told}/{value}")


def stands(kind: str, said: str, values: Iterable[str]) -> str:
    """What of a choice is offered: of several, in the order of the choices; of a ranking, with the rest behind."""
    choices = dict.fromkeys(values)
    if kind == ONE:
        return said if said in choices else ""
    made = said.split()
    if kind == MANY:
        return " ".join(value for value in choices if value in set(made))
    ranked = [value for value in dict.fromkeys(made) if value in choices]
    return " ".join([*ranked, *(value for value in choices if value not in ranked)]) if made else ""


def not_offered(kind: str, said: str, values: Iterable[str]) -> bool:
    """Whether something was chosen that is not offered."""
    made = [said] if kind == ONE else said.split()
    return not set(values).issuperset(made)


def keep(node: Node, reading: Reading, said: str, typed: bool) -> str:
    """What XPath reads of a text by its type; what was typed stays beside the node when that is not all of it."""
    if not typed:
        return computed(reading.type, said)
    if said and not reading.kind.right(said):
        node.attributes[TYPED] = said
    return reading.kind.read(said) if said else ""


def choose(node: Node, kind: str, said: str, values: tuple[str, ...]) -> str:
    """What XPath reads of a choice; what was chosen stays beside the node when that is not all of it."""
    if not said:
        return ""
    read = stands(kind, said, values)
    if (kind == RANKED and read != said) or not_offered(kind, said, values):
        node.attributes[TYPED] = said
    return read


def said_of(node: Node) -> str:
    """What was said to a question, whether it stands or not."""
    return node.attributes.get(TYPED, node.text)


def value_at(item: Node, name: str, context: Context) -> str:
    """An item's value or label by its reference, usually a name."""
    if name.replace("_", "").replace("-", "").isalnum():
        return cell(item, name)
    inner = Context(item, context.root, item, 1, 1, context.instances, context.world)
    return compile_expression(name).string(inner)
