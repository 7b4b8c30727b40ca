"""Published forms as they reached this device: every version that a draft or record may still need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldkit.errors import UnknownRecord
from forms.versions import version_key

if TYPE_CHECKING:
    from fieldkit.store.store import Store


@dataclass(frozen=True, slots=True)
class FormVersion:
    """One version of one form, as its published JSON."""

    id: str
    version: str
    hash: str
    published: str = field(repr=False)


class FormVersions:
    """The table of form versions."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def keep(self, form: FormVersion) -> None:
        """Keep a version; the highest one of a form, as people count (2026.2 before 2026.10), is its current one."""
        with self.store.transaction() as connection:
            values = (form.id, form.version, form.hash, form.published)
            connection.execute(
                "insert or replace into form_version (id, version, hash, published, current) values (?, ?, ?, ?, 0)",
                values,
            )
            versions = connection.execute("select version from form_version where id = ?", (form.id,)).fetchall()
            highest = max((str(row[0]) for row in versions), key=version_key)
            connection.execute(
                "update form_version set current = (version = ?) where id = ?",
                (highest, form.id),
            )

    def current(self) -> list[FormVersion]:
        """The current version of every form."""
        query = "select id, version, hash, published from form_version where current = 1 order by id"
        return [FormVersion(*row) for row in self.store.connection.execute(query)]

    def get(self, form: str) -> FormVersion:
        """The version that `eha@2026.1` names, or the current one of `eha`; UnknownRecord when it is not here."""
        name, _, version = form.partition("@")
        query = (
            "select id, version, hash, published from form_version"
            " where id = ? and ((? = '' and current = 1) or version = ?)"
        )
        found = self.store.connection.execute(query, (name, version, version)).fetchone()
        if found is None:
            raise UnknownRecord
        return FormVersion(*found)
