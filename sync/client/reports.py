"""What a sync tells of itself: how far it is, and in the end what it did."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is; `of` is 0 where nobody knows yet."""

    step: str
    """`push` or `pull`; `files`, where `done` and `of` are bytes of one file."""
    done: int
    of: int = 0
    bytes: int = 0
    pages: int = 0
    """Pages of a first sync that are still to come."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a sync did."""

    pushed: int = 0
    pulled: int = 0
    merged: int = 0
    conflicts: int = 0
    parked: int = 0
    requests: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    reasons: tuple[str, ...] = ()
    """The reason codes of what was parked or needs a second person, each once."""
    scopes_gained: tuple[str, ...] = ()
    scopes_lost: tuple[str, ...] = ()
    files: int = 0
    """Files that were sent or fetched whole."""
    mended: int = 0
    """Records that were not as central has them, although nothing was left to send or fetch: an incident."""
    restored: bool = False
    """Whether central had been restored from a copy and was told again what it had lost."""

    def with_earlier(self, earlier: Report) -> Report:
        """What this one did and an earlier one, which was cut: numbers together, words once."""
        both = {each.name: (getattr(earlier, each.name), getattr(self, each.name)) for each in fields(self)}
        return Report(**{name: _together(*values) for name, values in both.items()})


def _together(earlier: Any, later: Any) -> Any:
    if isinstance(later, bool):
        return earlier or later
    return tuple(dict.fromkeys((*earlier, *later))) if isinstance(later, tuple) else earlier + later
