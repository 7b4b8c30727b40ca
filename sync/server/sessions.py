"""Sessions: a worker's working day on one device. Short access, rotated refresh, both only as hashes.

A session is bound to its device: every request is signed by the device's key as before (RFC 9421), and a token is
looked up together with the device that signed. That is what DPoP (RFC 9449) is for, and the signature is there
already: a second proof with a second key would prove nothing more. Tokens are in a table: every process knows them.

The next refresh token is made by the device and told ahead as a hash: when central's answer is lost the same question
with the same hash is answered again, and any other use of a used token is a theft and ends the session.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync.errors import Rejected
from sync.protocol import Reason
from sync.protocol.sign_in import digest_of
from sync.server import audit
from sync.server.database import Connection
from sync.server.devices import Device
from sync.server.signin_settings import SignIn

ACCESS = timedelta(minutes=10)
DAY = timedelta(hours=12)
KEPT = timedelta(days=7)
UNSENT = frozenset({"/sync/push", "/sync/file/put", "/sync/draft/put"})
"""What carries unsent work to central, and nothing back but receipts."""
OWN = "/sign-in/"


@dataclass(frozen=True, slots=True)
class Session:
    """A family of tokens, as it stands."""

    family: str
    worker: str
    device: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Access:
    """What a device is given: the access token, and how long it and the session last."""

    token: str = field(repr=False)
    until: datetime
    session_until: datetime


def is_open(settings: SignIn | None, path: str) -> bool:
    """Whether a path is answered without a session."""
    if settings is None or not settings.required or path.startswith(OWN):
        return True
    return settings.push_without and path in UNSENT


def holds(connection: Connection, device: Device, token: str, now: datetime) -> bool:
    """Whether the device that signed has this session."""
    found = connection.execute(
        "select 1 from session where access = %s and device = %s and ended is null and access_until > %s",
        (_kept(token), device.id, now),
    ).fetchone()
    return found is not None


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a device asks a session to go on with."""

    refresh: str = field(repr=False)
    following: str = field(repr=False)
    """SHA-256 of the refresh token that takes its place."""
    word: datetime
    """When the provider last vouched for the person: access ends ten minutes after that, however late it came here."""


def begin(connection: Connection, session: Session, following: str, word: datetime, now: datetime) -> Access:
    """Open a session; the one this device had before ends."""
    connection.execute("delete from session where until < %s", (now - KEPT,))
    connection.execute(
        "update session set ended = %s, why = 'anew' where device = %s and ended is null", (now, session.device)
    )
    token, until = secrets.token_urlsafe(32), _access_until(session, word, now)
    connection.execute(
        "insert into session (family, worker, device, access, access_until, refresh, started, until)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            session.family,
            session.worker,
            session.device,
            _kept(token),
            until,
            bytes.fromhex(following),
            now,
            session.until,
        ),
    )
    audit.note(connection, now, "sign-in", session.worker, session.device)
    return Access(token, until, session.until)


def of_refresh(connection: Connection, device: str, asked: Renewal, now: datetime) -> Session:
    """The session that a refresh token may renew. A used one ends the session, unless it asks the same once more."""
    kept = _kept(asked.refresh)
    found = connection.execute(
        "select family, worker, until, refresh, ended from session where device = %(device)s and (refresh = %(kept)s"
        " or family in (select family from session_spent where refresh = %(kept)s))"
        " order by started desc limit 1 for update",
        {"kept": kept, "device": device},
    ).fetchone()
    if found is None:
        # Another device's token, or nobody's: it opens nothing here, and does nothing to its own session.
        raise Rejected(Reason.SIGN_IN)
    family, worker, until, current, ended = found
    if ended is None and bytes(current) not in (kept, bytes.fromhex(asked.following)):
        end(connection, Session(family, worker, device, until), "reuse", now)
        connection.commit()
        raise Rejected(Reason.SIGN_IN)
    if ended is not None or until <= now:
        raise Rejected(Reason.SIGN_IN)
    return Session(family, worker, device, until)


def renew(connection: Connection, session: Session, asked: Renewal, now: datetime) -> Access:
    """A new access token; the refresh token is used up, and the one told ahead takes its place."""
    connection.execute(
        "insert into session_spent (refresh, family) values (%s, %s) on conflict do nothing",
        (_kept(asked.refresh), session.family),
    )
    connection.execute(
        "update session set refresh = %s where family = %s", (bytes.fromhex(asked.following), session.family)
    )
    return _give_access(connection, session, asked.word, now)


def again(connection: Connection, session: Session, following: str, word: datetime, now: datetime) -> Access | None:
    """The session of an ID token that comes once more because the answer was lost; None when it is not that."""
    found = connection.execute(
        "select family, worker, device, until from session where family = %s and device = %s and refresh = %s"
        " and ended is null and until > %s",
        (session.family, session.device, bytes.fromhex(following), now),
    ).fetchone()
    return None if found is None else _give_access(connection, Session(*found), word, now)


def _give_access(connection: Connection, session: Session, word: datetime, now: datetime) -> Access:
    token, until = secrets.token_urlsafe(32), _access_until(session, word, now)
    connection.execute(
        "update session set access = %s, access_until = %s where family = %s", (_kept(token), until, session.family)
    )
    return Access(token, until, session.until)


def _access_until(session: Session, word: datetime, now: datetime) -> datetime:
    return min(min(now, word) + ACCESS, session.until)


def fresh(worker: str, device: str, now: datetime) -> Session:
    """A session to be begun."""
    return Session(secrets.token_hex(16), worker, device, now + DAY)


def end(connection: Connection, session: Session, why: str, now: datetime) -> None:
    """End one session at once: none of its tokens opens anything from here on."""
    connection.execute("update session set ended = %s, why = %s where family = %s", (now, why, session.family))
    audit.note(connection, now, f"sign-in-{why}", session.worker, session.device)


def end_of_device(connection: Connection, device: Device, now: datetime) -> None:
    """A worker signs out."""
    found = connection.execute("select family from session where device = %s and ended is null", (device.id,))
    for (family,) in found.fetchall():
        end(connection, Session(str(family), device.worker, device.id, now), "out", now)


def end_all(connection: Connection, worker: str, now: datetime) -> int:
    """End every session of a worker; how many there were."""
    ended = connection.execute(
        "update session set ended = %s, why = 'desk' where worker = %s and ended is null", (now, worker)
    ).rowcount
    audit.note(connection, now, "sign-in-desk", "desk", worker)
    return ended


def listed(connection: Connection, now: datetime) -> list[tuple[str, str, datetime, datetime]]:
    """The open sessions: worker, device, since when and until when."""
    found = connection.execute(
        "select worker, device, started, until from session where ended is null and until > %s order by started", (now,)
    )
    return [(str(worker), str(device), started, until) for worker, device, started, until in found.fetchall()]


def _kept(token: str) -> bytes:
    return bytes.fromhex(digest_of(token))
