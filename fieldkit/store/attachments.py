"""The bytes of files that are answers, encrypted with everything else. An answer holds name, size and seal only."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING

from fieldkit.errors import Refused, UnknownRecord

if TYPE_CHECKING:
    from fieldkit.store.store import Store

LARGEST = 10 * 2**20
"""Bytes of one attachment."""


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

    def destroy(self, owner: str) -> None:
        """Everything that an owner attached goes."""
        with self.store.transaction() as connection:
            connection.execute("delete from attachment where owner = ?", (owner,))
