"""The route of a device that is not known yet: a one-time code, or a sign-in, makes it known."""

import json
from typing import TYPE_CHECKING

from sync.errors import MISSHAPEN, Malformed, Rejected
from sync.protocol import JSON, MOST_ENROL, Reason, parse
from sync.server import devices, signin_enrol
from sync.server.database import Connection, acting_as, row
from sync.server.gate import Asked, Claim, newcomer

if TYPE_CHECKING:
    from sync.server.app import Central


def enrol(central: "Central", connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """Spend the code: what the device is to know of its worker, of central and of the council."""
    if len(asked.body) > MOST_ENROL:
        raise Rejected(Reason.TOO_LARGE)
    told, now = parse(asked.body), central.clock()
    try:
        key, _, label = bytes.fromhex(told["public_key"]), str(told["code"]), str(told["label"])[:80]
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    if not label.isprintable():
        # Before the code is spent: the table would not hold it.
        raise Malformed
    device = newcomer(claim, key)
    entry = signin_enrol.enter(connection, device, told, now)
    owner = entry.owner
    connection.commit()
    if owner is None or not devices.add(connection, device, owner.id, key, label, now):
        raise Rejected(Reason.BAD_CODE)
    session = signin_enrol.begin(connection, entry, now)
    acting_as(connection, "central")
    epoch = row(connection, "select epoch from counter")[0]
    found = connection.execute("select state from record where kind = 'settings' and scope = 'ref' limit 1").fetchone()
    settings = json.loads(found[0]) if found else {}
    said = {
        "device": device,
        "worker": {"id": owner.id, "name": owner.name, "role": owner.role},
        "epoch": epoch,
        "keys": central.keys.public(),
        "council": settings.get("council/name", ""),
        "duty": {when: settings.get(f"duty/{when}", "") for when in ("day", "night")},
        **session,
    }
    return JSON, json.dumps(said).encode()
