"""What an expression may see while it runs: its node, the instances, and the world outside the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from forms.nodes import Node

XPathValue: TypeAlias = str | float | bool | list[Node]
"""Text, a number, true or false, or a node-set in document order."""


def _no_text(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class World:
    """The outside of a form, injected: nothing here is read from the machine."""

    today: date
    """Fixed when the form is opened."""
    now: datetime
    """With its zone."""
    zone: ZoneInfo
    """The form's or the council's zone, never the device's."""
    lang: str
    choice_label: Callable[[Node, str], str]
    """The label of a choice of a question, in the language shown."""
    random: Callable[[], float]
    uuid: Callable[[], str]
    pulldata: Callable[..., str]
    """Asked when `pulldata` names a list that is not an instance of the form."""
    itext: Callable[[str], str] = _no_text
    """A text of the form by its id, in the language shown."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """What a form may know of who and what runs it (`username`, `deviceid` …), as far as policy lets it."""


@dataclass(slots=True)
class Context:
    """Where an expression stands."""

    node: Node
    root: Node
    """The document's element, or a nameless document node above it."""
    current: Node
    """The node that owns the expression; a predicate does not change it."""
    position: int
    size: int
    instances: Mapping[str, Node]
    """Secondary instances by id: the `instance` element, or the one element in it."""
    world: World
