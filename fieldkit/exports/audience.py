"""For whom an export is, and which answers go: decided from the form's own marks, counted, never guessed.

What is left out is left out whole: also what was worked out from it, and what was only asked because of it, since a
letter that lacks the answer but shows the question has told the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from forms.answers import Value
from forms.definition import Bind, Form

AUDIENCES = ("family", "outside", "full")
"""A family's own copy; another agency; everything, for a hand-over."""
NOT_FOR_OTHERS = frozenset({"staff-only", "third-party", "restricted", "criminal", "childs-confidence"})
NOT_SAFE, NOT_ASKED = "not-safe-to-ask-now", "not-asked"
NHS_NUMBER, OPTED_OUT, MAY_USE = "nhs_number", "nhs_optout", "nhs_use"
FOLLOWS, UNKNOWN, NHS = "follows from what is left out", "not of this form", "opted out of the NHS number"


@dataclass(frozen=True, slots=True)
class Going:
    """The answers that go, and how many stay, by reason; never which."""

    values: Mapping[str, Value] = field(repr=False)
    left_out: Mapping[str, int]
    hidden: frozenset[str] = field(default=frozenset(), repr=False)
    """Templates of which not even the empty question is shown."""


def going(form: Form, values: Mapping[str, Value], audience: str) -> Going:
    """What of a record goes to an audience."""
    reasons = {} if audience == "full" else _left_out(form, audience)
    known = set(form.places)
    kept: dict[str, Value] = {}
    out: Counter[str] = Counter()
    for path, value in values.items():
        if path.startswith("@"):
            continue
        template = template_of(form, path)
        reason = reasons.get(template, "")
        if not reason and audience != "full" and template not in known:
            reason = UNKNOWN
        if not reason and _opted_out(path, values):
            reason = NHS
        if reason:
            out[reason] += 0 if "@" in path else 1
        else:
            kept[path] = NOT_ASKED if value == NOT_SAFE and audience != "full" else value
    return Going(kept, {reason: many for reason, many in out.items() if many}, frozenset(reasons))


def template_of(form: Form, path: str) -> str:
    """A kept path as the form's template: without rows and marks."""
    names = [part for part in path.partition("@")[0].strip("/").split("/") if not part[:1].isdigit()]
    return "/".join([form.model.template, *names])


def _left_out(form: Form, audience: str) -> dict[str, str]:
    """Every template that stays, with its reason, until nothing follows any more."""
    reasons = {bind.template: reason for bind in form.binds.values() if (reason := _marked(bind, audience))}
    size = -1
    while len(reasons) != size:
        size = len(reasons)
        reasons |= {template: FOLLOWS for template in _following(form, reasons) if template not in reasons}
    return reasons


def _marked(bind: Bind, audience: str) -> str:
    klass = bind.own.get("class", "ordinary")
    if klass in NOT_FOR_OTHERS:
        return klass
    if audience == "family" and (bind.own.get("export") == "never-family" or bind.own.get("room") == "alone"):
        return "not for a family's copy"
    return ""


def _following(form: Form, reasons: Mapping[str, str]) -> Iterator[str]:
    """What reads what is left out, or lies in it."""
    for bind in form.binds.values():
        rules = [rule for rule in (bind.calculate, bind.relevant) if rule is not None]
        read = [reference for rule in rules for reference in rule.references(bind.template)]
        if any(each.instance is None and _touches(each.template, each.deep, reasons) for each in read):
            yield bind.template
    for template in form.places:
        if template.rpartition("/")[0] in reasons:
            yield template


def _touches(template: str, deep: bool, reasons: Mapping[str, str]) -> bool:
    return template in reasons or (deep and any(each.startswith(f"{template}/") for each in reasons))


def _opted_out(path: str, values: Mapping[str, Value]) -> bool:
    """Whether a path is an NHS number that somebody does not want used: theirs, or all of the record's."""
    around, _, name = path.partition("@")[0].rpartition("/")
    if name != NHS_NUMBER:
        return False
    refused = (value == "no" for other, value in values.items() if other.rpartition("/")[2] == MAY_USE)
    return values.get(f"{around}/{OPTED_OUT}") == "yes" or any(refused)
