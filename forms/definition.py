"""A form as loaded: binds, body, texts, lists, actions. Read only; one serves many interviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.nodes import Node
from forms.xpath import Compiled


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the form: pieces of plain text and computed pieces, or the id of a text that has translations."""

    pieces: tuple[str | Compiled, ...] = ()
    id: str = ""


NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Bind:
    """What holds for one node, wherever its rows are."""

    template: str
    type: str = "string"
    relevant: Compiled | None = None
    calculate: Compiled | None = None
    constraint: Compiled | None = None
    required: Compiled | None = None
    readonly: Compiled | None = None
    constraint_message: Text = NO_TEXT
    required_message: Text = NO_TEXT
    always_readonly: bool = False
    own: Mapping[str, str] = field(default_factory=dict)
    """The attributes of `urn:fieldkit:form`: merge, class, order, voice, room, anchors …"""
    preload: tuple[str, str] = ("", "")
    """What the device fills in, and which: `jr:preload` and its parameters."""
    saveto: str = ""
    """The entity's property that the answer is saved to."""


@dataclass(frozen=True, slots=True)
class Itemset:
    """Where a question's choices come from: a list that an expression narrows, or choices written beside it."""

    nodes: Compiled | None
    value: str = "name"
    label: str = "label"
    fixed: tuple[tuple[str, Text], ...] = ()
    values: Compiled | None = None
    """The values of the choices, as nodes."""


@dataclass(frozen=True, slots=True)
class Control:
    """A question as it is asked."""

    kind: str
    template: str
    label: Text = NO_TEXT
    hint: Text = NO_TEXT
    guidance: Text = NO_TEXT
    appearance: str = ""
    choices: Itemset | None = None
    range: tuple[str, str, str] = ("", "", "")
    """Start, end and step of a range."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions asked together; a repeat when `repeat` is set."""

    template: str
    label: Text
    appearance: str
    children: tuple[Control | Group, ...]
    repeat: bool = False
    count: Compiled | None = None
    """How many rows there are to be, where that is computed."""
    closed: bool = False
    """Nobody adds or takes out rows by hand (`jr:noAddRemove`)."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """An action: give a node a value when something happens."""

    target: str
    event: str
    value: Compiled | None
    text: str = ""
    place: Compiled | None = None
    """The target as an expression, where it is more than a plain path: relative, or with a predicate."""
    source: str = ""
    """The node whose change, or the repeat whose new row, brings it about; empty: the form's opening."""


@dataclass(frozen=True, slots=True)
class Form:
    """A loaded form."""

    id: str
    version: str
    title: str
    hash: str
    model: Node
    """The instance as published; an interview copies it."""
    rows: Mapping[str, Node]
    """The empty row of every repeat, by template."""
    binds: Mapping[str, Bind]
    body: tuple[Control | Group, ...]
    controls: Mapping[str, Control]
    groups: Mapping[str, Group]
    actions: tuple[SetValue, ...]
    instances: Mapping[str, Node]
    texts: Mapping[str, Mapping[str, Mapping[str, Text]]]
    """Language → text id → kind of text (`long`, `guidance` …) → words."""
    languages: tuple[str, ...]
    spaces: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Prefix and namespace of the instance's elements outside XForms' own, by template (`orx:meta`)."""
    places: Mapping[str, int] = field(default_factory=dict)
    """Where each template stands in the instance as published: rows and their neighbours are written in this order."""
    standing: Node | None = field(repr=False, default=None)
    """The instance as the specification opens it: with the rows that stand in it. A row to be named has a blank id."""
    whole_rows: Mapping[str, Node] = field(repr=False, default_factory=dict)
    """What a new row of each repeat holds by the specification: with the rows of repeats inside that stand in it."""
    graph: Any = field(repr=False, default=None)
    """The `forms.graph.Graph` of this form."""

    @property
    def name(self) -> str:
        """Form and version, as records name it: `eha@2026.1`."""
        return f"{self.id}@{self.version}"


def short(template: str) -> str:
    """A template as paths are kept: without the instance's own element, `/data/b/children` is `b/children`."""
    return template.partition("/")[2].partition("/")[2]
