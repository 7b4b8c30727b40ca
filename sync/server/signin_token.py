"""Is this ID token the provider's word, for us, about now? Pure: token, keys and time in, a person or a fault out.

The signature is checked by joserfc; which algorithms and keys are let near it is decided here, before.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from sync.protocol import Reason
from sync.protocol.sign_in import BROWSER, LONGEST_TOKEN, RENEWAL
from sync.server.signin_settings import SignIn

KEY_TYPES: Mapping[str, tuple[str, Any]] = {
    "RS256": ("RSA", RSAKey),
    "ES256": ("EC", ECKey),
    "Ed25519": ("OKP", OKPKey),
    "EdDSA": ("OKP", OKPKey),
}
"""The algorithms that are taken, each with the only type of key it may be used with. `EdDSA` is the older name of
Ed25519, the only curve of that type whose keys are taken.
"""
FRESH = 600
"""Seconds an ID token may be old when it is brought."""
LAST_SECOND = 1e11
LONGEST_DAY = 12 * 3600
FOREIGN_KEYS = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})
"""Members of a header by which a token would bring its own key, or ask for what we do not know."""


class Fault(StrEnum):
    """Why an ID token was not taken, by name; told in the audit, not to the device."""

    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    FOREIGN_KEY = "foreign-key"
    TYPE = "type"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    AUTHORISED_PARTY = "authorised-party"
    SUBJECT = "subject"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    STALE = "stale"
    NONCE = "nonce"
    FLOW = "flow"
    FACTOR = "factor"
    LONG_AGO = "long-ago"
    ROLE = "role"
    REPLAYED = "replayed"
    OTHER_PERSON = "other-person"
    ENDED = "ended"


TOLD: Mapping[Fault, Reason] = {
    Fault.FACTOR: Reason.SIGN_IN_WEAK,
    Fault.ROLE: Reason.SIGN_IN_ROLE,
    Fault.OTHER_PERSON: Reason.SIGN_IN_OTHER,
    Fault.LONG_AGO: Reason.SIGN_IN,
}
"""What a device is told; of every other fault only that the sign-in was not valid."""


class TokenRefused(Exception):
    """An ID token that is not taken."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault

    @property
    def reason(self) -> Reason:
        """What the device is told."""
        return TOLD.get(self.fault, Reason.SIGN_IN_NOT_VALID)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in, as the provider says."""

    subject: str = field(repr=False)
    name: str = field(repr=False)
    role: str
    """As the council maps it; empty where the desk gives the roles."""
    at: datetime
    """When the provider said so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an ID token must answer: the flow it came by, and the nonce the device began it with."""

    flow: str
    nonce: str = ""


def header_of(token: str) -> tuple[str, str]:
    """Key id and algorithm, of a token that may be looked at further."""
    header = _part(token, 0)
    if header.get("alg") not in KEY_TYPES:
        raise TokenRefused(Fault.ALGORITHM)
    if FOREIGN_KEYS & set(header):
        raise TokenRefused(Fault.FOREIGN_KEY)
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise TokenRefused(Fault.TYPE)
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= 256:
        raise TokenRefused(Fault.UNKNOWN_KEY)
    return kid, str(header["alg"])


def claims_of(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    """What a token says, once its signature holds under the provider's key."""
    _, algorithm = header_of(token)
    kind, made_of = KEY_TYPES[algorithm]
    if key.get("kty") != kind or key.get("alg", algorithm) != algorithm:
        raise TokenRefused(Fault.ALGORITHM)
    try:
        return dict(jwt.decode(token, made_of.import_key(dict(key)), algorithms=[algorithm]).claims)
    except (JoseError, ValueError, TypeError) as wrong:
        raise TokenRefused(Fault.SIGNATURE) from wrong


def person_of(claims: Mapping[str, Any], settings: SignIn, asked: Asked, now: datetime) -> Person:
    """The person a proven token speaks of; TokenRefused names the first thing that is not as it must be."""
    _check_parties(claims, settings)
    _check_times(claims, settings, asked, now.timestamp())
    _check_nonce(claims, asked)
    if not _has_factor(claims, settings):
        raise TokenRefused(Fault.FACTOR)
    at = datetime.fromtimestamp(claims["iat"], UTC)
    return Person(str(claims["sub"]), _name(claims), _role(claims, settings), at)


def _name(claims: Mapping[str, Any]) -> str:
    """What a person is called, as one line of letters."""
    told = claims.get("name")
    return "".join(each for each in told if each.isprintable())[:80].strip() if isinstance(told, str) else ""


def _check_parties(claims: Mapping[str, Any], settings: SignIn) -> None:
    if claims.get("iss") != settings.issuer:
        raise TokenRefused(Fault.ISSUER)
    audiences = _texts(claims.get("aud"))
    if settings.accepted_audience not in audiences:
        raise TokenRefused(Fault.AUDIENCE)
    if claims.get("azp", settings.client_id if len(audiences) == 1 else None) != settings.client_id:
        raise TokenRefused(Fault.AUTHORISED_PARTY)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise TokenRefused(Fault.SUBJECT)


def _check_times(claims: Mapping[str, Any], settings: SignIn, asked: Asked, now: float) -> None:
    expires, issued, begins = (_second(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None:
        raise TokenRefused(Fault.MALFORMED)
    if now > expires + settings.skew:
        raise TokenRefused(Fault.EXPIRED)
    if max(issued, begins or issued) > now + settings.skew:
        raise TokenRefused(Fault.NOT_YET)
    if now - issued > FRESH + settings.skew:
        raise TokenRefused(Fault.STALE)
    _check_age(claims, settings, asked, now)


def _check_age(claims: Mapping[str, Any], settings: SignIn, asked: Asked, now: float) -> None:
    """How long ago the person proved who they are: a working day at most, and as the council asks at a beginning."""
    proved = _second(claims, "auth_time")
    longest = LONGEST_DAY
    if settings.max_age and asked.flow != RENEWAL:
        if proved is None:
            raise TokenRefused(Fault.LONG_AGO)
        longest = min(longest, settings.max_age)
    if proved is not None and now - proved > longest + settings.skew:
        raise TokenRefused(Fault.LONG_AGO)


def _check_nonce(claims: Mapping[str, Any], asked: Asked) -> None:
    """The device flow and a renewal carry no nonce at most providers; one that is told must be ours."""
    if asked.flow == BROWSER and claims.get("nonce") != asked.nonce:
        raise TokenRefused(Fault.NONCE)
    if asked.flow != BROWSER and asked.nonce and claims.get("nonce", asked.nonce) != asked.nonce:
        raise TokenRefused(Fault.NONCE)


def _has_factor(claims: Mapping[str, Any], settings: SignIn) -> bool:
    if not settings.acr and not settings.amr:
        return True
    return claims.get("acr") in settings.acr or bool(set(settings.amr) & set(_texts(claims.get("amr"))))


def _role(claims: Mapping[str, Any], settings: SignIn) -> str:
    if not settings.roles:
        return ""
    held = set(_texts(claims.get(settings.role_claim)))
    for value, role in settings.roles.items():
        if value in held:
            return role
    raise TokenRefused(Fault.ROLE)


def _texts(told: Any) -> list[str]:
    return [each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str)]


def _second(claims: Mapping[str, Any], name: str) -> float | None:
    told = claims.get(name)
    if told is None:
        return None
    # Said this way round, so that what is no number at all (NaN is read by json) is refused too.
    if isinstance(told, bool) or not isinstance(told, int | float) or not abs(told) < LAST_SECOND:
        raise TokenRefused(Fault.MALFORMED)
    return float(told)


def _part(token: str, number: int) -> dict[str, Any]:
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3:
        raise TokenRefused(Fault.MALFORMED)
    try:
        told = json.loads(base64.urlsafe_b64decode(parts[number] + "=" * (-len(parts[number]) % 4)))
    except (binascii.Error, ValueError, RecursionError) as wrong:
        raise TokenRefused(Fault.MALFORMED) from wrong
    if not isinstance(told, dict):
        raise TokenRefused(Fault.MALFORMED)
    return told
