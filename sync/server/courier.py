"""A courier's file at central's desk: unsealed, its pushes taken as over the line, an answer packed to go back."""

from datetime import datetime

from sync.errors import Malformed, Rejected, TooLarge
from sync.protocol import Reason, read_push
from sync.protocol.courier import Answered, Carried, pack_back, read_out
from sync.server import audit, devices, entitlement, push, sealed
from sync.server.database import Connection
from sync.server.errors import NoSuchDevice, NotACourier
from sync.server.keys import Keys


def take(
    connection: Connection, keys: Keys, file: bytes, now: datetime, carrier: str = "desk"
) -> tuple[str, list[Answered], bytes]:
    """Take what `carrier` (a device, or the desk) brought. NotACourier, NoSuchDevice.

    Answers the device it is from, central's word on each push, and the file that goes back.
    """
    try:
        carried = read_out(file, keys.seal)
    except (Malformed, TooLarge) as wrong:
        raise NotACourier from wrong
    device = devices.find(connection, carried.device)
    if device is None:
        raise NoSuchDevice
    answers = [_one(connection, carried, body, now) for body in carried.bodies]
    audit.note(connection, now, "courier", device.worker, f"{device.id} {len(answers)} by {carrier}")
    return device.id, answers, pack_back(device.id, answers, keys.receipt)


def _one(connection: Connection, carried: Carried, body: bytes, now: datetime) -> Answered:
    """One push in a transaction of its own, signed by the device inside: who carried it is asked nothing."""
    if (words := sealed.read(body)) is not None:
        sealed.take(connection, carried.device, *words)
        connection.commit()
        return Answered()
    try:
        device = devices.find(connection, carried.device)
        if device is None or device.state != "active":
            raise Rejected(Reason.REVOKED if device and device.state == "revoked" else Reason.FORKED)
        entitlement.expire(connection, device.worker, now)
        said = push.take(connection, device.id, read_push(body, device.id), now)
    except (Malformed, TooLarge):
        connection.rollback()
        return Answered(reason=Reason.MALFORMED)
    except Rejected as refused:
        connection.rollback()
        return Answered(reason=refused.reason)
    connection.commit()
    return Answered(said)
