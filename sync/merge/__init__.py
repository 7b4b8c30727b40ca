"""Merge: one pure function, the same at central, on a device for preview, and in tests (SYNC section 6)."""

from sync.merge.conflicts import DUE, OPEN, PROPOSED, RESOLVED, row_of_device, rows, withdrawn
from sync.merge.edits import merge
from sync.merge.heads import CREATED, DELETED, Head, Merge, Touch, Touches, touches_of
from sync.merge.kinds import BUILT_IN, IMMUTABLE, URGENT, policies_for
from sync.merge.paragraphs import merge_text
from sync.merge.policies import POLICIES
from sync.merge.resolves import LEAD, needs_second, resolve

__all__ = [
    "BUILT_IN",
    "CREATED",
    "DELETED",
    "DUE",
    "IMMUTABLE",
    "LEAD",
    "OPEN",
    "POLICIES",
    "PROPOSED",
    "RESOLVED",
    "URGENT",
    "Head",
    "Merge",
    "Touch",
    "Touches",
    "merge",
    "merge_text",
    "needs_second",
    "policies_for",
    "resolve",
    "row_of_device",
    "rows",
    "touches_of",
    "withdrawn",
]
