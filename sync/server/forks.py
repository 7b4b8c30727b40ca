"""Two laptops that speak under one id: seen by the chain, kept for a person, and neither is believed any more."""

from collections.abc import Mapping
from datetime import datetime

from sync.changes import START, Change
from sync.protocol import Outcome, Pushed, Reason, Receipt
from sync.server import aside, devices
from sync.server.database import Connection
from sync.server.devices import Device

Known = Mapping[int, tuple[str, str]]
"""The places of a chain that central knows: the change's hash there, and the line of its receipt."""


def known(connection: Connection, device: Device, changes: list[Change]) -> Known:
    """What central knows of the places of these changes."""
    seqs = [change.seq for change in changes if change.seq <= device.last_seq]
    if not seqs:
        return {}
    statement = "select seq, change_hash, line from receipt where device = %s and seq = any(%s)"
    return {seq: (kept, line) for seq, kept, line in connection.execute(statement, (device.id, seqs)).fetchall()}


def is_forked(connection: Connection, device: Device, pushed: Pushed, known: Known) -> bool:
    """Whether a place in the chain has another change than the one we know."""
    if any(known.get(change.seq, (change.hash,))[0] != change.hash for change in pushed.changes):
        return True
    if pushed.first > device.last_seq + 1:
        return False
    if pushed.first == device.last_seq + 1:
        return pushed.after != (device.last_hash or START)
    statement = "select change_hash from receipt where device = %s and seq = %s"
    found = connection.execute(statement, (device.id, pushed.first - 1)).fetchone()
    return pushed.after != (found[0] if found else START)


def keep(connection: Connection, device: Device, changes: list[Change], known: Known, now: datetime) -> list[str]:
    """Set aside all of it that we have not; the lines of the receipts, for what we have the one it was given."""
    new = [each for each in changes if known.get(each.seq, ("", ""))[0] != each.hash]
    aside.keep(connection, new, Reason.FORK, now)
    devices.mark_forked(connection, device.id, now)
    told = {each.seq: Receipt(each.seq, Outcome.QUARANTINED, reason=Reason.FORK).line() for each in new}
    return [told.get(each.seq) or known[each.seq][1] for each in changes]
