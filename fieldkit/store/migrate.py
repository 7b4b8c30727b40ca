"""Numbered migrations, each in one transaction. A shipped one is never edited."""

from __future__ import annotations

from importlib.resources import files

from fieldkit.errors import NewerSchema
from fieldkit.store.database import Connection

_FOLDER = files(__package__) / "migrations"


def steps() -> list[tuple[int, str]]:
    """(number, SQL) of every migration, in order."""
    named = sorted((each.name, each) for each in _FOLDER.iterdir() if each.name.endswith(".sql"))
    return [(int(name[:4]), each.read_text("utf-8")) for name, each in named]


def schema_of(connection: Connection) -> int:
    """The number of the last migration that a store has had; 0 for one that is being made."""
    return int(connection.execute("pragma user_version").fetchone()[0])


def migrate(connection: Connection) -> int:
    """Bring the schema up to date; its number. NewerSchema, with nothing changed, when it is ahead of us."""
    stands = schema_of(connection)
    known = steps()
    if stands > known[-1][0]:
        raise NewerSchema
    for number, script in known:
        if number > stands:
            connection.executescript(f"begin immediate;\n{script}\npragma user_version = {number};\ncommit;")
    return known[-1][0]
