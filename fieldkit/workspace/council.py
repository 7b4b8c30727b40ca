"""The council's key as a device knows it: the public half only, to which escrow is sealed."""

from __future__ import annotations

import json

from fieldkit.store.store import Store


def council_public_key(store: Store) -> bytes | None:
    """The council's X25519 public key; None where the council has none."""
    told = json.loads(store.meta("central_keys") or "{}").get("council", "")
    return bytes.fromhex(str(told)) if told else None
