"""Anchors: the heads of both chains, signed and dated, to be kept where central's own administrators cannot write.

A chain in the database holds against whoever changes a row; against whoever rewrites the whole of it, or cuts its end
off, only a head that was written down elsewhere does.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.changes import canonical
from sync.errors import MISSHAPEN
from sync.server import audit
from sync.server.clock import stamp
from sync.server.database import Connection, row
from sync.server.errors import AnchorBroken

LOOKED_UP = {
    "audit": "select hash from audit where number = %s",
    "ledger": "select hash from ledger where number = %s",
}
"""By chain, where the hash of one of its lines stands."""


def line(connection: Connection, key: Ed25519PrivateKey, now: datetime) -> str:
    """One anchor as a line of JSON: `audit` and `ledger` as [number, hash], `at`, and the receipt key's signature."""
    number, chain = row(connection, "select number, hash from counter")
    told = {"audit": list(audit.head(connection)), "ledger": [int(number), bytes(chain).hex()], "at": stamp(now)}
    return json.dumps(told | {"signature": key.sign(_message(told)).hex()})


def check(connection: Connection, lines: Iterable[str], key: Ed25519PublicKey) -> int:
    """How many anchors hold; AnchorBroken names the first line that does not: forged, or the chain is another now."""
    count = 0
    for count, text in enumerate(lines, 1):
        told = _read(text, key, count)
        for chain, statement in LOOKED_UP.items():
            number, known = told[chain]
            found = connection.execute(statement.encode(), (number,)).fetchone() if number else (b"",)
            if found is None or bytes(found[0]).hex() != known:
                raise AnchorBroken(f"Line {count}: the {chain} chain is not the one that was anchored at {number}.")
    if not count:
        raise AnchorBroken("There is no anchor in it: nothing was proved.")
    return count


def _read(text: str, key: Ed25519PublicKey, count: int) -> dict[str, list[object]]:
    try:
        told = dict(json.loads(text))
        key.verify(bytes.fromhex(told.pop("signature")), _message(told))
    except (InvalidSignature, *MISSHAPEN) as wrong:
        raise AnchorBroken(f"Line {count} is no anchor of this central.") from wrong
    return told


def _message(told: Mapping[str, object]) -> bytes:
    return canonical(["fieldkit-anchor-1", told])
