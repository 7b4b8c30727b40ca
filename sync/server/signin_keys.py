"""The provider's keys: fetched by central with the standard library, kept in one row for all of its processes.

Kept an hour; a key that is not known is asked for at most once a minute, by one process; where the provider does not
answer, what was fetched serves a day.
"""

import json
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from time import monotonic
from typing import IO, Any

from sync.errors import Rejected
from sync.protocol import Reason
from sync.protocol.sign_in import is_safe
from sync.server.database import Connection
from sync.server.signin_settings import SignIn

KEPT = timedelta(hours=1)
AT_MOST = timedelta(days=1)
AGAIN = timedelta(minutes=1)
MOST_BYTES = 256 << 10
MOST_KEYS = 50
SECONDS = 5.0
LEAST_RSA = 256
"""Bytes of an RSA modulus: 2,048 bits."""

Key = Mapping[str, Any]


class ProviderAway(Exception):
    """The provider did not answer, or not as one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was fetched, and when."""

    keys: Mapping[str, Key] = field(repr=False, default_factory=dict)
    fetched: datetime | None = None
    tried: datetime | None = None

    def has(self, kid: str, now: datetime, within: timedelta) -> bool:
        """Whether a key is here, fetched not longer ago than that."""
        return kid in self.keys and self.fetched is not None and now - self.fetched < within


def key_for(connection: Connection, settings: SignIn, kid: str, now: datetime) -> Key | None:
    """The provider's key of that id; None when it has none. No transaction is open while the provider is asked."""
    kept = _kept(connection, settings.issuer)
    if kept.has(kid, now, KEPT):
        return kept.keys[kid]
    away = False
    if _may_try(connection, settings.issuer, now):
        connection.commit()
        try:
            _keep(connection, fetch_keys(settings.issuer), now)
        except ProviderAway:
            away = True
        connection.commit()
        kept = _kept(connection, settings.issuer)
    if kept.has(kid, now, AT_MOST):
        return kept.keys[kid]
    if away or kept.fetched is None:
        raise Rejected(Reason.SIGN_IN_AWAY)
    return None


def fetch_keys(issuer: str) -> dict[str, Key]:
    """Discovery, then the keys it names; ProviderAway for whatever is not as it must be."""
    about = fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
    where = about.get("jwks_uri")
    if about.get("issuer") != issuer or not isinstance(where, str) or not is_safe(where):
        raise ProviderAway
    return usable(fetch(where))


def usable(told: Mapping[str, Any]) -> dict[str, Key]:
    """The keys that may prove a signature: public ones, with an id, of a type we know and not too short."""
    listed = told.get("keys")
    if not isinstance(listed, list):
        raise ProviderAway
    return {str(key["kid"]): key for key in listed[:MOST_KEYS] if isinstance(key, dict) and _is_usable(key)}


def _is_usable(key: Key) -> bool:
    if not isinstance(key.get("kid"), str) or key.get("use", "sig") != "sig" or "d" in key:
        return False
    if key.get("kty") == "RSA":
        return len(str(key.get("n", ""))) * 3 // 4 >= LEAST_RSA
    return (key.get("kty"), key.get("crv")) in (("EC", "P-256"), ("OKP", "Ed25519"))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is asked of one address is not asked of another."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


def fetch(address: str) -> dict[str, Any]:
    """One JSON object from the provider: no redirect, little of it, within seconds."""
    if not is_safe(address):
        raise ProviderAway
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(address, timeout=SECONDS) as answer:
            told = json.loads(_read(answer, monotonic() + SECONDS))
    except (OSError, HTTPException, ValueError, RecursionError) as wrong:
        raise ProviderAway from wrong
    if not isinstance(told, dict):
        raise ProviderAway
    return told


def _read(answer: IO[bytes], until: float) -> bytes:
    whole = b""
    while piece := answer.read(16 << 10):
        whole += piece
        if len(whole) > MOST_BYTES or monotonic() > until:
            raise ProviderAway
    return whole


def _kept(connection: Connection, issuer: str) -> Kept:
    found = connection.execute(
        "select keys, fetched, tried from signin_provider where issuer = %s", (issuer,)
    ).fetchone()
    return Kept() if found is None else Kept(json.loads(found[0]), found[1], found[2])


def _may_try(connection: Connection, issuer: str, now: datetime) -> bool:
    """Whether the provider may be asked now; who is told yes is the only one for a minute."""
    asked = connection.execute(
        "insert into signin_provider (issuer, keys, tried) values (%(issuer)s, '{}', %(now)s)"
        " on conflict (one) do update set tried = excluded.tried, issuer = excluded.issuer,"
        " keys = case when signin_provider.issuer = excluded.issuer then signin_provider.keys else '{}' end,"
        " fetched = case when signin_provider.issuer = excluded.issuer then signin_provider.fetched end"
        " where signin_provider.issuer <> excluded.issuer or signin_provider.tried <= %(before)s",
        {"issuer": issuer, "now": now, "before": now - AGAIN},
    )
    return bool(asked.rowcount)


def _keep(connection: Connection, keys: Mapping[str, Key], now: datetime) -> None:
    connection.execute("update signin_provider set keys = %s, fetched = %s", (json.dumps(keys), now))
