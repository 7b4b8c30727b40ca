"""What a device does not take in a form although the engine could run it: refused by name, as publishing refuses it.

The loader runs the specification. A form that was published elsewhere, or by an older fieldkit, is judged here again.
"""

from __future__ import annotations

from forms import vocabulary as words
from forms.definition import Form
from forms.errors import FormError

REFUSED_BINDS = {"geotrace": "geotrace", "geoshape": "geoshape", "intent": "ex:"}


class NotTaken(FormError):
    """A form that uses what fieldkit's devices do not take; the words are the form's, never an answer."""

    said = "This form uses what fieldkit does not take."

    def __init__(self, found: tuple[str, ...]) -> None:
        super().__init__(cure="Publish it without: " + "; ".join(found[:20]))
        self.found = found


def refuse(form: Form) -> None:
    """Raise NotTaken when a form is not one for our devices; each reason names the word and the place."""
    found = (*_nowhere(form), *_types(form), *_appearances(form), *_limits(form))
    if found:
        raise NotTaken(found)


def _nowhere(form: Form) -> tuple[str, ...]:
    """Binds and questions about nodes that the form's instance does not have."""
    told = dict.fromkeys([*form.binds, *form.controls])
    return tuple(f"{template}, which is not in its instance" for template in told if _missing(form, template))


def _missing(form: Form, template: str) -> bool:
    return template not in form.places and "/@" not in template


def _types(form: Form) -> tuple[str, ...]:
    return tuple(
        f"{REFUSED_BINDS[bind.type]} at {bind.template}" for bind in form.binds.values() if bind.type in REFUSED_BINDS
    )


def _appearances(form: Form) -> tuple[str, ...]:
    return tuple(
        f"{word} at {control.template}"
        for control in form.controls.values()
        for word in control.appearance.split()
        if word in words.REFUSED_APPEARANCES or word.startswith(("ex:", "search("))
    )


def _limits(form: Form) -> tuple[str, ...]:
    vertices = len(form.graph.order)
    deep = [
        each.template
        for each in form.groups.values()
        if each.repeat and _depth(form, each.template) > words.MOST_REPEAT_LEVELS
    ]
    many = [f"more than {words.MOST_VERTICES} expressions"] if vertices > words.MOST_VERTICES else []
    return (*many, *(f"more than {words.MOST_REPEAT_LEVELS} repeats in one another at {template}" for template in deep))


def _depth(form: Form, template: str) -> int:
    return sum(
        group.repeat and (template == group.template or template.startswith(f"{group.template}/"))
        for group in form.groups.values()
    )
