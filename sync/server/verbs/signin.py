"""The council's sign-in: set it, show it, approve a code, see who is signed in, let somebody go."""

from pathlib import Path
from typing import Any

import click

from sync.server import backup_ends, devices, sessions, signin_enrol, signin_settings, workers
from sync.server.clock import real_clock, stamp
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.verbs.core import verb


def _roles(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str] | None:
    """`VALUE=ROLE`, in the order they count."""
    pairs = [each.rpartition("=") for each in given]
    if any(not value or not role for value, _, role in pairs):
        raise click.BadParameter("give it as VALUE=ROLE")
    return {value: role for value, _, role in pairs} or None


@verb("signin-set")
@click.option("--issuer", help="The provider's issuer, as its discovery document names it.")
@click.option("--client-id", help="fieldkit's id at the provider: a public client.")
@click.option("--audience", help="What tokens must be for; else the client id.")
@click.option("--scope", help="What devices ask for.")
@click.option("--role-claim", help="The claim that holds app roles or groups.")
@click.option("--role", "roles", multiple=True, callback=_roles, help="VALUE=ROLE; the first that fits counts.")
@click.option("--acr", multiple=True, help="An accepted level of authentication.")
@click.option("--amr", multiple=True, help="An accepted way of authentication, such as mfa.")
@click.option("--max-age", type=int, help="Seconds since the person last proved who they are.")
@click.option("--skew", type=int, help="Seconds that clocks may differ, at most 60.")
@click.option("--required/--not-required", default=None, help="Whether pulls need a session.")
@click.option("--enrol", type=click.Choice(["code", "both", "sign-in"]), help="What an enrolment needs.")
@click.option("--push-without/--no-push-without", default=None, help="Whether unsent work is taken without a session.")
@click.option("--device-code/--no-device-code", default=None, help="Whether the flow without a browser is taken.")
@click.option("--renewal", type=click.Choice(["provider", "alone"]), help="Whether a renewal needs the provider.")
@click.option("--approval/--no-approval", default=None, help="Whether a code needs a second person.")
@click.option("--off", is_flag=True, help="No sign-in from now on.")
def signin_set(data: Path, dsn: str | None, off: bool, **given: Any) -> dict[str, Any]:
    """Set the sign-in; what is not given stays as it is. It holds from the next request on."""
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        if off:
            signin_settings.keep(connection, None)
            return {"sign-in": "none"}
        settings = signin_settings.changed(signin_settings.find(connection), given)
        signin_settings.keep(connection, settings)
        return settings.shown()


@verb("signin-show")
def signin_show(data: Path, dsn: str | None) -> dict[str, Any]:
    """How the sign-in is set. There is no secret in it."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        settings = signin_settings.find(connection)
        return {"sign-in": "none"} if settings is None else settings.shown()


@verb("sessions")
@click.option("--end", "worker", help="End every session of this worker (name or id); they may sign in again.")
def open_sessions(data: Path, dsn: str | None, worker: str | None) -> dict[str, Any]:
    """Who is signed in, by id."""
    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        ended = sessions.end_all(connection, workers.find(connection, worker), now) if worker else 0
        lines = [
            {"worker": who, "device": device, "since": stamp(since), "until": stamp(until)}
            for who, device, since, until in sessions.listed(connection, now)
        ]
        return {"ended": ended, "open": lines}


@verb("code-approve")
@click.argument("code")
@click.option("--by", required=True, help="Who stands for it: not the worker it is for.")
def approve_code(data: Path, dsn: str | None, code: str, by: str) -> dict[str, Any]:
    """Stand for a code as the second person; its first four letters are enough."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        worker = signin_enrol.approve(connection, code, workers.find(connection, by), real_clock())
        return {"worker": worker, "approved": True}


@verb("worker-end")
@click.argument("worker")
@click.option("--again", is_flag=True, help="Take them back: they may enrol and sign in again.")
def end_worker(data: Path, dsn: str | None, worker: str, again: bool) -> dict[str, Any]:
    """Somebody leaves: every session and device ends at the next request, whatever the provider says."""
    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        person = workers.find(connection, worker)
        if again:
            workers.take_back(connection, person, now)
            told = backup_ends.tell(data, connection, desk.keys, back=person)
            return {"worker": person, "ended": False, "told_backups": told}
        ended = workers.let_go(connection, person, now)
        ended_sessions = sessions.end_all(connection, person, now)
        for device in ended:
            devices.revoke(connection, device, now)
        told = backup_ends.tell(data, connection, desk.keys)
        facts = {"worker": person, "ended": True, "sessions": ended_sessions, "devices": ended}
        return facts | {"told_backups": told}
