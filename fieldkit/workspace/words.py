"""Typed words as a verb takes them: cleaned at entry, refused when nothing is left; and what is an id."""

from __future__ import annotations

from uuid import UUID

from fieldkit.casework.text import clean
from fieldkit.errors import Refused

LONGEST_REASON = 200


def refuse_controls(text: str) -> str:
    """Text for a typed verb, cleaned at entry; Refused when nothing is left of it."""
    kept = clean(text).text.strip()
    if text.strip() and not kept:
        raise Refused("That text holds nothing that can be kept.")
    return kept


def said_reason(reason: str) -> str:
    """A typed reason, cleaned, on one line; Refused when there is none."""
    why = " ".join(clean(reason).text.split())[:LONGEST_REASON]
    if not why:
        raise Refused("That needs a reason.", "Give it with --reason; nothing was written.")
    return why


def is_record_id(text: str) -> bool:
    """Whether a text is a record's id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
