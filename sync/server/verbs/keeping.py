"""Work carried by hand, and records erased on request."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from sync.merge.allowed import SHARED
from sync.protocol.courier import LARGEST
from sync.server import workers
from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.errors import FileThere, NoSuchRecord
from sync.server.verbs.core import FILE, REASON, given, verb


@verb("courier")
@click.argument("file", type=FILE)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The answer to carry back.")
def courier(data: Path, dsn: str | None, file: Path, out: Path) -> dict[str, Any]:
    """Take work that a courier brought, and pack central's answer for the way back."""
    from sync.server import courier as desk_courier

    brought = given(file, LARGEST)
    with at_desk(data, dsn) as desk, one(desk.dsn) as connection, _fresh(out) as sink:
        device, answers, back = desk_courier.take(connection, desk.keys, brought, real_clock())
        sink.write(back)
    return {"device": device, "pushes": len(answers), "refused": [each.reason for each in answers if each.reason]}


@contextmanager
def _fresh(out: Path) -> Iterator[BinaryIO]:
    """A new file for the answer, had before anything is taken; gone again when nothing was. Raises FileThere."""
    try:
        sink = out.open("xb")
    except FileExistsError as wrong:
        raise FileThere from wrong  # perhaps the answer to another laptop, which is the only one there is
    try:
        with sink:
            yield sink
    except BaseException:
        out.unlink(missing_ok=True)
        raise


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
