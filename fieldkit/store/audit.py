"""The audit: what was done on this device, each entry chained to the one before; never an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.changes import START, canonical, digest

if TYPE_CHECKING:
    from fieldkit.store.store import Store


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the chain."""

    number: int
    at: str
    what: str
    about: str
    prev_hash: str
    hash: str


class Audit:
    """The table of audit entries."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.person = ""
        """Who is at the keyboard, where it is not the person for whom the device was made."""

    def note(self, what: str, about: str = "") -> str:
        """Add an entry; its hash."""
        about = f"{about} by:{self.person}".lstrip() if self.person else about
        with self.store.transaction() as connection:
            number, before = self.head()
            at = self.store.now()
            link = _link(number + 1, at, what, about, before)
            values = (number + 1, at, what, about, before, link)
            connection.execute("insert into audit values (?, ?, ?, ?, ?, ?)", values)
        return link

    def head(self) -> tuple[int, str]:
        """The number and hash of the last entry."""
        found = self.store.connection.execute("select number, hash from audit order by number desc limit 1").fetchone()
        return (int(found[0]), str(found[1])) if found else (0, START)

    def broken_at(self) -> int | None:
        """The number of the first entry that was changed, dropped or swapped; None when the chain holds."""
        before, expected = START, 1
        for row in self.store.connection.execute("select * from audit order by number"):
            entry = Entry(*row)
            link = _link(entry.number, entry.at, entry.what, entry.about, before)
            if entry.number != expected or entry.prev_hash != before or entry.hash != link:
                return expected
            before, expected = entry.hash, expected + 1
        return None


def _link(number: int, at: str, what: str, about: str, before: str) -> str:
    return digest(canonical([before, number, at, what, about]))
