"""Where a form's elements stand: references of binds and body made absolute, before anything is read from them."""

from __future__ import annotations

import re
from typing import Any

_PREFIX = re.compile(r"(^|/)[A-Za-z_][\w.-]*:(?=[A-Za-z_])")
_PLAIN = re.compile(r"[\w.\-:/@]+")
_REFERS = ("ref", "nodeset")
_WORDS = frozenset({"label", "hint", "output", "value", "itemset", "copy", "item", "setvalue"})


def made_absolute(document: Any, model: Any, root: str) -> None:
    """Rewrite references: a bind's from the instance's root, a question's from the group it stands in."""
    for bind in model:
        if _name(bind) == "bind":
            _rewrite(bind, root)
    for body in document:
        if _name(body) == "body":
            _below(body, root)


def without_prefixes(reference: str) -> str:
    """A plain path without the prefixes of its names: nodes are known by their own names."""
    return _PREFIX.sub(r"\1", reference) if _PLAIN.fullmatch(reference) else reference


def _below(element: Any, above: str) -> None:
    for child in element:
        if _name(child) and _name(child) not in _WORDS:
            _below(child, _rewrite(child, above))


def _rewrite(element: Any, above: str) -> str:
    """Where an element stands, now also said in full."""
    here = above
    for attribute in _REFERS:
        told = (element.get(attribute) or "").strip()
        if told and _PLAIN.fullmatch(told):
            here = _joined(above, without_prefixes(told))
            element.set(attribute, here)
    return here


def _joined(above: str, told: str) -> str:
    if told.startswith("/") and "/." not in told:
        return told
    steps = [""] if told.startswith("/") else above.split("/")
    for step in told.split("/"):
        if step == "..":
            steps.pop()
        elif step not in (".", ""):
            steps.append(step)
    return "/".join(steps)


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
