"""Central's data folder and database as its command line sees them: opened for one piece of work, then left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sync.server import keys
from sync.server.database import (
    SERVING,
    has_database,
    is_begun,
    keep_nonces,
    make_database,
    make_role,
    migrate,
    one,
    reaching,
)
from sync.server.desk_errors import DatabaseTaken, HalfMade
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
    """Make the keys and, without a DSN, the embedded database; go on with what an `init` that was cut off left.

    Raises AlreadyThere or DatabaseTaken where a central stands, HalfMade where a part serves nobody.
    """
    embedded, known = Embedded(data), keys.there(data / "keys")
    if 0 < known < len(keys.NAMES) or (dsn is None and _is_half_made(embedded)):
        raise HalfMade
    if known and dsn is None and not embedded.exists:
        raise AlreadyThere
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if dsn is None and not embedded.exists:
        embedded.create()
    with database(data, dsn) as (_, owner):
        if dsn is None:
            maintenance = embedded.dsn("postgres", OWNER)
            make_role(maintenance, CENTRAL, embedded.secret.read_text(encoding="ascii"))
            if not has_database(maintenance, DATABASE):
                make_database(maintenance, DATABASE)
        if is_begun(owner):
            raise AlreadyThere if known else DatabaseTaken
        if dsn is not None:
            make_role(owner, CENTRAL, None)
        bring_up_to_date(owner, alone=dsn is None)
    if not known:
        keys.make(data / "keys")


def _is_half_made(embedded: Embedded) -> bool:
    """Whether something lies where a database is to be made."""
    return not embedded.exists and embedded.folder.exists() and any(embedded.folder.iterdir())


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
