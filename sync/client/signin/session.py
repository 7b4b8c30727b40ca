"""A worker's session as the device keeps it, and its three words with central: begin, renew, end."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sync.client.http import HttpCentral
from sync.client.signin.states import About, Came
from sync.errors import Malformed
from sync.protocol.sign_in import digest_of

SOON = timedelta(seconds=30)
"""A token that ends within this is renewed before it is used."""


@dataclass(frozen=True, slots=True)
class Session:
    """The tokens of a working day. Kept in the encrypted store and nowhere else."""

    about: About
    access: str = field(repr=False)
    access_until: datetime
    refresh: str = field(repr=False)
    until: datetime
    provider_refresh: str = field(default="", repr=False)
    following: str = field(default="", repr=False)
    """The refresh token that takes the place of `refresh`: made and kept before central is asked."""

    def lasts(self, now: datetime) -> bool:
        """Whether the access token is still good for a request."""
        return now + SOON < self.access_until


def about_central(line: HttpCentral, public_key: bytes) -> About:
    """Which provider the council has."""
    told = line.tell("/sign-in/about", {"public_key": public_key.hex()})
    try:
        return About(**{name: told[name] for name in About.__dataclass_fields__})
    except (KeyError, TypeError) as wrong:
        raise Malformed from wrong


def brings(came: Came, refresh: str) -> dict[str, str]:
    """A sign-in as central is told it."""
    return {"id_token": came.id_token, "salt": came.salt, "flow": came.flow, "next": digest_of(refresh)}


def begin(line: HttpCentral, about: About, came: Came) -> Session:
    """The session that central gives for a sign-in."""
    refresh = new_token()
    return _session(about, came, refresh, line.tell("/sign-in/session", brings(came, refresh)))


def of_enrolment(about: About, came: Came, refresh: str, told: Mapping[str, Any]) -> Session:
    """The session that came with an enrolment."""
    return _session(about, came, refresh, told)


def prepared(session: Session) -> Session:
    """The session with its next refresh token made. Keep it before asking: what was asked is only asked again as it
    was, and so an answer that was lost costs nothing.
    """
    return session if session.following else replace(session, following=new_token())


def renew(line: HttpCentral, session: Session, came: Came | None) -> Session:
    """The session renewed; Rejected when central will have none of it."""
    asked = {"refresh": session.refresh, "next": digest_of(session.following)}
    asked |= {"id_token": came.id_token} if came else {}
    made = _session(session.about, came, session.following, line.tell("/sign-in/refresh", asked))
    return replace(made, provider_refresh=came.refresh if came else session.provider_refresh)


def end(line: HttpCentral) -> None:
    """Sign out."""
    line.tell("/sign-in/end", {})


def new_token() -> str:
    """A refresh token: 256 bits that nobody has seen."""
    return secrets.token_urlsafe(32)


def _session(about: About, came: Came | None, refresh: str, told: Mapping[str, Any]) -> Session:
    try:
        access, until = str(told["access"]), datetime.fromisoformat(told["until"])
        return Session(
            about,
            access,
            datetime.fromisoformat(told["access_until"]),
            refresh,
            until,
            came.refresh if came else "",
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise Malformed from wrong
