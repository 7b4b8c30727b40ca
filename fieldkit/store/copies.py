"""Which copies of drafts central has: what changed since the last one, and what is done with. No word of a draft."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldkit.store.store import Store


@dataclass(frozen=True, slots=True)
class Due:
    """A draft that moved on since its last copy."""

    draft: str
    copy: str
    revision: int
    before: tuple[str, ...]
    """The marks of versions that central may have of it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The copy that a draft was restored from."""

    copy: str
    version: int
    at: str
    device: str
    """What that laptop was called."""


@dataclass(frozen=True, slots=True)
class Cover:
    """How well the drafts here are covered by copies."""

    uncopied: int
    """Drafts that moved on since their last copy, or have none."""
    newest: str
    """When central took the latest copy of a draft that is here; blank: never."""


class DraftCopies:
    """The tables of copies at central."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def due(self) -> list[Due]:
        """The drafts that moved on since their last copy, those that were never copied first."""
        found = self.store.connection.execute(
            "select d.id, coalesce(c.copy, ''), r.revision, coalesce(c.mark, ''), coalesce(c.sent, '') from draft d"
            " join (select draft, max(revision) as revision from journal group by draft) r on r.draft = d.id"
            " left join draft_copy c on c.draft = d.id and c.own = 1"
            " where c.copy is null or c.mark = '' or c.acked < r.revision order by c.copy is not null, d.saved_at"
        ).fetchall()
        return [
            Due(draft, copy or self._line(draft), revision, tuple(sorted({mark, sent} - {""})))
            for draft, copy, revision, mark, sent in found
        ]

    def is_due(self) -> bool:
        """Whether anything would be sent: a copy, or that one is done with."""
        query = "select exists (select 1 from draft_ended) or exists (select 1 from draft d where not exists ("
        query += "select 1 from draft_copy c where c.draft = d.id and c.own = 1 and c.mark <> '' and c.acked >="
        query += " (select max(revision) from journal j where j.draft = d.id)))"
        return bool(self.store.connection.execute(query).fetchone()[0])

    def _line(self, draft: str) -> str:
        copy = secrets.token_hex(16)
        with self.store.transaction() as connection:
            connection.execute("insert into draft_copy (copy, draft, own) values (?, ?, 1)", (copy, draft))
        return copy

    def sending(self, copy: str, revision: int, mark: str) -> None:
        """Noted before it leaves: when the answer is lost central may have it."""
        with self.store.transaction() as connection:
            connection.execute(
                "update draft_copy set version = max(version, ?), sent = ? where copy = ?", (revision, mark, copy)
            )

    def kept(self, copy: str, revision: int, mark: str) -> None:
        """Central has this revision."""
        with self.store.transaction() as connection:
            connection.execute(
                "update draft_copy set acked = ?, mark = ?, at = ? where copy = ?",
                (revision, mark, self.store.now(), copy),
            )

    def stepped_aside(self, due: Due) -> Due:
        """Another store wrote on under this copy (a laptop put back to an older state): a new one beside it."""
        with self.store.transaction() as connection:
            connection.execute("update draft_copy set own = 0, version = acked where copy = ?", (due.copy,))
            return Due(due.draft, self._line(due.draft), due.revision, ())

    def all_due(self) -> None:
        """Every draft is to be copied again: sealed to another key as well, or because central was restored."""
        with self.store.transaction() as connection:
            connection.execute("update draft_copy set mark = '' where own = 1")

    def came_from(self, draft: str, origin: Origin) -> None:
        """A draft was restored from a copy, which is done with when the draft is."""
        with self.store.transaction() as connection:
            connection.execute(
                "insert or ignore into draft_copy (copy, draft, own, version, acked, at, origin)"
                " values (?, ?, 0, ?, ?, ?, ?)",
                (origin.copy, draft, origin.version, origin.version, origin.at, origin.device),
            )

    def origin(self, draft: str) -> Origin | None:
        """The copy that a draft was restored from; None when it was begun here."""
        query = "select copy, version, at, origin from draft_copy where draft = ? and own = 0 and at <> ''"
        query += " order by origin = '', at limit 1"
        found = self.store.connection.execute(query, (draft,)).fetchone()
        return None if found is None or not found[3] else Origin(*found)

    def knows(self, copy: str, version: int) -> bool:
        """Whether this version of a copy is a draft here, or one that was filed or thrown away here."""
        query = "select 1 from draft_copy where copy = ? and version >= ?"
        query += " union all select 1 from draft_ended where copy = ? and version >= ?"
        values = (copy, version, copy, version)
        return self.store.connection.execute(query, values).fetchone() is not None

    def end(self, draft: str) -> None:
        """A draft is filed or thrown away; call it inside the verb's transaction."""
        with self.store.transaction() as connection:
            connection.execute(
                "insert or replace into draft_ended (copy, version)"
                " select copy, version from draft_copy where draft = ? and version > 0",
                (draft,),
            )
            connection.execute("delete from draft_copy where draft = ?", (draft,))

    def ended(self) -> list[tuple[str, int]]:
        """What central has not been told yet."""
        query = "select copy, version from draft_ended order by copy"
        return [(str(copy), int(version)) for copy, version in self.store.connection.execute(query)]

    def told(self, ended: Iterable[tuple[str, int]]) -> None:
        """Central has destroyed these."""
        with self.store.transaction() as connection:
            connection.executemany("delete from draft_ended where copy = ? and version = ?", list(ended))

    def cover(self) -> Cover:
        """How well the drafts here are covered."""
        uncopied, newest = self.store.connection.execute(
            "select count(*) filter (where c.copy is null or c.acked < r.revision), coalesce(max(c.at), '')"
            " from draft d left join draft_copy c on c.draft = d.id and c.own = 1"
            " left join (select draft, max(revision) as revision from journal group by draft) r on r.draft = d.id"
        ).fetchone()
        return Cover(int(uncopied), str(newest))
