"""Who was shut out stays shut out after a restore: it lies beside the backups, signed, and is done again.

Devices that are refused or to be shredded, workers who left, what the desk took from a worker: ids and dates only.
What ends by a handover is said again by the devices, and what ends by the clock ends again by itself: neither is here.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature

from sync.changes import canonical
from sync.errors import MISSHAPEN
from sync.server import backup, devices, entitlement, sessions, shredding, workers
from sync.server.backup import write_safely
from sync.server.backup_errors import EndsAltered
from sync.server.clock import stamp
from sync.server.database import Connection
from sync.server.keys import Keys

LOCK = "ended.json"
CHECK = (
    "Roles, codes and people's accounts at the provider are as they were at that time; who was shut out where the list"
    " could not be written (`told_backups`: false) is not shut out: compare with the desk's own notes."
)
"""What no list knows, for whoever restores."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Who was shut out of what."""

    devices: Mapping[str, bool] = field(default_factory=dict)
    """Every refused device, and whether it is to destroy its keys."""
    workers: Mapping[str, str] = field(default_factory=dict)
    """Who left, and when."""
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    """`WORKER SCOPE` that the desk took away, and when."""


NONE = Ends()


def write(folder: Path, connection: Connection, keys: Keys, said: Ends = NONE, back: str = "") -> None:
    """Bring the list beside the backups up to date, with what the desk just `said`; `back`: who may work again."""
    with _alone(connection):
        known, now = read(folder, keys, 0), _of_tables(connection)
        shred = {device: to_shred or known.devices.get(device, False) for device, to_shred in now.devices.items()}
        left = {**known.workers, **now.workers}
        left.pop(back, None)
        taken = {**known.withdrawn, **said.withdrawn}
        given = _given_since(connection, taken)
        kept = {pair: at for pair, at in taken.items() if pair not in given}
        ends = asdict(Ends({**known.devices, **shred}, left, kept))
        told = {**ends, "signature": keys.receipt.sign(_said(ends)).hex()}
        write_safely(folder / "ended.json", json.dumps(told, sort_keys=True))


def tell(data: Path, connection: Connection, keys: Keys, said: Ends = NONE, back: str = "") -> dict[str, bool]:
    """Bring the list up to date in every folder with backups of this central; False where that could not be.

    What it tells of is committed first: whoever is shut out is so whatever becomes of a list.
    """
    connection.commit()
    told: dict[str, bool] = {}
    for folder in backup.remembered(data):
        try:
            if folder.is_dir():
                write(folder, connection, keys, said, back)
            told[str(folder)] = folder.is_dir()
        except (EndsAltered, OSError):
            told[str(folder)] = False
    return told


def read(folder: Path, keys: Keys, least: int) -> Ends:
    """What the list says. Raises EndsAltered, also when it names fewer devices than were refused by then."""
    file, ends = folder / "ended.json", NONE
    if file.exists():
        try:
            told = json.loads(file.read_text("utf-8"))
            signature = bytes.fromhex(told.pop("signature"))
            keys.receipt.public_key().verify(signature, _said(told))
            ends = Ends(**told)
        except (InvalidSignature, *MISSHAPEN) as wrong:
            raise EndsAltered from wrong
    if len(ends.devices) < least:
        raise EndsAltered
    return ends


def again(owner: Connection, ends: Ends, now: datetime) -> dict[str, int]:
    """Shut out again whom a restore let in; how many of each, and how many the copy never knew."""
    known_devices = _known(owner, "select id from device where id = any(%s)", list(ends.devices))
    known_workers = _known(owner, "select id from worker where id = any(%s)", list(ends.workers))
    gone = _known(owner, "select worker from worker_end where worker = any(%s)", list(ends.workers))
    ordered = _known(owner, "select device from shredding where device = any(%s)", list(ends.devices))
    leaving = sorted(known_workers - gone)
    also = {device for worker in leaving for device in workers.let_go(owner, worker, now)}
    for worker in leaving:
        sessions.end_all(owner, worker, now)
    statement = "select id from device where id = any(%s) and state <> 'revoked'"
    in_use = _known(owner, statement, sorted(known_devices | also))
    shred = {device for device, wanted in ends.devices.items() if wanted} & known_devices - ordered
    for device in sorted(in_use):
        devices.revoke(owner, device, now)
    for device in sorted(shred):
        shredding.order(owner, device, now)
    never = len(ends.devices.keys() - known_devices) + len(ends.workers.keys() - known_workers)
    return {
        "revoked_again": len(in_use),
        "shred_again": len(shred),
        "workers_ended_again": len(leaving),
        "withdrawn_again": _withdraw(owner, ends.withdrawn, now),
        "never_known": never,
    }


def _withdraw(owner: Connection, withdrawn: Mapping[str, str], now: datetime) -> int:
    """Take again what is held still; what was given after it had been taken stays."""
    given = _given_since(owner, withdrawn)
    pairs = [pair.split(" ", 1) for pair in sorted(withdrawn.keys() - given)]
    held = {worker: entitlement.scopes_of(owner, worker) for worker, _ in pairs}
    back = [(worker, scope) for worker, scope in pairs if scope in held[worker]]
    for worker, scope in back:
        entitlement.withdraw(owner, worker, scope, "desk", now)
    return len(back)


def _of_tables(connection: Connection) -> Ends:
    refused = connection.execute(
        "select d.id, s.device is not null from device d left join shredding s on s.device = d.id"
        " where d.state = 'revoked'"
    ).fetchall()
    left = connection.execute("select worker, at from worker_end").fetchall()
    return Ends({str(device): bool(shred) for device, shred in refused}, {str(who): stamp(at) for who, at in left})


def _given_since(connection: Connection, taken: Mapping[str, str]) -> set[str]:
    """What is held by a grant later than its withdrawal."""
    found = connection.execute(
        "select worker || ' ' || scope, since from entitlement where held and worker || ' ' || scope = any(%s)",
        (list(taken),),
    ).fetchall()
    return {str(pair) for pair, since in found if since > datetime.fromisoformat(taken[pair])}


def _known(connection: Connection, statement: str, ids: list[str]) -> set[str]:
    return {str(each) for (each,) in connection.execute(statement.encode(), (ids,)).fetchall()}


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Archive and desk write the list by turns: what only the desk knows must not be lost between."""
    connection.execute("select pg_advisory_lock(hashtext(%s))", (LOCK,))
    try:
        yield
    finally:
        connection.execute("select pg_advisory_unlock(hashtext(%s))", (LOCK,))


def _said(ends: Mapping[str, object]) -> bytes:
    return canonical(["fieldkit-ended-1", ends])
