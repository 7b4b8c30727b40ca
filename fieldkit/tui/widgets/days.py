"""Days as people say and as forms keep them."""

from __future__ import annotations

import re
from datetime import date, timedelta

_RELATIVE = re.compile(r"([+-]\d{1,4})\s*([dwmy]?)")
_STEP = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}


def named_day(words: str, today: date) -> date | None:
    """A day said as "today", "-3d", "+2w"; None when it is something else."""
    words = words.strip().lower()
    fixed = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if words in fixed:
        return today + timedelta(days=fixed[words])
    found = _RELATIVE.fullmatch(words)
    return today + timedelta(days=int(found[1]) * _STEP[found[2]]) if found else None


def iso(text: str) -> date | None:
    """The day of a text like 2026-11-23, None for any other text."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
