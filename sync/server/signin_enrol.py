"""A device becomes known by a code, by a code and a sign-in, or by a sign-in alone, as the council has set it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sync.errors import Malformed, Rejected
from sync.protocol import Reason
from sync.protocol.sign_in import BROWSER
from sync.server import audit, codes, signin, signin_settings, workers
from sync.server.codes import ALPHABET, HANDLE, LIFE, MISREAD, Owner
from sync.server.database import Connection
from sync.server.errors import CentralError
from sync.server.signin import Brought
from sync.server.signin_routes import open_session, told_of
from sync.server.signin_settings import SignIn
from sync.server.signin_token import Fault, Person, TokenRefused

APPROVERS = ("lead", "ig", "admin")


class NotAnApprover(CentralError):
    """A code was to be approved by who may not, or there is no such code."""

    said = "That code was not approved."
    cure = (
        "A lead, information governance or an administrator who is not the code's own worker approves a code in time."
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """Who a new device is for, and the sign-in it came with."""

    owner: Owner | None
    came: Brought | None = field(default=None, repr=False)
    word: datetime | None = None
    """When the provider said so."""


def enter(connection: Connection, device: str, told: Mapping[str, Any], now: datetime) -> Entry:
    """The worker a device may be enrolled for. The sign-in is looked at first: a wrong one uses no code up."""
    settings, code = signin_settings.find(connection), str(told["code"])
    came = _came(device, told)
    if settings is None or (came is None and settings.enrol == "code"):
        return Entry(_redeem(connection, settings, code, now))
    if came is None:
        raise Rejected(Reason.SIGN_IN)
    try:
        person = signin.prove(connection, settings, came, now)
        return Entry(_owner(connection, _SignedIn(settings, came, person), code, now), came, person.at)
    except TokenRefused as fault:
        connection.rollback()
        raise Rejected(fault.reason) from fault


def begin(connection: Connection, entry: Entry, now: datetime) -> dict[str, dict[str, str]]:
    """The first session of a device that came with a sign-in, as a member of the answer."""
    if entry.came is None or entry.owner is None or entry.word is None:
        return {}
    try:
        return {"session": told_of(open_session(connection, entry.owner.id, entry.came, entry.word, now))}
    except TokenRefused as fault:
        raise Rejected(fault.reason) from fault


def approve(connection: Connection, code: str, approver: str, now: datetime) -> str:
    """A second person stands for a code; the worker it was made for."""
    found = connection.execute(
        "select c.handle, c.worker from code c where c.handle = %s and not c.used and c.expires > %s",
        (handle_of(code), now),
    ).fetchone()
    if found is None or found[1] == approver or workers.role_of(connection, approver) not in APPROVERS:
        raise NotAnApprover
    connection.execute("delete from code_approval where handle = %s", (found[0],))
    connection.execute(
        "insert into code_approval (handle, approver, at) values (%s, %s, %s)", (found[0], approver, now)
    )
    audit.note(connection, now, "code-approved", approver, str(found[1]))
    return str(found[1])


def handle_of(code: str) -> str:
    """The letters of a code that find it; they are no secret."""
    return "".join(letter for letter in code[:64].upper().translate(MISREAD) if letter in ALPHABET)[:HANDLE]


def _came(device: str, told: Mapping[str, Any]) -> Brought | None:
    brings = told.get("sign_in")
    if brings is None:
        return None
    if not isinstance(brings, dict):
        raise Malformed
    return signin.brought(device, brings)


def _redeem(connection: Connection, settings: SignIn | None, code: str, now: datetime) -> Owner | None:
    if settings is not None and settings.approval and not _is_approved(connection, code):
        return None
    return codes.redeem(connection, code, now)


def _is_approved(connection: Connection, code: str) -> bool:
    """Approved in this life of the code: its four letters may have been another's before."""
    found = connection.execute(
        "select 1 from code_approval a join code c on c.handle = a.handle"
        " where c.handle = %s and a.at >= c.expires - %s",
        (handle_of(code), LIFE),
    ).fetchone()
    return found is not None


@dataclass(frozen=True, slots=True)
class _SignedIn:
    """A sign-in that was proven."""

    settings: SignIn
    came: Brought
    person: Person


def _owner(connection: Connection, entering: _SignedIn, code: str, now: datetime) -> Owner | None:
    if signin.spent_for(connection, entering.came) is not None:
        raise TokenRefused(Fault.REPLAYED)
    if not code:
        return _alone(connection, entering, now)
    owner = _redeem(connection, entering.settings, code, now)
    connection.commit()
    if owner is None:
        return None
    signin.bind(connection, owner.id, entering.settings, entering.person, now)
    signin.give_role(connection, owner.id, entering.person, now)
    return Owner(owner.id, owner.name, workers.role_of(connection, owner.id))


def _alone(connection: Connection, entering: _SignedIn, now: datetime) -> Owner:
    """By sign-in alone, where the council allows it; never by device code, whose token names no device."""
    settings, person = entering.settings, entering.person
    if settings.enrol != "sign-in" or entering.came.flow != BROWSER:
        raise Rejected(Reason.SIGN_IN_CODE)
    worker = signin.worker_of(connection, settings, person)
    if worker is None:
        worker = _new_worker(connection, settings, person, now)
    signin.refuse_the_ended(connection, worker)
    signin.give_role(connection, worker, person, now)
    found = connection.execute("select id, name, role from worker where id = %s", (worker,)).fetchone()
    return Owner(*found) if found else Owner(worker, person.name, person.role)


def _new_worker(connection: Connection, settings: SignIn, person: Person, now: datetime) -> str:
    """A worker of that account. Never one who has the name already: an account is known by its subject only."""
    known = connection.execute("select 1 from worker where name = %s", (person.name.strip(),)).fetchone()
    if known or not person.name or not person.role:
        raise Rejected(Reason.SIGN_IN_CODE)
    worker = workers.make_known(connection, person.name, person.role, now)
    signin.bind(connection, worker, settings, person, now)
    return worker
