"""The tree of answers while a form is filled in: one node for each element of the instance."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False, weakref_slot=True)
class Node:
    """One element: a question's answer, a group, or a row of a repeat."""

    name: str
    parent: Node | None = field(default=None, repr=False)
    children: list[Node] = field(default_factory=list, repr=False)
    text: str = field(default="", repr=False)
    relevant: bool = True
    """Asked now; a group's answer reaches everything below it."""
    row: str | None = None
    """The stable id of a repeat's row."""
    attributes: dict[str, str] = field(default_factory=dict, repr=False)
    template: str = ""
    """The path without rows, as `/data/b/children/dob`."""
