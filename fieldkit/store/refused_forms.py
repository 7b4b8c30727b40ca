"""A form that came from central and that this device does not keep: what may be said of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.client import MODULUS, Put, by_bucket, element

if TYPE_CHECKING:
    from fieldkit.store.store import Store

REFUSED = "refused_forms"
"""The fact that keeps which versions were refused: record → scope and version hash."""

PLAIN = re.compile(r"[\w.-]{1,40} [\w.-]{1,40}")


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """A form that came from central and was not kept."""

    record: str
    name: str
    """Its id and version, when they are plain words: nobody has vouched for them."""
    why: str


def refused_form(put: Put, why: str) -> RefusedForm:
    """What is told of it: the name only where it is plain words."""
    name = f"{put.state.get('id')} {put.state.get('version')}"
    return RefusedForm(put.record, name if PLAIN.fullmatch(name) else "without a name", why)


class RefusedForms:
    """Which forms central has and this device will not: counted as held, or each sync would bring them again."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def _all(self) -> dict[str, tuple[str, str]]:
        told: dict[str, list[str]] = json.loads(self.store.meta(REFUSED) or "{}")
        return {record: (scope, known) for record, (scope, known) in told.items()}

    def note(self, put: Put) -> None:
        """This version is refused."""
        self._keep(self._all() | {put.record: (put.scope, put.version_hash)})

    def forget(self, record: str) -> None:
        """It is there no more, or another version of it was kept."""
        kept = self._all()
        if kept.pop(record, None):
            self._keep(kept)

    def _keep(self, refused: Mapping[str, tuple[str, str]]) -> None:
        self.store.set_meta(REFUSED, json.dumps(refused))

    def sums(self, kept: Mapping[str, int]) -> dict[str, int]:
        """The sums of the scopes as central has them."""
        made = dict(kept)
        for record, (scope, known) in self._all().items():
            ours = self._held(record, scope)
            less = element(record, ours) if ours else 0
            made[scope] = (made.get(scope, 0) - less + element(record, known)) % MODULUS
        return made

    def parts(self, scope: str) -> dict[int, int]:
        """The sums of the parts of a scope as central has them, over what is really there."""
        query = "select id, version_hash from record where scope = ? and base is not null"
        held = dict(self.store.connection.execute(query, (scope,)).fetchall())
        refused = {record: known for record, (where, known) in self._all().items() if where == scope}
        return by_bucket((held | refused).items())

    def _held(self, record: str, scope: str) -> str:
        query = "select version_hash from record where id = ? and scope = ? and base is not null"
        found = self.store.connection.execute(query, (record, scope)).fetchone()
        return str(found[0]) if found else ""
