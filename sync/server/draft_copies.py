"""Sealed copies of drafts: taken, ended, handed back to their worker, counted for leads. Central can read none of them.

What a copy is about is sealed to the seal key, which lies beside the database and not in it. It is opened in two places
only: when a copy arrives (one that could not be found again when its family is erased is not taken) and when something
is erased. Nothing of what it says is kept.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.errors import MISSHAPEN, Malformed, Rejected
from sync.protocol import Reason
from sync.protocol.copies import Copy
from sync.protocol.courier import read_out
from sync.server import audit, workers
from sync.server.clock import stamp
from sync.server.council_key import MAY
from sync.server.database import Connection, row
from sync.server.devices import Device
from sync.server.errors import NotKnown, NotTwoPersons

MOST_COPIES = 300
"""Live copies that one worker may have."""
MOST_BYTES = 64 << 20
"""Bytes of them in all."""
KEPT_ENDED = timedelta(days=30)
"""How long it is remembered that a copy is done with, so that a late one does not bring it back."""
KEPT_REVOKED = timedelta(days=90)
"""How long the copies of a device that was taken out of use are kept after they were last written."""
KEYS_AN_HOUR = 10
"""How often in an hour a worker's wrapped keys are handed out."""
ESCROW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class About:
    """What a copy is about: known while it is compared, and kept nowhere."""

    scope: str
    records: tuple[str, ...]


def take(connection: Connection, device: Device, copy: Copy, seal: X25519PrivateKey, now: datetime) -> str:
    """Keep a copy: `kept`; `other` where another one stands that it does not know of; `gone` when that was erased."""
    about = opened(copy.label, seal)
    if connection.execute("select 1 from gone where record = any(%s) limit 1", (list(about.records),)).fetchone():
        return "gone"
    stands = connection.execute(
        "select worker, device, version, mark, content is null from draft_copy where copy = %s for update", (copy.copy,)
    ).fetchone()
    if stands is not None:
        return _replace(connection, device, copy, (stands[0], stands[1]) == (device.worker, device.id), stands[2:], now)
    count, size = row(
        connection,
        "select count(*), coalesce(sum(length(content)), 0) from draft_copy where worker = %s and content is not null",
        (device.worker,),
    )
    if count >= MOST_COPIES or size + len(copy.content) > MOST_BYTES:
        raise Rejected(Reason.TOO_LARGE)
    connection.execute(
        "insert into draft_copy (copy, worker, device, key, version, mark, label, content, first_at, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (*_named(device, copy), copy.version, copy.mark, copy.label, copy.content, now, now),
    )
    audit.note(connection, now, "draft-copy", device.worker, f"{copy.copy} {copy.version}")
    return "kept"


def _named(device: Device, copy: Copy) -> tuple[str, str, str, str]:
    return copy.copy, device.worker, device.id, copy.key


def _replace(
    connection: Connection, device: Device, copy: Copy, own: bool, stands: Sequence[Any], now: datetime
) -> str:
    """A newer version takes the place of one that its device knew; nothing else is overwritten, ever."""
    version, mark, ended = stands
    again = (version, mark) == (copy.version, copy.mark)  # perhaps sealed to one more key by now
    if not own or ended or not (again or (copy.version > version and mark in copy.before)):
        return "other"
    connection.execute(
        "update draft_copy set version = %s, mark = %s, key = %s, label = %s, content = %s, at = %s where copy = %s",
        (copy.version, copy.mark, copy.key, copy.label, copy.content, now, copy.copy),
    )
    audit.note(connection, now, "draft-copy", device.worker, f"{copy.copy} {copy.version}")
    return "kept"


def opened(label: bytes, seal: X25519PrivateKey) -> About:
    """What a label says. Malformed when it says nothing that could be found again."""
    try:
        scope, *records = json.loads(read_out(label, seal).bodies[0])
        about = About(str(scope), tuple(str(each) for each in records if each))
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    if not about.scope or not about.records:
        raise Malformed
    return about


def end(connection: Connection, device: Device, done: Iterable[tuple[str, int]], now: datetime) -> int:
    """Destroy copies that were filed or thrown away, up to the version their worker knew; how many went."""
    ended = 0
    for copy, version in done:
        ended += connection.execute(
            "update draft_copy set content = null, label = '', at = %s"
            " where copy = %s and worker = %s and version <= %s and content is not null",
            (now, copy, device.worker, version),
        ).rowcount
        # One that is still on its way finds that it is done with.
        connection.execute(
            "insert into draft_copy (copy, worker, device, key, version, mark, label, first_at, at)"
            " values (%s, %s, %s, '', %s, '', '', %s, %s) on conflict do nothing",
            (copy, device.worker, device.id, version, now, now),
        )
    if ended:
        audit.note(connection, now, "draft-copies-ended", device.worker, str(ended))
    return ended


def keep_key(connection: Connection, device: Device, public: str, wrapped: str, now: datetime) -> None:
    """Keep a device's draft key: the public half, and the private half as only its passphrase opens it."""
    connection.execute(
        "insert into draft_key (device, public, wrapped, at) values (%s, %s, %s, %s) on conflict (device)"
        " do update set public = excluded.public, wrapped = excluded.wrapped, at = excluded.at",
        (device.id, public, wrapped, now),
    )
    audit.note(connection, now, "draft-key", device.worker, device.id)


def listed(connection: Connection, worker: str) -> list[dict[str, Any]]:
    """A worker's live copies, the latest first: which, from which device, how old, how large. Nothing of what is in."""
    found = connection.execute(
        "select c.copy, c.device, d.label, c.key, c.version, c.at, length(c.content) from draft_copy c"
        " join device d on d.id = c.device where c.worker = %s and c.content is not null order by c.at desc, c.copy",
        (worker,),
    ).fetchall()
    names = ("copy", "device", "label", "key", "version", "at", "size")
    return [dict(zip(names, (*line[:5], stamp(line[5]), line[6]), strict=True)) for line in found]


def keys_of(connection: Connection, device: Device, now: datetime) -> list[dict[str, str]]:
    """The wrapped keys of a worker's devices that have copies, for a device of the same worker. Few times an hour."""
    asked = row(
        connection,
        "select count(*) from draft_key_asked where worker = %s and at > %s",
        (device.worker, now - timedelta(hours=1)),
    )[0]
    if asked >= KEYS_AN_HOUR:
        raise Rejected(Reason.TOO_OFTEN)
    connection.execute("insert into draft_key_asked (worker, at) values (%s, %s)", (device.worker, now))
    found = connection.execute(
        "select k.device, k.public, k.wrapped from draft_key k join device d on d.id = k.device"
        " where d.worker = %s and exists (select from draft_copy c where c.device = d.id and c.content is not null)"
        " order by k.at desc",
        (device.worker,),
    ).fetchall()
    audit.note(connection, now, "draft-keys-given", device.worker, device.id)
    return [dict(zip(("device", "public", "wrapped"), line, strict=True)) for line in found]


def give(connection: Connection, device: Device, copy: str, now: datetime) -> bytes:
    """A sealed copy, to a device of its worker or of who it was opened to. Rejected for anything else, all alike."""
    found = connection.execute(
        "select worker, content from draft_copy where copy = %s and content is not null", (copy,)
    ).fetchone()
    if found is None or (found[0] != device.worker and not is_open_to(connection, str(found[0]), device.worker, now)):
        raise Rejected(Reason.UNKNOWN_RECORD)
    audit.note(connection, now, "draft-copy-given", device.worker, f"{copy} {device.id}")
    return bytes(found[1])


def is_open_to(connection: Connection, worker: str, to: str, now: datetime) -> bool:
    """Whether two persons opened a worker's copies to somebody, and it has not ended."""
    found = connection.execute(
        "select 1 from draft_escrow where worker = %s and opened_to = %s and until > %s limit 1", (worker, to, now)
    )
    return found.fetchone() is not None


def open_to(connection: Connection, worker: str, to: str, who: tuple[str, str], why: tuple[str, datetime]) -> datetime:
    """Open a worker's copies to somebody, on the word of two others; until when. NotTwoPersons when it is not so."""
    reason, now = why
    if len({worker, *who}) < 3 or any(workers.role_of(connection, each) not in MAY for each in who):
        raise NotTwoPersons
    until = now + ESCROW
    connection.execute(
        "insert into draft_escrow (worker, opened_to, by_one, by_two, reason, at, until)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (worker, to, *who, reason, now, until),
    )
    for each in who:
        audit.note(connection, now, "draft-escrow", each, f"{worker} {to}")
    return until


def counts(connection: Connection) -> list[dict[str, Any]]:
    """Of each worker that has any: how many drafts have a copy, since when the oldest, and when one came last."""
    found = connection.execute(
        "select c.worker, w.name, count(*), min(c.first_at), max(c.at)"
        " from draft_copy c join worker w on w.id = c.worker where c.content is not null"
        " group by c.worker, w.name order by w.name, c.worker"
    ).fetchall()
    return [
        {"worker": worker, "name": name, "drafts": count, "oldest": stamp(oldest), "newest": stamp(newest)}
        for worker, name, count, oldest, newest in found
    ]


def of_device(connection: Connection, device: str) -> tuple[int, str]:
    """How many live copies came from a device, and when the last did."""
    count, newest = row(
        connection,
        "select count(*), max(at) from draft_copy where device = %s and content is not null",
        (device,),
    )
    return int(count), stamp(newest) if newest else "never"


def let_go(connection: Connection, now: datetime) -> None:
    """What nobody needs any more: copies of devices long out of use, and that copies were done with long ago."""
    connection.execute(
        "update draft_copy set content = null, label = '' where content is not null and at < %s"
        " and device in (select id from device where state <> 'active')",
        (now - KEPT_REVOKED,),
    )
    connection.execute("delete from draft_copy where content is null and at < %s", (now - KEPT_ENDED,))
    connection.execute("delete from draft_key_asked where at < %s", (now - timedelta(days=1),))


def destroy(connection: Connection, device: str, why: tuple[str, str], now: datetime) -> int:
    """Destroy every copy that came from a device, and its wrapped key; how many copies. NotKnown for no device."""
    by, reason = why
    if connection.execute("select 1 from device where id = %s", (device,)).fetchone() is None:
        raise NotKnown
    gone = connection.execute(
        "update draft_copy set content = null, label = '' where device = %s and content is not null", (device,)
    ).rowcount
    connection.execute("delete from draft_key where device = %s", (device,))
    connection.execute(
        "insert into draft_destroyed (device, decided_by, reason, copies, at) values (%s, %s, %s, %s, %s)",
        (device, by, reason, gone, now),
    )
    audit.note(connection, now, "draft-copies-destroyed", by, f"{device} {gone}")
    return gone


def erase(connection: Connection, seal: X25519PrivateKey, records: Iterable[str], now: datetime) -> int:
    """Destroy the copies that are about erased records; how many. With a person or a family goes all of their scope.

    The draft itself, on a laptop that still holds the family, is copied again when its worker goes on with it.
    """
    erased = sorted(set(records))
    found = connection.execute(
        "select distinct scope from record where id = any(%s) and kind in ('family', 'person')", (erased,)
    )
    scopes = {str(scope) for (scope,) in found.fetchall()}
    live = connection.execute("select copy, label from draft_copy where content is not null").fetchall()
    gone = [copy for copy, label in live if _is_about(opened(bytes(label), seal), scopes, set(erased))]
    connection.execute("delete from draft_copy where copy = any(%s)", (gone,))
    if gone:
        audit.note(connection, now, "draft-copies-erased", "central", str(len(gone)))
    return len(gone)


def _is_about(about: About, scopes: set[str], records: set[str]) -> bool:
    return about.scope in scopes or bool(records.intersection(about.records))
