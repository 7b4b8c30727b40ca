"""Views about a family as a whole: its plan, scores and episode, who knows what, who may be written down twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action of the plan."""

    record: str
    row: str
    what: str = field(repr=False)
    owner: str = field(repr=False)
    by: date | None
    status: str
    stands: str
    """not begun, on the way, late, done, stopped."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What one voice said about one thing over time."""

    about: str = field(repr=False)
    voice: str
    picture: str = field(repr=False)
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Whole:
    """What a family's page tells beside people and chronology. Nothing of it while others are in the room."""

    actions: tuple[ActionRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    talk: tuple[str, ...] = field(default=(), repr=False)
    """Where voices differ, and where one moved: words to talk about."""
    agencies: tuple[tuple[str, str], ...] = ()
    """(agency, yes | ask first | some topics | not asked yet | no | taken back)."""
    lead_since: date | None = None
    agreed: str = ""
    stands: str = ""
    """Where the episode stands, since when, what comes next."""
    advice: tuple[str, ...] = ()
    life: tuple[str, ...] = field(default=(), repr=False)
    """Each transition of the episode in words."""
    differing: tuple[str, ...] = field(default=(), repr=False)
    """What is written differently of the same two people."""


@dataclass(frozen=True, slots=True)
class LikeRow:
    """Somebody, or a family, who may be the one that is being written down, with the reasons field by field."""

    id: str
    family: str
    name: str = field(repr=False)
    family_name: str = field(repr=False)
    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenAssessment:
    """An assessment that is open already, and whom to ring before another is begun."""

    record: str
    """Blank: it is in another family, of somebody who is alike."""
    family: str
    family_name: str = field(repr=False)
    draft: bool
    since: date
    lead: str
    contact: str
    why: str
    """Why it is thought to be about the same people."""
