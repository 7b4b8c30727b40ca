"""The policies of the typed kinds, which no form publishes, and how to find the policies of a record."""

from __future__ import annotations

from collections.abc import Mapping

from sync.changes import Policies, Policy

IMMUTABLE = frozenset({"signature", "withdrawal", "permission", "countersigned", "copy-asked"})
"""Kinds that people never change: a correction is a new record."""
OF_CENTRAL = frozenset({"conflict", "permission", "notice", "due", "countersigned"})
"""Kinds that only central begins."""
URGENT = frozenset({"concern", "withdrawal", "notice"})
"""Kinds that go to the front of every pull."""

_ASK = Policy("ask", "A")
_ASK_FLAG = Policy("ask", "A", ("no", "unknown", "yes"))
_FLAG = Policy("ask", "A", ("no", "yes"))
"""A safety flag or an opt-out: it wins over a clearing that did not know of it."""
_OPT_OUTS = {f"opt_out/{what}": _FLAG for what in ("research", "circulation", "nhs_number")}
_TEXT = Policy("text")
_READ_BY = Policy("first", unit="acknowledged")
"""Who read it, when, and what they said: one saying, and the first stands."""
CONSENT = Policy("ask", "A", ("yes", "topics", "ask_first", "not_asked", "no", "withdrawn"))
"""What stands for a giver and an agency (`sync.merge.consent`)."""
_PLACE = Policy("last", "C", unit="place")

BUILT_IN: Mapping[str, Policies] = {
    "family": {
        "risk_level": Policy("ask", "A", ("low", "medium", "high", "immediate")),
        "status": Policy("ask", "A", ("closed", "open")),
        "lead": _ASK,
        "address_confidential": _ASK_FLAG,
        "address": _PLACE,
        "postcode": _PLACE,
        "summary": _TEXT,
        "note": _TEXT,
        "allergies": _TEXT,
        "safety_flag": _FLAG,
        **_OPT_OUTS,
    },
    "person": {
        "household": Policy("last", "B"),
        "pr": Policy("ask", "A"),
        "safe_to_contact": Policy("ask", "A", ("yes", "ask-first", "no")),
        "address_confidential": _ASK_FLAG,
        "note": _TEXT,
        "allergies": _TEXT,
        "may_collect": _TEXT,
        "must_not_meet": Policy("set", "A"),
        "not_same": Policy("set", "C"),
        "safety_flag": _FLAG,
        **_OPT_OUTS,
    },
    "headcount": {},
    "concern": {
        "words": Policy("text", "A"),
        "state": Policy("max", "A", type="order", order=("waiting", "sent", "confirmed", "read")),
        "urgent": Policy("ask", "A", ("no", "yes")),
        "acknowledged_by": _READ_BY,
        "acknowledged_at": _READ_BY,
        "acknowledged_words": _READ_BY,
    },
    "attendance": {},
    "attended": {},
    "link": {},
    "index-check": {},
    "relation": {"pr": Policy("ask", "A"), "pr_from": Policy("ask", "A")},
    "handover": {"status": Policy("max", "B", type="order", order=("offered", "withdrawn", "declined", "accepted"))},
    "address": {
        "address": Policy("ask", "A", unit="place"),
        "postcode": Policy("ask", "A", unit="place"),
        "must_not_learn": Policy("set", "A"),
        "note": _TEXT,
    },
    "restricted": {"words": Policy("text", "A")},
    "centre": {"address": _PLACE, "postcode": _PLACE, "note": _TEXT},
    "signature": {},
    "countersigned": {},
    "copy-asked": {},
    "share": {"status": Policy("max", "B", type="order", order=("queued", "stopped", "left"))},
    "conflict": {},
    "quality-check": {"words": _TEXT},
    "withdrawal": {},
    "permission": {"decision": CONSENT},
    "notice": dict.fromkeys(("acknowledged_by", "acknowledged_at", "acknowledged_words"), _READ_BY),
    "due": {"answer": Policy("ask", "A", ("no", "unsure", "yes")), "words": _TEXT},
}


def policies_for(kind: str, form: str, published: Mapping[str, Policies]) -> Policies:
    """The policies of a record: published ones of its kind (a form's newest version), else the built-in ones.

    `published` is keyed by form id. Which version a record was filed with does not matter: the newest rules. What a
    typed record says its form is does not matter either, or anybody could file a family under milder rules.
    """
    own = published.get(kind) or BUILT_IN.get(kind)
    return own if own is not None else published.get(form.partition("@")[0], {})
