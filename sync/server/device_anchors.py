"""How far each device's own audit chain had come: a head that was told once is countersigned and never told otherwise.

Central cannot read a device's chain. It sees that one grew from the last head it knows when the device names that head;
a device that names another there has two chains (a fork), one that is shorter has lost its end (a cut).
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.changes import START, canonical, digest
from sync.protocol.anchors import ANCHORED, UNPROVED, Claimed, Head, message
from sync.server import audit
from sync.server.clock import stamp
from sync.server.database import Connection
from sync.server.devices import Device
from sync.server.errors import AuditBroken, NotAChain

LAST = "select number, hash, at from device_anchor where device = %s order by number desc limit 1"


def answer(
    connection: Connection, device: Device, claimed: Claimed, key: Ed25519PrivateKey, now: datetime
) -> dict[str, Any]:
    """Countersign a head that grew from the last one known, or tell which one central knows."""
    # One request of a device at a time: two heads at once would both be the next.
    connection.execute("select 1 from device where id = %s for update", (device.id,))
    found = connection.execute(LAST, (device.id,)).fetchone()
    last, since = (Head(int(found[0]), str(found[1])), found[2]) if found else (Head(0, ""), now)
    doubt = _doubt(claimed, last)
    if doubt:
        _note(connection, device, doubt, last, now)
    state, head, at = ANCHORED, claimed.head, now
    if doubt or (last.number and claimed.head != last and claimed.known != last):
        state, head, at = UNPROVED, last, since
    elif claimed.head == last:
        at = since
    else:
        statement = "insert into device_anchor (device, number, hash, at) values (%s, %s, %s, %s)"
        connection.execute(statement, (device.id, head.number, head.hash, now))
    return _said(state, head, device.id, (at, now), key)


def _doubt(claimed: Claimed, last: Head) -> str:
    """What cannot be of a chain that only grows; empty when nothing is wrong, or the device does not know yet."""
    forked = (each.number == last.number and each.hash != last.hash for each in (claimed.head, claimed.known))
    if last.number and any(forked):
        return "fork"
    return "cut" if claimed.head.number < last.number else ""


def _note(connection: Connection, device: Device, what: str, last: Head, now: datetime) -> None:
    done = connection.execute(
        "insert into device_anchor_doubt (device, what, number, hash, at) values (%s, %s, %s, %s, %s)"
        " on conflict do nothing",
        (device.id, what, last.number, last.hash, now),
    )
    if done.rowcount:
        audit.note(connection, now, "device-audit", device.worker, f"{device.id} {what} {last.number}")


def _said(
    state: str, head: Head, device: str, times: tuple[datetime, datetime], key: Ed25519PrivateKey
) -> dict[str, Any]:
    at, now = (stamp(each) for each in times)
    signature = key.sign(message(device, head, at)).hex()
    return {"state": state, "head": [head.number, head.hash], "at": at, "signature": signature, "now": now}


def report(connection: Connection, device: str) -> dict[str, Any]:
    """What central knows of a device's chain: the heads it countersigned, and what could not be."""
    heads = connection.execute(
        "select number, hash, at from device_anchor where device = %s order by number", (device,)
    ).fetchall()
    doubts = connection.execute(
        "select what, number, at from device_anchor_doubt where device = %s order by at, number", (device,)
    ).fetchall()
    return {
        "device": device,
        "heads": [{"number": number, "hash": known, "at": stamp(at)} for number, known, at in heads],
        "doubts": [{"what": what, "after": number, "at": stamp(at)} for what, number, at in doubts],
    }


def check(connection: Connection, device: str, lines: Iterable[str]) -> int:
    """Hold an exported chain against itself and against every head known of it. AuditBroken, NotAChain name a fault."""
    before, expected, hashes = START, 1, {0: START}
    for text in lines:
        told = _entry(text, expected)
        if told["number"] != expected or told["prev_hash"] != before or _link(told) not in (told["hash"], ""):
            raise AuditBroken(f"At entry {expected} of the device's chain.")
        before = hashes[expected] = str(told["hash"])
        expected += 1
    for each in report(connection, device)["heads"]:
        if each["number"] not in hashes:
            raise AuditBroken(f"The chain ends before entry {each['number']}, which was countersigned: it was cut.")
        if hashes[each["number"]] != each["hash"]:
            raise AuditBroken(f"Up to entry {each['number']} it is another chain than the one countersigned.")
    return expected - 1


def _entry(text: str, expected: int) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(text)
        texts = all(isinstance(told[name], str) for name in ("at", "what", "prev_hash", "hash"))
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise NotAChain(f"Entry {expected} cannot be read.") from wrong
    if not texts or type(told.get("number")) is not int:
        raise NotAChain(f"Entry {expected} cannot be read.")
    return told


def _link(told: dict[str, Any]) -> str:
    """The hash of an entry from what is shown of it; empty for an old one whose words were withheld."""
    if "withheld" in told:
        return ""
    about = told.get("about_hash", told.get("about"))
    if "salt" in told:
        about = digest((str(told["salt"]) + str(about)).encode("utf-8"))
    return digest(canonical([told["prev_hash"], told["number"], told["at"], told["what"], about]))
