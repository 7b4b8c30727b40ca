"""The form of the stories: one question for every merge policy, a unit, a repeat and a file."""

from __future__ import annotations

from sync.changes import Policies, Policy
from sync.merge import BUILT_IN

FORM = "story"
RISKS = ("low", "medium", "high", "immediate")
POLICIES: dict[str, dict[str, object]] = {
    "plain": {"policy": "last", "class": "C"},
    "other": {"policy": "last", "class": "B"},
    "danger": {"policy": "ask", "class": "A", "order": list(RISKS)},
    "claim": {"policy": "ask", "class": "A"},
    "words": {"policy": "text", "class": "C"},
    "tags": {"policy": "set", "class": "C"},
    "log": {"policy": "append", "class": "C"},
    "most": {"policy": "max", "class": "C"},
    "least": {"policy": "min", "class": "C"},
    "once": {"policy": "first", "class": "C"},
    "place/street": {"policy": "last", "class": "C", "unit": "place"},
    "place/town": {"policy": "last", "class": "C", "unit": "place"},
    "children/*/name": {"policy": "last", "class": "C"},
    "children/*/risk": {"policy": "ask", "class": "A", "order": list(RISKS)},
    "photo": {"policy": "last", "class": "C"},
}
TABLE: Policies = {path: Policy.from_json(raw) for path, raw in POLICIES.items()}
ORDERED = {FORM: "danger", "family": "risk_level"}
"""By kind, the class A answer that has an order."""


def policies_of(kind: str) -> Policies:
    """How a record of the stories is merged."""
    return TABLE if kind == FORM else BUILT_IN.get(kind, {})
