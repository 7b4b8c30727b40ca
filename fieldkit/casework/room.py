"""Who is in the room, and what may be on the screen then (DESIGN decision 9)."""

from __future__ import annotations

VISIT_MINUTES, LONGEST_VISIT = 60, 240
"""How long a visit is agreed to take when nobody says, and at most: until then the screen may be covered."""
SIGNING_MINUTES, REGISTER_MINUTES = 30, 180
HIDDEN_SENSITIVITIES = frozenset({"criminal", "third-party", "staff-only", "childs-confidence", "restricted"})


def may_show(klass: str, safe_in_room: bool, present: tuple[str, ...]) -> bool:
    """Whether a question or answer may be on the screen; everything may while nobody else is there."""
    return not present or (safe_in_room and klass not in HIDDEN_SENSITIVITIES)


def may_carry(klass: str, speaker: str, present: tuple[str, ...]) -> bool:
    """Whether "you told us …" may be shown: ordinary answers, and only when their speaker is in the room."""
    if not present:
        return True
    return klass == "ordinary" and any(_same(speaker, name) for name in present)


def _same(speaker: str, name: str) -> bool:
    spoken, there = speaker.casefold().split(), name.casefold().split()
    return bool(spoken) and spoken[0] in there
