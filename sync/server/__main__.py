"""`fieldkit-central`: init, publish, serve, code, revoke, grant, verify. Data on stdout, talk on stderr."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click
from platformdirs import user_data_path

from sync.server import codes, devices, entitlement, workers
from sync.server.clock import real_clock, stamp
from sync.server.database import one
from sync.server.desk import at_desk, lay_out
from sync.server.errors import CentralError

ROLES = click.Choice(["worker", "centre", "lead", "ig", "admin"])
Verb = Callable[..., dict[str, Any]]


def verb(name: str) -> Callable[[Verb], click.Command]:
    """A command with --data, --dsn and --json whose facts are printed, and whose failure is told with its cure."""

    def wrap(do: Verb) -> click.Command:
        @wraps(do)
        def run(as_json: bool, **given: Any) -> None:
            try:
                facts = do(**given)
            except CentralError as trouble:
                click.echo(f"{trouble}\n{trouble.cure}", err=True)
                sys.exit(1)
            click.echo(json.dumps(facts) if as_json else "\n".join(f"{key}: {value}" for key, value in facts.items()))

        folder = click.Path(path_type=Path, file_okay=False)
        home = user_data_path("fieldkit-central")
        command: Any = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(run)
        command = click.option("--dsn", help="An own PostgreSQL instead of the embedded one.")(command)
        command = click.option("--data", type=folder, default=home, help="Central's folder: keys and database.")(
            command
        )
        return central.command(name)(command)

    return wrap


@click.group()
def central() -> None:
    """The council's end of fieldkit."""


@verb("init")
@click.option("--council", default="Practice Council", help="The name shown on devices.")
@click.option("--duty-day", default="", help="The duty number by day.")
@click.option("--duty-night", default="", help="The duty number out of hours.")
@click.option("--zone", default="Europe/London", help="The time zone of the council.")
def init(data: Path, dsn: str | None, **settings: str) -> dict[str, Any]:
    """Make the keys and the database, and publish the shipped forms."""
    from sync.server import publish

    lay_out(data, dsn)
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        forms = publish.begin(connection, desk.keys, publish.Council(**settings), real_clock())
        return {"data": str(data), "keys": desk.keys.public(), "forms": forms}


@verb("publish")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def publish_form(data: Path, dsn: str | None, file: Path) -> dict[str, Any]:
    """Sign a form that `fieldkit forms publish` wrote; every device has it after its next sync."""
    from sync.server import publish

    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        return {"published": publish.add_form(connection, desk.keys, file.read_text("utf-8"), real_clock())}


@central.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=user_data_path("fieldkit-central"))
@click.option("--dsn", help="An own PostgreSQL instead of the embedded one.")
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8470, help="0 takes a free one.")
@click.option("--port-file", type=click.Path(path_type=Path), help="Where to write the port once ready.")
@click.option("--log", is_flag=True, help="Tell each request on standard error: ids and numbers only.")
def serve(data: Path, dsn: str | None, host: str, port: int, port_file: Path | None, log: bool) -> None:
    """Answer devices until told to stop; prints one line of JSON when ready."""
    from sync.server.serving import Place, serve_at

    try:
        with at_desk(data, dsn, serving=True) as desk:
            serve_at(desk, Place(host, port, port_file, log), lambda facts: click.echo(json.dumps(facts)))
    except CentralError as trouble:
        click.echo(f"{trouble}\n{trouble.cure}", err=True)
        sys.exit(1)


@verb("code")
@click.option("--worker", required=True, help="The worker's name.")
@click.option("--role", type=ROLES, default="worker")
def code(data: Path, dsn: str | None, worker: str, role: str) -> dict[str, Any]:
    """Make a worker known and print a one-time code for a device."""
    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        person = workers.make_known(connection, worker, role, now)
        letters, expires = codes.issue(connection, person, now)
        return {"code": letters, "worker": person, "role": role, "expires": stamp(expires)}


@verb("revoke")
@click.argument("device")
def revoke(data: Path, dsn: str | None, device: str) -> dict[str, Any]:
    """Refuse a device from its next request on."""
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        devices.revoke(connection, device, real_clock())
        return {"device": device, "state": "revoked"}


@verb("grant")
@click.argument("worker")
@click.argument("scope", nargs=-1, required=True)
@click.option("--end", is_flag=True, help="Take the scopes away instead.")
def grant(data: Path, dsn: str | None, worker: str, scope: tuple[str, ...], end: bool) -> dict[str, Any]:
    """Let a worker (name or id) read and write scopes."""
    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        person = workers.find(connection, worker)
        if end:
            for name in scope:
                entitlement.withdraw(connection, person, name, "desk", now)
        else:
            entitlement.grant(connection, person, list(scope), "desk", now)
        return {"worker": person, "scopes": sorted(entitlement.scopes_of(connection, person))}


@verb("verify")
def verify(data: Path, dsn: str | None) -> dict[str, Any]:
    """Walk the ledger's chain and compare it with the history and the records; walk the audit trail."""
    from sync.server import audit, ledger

    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        told = {"ledger": "whole", **ledger.verify(connection)}
        ledger.verify_digests(connection)
        lines, (number, head) = audit.verify(connection), audit.head(connection)
        return {**told, "audit": "whole", "lines": lines, "anchor": f"{number} {head}"}


@verb("courier")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The answer to carry back.")
def courier(data: Path, dsn: str | None, file: Path, out: Path) -> dict[str, Any]:
    """Take work that a courier brought, and pack central's answer for the way back."""
    from sync.server import courier as desk_courier

    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        device, answers, back = desk_courier.take(connection, desk.keys, file.read_bytes(), real_clock())
    out.write_bytes(back)
    return {"device": device, "pushes": len(answers), "refused": [each.reason for each in answers if each.reason]}


@verb("erase")
@click.argument("record", nargs=-1)
@click.option("--scope", help="Everything in a scope: a whole family.")
@click.option("--by", required=True, help="Who decided it (a worker).")
@click.option("--reason", required=True, help="The request or the rule that it follows.")
def erase(
    data: Path, dsn: str | None, record: tuple[str, ...], scope: str | None, by: str, reason: str
) -> dict[str, Any]:
    """Erase records for good: their words go from the history too, and every device that has them is told."""
    from sync.server import erasing

    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        wanted = [*record, *(erasing.of_scope(connection, scope) if scope else [])]
        return {"erased": erasing.erase(connection, wanted, workers.find(connection, by), reason, real_clock())}


@verb("glass")
@click.argument("worker")
@click.argument("scope")
@click.option("--reason", required=True, help="Why it could not wait.")
@click.option("--hours", default=4, type=click.IntRange(1, 24), help="How long.")
def break_glass(data: Path, dsn: str | None, worker: str, scope: str, reason: str, hours: int) -> dict[str, Any]:
    """Open a scope to a worker for some hours; somebody else looks at it afterwards."""
    from sync.server import glass

    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        person = workers.find(connection, worker)
        until = glass.shatter(connection, person, scope, reason, now, timedelta(hours=hours))
        return {"worker": person, "scope": scope, "until": stamp(until)}


@verb("glass-review")
@click.argument("number", type=int, required=False)
@click.option("--by", help="Who has looked at it (not who broke it).")
def review_glass(data: Path, dsn: str | None, number: int | None, by: str | None) -> dict[str, Any]:
    """List the glass nobody has looked at, or note that somebody has."""
    from sync.server import glass

    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        if number is not None and by is not None:
            glass.review(connection, number, workers.find(connection, by), real_clock())
        waits = glass.unreviewed(connection)
        lines = [
            {
                "number": each.number,
                "worker": each.worker,
                "scope": each.scope,
                "reason": each.reason,
                "at": stamp(each.at),
                "until": stamp(each.until),
            }
            for each in waits
        ]
        return {"waiting": lines}


def main() -> None:
    """The console script."""
    central()


if __name__ == "__main__":
    main()
