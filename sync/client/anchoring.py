"""Asks central to countersign the head of this device's audit chain, and believes only central's own signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.errors import MISSHAPEN, NotCentral
from sync.protocol.anchors import ANCHORED, ROUTE, Claimed, Countersigned, Head, holds, message

if TYPE_CHECKING:
    from sync.client.http import HttpCentral, Identity


@dataclass(slots=True)
class Claim:
    """What travels with the last batch of a push, so that it needs no request of its own."""

    claimed: Claimed
    leaving: Callable[[], None]
    """Called as it leaves, for whoever notes the time."""
    said: Mapping[str, Any] | None = None
    """What central said, not believed yet; None where nothing was pushed, or an older central was asked."""


def countersign(line: HttpCentral, identity: Identity, claimed: Claimed) -> Countersigned:
    """Central's word on a head. NotCentral when it is not signed by central's receipt key, or not about this head."""
    return believe(identity, claimed, line.tell(ROUTE, claimed.to_json()))


def believe(identity: Identity, claimed: Claimed, told: Mapping[str, Any]) -> Countersigned:
    """The same of what central has said already."""
    try:
        said = Countersigned.from_json(told)
    except MISSHAPEN as wrong:
        raise NotCentral from wrong
    if not is_signed(identity.receipt_key, identity.device, said.head, (said.at, said.signature)):
        raise NotCentral
    if said.state == ANCHORED and said.head != claimed.head:
        raise NotCentral
    return said


def is_signed(key: bytes, device: str, head: Head, word: tuple[str, str]) -> bool:
    """Whether central's key signed that this was the head of this device's chain at that time: (at, signature)."""
    return holds(word[1], message(device, head, word[0]), key)


__all__ = ["ANCHORED", "Claim", "Claimed", "Countersigned", "Head", "believe", "countersign", "is_signed"]
