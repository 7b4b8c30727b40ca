"""Older ways of writing a change, each lifted to the next: pure, one step a row. Lines and hashes stay as they were.

What every schema keeps: a line is one object whose last members are `salt` and `payload`, the payload two maps, and
the members that `Change` reads are there. A newer one may add members, verbs, kinds and types of values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sync.changes import NOTHING_SEEN, SCHEMA, Change


def _read_nothing(change: Change) -> Change:
    """Schema 1 does not say what its author had read: nobody may take it for more than nothing."""
    return replace(change, schema=2, seen=NOTHING_SEEN)


UPCASTS: Mapping[int, Callable[[Change], Change]] = {1: _read_nothing}
"""From each older schema to the next."""
OLDEST = min(UPCASTS, default=SCHEMA)
"""The oldest schema that is still spoken."""


def upcast(change: Change) -> Change:
    """The change as today's schema would say it; line and hash are the author's. A newer one is left alone."""
    while change.schema in UPCASTS:
        change = UPCASTS[change.schema](change)
    return change
