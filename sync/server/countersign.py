"""Central's receipt for a sealed bundle: when it came, as which ledger number, and what its clock is worth. Signed.

A receipt is a record of its own beside the signature, written by central's hand, so that every device which holds the
signature gets it as it gets any record. It is written with the next request after the push, when the number is known.
Nothing is refused for a clock: what looks wrong is said.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.changes import Change, canonical
from sync.merge import Merge
from sync.server import own
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as
from sync.server.own import Hand, Saying
from sync.server.taking import Desk

KIND = "countersigned"
NAMESPACE = UUID("9d2f1f5e-55c4-5b7e-8a0c-3b8a7f0d6e41")
AHEAD, LONG_BEFORE = timedelta(minutes=2), timedelta(days=31)
AT_ONCE = 50
WAITING = """
    select t.record, t.device, t.change, t.received_at, r.scope, r.state, v.number
    from to_countersign t join record r on r.id = t.record
    join version v on v.record = t.record and v.version = 1
    where not r.deleted order by v.number limit %s
"""


def follow(desk: Desk, change: Change, made: Merge) -> None:
    """A new signature waits for its receipt."""
    if change.kind == "create" and isinstance(made.head.state.get("bundle"), str):
        desk.connection.execute(
            "insert into to_countersign (record, device, change, received_at) values (%s, %s, %s, %s)"
            " on conflict do nothing",
            (change.record, change.device, change.hash, desk.now),
        )


def run_due(connection: Connection, key: Ed25519PrivateKey, now: datetime) -> None:
    """Write the receipts that wait. One look at an empty table when none do."""
    acting_as(connection, "central")
    if connection.execute("select 1 from to_countersign limit 1").fetchone() is None:
        return
    hand = Hand.take(connection, now)
    # Whoever has central's hand is alone: what another one wrote meanwhile waits no more.
    waiting = connection.execute(WAITING.encode(), (AT_ONCE,)).fetchall()
    for record, device, change, received, scope, state, number in waiting:
        bundle = str(json.loads(state).get("bundle") or "")
        told = {"record": record, "device": device, "change": change, "number": number}
        text = receipt(told, bundle, received, key)
        place, standing = hand.place(receipt_id(record), KIND)
        hand.say(Saying(place, KIND, {"record": record, "receipt": text}, scope), standing)
    own.write(hand)
    done = [line[0] for line in waiting]
    connection.execute(
        "delete from to_countersign t where record = any(%s) or exists"
        " (select from record r where r.id = t.record and r.deleted)",
        (done,),
    )


def receipt_id(record: str) -> str:
    """The record that holds the receipt of a signature."""
    return uuid5(NAMESPACE, record).hex


def receipt(told: Mapping[str, Any], bundle: str, received: datetime, key: Ed25519PrivateKey) -> str:
    """The receipt as canonical JSON, signed over everything but its own seal."""
    made = {
        **told,
        "receipt": 1,
        "bundle_hash": hashlib.sha256(bundle.encode("utf-8", "surrogatepass")).hexdigest(),
        "received_at": stamp(received),
        "clock": clock_said(bundle, received),
        "public_key": key.public_key().public_bytes_raw().hex(),
    }
    return canonical({**made, "seal": key.sign(canonical(made)).hex()}).decode("utf-8")


def clock_said(bundle: str, received: datetime) -> list[str]:
    """What is to be known of the time that a bundle tells; nothing when there is nothing."""
    try:
        raw = json.loads(bundle)
        time = raw["time"] if raw["bundle"] != 1 else {"at": raw["at"], "clock_unverified": True}
        at = datetime.fromisoformat(time["at"])
        found = ["ahead of central"] if at - AHEAD > received else []
        found += ["long before it came"] if received - LONG_BEFORE > at else []
        return [*found, "not vouched for"] if time["clock_unverified"] else found
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return ["not readable"]
