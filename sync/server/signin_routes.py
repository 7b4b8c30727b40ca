"""The routes of sign-in: what the provider is, a session begun, renewed and ended. All are signed by the device."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sync.errors import Malformed, Rejected
from sync.protocol import JSON, Reason, parse
from sync.protocol.sign_in import MOST_SESSION, RENEWAL, digest_of
from sync.server import sessions, signin, signin_settings
from sync.server.clock import stamp
from sync.server.database import Connection
from sync.server.devices import Device
from sync.server.gate import Asked, Claim, admit, newcomer
from sync.server.sessions import Access, Renewal, Session
from sync.server.signin import Brought
from sync.server.signin_settings import SignIn
from sync.server.signin_token import Fault, TokenRefused

if TYPE_CHECKING:
    from sync.server.app import Central

STATUS = {
    Reason.SIGN_IN: 401,
    Reason.NO_SIGN_IN: 404,
    Reason.SIGN_IN_NOT_VALID: 403,
    Reason.SIGN_IN_WEAK: 403,
    Reason.SIGN_IN_ROLE: 403,
    Reason.SIGN_IN_OTHER: 403,
    Reason.SIGN_IN_CODE: 403,
    Reason.SIGN_IN_AWAY: 403,
}


def about(_central: "Central", connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """Which provider, and what it is asked: also for a device that is not enrolled yet."""
    try:
        newcomer(claim, bytes.fromhex(_told(asked)["public_key"]))
    except (KeyError, TypeError, ValueError) as wrong:
        raise Malformed from wrong
    settings = signin.ask(signin_settings.find(connection))
    told = {name: getattr(settings, name) for name in ("issuer", "client_id", "scope", "max_age", "device_code")}
    return JSON, json.dumps({**told, "acr": list(settings.acr), "enrol": settings.enrol}).encode()


def session(central: "Central", connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """A worker's day begins: an ID token for a session of this device."""
    now = central.clock()
    device, settings = admit(connection, claim, now), signin.ask(signin_settings.find(connection))
    connection.commit()
    came = signin.brought(device.id, _told(asked))
    try:
        return _answer(_begin(connection, settings, device, came, now))
    except TokenRefused as fault:
        raise signin.refused(connection, device, fault, now) from fault


def _begin(connection: Connection, settings: SignIn, device: Device, came: Brought, now: datetime) -> Access:
    person = signin.prove(connection, settings, came, now)
    family = signin.spent_for(connection, came)
    if family is not None:
        # Word for word the same once more: central's answer was lost on its way.
        before = Session(family, device.worker, device.id, now)
        given = sessions.again(connection, before, came.following, person.at, now)
        if given is None:
            raise TokenRefused(Fault.REPLAYED)
        return given
    signin.bind(connection, device.worker, settings, person, now)
    signin.give_role(connection, device.worker, person, now)
    return open_session(connection, device.worker, came, person.at, now)


def open_session(connection: Connection, worker: str, came: Brought, word: datetime, now: datetime) -> Access:
    """The session an ID token is spent for."""
    session = sessions.fresh(worker, came.device, now)
    signin.spend(connection, came, session.family, now)
    return sessions.begin(connection, session, came.following, word, now)


def refresh(central: "Central", connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """A session goes on: the refresh token, and the provider's word that the person is still there."""
    now, told = central.clock(), _told(asked)
    device, settings = admit(connection, claim, now), signin.ask(signin_settings.find(connection))
    connection.commit()
    try:
        asks = Renewal(*_tokens(told), _word(connection, settings, device, told, now))
        held = sessions.of_refresh(connection, device.id, asks, now)
        signin.refuse_the_ended(connection, held.worker)
        return _answer(sessions.renew(connection, held, asks, now))
    except TokenRefused as fault:
        raise signin.refused(connection, device, fault, now) from fault


def _tokens(told: Mapping[str, Any]) -> tuple[str, str]:
    token, following = told.get("refresh"), told.get("next")
    if not isinstance(token, str) or not isinstance(following, str) or len(token) > MOST_SESSION:
        raise Malformed
    if not signin.is_digest(following) or following == digest_of(token):
        raise Malformed
    return token, following


def _word(connection: Connection, settings: SignIn, device: Device, told: Mapping[str, Any], now: datetime) -> datetime:
    """When the provider vouched for this account; its groups may have changed. Now, where it is not asked again."""
    if settings.renewal != "provider":
        return now
    if not told.get("id_token"):
        raise Rejected(Reason.SIGN_IN)
    person = signin.prove(connection, settings, signin.brought(device.id, told, RENEWAL), now)
    if signin.worker_of(connection, settings, person) != device.worker:
        raise TokenRefused(Fault.OTHER_PERSON)
    signin.give_role(connection, device.worker, person, now)
    return person.at


def end(central: "Central", connection: Connection, _asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """A worker signs out: this device's session ends."""
    device = admit(connection, claim, central.clock())
    sessions.end_of_device(connection, device, central.clock())
    return JSON, b"{}"


def told_of(given: Access) -> dict[str, str]:
    """A session as a device is told it."""
    return {"access": given.token, "access_until": stamp(given.until), "until": stamp(given.session_until)}


def _answer(given: Access) -> tuple[str, bytes]:
    return JSON, json.dumps(told_of(given)).encode()


def _told(asked: Asked) -> dict[str, Any]:
    told = parse(asked.body)
    if not isinstance(told, dict):
        raise Malformed
    return told


ROUTES = (
    ("/sign-in/about", JSON, about),
    ("/sign-in/session", JSON, session),
    ("/sign-in/refresh", JSON, refresh),
    ("/sign-in/end", JSON, end),
)
"""Path, type of the body, and the work."""
