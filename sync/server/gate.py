"""The gate: is this request from a device we know, unchanged, fresh, and asked for the first time (RFC 9421)?"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.errors import Rejected
from sync.protocol import DATE_TOLERANCE, Reason, RequestFacts, content_digest, device_id
from sync.protocol.sign_in import MOST_SESSION, SESSION
from sync.server import devices, sessions, signin_settings
from sync.server.database import Connection, row
from sync.server.devices import Device

_INPUT = re.compile(
    r'fk=\("@method" "@path" "content-digest"\);created=(\d{1,12});nonce="([0-9a-f]{32})";keyid="([0-9a-f]{32})"'
    r';alg="ed25519"'
)
PULL = "/sync/pull"
"""The path that needs whatever a council asks of who reads."""
_SIGNATURE = re.compile(r"fk=:([A-Za-z0-9+/=]{88}):")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says of itself, not believed yet."""

    facts: RequestFacts
    signature: bytes = field(repr=False)
    session: str = field(default="", repr=False)
    """The access token that came with it; empty without one."""

    def proves(self, public_key: bytes) -> bool:
        """Whether the key signed exactly this."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, self.facts.base())
        except (InvalidSignature, ValueError):
            return False
        return True


def claimed_device(headers: Mapping[str, str]) -> str:
    """The device a request says it is from, believed or not; empty when it says none in our way."""
    return claimed(headers)[1]


def claimed(headers: Mapping[str, str]) -> tuple[str, str]:
    """The nonce and the device that a request names, believed or not; both empty when it names none in our way."""
    told = _INPUT.fullmatch(headers.get("signature-input", ""))
    return (told[2], told[3]) if told else ("", "")


def read_claim(asked: Asked, now: datetime) -> Claim:
    """What a request claims; Rejected when it is not signed in our way, altered, or of another time."""
    told = _INPUT.fullmatch(asked.headers.get("signature-input", ""))
    signed = _SIGNATURE.fullmatch(asked.headers.get("signature", ""))
    if told is None or signed is None or asked.headers.get("content-digest") != content_digest(asked.body):
        raise Rejected(Reason.BAD_SIGNATURE)
    created, nonce, device = told.groups()
    facts = RequestFacts(asked.method, asked.path, content_digest(asked.body), int(created), nonce, device)
    if abs(int(created) - int(now.timestamp())) > DATE_TOLERANCE:
        raise Rejected(Reason.OLD_DATE)
    return Claim(facts, base64.b64decode(signed[1]), asked.headers.get(SESSION, "")[:MOST_SESSION])


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who asks, and what the clock wants done before it is answered."""

    device: Device
    ends: bool
    """Whether something its worker holds ends by itself now."""
    due: bool
    """Whether somebody must be told of something by now."""
    unsigned: bool
    """Whether a bundle waits for central's receipt."""
    reads: bool
    """Whether it may be handed anything: a push may be taken from somebody who has to sign in before a pull."""


ARRIVE = (
    f"with {devices.SPENT}"  # noqa: S608 - words of our modules
    " select exists (select from spent), (select settings from signin),"
    " exists (select from entitlement where worker = %(worker)s and held and expires <= %(now)s),"
    " exists (select from clock where next <= %(now)s),"
    " exists (select from to_countersign)"
)
"""All that is asked of every request once its signature holds, in one go: each trip costs more than what it asks."""


def arrive(connection: Connection, claim: Claim, now: datetime) -> Arrival:
    """Let a device in; Rejected for an unknown, revoked or forked one, a wrong signature, a repeated nonce."""
    device = recognise(connection, claim)
    if device.state != "active":
        raise Rejected(Reason.REVOKED if device.state == "revoked" else Reason.FORKED)
    values = devices.spending(device.id, claim.facts.nonce, now) | {"worker": device.worker}
    fresh, settings, ends, due, unsigned = row(connection, ARRIVE, values)
    if not fresh:
        raise Rejected(Reason.REPLAY)
    council = signin_settings.of_text(settings)
    reads = sessions.is_open(council, PULL) or sessions.holds(connection, device, claim.session, now)
    if not reads and not sessions.is_open(council, claim.facts.path):
        raise Rejected(Reason.SIGN_IN)
    return Arrival(device, ends, due, unsigned, reads)


def admit(connection: Connection, claim: Claim, now: datetime) -> Device:
    """The same, where nothing depends on the clock."""
    return arrive(connection, claim, now).device


def admit_revoked(connection: Connection, claim: Claim, now: datetime) -> Device:
    """The device that asks what is to become of it: a revoked one may ask that, and nothing else."""
    device = recognise(connection, claim)
    if not devices.spend(connection, device.id, claim.facts.nonce, now):
        raise Rejected(Reason.REPLAY)
    return device


def recognise(connection: Connection, claim: Claim) -> Device:
    """The device that a claim is from, whatever its state; Rejected for an unknown one or a wrong signature."""
    device = devices.find(connection, claim.facts.device)
    if device is None:
        raise Rejected(Reason.UNKNOWN_DEVICE)
    if not claim.proves(device.public_key):
        raise Rejected(Reason.BAD_SIGNATURE)
    return device


def newcomer(claim: Claim, public_key: bytes) -> str:
    """The id of a device that is not known yet, once it has proved its key."""
    if device_id(public_key) != claim.facts.device or not claim.proves(public_key):
        raise Rejected(Reason.BAD_SIGNATURE)
    return claim.facts.device
