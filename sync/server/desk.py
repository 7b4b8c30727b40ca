"""Central's data folder and database as its command line sees them: opened for one piece of work, then left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sync.server import keys
from sync.server.database import SERVING, keep_nonces, make_database, make_role, migrate, one, reaching
from sync.server.embedded import CENTRAL, DATABASE, OWNER, Embedded
from sync.server.errors import AlreadyServing, AlreadyThere, NotInitialised
from sync.server.keys import Keys


@dataclass(frozen=True, slots=True)
class Desk:
    """An initialised central whose database answers."""

    data: Path
    dsn: str = field(repr=False)
    """As the plain role that serves."""
    owner_dsn: str = field(repr=False)
    """As the owner of the tables (the same as `dsn` where the council gave its own)."""
    keys: Keys = field(repr=False)
    alone: bool = True
    """Whether the database is central's own, and it alone serves from it; one that was given may have several."""


def lay_out(data: Path, dsn: str | None) -> None:
    """Make the keys and, without a DSN, the embedded database; refuse where a central stands already."""
    embedded = Embedded(data)
    if (data / "keys" / "forms").exists() or embedded.exists:
        raise AlreadyThere
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if dsn is None:
        embedded.create()
    with database(data, dsn) as (_, owner):
        if dsn is None:
            maintenance = embedded.dsn("postgres", OWNER)
            make_role(maintenance, CENTRAL, embedded.secret.read_text(encoding="ascii"))
            make_database(maintenance, DATABASE)
        else:
            make_role(owner, CENTRAL, None)
        bring_up_to_date(owner, alone=dsn is None)
    keys.make(data / "keys")


@contextmanager
def at_desk(data: Path, dsn: str | None, *, serving: bool = False) -> Iterator[Desk]:
    """Open central for one piece of work."""
    if not (data / "keys" / "forms").exists():
        raise NotInitialised
    with database(data, dsn, serving=serving) as (plain, owner):
        if serving and dsn is None:
            bring_up_to_date(owner, alone=True)
        yield Desk(data, plain, owner, keys.load(data / "keys"), dsn is None)


def bring_up_to_date(owner_dsn: str, *, alone: bool) -> int:
    """Bring the tables up to date, whoever serves meanwhile; the number of the last step."""
    number = migrate(owner_dsn)
    if not alone:
        keep_nonces(owner_dsn)
    return number


@contextmanager
def database(data: Path, dsn: str | None, *, serving: bool = False) -> Iterator[tuple[str, str]]:
    """The plain and the owner's address. An embedded server is started if need be and stopped by who started it.

    Who serves stops it in any case: it may have been left running by a central that was killed.
    """
    if dsn is not None:
        reached = reaching(dsn)
        yield reached, reached
        return
    embedded = Embedded(data)
    if not embedded.exists:
        raise NotInitialised
    started, ours = embedded.start(), True
    try:
        yield embedded.dsn(), embedded.dsn(role=OWNER)
    except AlreadyServing:
        ours = False
        raise
    finally:
        if ours and (serving or (started and not _is_served(embedded))):
            embedded.stop()


def _is_served(embedded: Embedded) -> bool:
    """Whether a central began to serve from this database while we worked."""
    with one(embedded.dsn(role=OWNER)) as connection:
        statement = "select exists (select from pg_locks where locktype = 'advisory' and objid = %s)"
        return bool(connection.execute(statement, (SERVING,)).fetchone() == (True,))
