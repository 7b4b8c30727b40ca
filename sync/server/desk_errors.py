"""What can go wrong with the folder and the database that a desk works from; and which of it PostgreSQL meant."""

import psycopg
from psycopg import errors as told

from sync.server.errors import CentralError


class NoAnswer(CentralError):
    """An own PostgreSQL is down, or does not let us in."""

    said = "Central's database did not answer, or did not let us in."
    cure = "See that its server runs, and that host, database, user and password in --dsn are right; then say it again."
    code = 4


class NotAnAddress(CentralError):
    """What --dsn says is no address."""

    said = "What --dsn says is no address of a PostgreSQL."
    cure = 'Write it as "host=… dbname=… user=…", as a postgresql:// address, or as service=NAME.'
    code = 2


class NotBegun(CentralError):
    """A database without central's tables, or without what `init` writes into them."""

    said = "This database does not hold a central, or only an older one's tables. Nothing has been changed."
    cure = (
        "Check the database that --dsn names. `init` begins a central in an empty one, `migrate` updates an older one."
    )


class NotAllowed(CentralError):
    """The role in the address may not do it."""

    said = "The database role that --dsn names may not do that. Nothing has been changed."
    cure = "Give the address of the owner of central's tables (its role that runs `migrate`)."


class Standby(CentralError):
    """The address leads to a replica."""

    said = "The database that --dsn names is a standby, which takes no writes. Nothing has been changed."
    cure = "Name the leader, or all hosts of the cluster: host=one,two,three."


class NoRoom(CentralError):
    """The database's disk is full."""

    said = "There is no room left on the database's disk. Nothing has been changed."
    cure = "Make room there (old backups, logs); the database then goes on by itself. Say it again after that."


class Busy(CentralError):
    """Others held what was needed for too long."""

    said = "Others were at work on the same rows or tables for too long. Nothing has been changed."
    cure = "Say it again in a moment."


class KeysDamaged(CentralError):
    """A file of central's own keys is missing, or is none."""

    said = "Central's keys in the data folder's `keys` are damaged or not all there."
    cure = "Bring `keys` back from its copy. Do not make new ones: devices know this central by these."
    code = 7


class NoteDamaged(CentralError):
    """The note of where backups lie cannot be read."""

    said = "The note of where backups lie, `backups.json` in the data folder, is damaged."
    cure = "Move it away; `fieldkit-central backup --to FOLDER` writes it anew for each folder that you name again."
    code = 7


class HalfMade(CentralError):
    """An `init` that was cut off left a part behind."""

    said = "A central was begun in this folder and never finished; no device can know it."
    cure = "Move the folder away, and say `init` again."


class DatabaseTaken(CentralError):
    """`init` was called over a database in which a central stands."""

    said = "There is a central in this database already. Nothing has been changed."
    cure = "Give --data with that central's own keys and use `serve`, or name an empty database."


NAMES: tuple[tuple[type[psycopg.Error], type[CentralError]], ...] = (
    (told.DiskFull, NoRoom),
    (told.LockNotAvailable, Busy),
    (told.QueryCanceled, Busy),
    (told.DeadlockDetected, Busy),
    (told.SerializationFailure, Busy),
    (told.ReadOnlySqlTransaction, Standby),
    (told.InsufficientPrivilege, NotAllowed),
    (told.UndefinedTable, NotBegun),
    (told.UndefinedColumn, NotBegun),
    (told.UndefinedFunction, NotBegun),
    (told.UndefinedObject, NotBegun),
    (psycopg.OperationalError, NoAnswer),
)
"""The first that fits counts."""


def named(wrong: psycopg.Error) -> CentralError | None:
    """What PostgreSQL meant, without a word of its own, which may hold a row or a password; None for what was given."""
    for kind, meant in NAMES:
        if isinstance(wrong, kind):
            return meant()
    # What cannot be read as an address comes without a state: it never reached a server.
    return NotAnAddress() if type(wrong) is psycopg.ProgrammingError and wrong.sqlstate is None else None
