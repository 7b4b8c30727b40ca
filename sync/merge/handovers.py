"""Offering a family to another worker: who may offer, answer or take back, and which offers make sense. Pure.

An offer is a record of kind `handover` in a scope of its own, held by who offers and by whom it is offered to. It names
the family by its scope and people by their ids; nothing that is known of the family stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from sync.changes import Change, State, Value
from sync.merge.heads import Head

OFFERED, ACCEPTED, DECLINED, WITHDRAWN = "offered", "accepted", "declined", "withdrawn"
STATUSES = (OFFERED, WITHDRAWN, DECLINED, ACCEPTED)
TRANSFER, COVER = "transfer", "cover"
HOLDERS = frozenset({"worker", "centre", "lead"})
"""The roles that can be given a family."""
LEAD = "lead"
MOST_REASON = 2_000
_ID = re.compile(r"[0-9a-f]{32}")
_FAMILY = re.compile(r"family:[0-9A-Za-z-]{1,64}")
_PATHS = frozenset({"family", "from", "by", "to", "way", "until", "status"})


@dataclass(frozen=True, slots=True)
class Offer:
    """What an offer says."""

    family: str
    """The scope that is offered."""
    giver: str
    """The worker whose family it is now."""
    by: str
    """Who offers: the giver, or a lead for somebody absent."""
    to: tuple[str, ...]
    """Any one of these may accept: a team is its people."""
    way: str
    until: date | None
    """Of a transfer, until when the giver keeps it as well; of a cover, how long it lasts."""

    @classmethod
    def of(cls, state: State) -> Offer:
        """The offer of such a record."""
        told = [str(state.get(name) or "") for name in ("family", "from", "by")]
        to = state.get("to")
        people = tuple(to) if isinstance(to, list) else (str(to or ""),)
        return cls(told[0], told[1], told[2], people, str(state.get("way") or ""), _day(state.get("until")))


def refusal(change: Change, head: Head | None, role: str, held: Collection[str]) -> str:
    """Why this act is not taken, or blank. Whether those it names are there, central sees for itself."""
    if head is None:
        return _offer_refusal(change, role, held)
    return _answer_refusal(change, head)


def _offer_refusal(change: Change, role: str, held: Collection[str]) -> str:
    told = {path: value for path, value in change.patch.items() if path[0] != "@"}
    if change.patch.get("@scope") != f"handover:{change.record}" or not _is_offer(told):
        return "malformed"
    offer = Offer.of(cast(State, told))
    if offer.by != change.actor or offer.family not in held:
        return "not-entitled"
    return "" if offer.giver == offer.by or role == LEAD else "not-your-role"


def _is_offer(told: dict[str, Value]) -> bool:
    offer = Offer.of(cast(State, told))
    people = (offer.giver, offer.by, *offer.to)
    return (
        told.keys() <= _PATHS
        and told.get("status") == OFFERED
        and _FAMILY.fullmatch(offer.family) is not None
        and bool(offer.to)
        and all(map(_ID.fullmatch, people))
        and offer.giver not in offer.to
        and offer.way in (TRANSFER, COVER)
        and (offer.until is not None or (offer.way == TRANSFER and told.get("until") is None))
    )


def _answer_refusal(change: Change, head: Head) -> str:
    offer, said, reason = Offer.of(head.state), change.patch.get("status"), change.patch.get("reason")
    if change.kind != "set" or not change.patch.keys() <= {"status", "reason"}:
        return "immutable"
    if said not in STATUSES[1:] or (reason is not None and not _is_reason(reason)):
        return "malformed"
    if said == DECLINED and reason is None:
        return "malformed"
    if head.deleted or head.state.get("status") != OFFERED:
        return "settled"
    may = {offer.by, offer.giver} if said == WITHDRAWN else set(offer.to)
    return "" if change.actor in may else "not-your-role"


def _is_reason(told: Value) -> bool:
    return isinstance(told, str) and len(told.strip()) > 0 and len(told) <= MOST_REASON


def _day(told: Value) -> date | None:
    if not isinstance(told, str) or len(told) != len("2026-11-23"):
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None
