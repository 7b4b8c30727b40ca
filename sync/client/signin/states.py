"""Both flows as values: what is asked, what an answer makes of it. Pure; secrets and time are handed in.

Authorisation code with PKCE for a browser on this machine (RFC 7636, RFC 8252), device code where there is none
(RFC 8628).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from sync.client.signin.failures import NotThisOne, SignInFailed
from sync.protocol.sign_in import is_safe, nonce_of

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER = 5
"""Seconds more between two questions, after each `slow_down`."""
LEAST_INTERVAL = 1
USUAL_INTERVAL = 5
LONGEST_WAIT = 900
"""Seconds that a device code is waited for at most."""


@dataclass(frozen=True, slots=True)
class About:
    """What central says of the council's provider."""

    issuer: str
    client_id: str
    scope: str
    acr: Sequence[str] = ()
    max_age: int = 0
    device_code: bool = True
    enrol: str = "code"


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the provider is asked, from its discovery document."""

    authorize: str
    token: str
    device: str


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a flow: for central (`id_token`, `salt`, `flow`) and for the next renewal (`refresh`)."""

    id_token: str = field(repr=False)
    salt: str = field(repr=False)
    flow: str
    refresh: str = field(default="", repr=False)


def provider_of(told: Mapping[str, Any], issuer: str) -> Provider:
    """The provider of a discovery document: the very issuer, and nothing that is asked in the open."""
    if told.get("issuer") != issuer:
        raise SignInFailed("other-issuer")
    names = ("authorization_endpoint", "token_endpoint", "device_authorization_endpoint")
    places = [told.get(name, "") for name in names]
    if not all(isinstance(each, str) and (not each or is_safe(each)) for each in places) or not all(places[:2]):
        raise SignInFailed("not-a-provider")
    return Provider(*places)


@dataclass(frozen=True, slots=True)
class CodeFlow:
    """A sign-in by the browser, from its beginning to its answer."""

    about: About
    provider: Provider
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)

    def address(self) -> str:
        """What the browser opens."""
        asked = {
            "response_type": "code",
            "client_id": self.about.client_id,
            "redirect_uri": self.redirect,
            "scope": self.about.scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
        }
        asked |= {"acr_values": " ".join(self.about.acr)} if self.about.acr else {}
        asked |= {"max_age": str(self.about.max_age)} if self.about.max_age else {}
        joined = "&" if urlsplit(self.provider.authorize).query else "?"
        return f"{self.provider.authorize}{joined}{urlencode(asked)}"

    def code_of(self, query: Mapping[str, Sequence[str]]) -> str:
        """The code in the answer; NotThisOne for a call that is not the answer to this sign-in."""
        if list(query.get("state", ())) != [self.state]:
            raise NotThisOne
        if list(query.get("iss", (self.about.issuer,))) != [self.about.issuer]:
            raise SignInFailed("other-issuer")
        if "error" in query:
            raise SignInFailed("denied" if "access_denied" in query["error"] else "refused")
        codes = list(query.get("code", ()))
        if len(codes) != 1 or not codes[0]:
            raise NotThisOne
        return str(codes[0])

    def exchange(self, code: str) -> dict[str, str]:
        """What the provider is told to have the tokens."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "client_id": self.about.client_id,
            "code_verifier": self.verifier,
        }


def code_flow(about: About, provider: Provider, device: str, redirect: str, secrets: tuple[str, str, str]) -> CodeFlow:
    """A sign-in about to begin; the secrets are state, verifier and salt, made for this one."""
    state, verifier, salt = secrets
    return CodeFlow(about, provider, redirect, state, verifier, nonce_of(device, salt))


def challenge(verifier: str) -> str:
    """The S256 challenge of RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True)
class Polling:
    """A sign-in by device code: what a person types where, and when to ask next."""

    device_code: str = field(repr=False)
    user_code: str
    address: str
    interval: int
    until: float

    def asks(self, client_id: str) -> dict[str, str]:
        """The question."""
        return {"grant_type": DEVICE_GRANT, "device_code": self.device_code, "client_id": client_id}

    def slower(self) -> Polling:
        """The same, asked less often."""
        return replace(self, interval=self.interval + SLOWER)


def polling_of(told: Mapping[str, Any], now: float) -> Polling:
    """The beginning of a device code's wait."""
    try:
        code, typed, address = (str(told[name]) for name in ("device_code", "user_code", "verification_uri"))
        lasts, interval = int(told["expires_in"]), int(told.get("interval", USUAL_INTERVAL))
    except (KeyError, TypeError, ValueError) as wrong:
        raise SignInFailed("not-a-provider") from wrong
    if not is_safe(address) or not code or not 0 < len(typed) <= 32 or not typed.isprintable():
        raise SignInFailed("not-a-provider")
    return Polling(code, typed, address, max(LEAST_INTERVAL, interval), now + min(lasts, LONGEST_WAIT))


def after(polling: Polling, status: int, told: Mapping[str, Any], now: float) -> Polling | Mapping[str, Any]:
    """What an answer makes of the wait: go on, go on more slowly, or the tokens."""
    if status == 200:
        return told
    match told.get("error"):
        case "authorization_pending" if now < polling.until:
            return polling
        case "slow_down" if now < polling.until:
            return polling.slower()
        case "authorization_pending" | "slow_down" | "expired_token":
            raise SignInFailed("expired")
        case "access_denied":
            raise SignInFailed("denied")
        case _:
            raise SignInFailed("refused")


def came_of(status: int, told: Mapping[str, Any], salt: str, flow: str) -> Came:
    """The tokens of an answer."""
    if status != 200:
        raise SignInFailed("refused")
    token, refresh = told.get("id_token"), told.get("refresh_token", "")
    if not isinstance(token, str) or not token or not isinstance(refresh, str):
        raise SignInFailed("not-a-provider")
    return Came(token, salt, flow, refresh)
