"""What was held is tried again, device by device and in order: when central starts, and by `fieldkit-central held`."""

from datetime import datetime

from sync.protocol import Outcome
from sync.server import audit, held, push
from sync.server.database import Connection


def try_held(connection: Connection, now: datetime) -> dict[str, int]:
    """Try all that is held again; how many were taken, set aside, and wait on. Each device is a transaction."""
    told = {"taken": 0, "aside": 0, "held": 0}
    for device in held.devices(connection):
        for change, receipt in push.take_held(connection, device, now):
            if receipt.outcome is Outcome.HELD:
                told["held"] += 1
                continue
            held.release(connection, change, receipt)
            told["aside" if receipt.outcome in push.ASIDE else "taken"] += 1
        audit.note(connection, now, "held", "central", device)
        connection.commit()
    return told
