"""Work carried by hand, and records erased on request."""

from pathlib import Path
from typing import Any

import click

from sync.merge.allowed import SHARED
from sync.server import workers
from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.errors import FileThere, NoSuchRecord
from sync.server.verbs.core import FILE, REASON, verb


@verb("courier")
@click.argument("file", type=FILE)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The answer to carry back.")
def courier(data: Path, dsn: str | None, file: Path, out: Path) -> dict[str, Any]:
    """Take work that a courier brought, and pack central's answer for the way back."""
    from sync.server import courier as desk_courier

    if out.exists() or out.is_symlink():
        raise FileThere  # perhaps the answer to another laptop, which is the only one there is
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        device, answers, back = desk_courier.take(connection, desk.keys, file.read_bytes(), real_clock())
    with out.open("xb") as sink:
        sink.write(back)
    return {"device": device, "pushes": len(answers), "refused": [each.reason for each in answers if each.reason]}


@verb("erase")
@click.argument("record", nargs=-1)
@click.option("--scope", help="Everything in a scope: a whole family.")
@click.option("--by", required=True, help="Who decided it (a worker).")
@click.option("--reason", type=REASON, required=True, help="The request or the rule that it follows.")
def erase(
    data: Path, dsn: str | None, record: tuple[str, ...], scope: str | None, by: str, reason: str
) -> dict[str, Any]:
    """Erase records for good: their words go from the history too, and every device that has them is told."""
    from sync.server import backup_erasures, draft_copies, erasing

    if bool(record) == bool(scope) or scope == SHARED:
        raise click.UsageError("Give either records or a --scope, and not the one that all devices share.")
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        wanted = erasing.of_scope(connection, scope) if scope else list(record)
        if not erasing.are_there(connection, wanted):
            raise NoSuchRecord
        erased = erasing.erase(connection, wanted, workers.find(connection, by), reason, real_clock())
        draft_copies.erase(connection, desk.keys.seal, erased, real_clock())
        # A list that names what was not erased would erase it at a restore: it is written of what is committed.
        connection.commit()
        return {"erased": erased, "told_backups": backup_erasures.tell(data, connection, desk.keys)}
