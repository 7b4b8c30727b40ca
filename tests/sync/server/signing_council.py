"""A central whose council has a sign-in: the provider runs beside it, and both go by one clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import uvicorn

from sync.client.http import HttpCentral
from sync.errors import Rejected
from sync.protocol.sign_in import BROWSER, digest_of, nonce_of
from sync.server import signin_settings
from sync.server.app import Central, build_app
from sync.server.database import one, open_pool
from sync.server.serving import Server, listen
from sync.server.signin_settings import SignIn
from tests.central_fixture import RunningCentral
from tests.oidc_provider import CLIENT, Provider, serving
from tests.sync.server.laptop import Laptop

ROLES = {"fieldkit-lead": "lead", "fieldkit-worker": "worker"}
SALT = "5a" * 16


@dataclass
class Council:
    """The two ends a laptop signs in between."""

    central: RunningCentral
    provider: Provider

    def set(self, **given: Any) -> None:
        """Set the sign-in."""
        told: dict[str, Any] = {"roles": ROLES, "amr": ("mfa",), "required": True} | given
        made = SignIn(**{"issuer": self.provider.url, "client_id": CLIENT, **told})
        with one(self.central.owner_dsn) as connection:
            signin_settings.keep(connection, signin_settings.checked(made))

    def token_for(self, laptop: Laptop, **claims: Any) -> str:
        """An ID token for a sign-in that this laptop began."""
        return self.provider.token(**self.provider.claims_for(nonce_of(laptop.identity.device, SALT), **claims))

    def audit(self) -> list[str]:
        """What the trail says of sign-ins, oldest first."""
        with self.central.rows() as rows:
            found = rows.execute("select what from audit where what like 'sign-in%' order by number").fetchall()
        return [str(what) for (what,) in found]


def signing(central: RunningCentral) -> Iterator[Council]:
    """A council that asks for a sign-in, with its provider while it lasts."""
    with serving(lambda: central.clock.at.timestamp()) as provider:
        made = Council(central, provider)
        made.set()
        yield made


def bring(laptop: Laptop, token: str, refresh: str = "r1", **other: str) -> dict[str, Any]:
    """Begin a session with an ID token."""
    told = {"id_token": token, "salt": SALT, "flow": BROWSER, "next": digest_of(refresh)} | other
    with laptop.line() as line:
        return line.tell("/sign-in/session", told)


def renew(laptop: Laptop, refresh: str, following: str, token: str = "") -> dict[str, Any]:
    """Renew a session."""
    told = {"refresh": refresh, "next": digest_of(following)} | ({"id_token": token} if token else {})
    with laptop.line() as line:
        return line.tell("/sign-in/refresh", told)


def with_session(laptop: Laptop, access: str) -> HttpCentral:
    """A line of that laptop with a session's token."""
    return HttpCentral(laptop.central.url, replace(laptop.identity, session=lambda: access))


def refused(ask: Any) -> str:
    """The reason central refuses something with."""
    try:
        ask()
    except Rejected as told:
        return str(told.reason)
    return "taken"


@contextmanager
def beside(central: RunningCentral) -> Iterator[str]:
    """Another central on the same database, with connections and an address of its own."""
    pool = open_pool(central.dsn)
    config = uvicorn.Config(build_app(Central(pool, central.keys, central.clock)), port=0, log_level="warning")
    listening, ready = listen(config), threading.Event()
    server = Server(config, ready.set)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        assert ready.wait(20)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        pool.close()
