"""A sign-in taken: the ID token is proven, the account is the worker's, the role is what the council maps it to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sync.errors import Malformed, Rejected
from sync.protocol import Reason
from sync.protocol.sign_in import BROWSER, DEVICE_CODE, RENEWAL, digest_of, nonce_of
from sync.server import audit, signin_keys, workers
from sync.server.database import Connection
from sync.server.devices import Device
from sync.server.signin_settings import SignIn
from sync.server.signin_token import Asked, Fault, Person, TokenRefused, claims_of, header_of, person_of

REMEMBERED = timedelta(days=1)
"""How long a taken ID token is known; far longer than one is fresh."""
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Brought:
    """What a device brings from the provider."""

    device: str
    token: str = field(repr=False)
    salt: str = field(repr=False)
    flow: str
    following: str = field(repr=False)
    """SHA-256 of the refresh token that the device has made for the session's next renewal."""

    @property
    def digest(self) -> bytes:
        """What is kept of the ID token."""
        return bytes.fromhex(digest_of(self.token))

    def asked(self) -> Asked:
        """What the token must answer."""
        return Asked(self.flow, nonce_of(self.device, self.salt) if self.flow != RENEWAL else "")


def brought(device: str, told: Mapping[str, Any], flow: str = "") -> Brought:
    """A sign-in as a device tells it; Malformed when it is none."""
    try:
        made = Brought(device, told["id_token"], told.get("salt", ""), flow or told["flow"], told["next"])
    except (AttributeError, KeyError, TypeError) as wrong:
        raise Malformed from wrong
    if not all(isinstance(each, str) for each in (made.token, made.salt, made.flow, made.following)):
        raise Malformed
    if made.flow not in (flow, BROWSER, DEVICE_CODE) or len(made.salt) > 64 or not is_digest(made.following):
        raise Malformed
    return made


def is_digest(told: object) -> bool:
    """Whether this is a SHA-256 in hexadecimal."""
    return isinstance(told, str) and len(told) == 64 and set(told) <= _HEX


def prove(connection: Connection, settings: SignIn, came: Brought, now: datetime) -> Person:
    """Who signed in; TokenRefused by name."""
    if came.flow == DEVICE_CODE and not settings.device_code:
        raise TokenRefused(Fault.FLOW)
    kid, _ = header_of(came.token)
    key = signin_keys.key_for(connection, settings, kid, now)
    if key is None:
        raise TokenRefused(Fault.UNKNOWN_KEY)
    return person_of(claims_of(came.token, key), settings, came.asked(), now)


def spend(connection: Connection, came: Brought, family: str, now: datetime) -> None:
    """Use an ID token up; TokenRefused when it was brought before."""
    connection.execute("delete from signin_used where until < %s", (now,))
    taken = connection.execute(
        "insert into signin_used (token, family, until) values (%s, %s, %s) on conflict do nothing",
        (came.digest, family, now + REMEMBERED),
    ).rowcount
    if not taken:
        raise TokenRefused(Fault.REPLAYED)


def spent_for(connection: Connection, came: Brought) -> str | None:
    """The session that an ID token has been used for already."""
    found = connection.execute("select family from signin_used where token = %s", (came.digest,)).fetchone()
    return None if found is None else str(found[0])


def worker_of(connection: Connection, settings: SignIn, person: Person) -> str | None:
    """The worker an account is; None for one that is bound to nobody."""
    found = connection.execute(
        "select worker from worker_identity where issuer = %s and subject = %s", (settings.issuer, person.subject)
    ).fetchone()
    return None if found is None else str(found[0])


def bind(connection: Connection, worker: str, settings: SignIn, person: Person, now: datetime) -> None:
    """The account is this worker's from now on; TokenRefused when either is somebody else's already."""
    refuse_the_ended(connection, worker)
    made = connection.execute(
        "insert into worker_identity (worker, issuer, subject, bound_at) values (%s, %s, %s, %s)"
        " on conflict do nothing",
        (worker, settings.issuer, person.subject, now),
    ).rowcount
    if worker_of(connection, settings, person) != worker:
        raise TokenRefused(Fault.OTHER_PERSON)
    if made:
        audit.note(connection, now, "sign-in-bound", worker, worker)
        # What follows may write into `ref`, and must not wait for it with the audit's head in its hand.
        connection.commit()


def refuse_the_ended(connection: Connection, worker: str) -> None:
    """TokenRefused for a worker who has left."""
    if connection.execute("select 1 from worker_end where worker = %s", (worker,)).fetchone():
        raise TokenRefused(Fault.ENDED)


def give_role(connection: Connection, worker: str, person: Person, now: datetime) -> None:
    """The role the council's groups give, from this sign-in on. A transaction of its own: it writes into `ref`."""
    if person.role and workers.role_of(connection, worker) != person.role:
        name = connection.execute("select name from worker where id = %s", (worker,)).fetchone()
        workers.make_known(connection, str(name[0]) if name else "", person.role, now)
    connection.commit()


def refused(connection: Connection, device: Device, fault: TokenRefused, now: datetime) -> Rejected:
    """The refusal to tell, noted by name: what the provider's word was not, never the word itself."""
    connection.rollback()
    audit.note(connection, now, f"sign-in-refused {fault.fault.value}", device.worker, device.id)
    connection.commit()
    return Rejected(fault.reason)


def ask(settings: SignIn | None) -> SignIn:
    """The settings, where there are any."""
    if settings is None:
        raise Rejected(Reason.NO_SIGN_IN)
    return settings
