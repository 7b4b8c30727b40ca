"""How the council's sign-in is set: which provider, which claims, what is asked of whom. No secret is among it.

fieldkit is a public client (PKCE, no client secret): a secret on every laptop would be none.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from sync.protocol.sign_in import is_safe
from sync.server.database import Connection
from sync.server.errors import CentralError

ROLES = ("worker", "centre", "lead", "ig", "admin")
MOST_SKEW = 60
LONGEST_AGE = 31_536_000


class BadSetting(CentralError):
    """A setting of the sign-in that cannot be."""

    said = "The sign-in was not set: a setting cannot be as given."
    cure = "Nothing was changed. See sync/server/README.md, section Sign-in."


@dataclass(frozen=True, slots=True)
class SignIn:
    """The council's settings."""

    issuer: str
    client_id: str
    audience: str = ""
    """What `aud` must name; empty: the client id."""
    scope: str = "openid profile offline_access"
    role_claim: str = "roles"
    roles: Mapping[str, str] = field(default_factory=dict)
    """Value of the role claim → role; the first that an account has counts. Empty: the desk gives the roles."""
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    """An account must show one of `acr` or one of `amr`; neither set: the provider alone decides about factors."""
    max_age: int = 0
    """Seconds since the person last proved who they are; 0: `auth_time` is looked at only when it is told."""
    skew: int = MOST_SKEW
    required: bool = False
    """Whether pulls need a session."""
    enrol: str = "code"
    """What an enrolment needs: `code`, `both`, or `sign-in` alone."""
    push_without: bool = True
    """Whether unsent work is taken without a session: nothing typed waits for a sign-in."""
    device_code: bool = True
    renewal: str = "provider"
    """Whether a session's renewal needs the provider's word (`provider`), or not (`alone`)."""
    approval: bool = False
    """Whether a code needs a second person."""

    @property
    def accepted_audience(self) -> str:
        """What `aud` must name."""
        return self.audience or self.client_id

    def shown(self) -> dict[str, Any]:
        """All of it, for `signin-show`."""
        return asdict(self)


def find(connection: Connection) -> SignIn | None:
    """The settings; None where the council has no sign-in."""
    found = connection.execute("select settings from signin").fetchone()
    return of_text(found[0] if found else None)


def of_text(kept: str | None) -> SignIn | None:
    """Settings as their row has them; None where there is none."""
    return None if kept is None else of_json(json.loads(kept))


def of_json(told: Mapping[str, Any]) -> SignIn:
    """Settings as they were kept."""
    return SignIn(**{**told, "acr": tuple(told["acr"]), "amr": tuple(told["amr"])})


def keep(connection: Connection, settings: SignIn | None) -> None:
    """Set them, or take the sign-in away."""
    connection.execute("delete from signin")
    if settings is not None:
        connection.execute("insert into signin (settings) values (%s)", (json.dumps(asdict(settings)),))


def changed(before: SignIn | None, given: Mapping[str, Any]) -> SignIn:
    """The settings with what was given put in; BadSetting names what cannot be."""
    told = {name: value for name, value in given.items() if value not in (None, ())}
    if before is None and not {"issuer", "client_id"} <= set(told):
        raise BadSetting("A new sign-in needs --issuer and --client-id.")
    return checked(SignIn(**told) if before is None else replace(before, **told))


def checked(settings: SignIn) -> SignIn:
    """The same settings, when they can be."""
    if not is_safe(settings.issuer) or urlsplit(settings.issuer).query or urlsplit(settings.issuer).fragment:
        raise BadSetting("The issuer must be an https address without query.")
    if not set(settings.roles.values()) <= set(ROLES):
        raise BadSetting("A role must be one of " + ", ".join(ROLES) + ".")
    if not settings.client_id.strip() or not all(each.strip() for each in (*settings.acr, *settings.amr)):
        raise BadSetting("A client id, an acr or an amr is not blank.")
    if not 0 <= settings.skew <= MOST_SKEW or not 0 <= settings.max_age <= LONGEST_AGE:
        raise BadSetting(
            f"Clocks may be {MOST_SKEW} seconds apart at most, and an age is at most {LONGEST_AGE} seconds."
        )
    if settings.enrol == "sign-in" and not settings.roles:
        raise BadSetting("Enrolment by sign-in alone needs --role: who is nobody must not become a worker.")
    if "openid" not in settings.scope.split():
        raise BadSetting("The scope must hold openid.")
    return settings
