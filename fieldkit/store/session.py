"""The worker's session, kept encrypted: at most one, and gone when it ends."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from sync.client.signin import About, Session

if TYPE_CHECKING:
    from fieldkit.store.store import Store


class KeptSession:
    """The one row of the table `session`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self) -> Session | None:
        """The session; None when nobody is signed in."""
        found = self._store.connection.execute(
            "select about, access, access_until, refresh, until, provider_refresh, following from session"
        ).fetchone()
        if found is None:
            return None
        about, access, access_until, refresh, until, provider_refresh, following = found
        return Session(
            About(**json.loads(about)),
            access,
            datetime.fromisoformat(access_until),
            refresh,
            datetime.fromisoformat(until),
            provider_refresh,
            following,
        )

    def keep(self, session: Session) -> None:
        """Keep it in place of the one before."""
        row = {
            "about": json.dumps(asdict(session.about)),
            "access": session.access,
            "access_until": session.access_until.isoformat(),
            "refresh": session.refresh,
            "until": session.until.isoformat(),
            "provider_refresh": session.provider_refresh,
            "following": session.following,
        }
        with self._store.transaction() as connection:
            connection.execute(
                "insert or replace into session values"
                " (1, :about, :access, :access_until, :refresh, :until, :provider_refresh, :following)",
                row,
            )

    def forget(self) -> None:
        """Let it go."""
        with self._store.transaction() as connection:
            connection.execute("delete from session")
