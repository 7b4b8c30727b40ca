"""Plain documents that lie in files outside the store, until they are gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldkit.store.store import Store


@dataclass(frozen=True, slots=True)
class ExportMade:
    """One document in a file."""

    number: int
    record: str
    kind: str
    audience: str
    file: str = field(repr=False)
    made_at: str


class ExportsMade:
    """The table of plain documents in files."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def keep(self, record: str, kind: str, audience: str, file: str) -> None:
        """Remember that a document lies in a file."""
        with self.store.transaction() as connection:
            connection.execute(
                "insert into export_made (record, kind, audience, file, made_at) values (?, ?, ?, ?, ?)",
                (record, kind, audience, file, self.store.now()),
            )

    def left(self) -> list[ExportMade]:
        """Those that are not known to be gone, the oldest first."""
        query = "select number, record, kind, audience, file, made_at from export_made where gone_at is null"
        return [ExportMade(*row) for row in self.store.connection.execute(f"{query} order by number")]

    def gone(self, number: int) -> bool:
        """A file is gone, or was handed over for good; whether there was such a one."""
        with self.store.transaction() as connection:
            done = connection.execute(
                "update export_made set gone_at = ? where number = ? and gone_at is null", (self.store.now(), number)
            )
            return bool(done.rowcount)
