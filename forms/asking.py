"""How one question is asked: its words, choices, state and faults. Pure over an interview's tree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from forms import itemsets
from forms.answers import CODE, LISTS, VOICE, path_of, value_of
from forms.definition import Bind, Control, Form, Text
from forms.errors import FormError
from forms.itemsets import CHOOSING, RANKED, said_of
from forms.nodes import Node
from forms.question_types import KIND_OF_TYPE, fault, outside
from forms.views import Choice, QuestionView, Violation

if TYPE_CHECKING:
    from forms.interview import Interview

HIDDEN_FROM_OTHERS = frozenset({"criminal", "third-party", "staff-only", "childs-confidence", "restricted"})
"""Sensitivities that nobody but the worker may see."""
NO_BIND = Bind("")
ITEXT = re.compile(r"\s*jr:itext\((.*)\)\s*", re.DOTALL)
REQUIRED = "This must be answered, or say why not."
MEDIA = {"image": "Picture", "big-image": "Picture", "audio": "Sound", "video": "Film"}
NOT_OFFERED = "This is none of the choices."
OUT_OF_RANGE = "This is beyond the ends of the scale, or between its steps."
NOT_RIGHT = "This answer is outside what the form allows."


def kinds(form: Form) -> dict[str, str]:
    """Kind by template, of every node that holds an answer or is computed."""
    found: dict[str, str] = {}
    for template, bind in form.binds.items():
        control = form.controls.get(template)
        if template in form.groups:
            continue
        if control is None:
            found[template] = "calculate" if bind.calculate is not None else "hidden"
        elif control.kind != "text":
            found[template] = control.kind
        elif bind.always_readonly and bind.calculate is None:
            found[template] = "note"
        else:
            found[template] = KIND_OF_TYPE.get(bind.type, "text")
    return found | {template: c.kind for template, c in form.controls.items() if template not in form.binds}


def view(interview: Interview, node: Node, violation: Violation | None) -> QuestionView:
    """A question as it stands."""
    form = interview.form
    control = form.controls.get(node.template) or Control("hidden", node.template)
    bind = form.binds.get(node.template, NO_BIND)
    kind = interview.kinds.get(node.template, control.kind)
    klass = bind.own.get("class", "ordinary")
    return QuestionView(
        path=path_of(node),
        label=words(interview, control.label, node) or node.name,
        kind=kind,
        value=value_of(node, kind),
        hint=words(interview, control.hint, node),
        guidance=words(interview, control.hint, node, "guidance"),
        media=media(interview, control.label, node),
        appearance=control.appearance,
        choices=choices(interview, node),
        required=holds(interview, bind.required, node),
        readonly=readonly(interview, node),
        relevant=node.relevant,
        violation=violation,
        not_recorded=node.attributes.get(CODE, ""),
        voice=node.attributes.get(VOICE, ""),
        asks_voice="voice" in bind.own,
        klass=klass,
        safe_in_room=klass not in HIDDEN_FROM_OTHERS and "room" not in bind.own,
        ranges=tuple(part for part in control.range if part),
        anchors=tuple(part.strip() for part in bind.own.get("anchors", "").split("|") if part.strip()),
    )


def violations(interview: Interview, node: Node) -> Iterator[Violation]:
    """What is wrong with one node's answer: missing, not of its type, or against its constraint."""
    bind = interview.form.binds.get(node.template, NO_BIND)
    if not node.relevant or node.template in interview.form.groups or CODE in node.attributes:
        return
    said = said_of(node)
    if not said:
        if bind.required is not None and bind.calculate is None and holds(interview, bind.required, node):
            yield violation(interview, node, "required", bind.required_message, REQUIRED)
        return
    wrong = fault(bind.type, said) or _not_offered(interview, node, said) or _out_of_range(interview, node)
    if wrong:
        yield Violation(path_of(node), _label(interview, node), "constraint", wrong)
    elif bind.constraint is not None and not holds(interview, bind.constraint, node):
        yield violation(interview, node, "constraint", bind.constraint_message, NOT_RIGHT)


def _not_offered(interview: Interview, node: Node, said: str) -> str:
    """A choice that the form does not offer now: another version's, or a slip in an answer file."""
    control = interview.form.controls.get(node.template)
    if control is None or control.choices is None or control.kind not in CHOOSING:
        return ""
    if control.kind == RANKED and node.text:
        return ""
    values = itemsets.offered(control.choices, interview.instance.context(node))
    return NOT_OFFERED if itemsets.not_offered(control.kind, said, values) else ""


def _out_of_range(interview: Interview, node: Node) -> str:
    control = interview.form.controls.get(node.template)
    return OUT_OF_RANGE if control is not None and outside(node.text, control.range) else ""


def violation(interview: Interview, node: Node, why: str, message: Text, otherwise: str) -> Violation:
    """What is wrong, in the form's words or else in ours."""
    return Violation(path_of(node), _label(interview, node), why, words(interview, message, node) or otherwise)


def _label(interview: Interview, node: Node) -> str:
    control = interview.form.controls.get(node.template)
    return (words(interview, control.label, node) if control else "") or node.name


def readonly(interview: Interview, node: Node) -> bool:
    """Whether a node, or something it lies in, is read only."""
    at: Node | None = node
    while at is not None:
        bind = interview.form.binds.get(at.template)
        if bind is not None and (bind.calculate is not None or holds(interview, bind.readonly, at)):
            return True
        at = at.parent
    return False


def holds(interview: Interview, expression: Any, node: Node) -> bool:
    """Whether an expression of a bind is true at a node; one that is not there is not."""
    return expression is not None and bool(expression.boolean(interview.instance.context(node)))


def words(interview: Interview, text: Text, node: Node, form: str = "long") -> str:
    """The words of a text beside a node, in the language shown."""
    if text.id:
        return translated(interview, text.id, form, node)
    return _joined(interview, text, node) if form == "long" else ""


def translated(interview: Interview, text: str, form: str, node: Node) -> str:
    """A text by its id: in the language shown, else in the form's own, else in any that has it.

    Words that are wanted and not there are the short ones, or the name of the picture, sound or film in their place.
    """
    for language in dict.fromkeys((interview.lang, *interview.form.languages)):
        found = interview.form.texts.get(language, {}).get(text, {})
        told = found.get(form) or (found.get("short") if form == "long" else None)
        if told is not None:
            return _joined(interview, told, node)
        if form == "long" and not MEDIA.keys().isdisjoint(found):
            kind = next(each for each in MEDIA if each in found)
            return f"{MEDIA[kind]}: {_file(_joined(interview, found[kind], node))}"
    return ""


def media(interview: Interview, text: Text, node: Node) -> dict[str, str]:
    """The pictures, sounds and films that stand with a text, by kind."""
    told = {kind: translated(interview, text.id, kind, node) for kind in MEDIA} if text.id else {}
    return {kind: _file(place) for kind, place in told.items() if place}


def _file(place: str) -> str:
    return place.rpartition("/")[2]


def _joined(interview: Interview, text: Text, node: Node) -> str:
    if not text.pieces:
        return ""
    context = interview.instance.context(node)
    try:
        return "".join(piece if isinstance(piece, str) else piece.string(context) for piece in text.pieces).strip()
    except RecursionError:
        raise FormError("A text of the form puts itself out.") from None


def choices(interview: Interview, node: Node) -> tuple[Choice, ...]:
    """Every choice a question offers now."""
    control = interview.form.controls.get(node.template)
    if control is None or control.choices is None:
        return ()
    itemset = control.choices
    if itemset.nodes is None:
        return tuple(Choice(value, words(interview, label, node)) for value, label in itemset.fixed)
    context = interview.instance.context(node)
    return tuple(
        Choice(itemsets.value_at(item, itemset.value, context), _choice_words(interview, item, itemset.label, node))
        for item in itemset.nodes.nodes(context)
        if item.relevant
    )


def _choice_words(interview: Interview, item: Node, label: str, node: Node) -> str:
    """A choice's words; what its text puts out is seen from the question."""
    context = interview.instance.context(node)
    by_id = ITEXT.fullmatch(label)
    if by_id:
        return translated(interview, itemsets.value_at(item, by_id[1].strip(), context), "long", node)
    return itemsets.value_at(item, label, context)


def label_of(interview: Interview, node: Node, value: str) -> str:
    """The words of the first choice with a value, as the question offers it now; blank when it offers none."""
    return next((choice.label for choice in choices(interview, node) if choice.value == value), "")


def row_around(node: Node | None, template: str) -> Node | None:
    """The innermost row around a node that a template lies in."""
    while node is not None:
        if node.row is not None and template.startswith(node.template + "/"):
            return node
        node = node.parent
    return None


def attachment(raw: Mapping[str, Any]) -> str:
    """An attachment as a node keeps it."""
    return json.dumps(dict(raw), ensure_ascii=False, sort_keys=True)


__all__ = [
    "LISTS",
    "attachment",
    "choices",
    "holds",
    "kinds",
    "label_of",
    "media",
    "readonly",
    "row_around",
    "translated",
    "view",
    "violation",
    "violations",
    "words",
]
