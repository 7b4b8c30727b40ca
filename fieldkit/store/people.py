"""Who works on this device, and whose draft is whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldkit.store.store import Store

OWNER = "owner"
"""The fact that names the person for whom the device was made: it has the device's own account."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the store knows them."""

    id: str
    handle: str
    role: str
    worker: str
    since: str
    until: str = ""
    """When their slot was taken away; empty while they have it."""


class People:
    """The tables `person` and `begun_by`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Known]:
        """Everybody who has or had a slot, in the order they came."""
        query = "select id, handle, role, worker, since, until from person order by since, id"
        return [Known(*row) for row in self._store.connection.execute(query)]

    def get(self, person: str) -> Known | None:
        """One of them."""
        return next((each for each in self.all() if each.id == person), None)

    def add(self, known: Known) -> None:
        """Somebody was given a slot; the first of all is the one for whom the device was made."""
        values = (known.id, known.handle, known.role, known.worker, known.since, known.until)
        with self._store.transaction() as connection:
            connection.execute("insert or replace into person values (?, ?, ?, ?, ?, ?)", values)
            if self._store.meta(OWNER) is None:
                self._store.set_meta(OWNER, known.id)

    def end(self, person: str) -> None:
        """Somebody's slot was taken away."""
        with self._store.transaction() as connection:
            connection.execute("update person set until = ? where id = ?", (self._store.now(), person))

    def is_owner(self, person: str) -> bool:
        """Whether the device was made for this person."""
        return self._store.meta(OWNER) in (None, person)

    def begins(self, draft: str, person: str) -> None:
        """Note whose a draft is."""
        with self._store.transaction() as connection:
            connection.execute("insert or replace into begun_by values (?, ?)", (draft, person))

    def began(self, draft: str) -> str:
        """Whose a draft is: the person for whom the device was made, where nobody is named."""
        found = self._store.connection.execute("select person from begun_by where draft = ?", (draft,)).fetchone()
        return str(found[0]) if found else self._store.meta(OWNER) or ""
