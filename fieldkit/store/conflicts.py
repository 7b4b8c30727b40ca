"""An index over the records of kind `conflict`: which are open, how urgent, about which record and path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldkit.store.records import Base
    from fieldkit.store.store import Store


@dataclass(frozen=True, slots=True)
class Open:
    """An open conflict, without its values."""

    id: str
    record: str
    scope: str
    path: str
    klass: str
    due: str


class Conflicts:
    """The table of conflicts."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def note(self, bases: Iterable[Base]) -> None:
        """Keep the index in step with conflict records that central sent."""
        rows = [
            (base.id, *(str(base.state.get(name) or "") for name in ("record",)), base.scope, *_facts(base))
            for base in bases
            if base.kind == "conflict"
        ]
        if rows:
            with self.store.transaction() as connection:
                connection.executemany(
                    "insert or replace into conflict (id, record, scope, path, class, due, open)"
                    " values (?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )

    def open(self) -> list[Open]:
        """Every open conflict, the most urgent first."""
        query = 'select id, record, scope, path, class, due from conflict where "open" = 1 order by class, due, id'
        return [Open(*row) for row in self.store.connection.execute(query)]

    def paths_on(self, record: str) -> frozenset[str]:
        """What of a record nobody has decided yet."""
        query = 'select path from conflict where "open" = 1 and record = ?'
        return frozenset(str(path) for (path,) in self.store.connection.execute(query, (record,)))

    def bars_closing(self, scope: str) -> bool:
        """Whether a question about safeguarding is open there: central takes no closure until it is decided."""
        return any(conflict.scope == scope and conflict.klass == "A" for conflict in self.open())

    def count(self) -> int:
        """How many are open."""
        return int(self.store.connection.execute('select count(*) from conflict where "open" = 1').fetchone()[0])


def _facts(base: Base) -> tuple[str, str, str, int]:
    state = base.state
    decided = state.get("status") == "resolved"
    return str(state.get("path") or ""), str(state.get("class") or "C"), str(state.get("due") or ""), int(not decided)
