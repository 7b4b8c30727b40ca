"""The sums over central's versions on this device, scope by scope: a lost or stray record shows at the next sync."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.client import MODULUS, element

if TYPE_CHECKING:
    from fieldkit.store.store import Store


@dataclass(frozen=True, slots=True)
class Known:
    """Which version of a record of central is here."""

    record: str
    scope: str
    version: int
    version_hash: str


class Digests:
    """The table of sums."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def all(self) -> dict[str, int]:
        """The sum of each scope, as kept."""
        rows = self.store.connection.execute("select scope, sum from digest")
        return {scope: int.from_bytes(kept, "big") for scope, kept in rows}

    def move(self, out: Iterable[Known], into: Iterable[Known]) -> None:
        """Take versions out of their scopes' sums and put others in; call it where they are written."""
        moved: dict[str, int] = {}
        for sign, versions in ((-1, out), (1, into)):
            for each in versions:
                moved[each.scope] = moved.get(each.scope, 0) + sign * element(each.record, each.version_hash)
        if moved:
            kept = self.all()
            self._keep({scope: kept.get(scope, 0) + value for scope, value in moved.items()})

    def _keep(self, sums: dict[str, int]) -> None:
        rows = [(scope, (value % MODULUS).to_bytes(32, "big")) for scope, value in sums.items()]
        with self.store.transaction() as connection:
            connection.executemany("insert or replace into digest (scope, sum) values (?, ?)", rows)

    def count_anew(self) -> int:
        """Make every sum from what is really there; how many were wrong."""
        made: dict[str, int] = {}
        for scope, record, known in self.store.connection.execute(
            "select scope, id, version_hash from record where base is not null"
        ):
            made[scope] = (made.get(scope, 0) + element(record, known)) % MODULUS
        kept = self.all()
        wrong = {scope: made.get(scope, 0) for scope in {*made, *kept} if made.get(scope, 0) != kept.get(scope, 0)}
        self._keep(wrong)
        return len(wrong)
