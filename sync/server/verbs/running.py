"""Begin a central, publish forms, serve, and check what is kept."""

import json
from pathlib import Path
from typing import Any

import click

from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk, lay_out
from sync.server.verbs.backups import archive_of
from sync.server.verbs.core import FILE, FOLDER, NAME, central, given_text, located, settled, telling, verb

SECONDS = click.FloatRange(0, 3_600)


@verb("init")
@click.option("--council", type=NAME, default="Practice Council", help="The name shown on devices.")
@settled
def init(data: Path, dsn: str | None, **settings: str) -> dict[str, Any]:
    """Make the keys and the database, and publish the shipped forms."""
    from sync.server import publish

    lay_out(data, dsn)
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        forms = publish.begin(connection, desk.keys, publish.Council(**settings), real_clock())
        return {"data": str(data), "keys": desk.keys.public(), "forms": forms}


@verb("publish")
@click.argument("file", type=FILE)
def publish_form(data: Path, dsn: str | None, file: Path) -> dict[str, Any]:
    """Sign a form that `fieldkit forms publish` wrote; every device has it after its next sync."""
    from sync.server import publish

    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        return {"published": publish.add_form(connection, desk.keys, given_text(file), real_clock())}


@central.command()
@located
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8470, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--port-file", type=click.Path(path_type=Path), help="Where to write the port once ready.")
@click.option("--archive", type=FOLDER, help="Stream the database's log into this backup folder meanwhile.")
@click.option("--log", is_flag=True, help="Tell each request on standard error: ids and numbers only.")
@click.option("--drain", default=0.0, type=SECONDS, help="Go on after SIGTERM while /health says 503 to a balancer.")
@click.option("--behind", default="127.0.0.1", help="Balancers whose x-forwarded-for counts (with commas).")
def serve(data: Path, dsn: str | None, archive: Path | None, **place: Any) -> None:
    """Answer devices until told to stop; prints one line of JSON when ready.

    With --dsn there may be several of it, on one machine or on many.
    """
    from sync.server.serving import Place, serve_at

    with telling(), at_desk(data, dsn, serving=True) as desk, archive_of(desk, dsn, archive):
        serve_at(desk, Place(**place), lambda facts: click.echo(json.dumps(facts)))


@verb("verify")
def verify(data: Path, dsn: str | None) -> dict[str, Any]:
    """Walk the ledger's chain, compare it with history, records and receipts; walk the audit trail."""
    from sync.server import audit, ledger, receipts

    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        told = {"ledger": "whole", **ledger.verify(connection)}
        ledger.verify_digests(connection)
        told["receipts"] = receipts.verify(connection)
        lines, (number, head) = audit.verify(connection), audit.head(connection)
        return {**told, "audit": "whole", "lines": lines, "anchor": f"{number} {head}"}
