"""How the device stands, as screens and commands show it: the numbers to ring, who is in the room, what waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """The numbers to ring, as the council set them."""

    day: str
    night: str


@dataclass(frozen=True, slots=True)
class Room:
    """Who is present besides the worker."""

    present: tuple[str, ...] = field(default=(), repr=False)
    started: datetime | None = None
    safe: bool = False
    """Whether the safe view is on."""
    until: datetime | None = None
    """The agreed end: until then the screen may be covered with the keys still in memory."""


@dataclass(frozen=True, slots=True)
class Status:
    """The honest state of this device."""

    waiting: int
    parked: int
    drafts: int
    conflicts: int
    last_sync: datetime | None
    enrolled: bool
    practice: bool
    files: int = 0
    """Files to send or to fetch."""
    enrol_again: bool = False
    """Whether another laptop speaks under this one's id."""
    sign_in: bool = False
    """Whether central gives out nothing new, words or files, before the worker has signed in."""
    drafts_uncopied: int = 0
    """Drafts that moved on since their last copy at central."""
    newest_copy: datetime | None = None
    free_mib: int = -1
    """Room on the disk; negative: not asked."""
