"""The council's key: its public half, set by two people, signed, and said to every device. Central never has the other.

To it devices seal what only two persons may open (recovery of a device, drafts in escrow). A new one takes the place
of the one before; what was sealed to that stays openable with its file, which the council keeps.
"""

import json
from datetime import datetime
from typing import Any
from uuid import uuid5

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from sync.merge.allowed import SHARED
from sync.server import audit, workers
from sync.server.database import Connection, acting_as
from sync.server.errors import NotACouncilKey, NotTwoPersons
from sync.server.keys import Keys
from sync.server.own import Saying, say
from sync.server.publish import NAMESPACE

KIND = "council-key"
RECORD = uuid5(NAMESPACE, KIND).hex
SIGNED = "fieldkit council key 1"
MAY = frozenset({"lead", "ig", "admin"})
"""The roles that may stand for a key."""


def put(connection: Connection, keys: Keys, public: str, persons: tuple[str, str], now: datetime) -> dict[str, Any]:
    """Take a key in place of the one before; NotTwoPersons, NotACouncilKey. Devices have it with their next sync."""
    who = tuple(workers.find(connection, each) for each in persons)
    if len(set(who)) != 2 or any(workers.role_of(connection, each) not in MAY for each in who):
        raise NotTwoPersons
    half = _checked(public)
    before = told(connection)
    if before.get("public") == half:
        return before
    number = int(before.get("number", 0)) + 1
    signature = keys.forms.sign(f"{SIGNED}\n{number}\n{half}".encode("ascii")).hex()
    say(connection, [Saying(RECORD, KIND, {"public": half, "number": str(number), "signature": signature})], now)
    audit.note(connection, now, "council-key", who[0], f"{number} {half[:16]} {who[1]}")
    return told(connection)


def told(connection: Connection) -> dict[str, Any]:
    """The key as devices are told of it; empty when there is none."""
    acting_as(connection, "central")
    found = connection.execute(
        "select state from record where kind = %s and scope = %s and not deleted", (KIND, SHARED)
    ).fetchone()
    return dict(json.loads(found[0])) if found else {}


def _checked(public: str) -> str:
    try:
        half = bytes.fromhex(public)
        X25519PublicKey.from_public_bytes(half)
    except (ValueError, UnsupportedAlgorithm) as wrong:
        raise NotACouncilKey from wrong
    return half.hex()
