"""Asks central to countersign the head of this device's audit chain, and believes only central's own signature."""

from __future__ import annotations

from sync.client.http import HttpCentral, Identity
from sync.errors import MISSHAPEN, NotCentral
from sync.protocol.anchors import ANCHORED, ROUTE, Claimed, Countersigned, Head, holds, message


def countersign(line: HttpCentral, identity: Identity, claimed: Claimed) -> Countersigned:
    """Central's word on a head. NotCentral when it is not signed by central's receipt key, or not about this head."""
    try:
        said = Countersigned.from_json(line.tell(ROUTE, claimed.to_json()))
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


__all__ = ["ANCHORED", "Claimed", "Countersigned", "Head", "countersign", "is_signed"]
