"""The bytes of files that are answers, encrypted with everything else. An answer holds name, size and seal only."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from fieldkit.errors import Refused, UnknownRecord
from sync.client import Named, Piece

if TYPE_CHECKING:
    from fieldkit.store.store import Store

LARGEST = 10 * 2**20
"""Bytes of one attachment."""
_WANTED = "attachment_wanted w join record r on r.id = w.record and instr(r.base, w.hash)"
"""What a record of central still names; what another answer took the place of is asked for no more."""


class Attachments:
    """The table of attachments; `owner` is the draft, and from filing on the record."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def keep(self, owner: str, seal: str, content: bytes) -> None:
        """Keep a file's bytes under its SHA-256. Refused when they are too many, or not the ones that were sealed."""
        if len(content) > LARGEST:
            raise Refused(f"The file is larger than {LARGEST // 2**20} MB.", "Nothing was attached. Make it smaller.")
        if hashlib.sha256(content).hexdigest() != seal:
            raise Refused("The file changed while it was read.", "Nothing was attached. Try again.")
        with self.store.transaction() as connection:
            connection.execute(
                "insert into attachment (hash, owner, content, kept_at) values (?, ?, ?, ?) on conflict do nothing",
                (seal, owner, content, self.store.now()),
            )

    def content(self, seal: str) -> bytes:
        """The bytes under a seal; UnknownRecord when they are not on this device."""
        query = "select content from attachment where hash = ? limit 1"
        found = self.store.connection.execute(query, (seal,)).fetchone()
        if found is None:
            raise UnknownRecord
        return bytes(found[0])

    def hand_over(self, draft: str, record: str, named: Collection[str]) -> None:
        """The draft is filed: what its answers name is the record's, the rest goes."""
        with self.store.transaction() as connection:
            for seal in named:
                connection.execute(
                    "update or ignore attachment set owner = ? where owner = ? and hash = ?", (record, draft, seal)
                )
            self.destroy(draft)

    def want(self, record: str, files: Iterable[tuple[str, int]]) -> None:
        """A record of central names these (seal, size): those that are not here are fetched."""
        with self.store.transaction() as connection:
            for seal, size in files:
                connection.execute(
                    "insert into attachment (hash, owner, content, kept_at, sent)"
                    " select hash, ?, content, kept_at, sent from attachment where hash = ? limit 1"
                    " on conflict do nothing",
                    (record, seal),
                )
                connection.execute(
                    "insert into attachment_wanted (record, hash, size) select ?, ?, ?"
                    " where not exists (select 1 from attachment where hash = ? and owner = ?) on conflict do nothing",
                    (record, seal, size, seal, record),
                )

    def waiting(self) -> int:
        """How many files of filed records are not at central yet, with those that are not here yet."""
        query = (
            "select (select count(*) from attachment a join record r on r.id = a.owner"  # noqa: S608
            f" where a.sent = 0 and instr(coalesce(r.view, r.base), a.hash)) + (select count(*) from {_WANTED})"
        )
        return int(self.store.connection.execute(query).fetchone()[0])

    def to_send(self) -> list[Named]:
        """The files of records that central has, whose bytes it may not have."""
        query = (
            "select a.owner, a.hash, length(a.content) from attachment a join record r on r.id = a.owner"
            " where a.sent = 0 and r.base is not null and instr(r.base, a.hash) order by a.kept_at"
        )
        return [Named(*row) for row in self.store.connection.execute(query)]

    def to_fetch(self) -> list[tuple[Named, int]]:
        """What is wanted, and how much of each has arrived."""
        query = f"select w.record, w.hash, w.size, length(w.content) from {_WANTED} order by w.size"  # noqa: S608
        return [(Named(*row[:3]), row[3]) for row in self.store.connection.execute(query)]

    def piece(self, named: Named, at: int, count: int) -> bytes:
        """Some bytes of a file that is here."""
        query = "select substr(content, ?, ?) from attachment where hash = ? and owner = ?"
        found = self.store.connection.execute(query, (at + 1, count, named.seal, named.record)).fetchone()
        return bytes(found[0]) if found else b""

    def sent(self, named: Named) -> None:
        """Central has the whole of it, for every record that names it."""
        with self.store.transaction() as connection:
            connection.execute("update attachment set sent = 1 where hash = ?", (named.seal,))

    def ask_again(self) -> None:
        """Central was restored: it may have lost files that it had."""
        with self.store.transaction() as connection:
            connection.execute("update attachment set sent = 0")

    def arrived(self, piece: Piece) -> None:
        """Keep bytes where they go on; a whole file that is not what was sealed is begun again."""
        named = piece.named
        key = (named.record, named.seal)
        with self.store.transaction() as connection:
            connection.execute(
                "update attachment_wanted set content = cast(content || ? as blob)"
                " where record = ? and hash = ? and length(content) = ?",
                (piece.content, *key, piece.at),
            )
            query = "select content from attachment_wanted where record = ? and hash = ?"
            found = connection.execute(query, key).fetchone()
            if found is None or len(found[0]) < named.size:
                return
            if hashlib.sha256(found[0]).hexdigest() != named.seal:
                connection.execute("update attachment_wanted set content = x'' where record = ? and hash = ?", key)
                return
            connection.execute(
                "insert into attachment (hash, owner, content, kept_at, sent) values (?, ?, ?, ?, 1)"
                " on conflict do nothing",
                (named.seal, named.record, found[0], self.store.now()),
            )
            connection.execute("delete from attachment_wanted where record = ? and hash = ?", key)

    def destroy(self, owner: str) -> None:
        """Everything that an owner attached goes."""
        with self.store.transaction() as connection:
            connection.execute("delete from attachment where owner = ?", (owner,))
            connection.execute("delete from attachment_wanted where record = ?", (owner,))
