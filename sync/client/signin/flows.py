"""Both flows carried out: the provider is asked, a person does their part, the tokens come back."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.client.http import ask_provider
from sync.client.signin.failures import SignInFailed
from sync.client.signin.states import (
    About,
    Came,
    Polling,
    Provider,
    after,
    came_of,
    code_flow,
    polling_of,
    provider_of,
)
from sync.errors import NotCentral, Unreachable
from sync.protocol.sign_in import BROWSER, DEVICE_CODE, RENEWAL, is_safe, nonce_of


@dataclass(frozen=True, slots=True)
class Hands:
    """What a person is shown and how long is waited; handed in, so that a test needs no browser and no patience."""

    open_address: Callable[[str], None]
    """Show the provider's page in a browser."""
    show_code: Callable[[str, str], None]
    """Tell where to go and what to type."""
    wait: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    patience: float = 300.0
    """Seconds until the browser must have come back."""


def by_browser(about: About, device: str, hands: Hands) -> Came:
    """Sign in by a browser on this machine."""
    from sync.client.signin.loopback import Loopback

    provider, salt = discovered(about), secrets.token_hex(16)
    loopback = Loopback()
    try:
        made = (secrets.token_urlsafe(32), secrets.token_urlsafe(48), salt)
        flow = code_flow(about, provider, device, loopback.redirect, made)
        hands.open_address(flow.address())
        code = loopback.wait(flow.code_of, hands.patience)
    finally:
        loopback.close()
    return came_of(*asked(provider.token, flow.exchange(code)), salt, BROWSER)


def by_device_code(about: About, device: str, hands: Hands) -> Came:
    """Sign in by a code that is typed into a browser anywhere."""
    provider, salt = discovered(about), secrets.token_hex(16)
    if not provider.device or not about.device_code:
        raise SignInFailed("no-device-code")
    begun = {"client_id": about.client_id, "scope": about.scope, "nonce": nonce_of(device, salt)}
    status, told = asked(provider.device, begun)
    if status != 200:
        raise SignInFailed("refused")
    polling = polling_of(told, hands.now())
    hands.show_code(polling.address, polling.user_code)
    return came_of(200, _tokens(about, provider, polling, hands), salt, DEVICE_CODE)


def _tokens(about: About, provider: Provider, polling: Polling, hands: Hands) -> Mapping[str, Any]:
    while True:
        hands.wait(polling.interval)
        answer = _poll(about, provider, polling, hands)
        if not isinstance(answer, Polling):
            return answer
        polling = answer


def _poll(about: About, provider: Provider, polling: Polling, hands: Hands) -> Polling | Mapping[str, Any]:
    try:
        status, told = asked(provider.token, polling.asks(about.client_id))
    except Unreachable:
        # A line that was cut is asked again, more slowly (RFC 8628 section 3.5), until the code is too old.
        if hands.now() >= polling.until:
            raise
        return polling.slower()
    return after(polling, status, told, hands.now())


def refreshed(about: About, refresh: str) -> Came:
    """The provider's word that the person is still there; SignInFailed when it gives none."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": about.client_id}
    came = came_of(*asked(discovered(about).token, form), "", RENEWAL)
    return came if came.refresh else Came(came.id_token, "", RENEWAL, refresh)


def discovered(about: About) -> Provider:
    """Where the provider that central names is asked."""
    if not is_safe(about.issuer):
        raise SignInFailed("not-a-provider")
    status, told = asked(about.issuer.rstrip("/") + "/.well-known/openid-configuration", None)
    if status != 200:
        raise SignInFailed("not-a-provider")
    return provider_of(told, about.issuer)


def asked(address: str, form: Mapping[str, str] | None) -> tuple[int, Mapping[str, Any]]:
    """One question to the provider, and its JSON; a page, a redirect or too much of it is no provider."""
    try:
        status, kind, body = ask_provider(address, form)
    except NotCentral as wrong:
        raise SignInFailed("not-a-provider") from wrong
    if status >= 500:
        raise Unreachable
    try:
        told = json.loads(body) if kind.split(";")[0].strip() == "application/json" else None
    except (ValueError, RecursionError) as wrong:
        raise SignInFailed("not-a-provider") from wrong
    if not isinstance(told, dict):
        raise SignInFailed("not-a-provider")
    return status, told
