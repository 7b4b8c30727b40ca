"""What an interview shows: a question, a page, a row of the outline, a violation, a reaction. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from forms.answers import Value


@dataclass(frozen=True, slots=True)
class Violation:
    """Why a form is not finished: an answer that is missing, or one that may not be."""

    path: str
    label: str
    why: str
    """`required` or `constraint`."""
    message: str


class Choice(NamedTuple):
    """One choice: its value, and its label in the language shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as it stands now."""

    path: str
    label: str
    kind: str
    value: Value = field(repr=False)
    hint: str = ""
    guidance: str = ""
    media: Mapping[str, str] = field(default_factory=dict)
    """The names of the pictures, sounds and films that stand with the label, by kind."""
    appearance: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    readonly: bool = False
    relevant: bool = True
    violation: Violation | None = None
    not_recorded: str = ""
    voice: str = ""
    asks_voice: bool = False
    klass: str = "ordinary"
    """Sensitivity: ordinary, special, criminal, third-party, staff-only, childs-confidence, restricted."""
    safe_in_room: bool = True
    """False: hidden while anybody but the worker is in the room."""
    ranges: tuple[str, ...] = ()
    """Start, end, step."""
    anchors: tuple[str, ...] = ()
    """What the two ends of a scale mean."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked at once: at most twelve questions."""

    path: str
    number: int
    title: str
    questions: tuple[QuestionView, ...]
    repeat: str = ""
    """The repeat this page can add a row to."""
    row: str = ""
    """The row this page is about."""


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One line of the outline."""

    path: str
    letter: str
    title: str
    depth: int
    state: str
    """done, part, todo, error, hidden."""
    answered: int
    total: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one verb changed."""

    changed: tuple[str, ...]
    violations: tuple[Violation, ...] = ()
    """Of the question that was answered."""
