"""What is durable: the changes a device could lose without harm, because they lie outside central's own disk too.

A ledger number is *durable* when the commit that wrote it is in a finished backup, or in an archive (or on a standby)
that has said so after its own disk had it. A seq of a device is durable when the commit that answered it is: number
order is commit order, so one durable number tells it of every device, by one look into an index.

A push notes how far its device's chain has come with which number (`devices.advance`): the last it wrote. One that
wrote none notes the number that comes *next*: its commit comes before that one's, while the last number may have been
durable before it.

Who copies central calls `mark_durable`; nobody else moves `counter.durable`.
"""

from datetime import datetime

from sync.server.database import Connection, row

SEQ = (
    "coalesce((select seq from durable_mark where device = %(device)s and number <= counter.durable"
    " order by number desc limit 1), 0)"
)
"""A device's durable seq, within a query of `counter`."""


def mark_durable(connection: Connection, number: int) -> int:
    """Every ledger number up to this one is outside central's own disk; the durable number now. It never falls.

    Call it after the archive's disk (or the standby's) has the commit of that number, never before.
    """
    connection.execute(
        "update counter set durable = least(%(number)s, number) where durable < least(%(number)s, number)",
        {"number": number},
    )
    (durable,) = row(connection, "select durable from counter")
    connection.execute(
        "delete from durable_mark old using durable_mark new"
        " where old.device = new.device and old.number < new.number and new.number <= %s",
        (durable,),
    )
    return int(durable)


def seq_of(connection: Connection, device: str) -> int:
    """The highest seq of a device that is durable."""
    return int(row(connection, f"select {SEQ} from counter", {"device": device})[0])  # noqa: S608


def keep(connection: Connection, what: str, at: datetime, number: int) -> None:
    """Note that central was copied (`backup`), drilled (`drill`) or heard of its archive (`archive`)."""
    connection.execute(
        "insert into keeping (what, at, number) values (%s, %s, %s)"
        " on conflict (what) do update set at = excluded.at, number = excluded.number",
        (what, at, number),
    )


def ages(connection: Connection) -> dict[str, float]:
    """How many seconds ago each of them was last."""
    found = connection.execute("select what, extract(epoch from now() - at) from keeping").fetchall()
    return {str(what): max(0.0, float(age)) for what, age in found}
