"""Sign-in: a worker's day with central begins, goes on by itself, and ends. Capture never waits for any of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fieldkit.errors import FieldkitError, Refused
from fieldkit.store.rebuild import ENROL_AGAIN
from fieldkit.workspace.syncing import ASKED_TO_SIGN_IN, Syncing, translated
from sync.client import signin
from sync.client.http import HttpCentral, Identity
from sync.client.signin import About, Came, Hands, Session, SignInFailed
from sync.errors import Malformed, NotCentral, Rejected, Unreachable

AGAIN = timedelta(minutes=1)
"""How long a renewal that could not be asked for is left alone: a sync does not wait for the provider at each step."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A device that is to be made known by a sign-in."""

    url: str
    code: str = field(default="", repr=False)
    """Empty: by the sign-in alone."""
    label: str = "laptop"
    device_code: bool = False


class SigningIn(Syncing):
    """The verbs about the worker's session."""

    _not_before = datetime.min.replace(tzinfo=UTC)

    def sign_in(self, hands: Hands, *, device_code: bool = False) -> datetime:
        """Sign in at the council's provider and begin a session; until when it lasts."""
        self.must_be_enrolled()
        with translated(), HttpCentral(self.store.meta("central_url") or "", self._bare_identity()) as line:
            about = signin.about_central(line, self.identity.public)
            session = signin.begin(line, about, self._came(about, hands, device_code))
        with self.store.transaction():
            self.store.session.keep(session)
            self.store.set_meta(ASKED_TO_SIGN_IN, "")
            self.store.audit.note("sign-in", self.identity.device)
        return session.until

    def enrol_signed_in(self, new: Newcomer, hands: Hands) -> None:
        """Make the device known by a sign-in, with a code or without one, as the council has set it."""
        if self.me.enrolled and not self.store.meta(ENROL_AGAIN):
            raise Refused("This device is enrolled already.", "Sign in with `fieldkit sign-in`.")
        with translated(), HttpCentral(new.url, self._bare_identity()) as line:
            about = signin.about_central(line, self.identity.public)
            came, refresh = self._came(about, hands, new.device_code), signin.new_token()
            told = line.enrol(new.code, new.label, signin.brings(came, refresh))
            session = signin.of_enrolment(about, came, refresh, told.session)
        with self.store.transaction():
            self._keep(new.url, told)
            self.store.session.keep(session)
        self.sync()

    def sign_out(self) -> bool:
        """End the session here and, where central can be reached, there; whether central knows."""
        held = self.store.session.find()
        self.store.session.forget()
        if held is None:
            return True
        try:
            with translated(), HttpCentral(self.store.meta("central_url") or "", self._bare_identity()) as line:
                signin.end(line)
        except FieldkitError:
            return False
        return True

    def signed_in_until(self) -> datetime | None:
        """Until when the worker is signed in; None when not."""
        held = self.store.session.find()
        return held.until if held is not None and held.until > self._central_now() else None

    def session_token(self) -> str:
        """The access token, renewed when it is about to end; empty when there is none to be had."""
        held, now = self.store.session.find(), self._central_now()
        if held is None or held.lasts(now):
            return held.access if held else ""
        if held.until <= now:
            self.store.session.forget()
            return ""
        return self._renewed(held, now) if now >= self._not_before else ""

    def _renewed(self, held: Session, now: datetime) -> str:
        try:
            made = self._renew(held)
        except (Rejected, SignInFailed):
            # The provider or central says no: the day is over, and only a new sign-in begins another.
            self.store.session.forget()
            return ""
        except (Unreachable, NotCentral, Malformed):
            self._not_before = now + AGAIN
            return ""
        return made.access

    def _renew(self, held: Session) -> Session:
        asking = signin.prepared(held)
        self.store.session.keep(asking)
        came: Came | None = None
        if asking.provider_refresh:
            came = signin.refreshed(asking.about, asking.provider_refresh)
            # Kept at once: the provider may take the old one no more.
            asking = replace(asking, provider_refresh=came.refresh)
            self.store.session.keep(asking)
        with HttpCentral(self.store.meta("central_url") or "", self._bare_identity()) as line:
            made = signin.renew(line, asking, came)
        self.store.session.keep(made)
        return made

    def _came(self, about: About, hands: Hands, device_code: bool) -> Came:
        by = signin.by_device_code if device_code else signin.by_browser
        return by(about, self.identity.device, hands)

    def _bare_identity(self) -> Identity:
        """The device without a session: a sign-in is asked for with the key alone."""
        return replace(self.identity, session=str)

    def _central_now(self) -> datetime:
        return datetime.fromtimestamp(self._central_seconds(), UTC)
